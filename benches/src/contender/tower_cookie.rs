//! tower-sessions with its cookie store, signed.

use std::rc::Rc;

use tower_sessions_cookie_store::{
    CookieSessionConfig, CookieSessionManagerLayer, Expiry, Key, Session, SignedCookie,
};
use tower_sessions_for_stores::cookie::time::{Duration, OffsetDateTime};

use crate::app::App;
use crate::contender::{BeforeAndAfter, Contender, Measured, NEW, OLD, tower, unchanged};
use crate::operation::Operation;
use crate::payload::NAME;
use crate::world::World;

pub(super) const CONTENDER: Contender = Contender {
    measured: Measured::on_axum("tower-sessions cookie", apps),
    column: "tower cookie",
    usual: |_| app(signed(OLD)),
    rotated: |_| Some([app(signed(OLD)), app(signed(NEW))]),
    expired: |_| {
        let past = Expiry::AtDateTime(OffsetDateTime::now_utc() - Duration::hours(1));
        let config = CookieSessionConfig::default().with_expiry(past);
        [app(signed(OLD).with_config(config)), app(signed(OLD))]
    },
    manifest: r#"tower-sessions-cookie-store = "0.5""#,
};

/// The default limit is 4096, which the large payloads exceed.
const MAX_LEN: usize = 16_384;

fn apps(_: &World, operation: Operation) -> Option<BeforeAndAfter> {
    let config = CookieSessionConfig::default()
        .with_name(NAME)
        .with_expiry(Expiry::OnInactivity(Duration::days(14)))
        .with_max_cookie_bytes(MAX_LEN)
        .with_always_save(operation == Operation::Renew);
    tower::offers(operation).then(|| unchanged(app(signed(OLD).with_config(config))))
}

fn signed(secret: [u8; 64]) -> CookieSessionManagerLayer<SignedCookie> {
    CookieSessionManagerLayer::signed(Key::from(&secret))
}

fn app(layer: CookieSessionManagerLayer<SignedCookie>) -> Rc<dyn App> {
    Rc::new(tower::routes::<Session>().layer(layer))
}
