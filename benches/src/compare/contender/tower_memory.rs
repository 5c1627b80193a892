//! tower-sessions with its `MemoryStore`.

use tower_sessions::cookie::time::{Duration, OffsetDateTime};
use tower_sessions::{Expiry, MemoryStore, Session, SessionManagerLayer};

use crate::compare::app::App;
use crate::compare::contender::{Contender, tower};

pub(crate) const CONTENDER: Contender = Contender {
    name: "tower memory",
    usual: |_| app(SessionManagerLayer::new(MemoryStore::default())),
    rotated: |_| None,
    expired: |_| {
        let store = MemoryStore::default();
        let past = Expiry::AtDateTime(OffsetDateTime::now_utc() - Duration::hours(1));
        let layer = || SessionManagerLayer::new(store.clone());
        [app(layer().with_expiry(past)), app(layer())]
    },
    manifest: r#"tower-sessions = "0.15""#,
};

fn app(layer: SessionManagerLayer<MemoryStore>) -> Box<dyn App> {
    Box::new(tower::routes::<Session>().layer(layer))
}
