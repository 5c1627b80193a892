//! tower-sessions with a Redis on this machine.

use tower_sessions_for_stores::cookie::time::{Duration, OffsetDateTime};
use tower_sessions_for_stores::{Expiry, Session, SessionManagerLayer};
use tower_sessions_redis_store::RedisStore;
use tower_sessions_redis_store::fred::prelude::Pool;

use crate::compare::app::App;
use crate::compare::contender::{Contender, tower};
use crate::compare::world::World;

pub(crate) const CONTENDER: Contender = Contender {
    name: "tower Redis",
    usual: |world| app(layer(world)),
    rotated: |_| None,
    expired: |world| {
        let past = Expiry::AtDateTime(OffsetDateTime::now_utc() - Duration::hours(1));
        [app(layer(world).with_expiry(past)), app(layer(world))]
    },
    manifest: r#"tower-sessions = "0.14"
tower-sessions-redis-store = "0.16""#,
};

fn layer(world: &World) -> SessionManagerLayer<RedisStore<Pool>> {
    SessionManagerLayer::new(RedisStore::new(world.pool.clone()))
}

fn app(layer: SessionManagerLayer<RedisStore<Pool>>) -> Box<dyn App> {
    Box::new(tower::routes::<Session>().layer(layer))
}
