//! tower-sessions with its `MemoryStore`, a hash map behind a lock.

use std::rc::Rc;

use tower_sessions::cookie::time::{Duration, OffsetDateTime};
use tower_sessions::{Expiry, MemoryStore, Session, SessionManagerLayer};

use crate::app::App;
use crate::contender::{BeforeAndAfter, Contender, Measured, tower, unchanged};
use crate::operation::Operation;
use crate::payload::NAME;
use crate::world::World;

pub(super) const CONTENDER: Contender = Contender {
    measured: Measured::on_axum("tower-sessions memory", apps),
    column: "tower memory",
    usual: |_| app(layer()),
    rotated: |_| None,
    expired: |_| {
        let past = Expiry::AtDateTime(OffsetDateTime::now_utc() - Duration::hours(1));
        let layer = layer();
        [app(layer.clone().with_expiry(past)), app(layer)]
    },
    manifest: r#"tower-sessions = "0.15""#,
};

fn apps(_: &World, operation: Operation) -> Option<BeforeAndAfter> {
    let layer = layer()
        .with_name(NAME)
        .with_expiry(Expiry::OnInactivity(Duration::days(14)))
        .with_always_save(operation == Operation::Renew);
    tower::offers(operation).then(|| unchanged(app(layer)))
}

fn layer() -> SessionManagerLayer<MemoryStore> {
    SessionManagerLayer::new(MemoryStore::default())
}

fn app(layer: SessionManagerLayer<MemoryStore>) -> Rc<dyn App> {
    Rc::new(tower::routes::<Session>().layer(layer))
}
