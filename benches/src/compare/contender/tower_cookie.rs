//! tower-sessions with its cookie store, signed.

use tower_sessions_cookie_store::{
    CookieSessionConfig, CookieSessionManagerLayer, Expiry, Key, Session, SignedCookie,
};
use tower_sessions_for_stores::cookie::time::{Duration, OffsetDateTime};

use crate::compare::app::App;
use crate::compare::contender::{Contender, NEW, OLD, tower};

pub(crate) const CONTENDER: Contender = Contender {
    name: "tower cookie",
    usual: |_| app(signed(OLD)),
    rotated: |_| Some([app(signed(OLD)), app(signed(NEW))]),
    expired: |_| {
        let past = Expiry::AtDateTime(OffsetDateTime::now_utc() - Duration::hours(1));
        let config = CookieSessionConfig::default().with_expiry(past);
        [app(signed(OLD).with_config(config)), app(signed(OLD))]
    },
    manifest: r#"tower-sessions-cookie-store = "0.5""#,
};

fn signed(secret: [u8; 64]) -> CookieSessionManagerLayer<SignedCookie> {
    CookieSessionManagerLayer::signed(Key::from(&secret))
}

fn app(layer: CookieSessionManagerLayer<SignedCookie>) -> Box<dyn App> {
    Box::new(tower::routes::<Session>().layer(layer))
}
