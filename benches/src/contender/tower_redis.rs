//! tower-sessions with a Redis on this machine.

use std::rc::Rc;

use tower_sessions_for_stores::cookie::time::{Duration, OffsetDateTime};
use tower_sessions_for_stores::{Expiry, Session, SessionManagerLayer};
use tower_sessions_redis_store::RedisStore;
use tower_sessions_redis_store::fred::prelude::Pool;

use crate::app::App;
use crate::contender::{BeforeAndAfter, Contender, Measured, tower, unchanged};
use crate::operation::Operation;
use crate::payload::NAME;
use crate::world::World;

pub(super) const CONTENDER: Contender = Contender {
    measured: Measured::on_axum("tower-sessions Redis", apps),
    column: "tower Redis",
    usual: |world| app(layer(world).expect(STARTED)),
    rotated: |_| None,
    expired: |world| {
        let past = Expiry::AtDateTime(OffsetDateTime::now_utc() - Duration::hours(1));
        let layer = layer(world).expect(STARTED);
        [app(layer.clone().with_expiry(past)), app(layer)]
    },
    manifest: r#"tower-sessions = "0.14"
tower-sessions-redis-store = "0.16""#,
};

const STARTED: &str = "the comparison starts Redis";

fn apps(world: &World, operation: Operation) -> Option<BeforeAndAfter> {
    let layer = layer(world)?
        .with_name(NAME)
        .with_expiry(Expiry::OnInactivity(Duration::days(14)))
        .with_always_save(operation == Operation::Renew);
    tower::offers(operation).then(|| unchanged(app(layer)))
}

fn layer(world: &World) -> Option<SessionManagerLayer<RedisStore<Pool>>> {
    let pool = world.redis.as_ref()?.pool.clone();
    Some(SessionManagerLayer::new(RedisStore::new(pool)))
}

fn app(layer: SessionManagerLayer<RedisStore<Pool>>) -> Rc<dyn App> {
    Rc::new(tower::routes::<Session>().layer(layer))
}
