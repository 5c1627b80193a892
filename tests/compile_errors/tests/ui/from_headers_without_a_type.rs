//! `Session` alone is a type with a parameter that is not inferred.
use axum::http::HeaderMap;
use axum_cookie_session::{Key, Session, SessionConfig};

fn main() {
    let config = SessionConfig::new(Key::generate());
    let session = Session::from_headers(&HeaderMap::new(), &config);
    assert!(session.get::<u32>("visits").is_none());
}
