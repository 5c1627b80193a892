//! tower-sessions with its cookie store, signed.

use tower_sessions::cookie::time::Duration;
use tower_sessions_cookie_store::{
    CookieSessionConfig, CookieSessionManagerLayer, Expiry, Key, Session,
};

use crate::app::{App, AxumApp};
use crate::contender::tower::router;
use crate::operation::Operation;
use crate::payload::{NAME, Payload};
use crate::world::World;

/// Its own limit is 4096, which the large payloads exceed.
const MAX_LEN: usize = 16_384;

pub(crate) fn app(world: &World, operation: Operation, payload: &Payload) -> Option<Box<dyn App>> {
    let config = CookieSessionConfig::default()
        .with_name(NAME)
        .with_expiry(Expiry::OnInactivity(Duration::days(14)))
        .with_max_cookie_bytes(MAX_LEN)
        .with_always_save(operation == Operation::Renew);
    let layer = CookieSessionManagerLayer::signed(Key::from(&[9; 64])).with_config(config);
    let router = router::<Session>(operation, payload)?.layer(layer);
    Some(Box::new(AxumApp::new(&world.runtime, router)))
}
