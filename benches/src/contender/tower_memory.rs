//! tower-sessions with its `MemoryStore`, a hash map behind a lock.

use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, MemoryStore, Session, SessionManagerLayer};

use crate::app::{App, AxumApp};
use crate::contender::tower::router;
use crate::operation::Operation;
use crate::payload::{NAME, Payload};
use crate::world::World;

pub(crate) fn app(world: &World, operation: Operation, payload: &Payload) -> Option<Box<dyn App>> {
    let layer = SessionManagerLayer::new(MemoryStore::default())
        .with_name(NAME)
        .with_expiry(Expiry::OnInactivity(Duration::days(14)))
        .with_always_save(operation == Operation::Renew);
    let router = router::<Session>(operation, payload)?.layer(layer);
    Some(Box::new(AxumApp::new(&world.runtime, router)))
}
