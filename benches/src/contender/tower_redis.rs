//! tower-sessions with a Redis on this machine.

use tower_sessions_for_stores::cookie::time::Duration;
use tower_sessions_for_stores::{Expiry, Session, SessionManagerLayer};
use tower_sessions_redis_store::RedisStore;

use crate::app::{App, AxumApp};
use crate::contender::tower::router;
use crate::operation::Operation;
use crate::payload::{NAME, Payload};
use crate::world::World;

pub(crate) fn app(world: &World, operation: Operation, payload: &Payload) -> Option<Box<dyn App>> {
    let redis = world.redis.as_ref()?;
    let store = RedisStore::new(redis.pool.clone());
    let layer = SessionManagerLayer::new(store)
        .with_name(NAME)
        .with_expiry(Expiry::OnInactivity(Duration::days(14)))
        .with_always_save(operation == Operation::Renew);
    let router = router::<Session>(operation, payload)?.layer(layer);
    Some(Box::new(AxumApp::new(&world.runtime, router)))
}
