//! What the library calls things in this tree; `names_before.rs` has the names of the baseline.

pub use axum_cookie_session::Data as SessionMap;
use axum_cookie_session::SessionConfig;

pub fn encode(config: &SessionConfig, data: &SessionMap) -> String {
    config.seal(data).expect("it fits")
}
