//! What the library calls things in this tree; `names_before.rs` has the names of the baseline.

use axum_cookie_session::SessionConfig;
pub use axum_cookie_session::SessionMap;

pub fn encode(config: &SessionConfig, data: &SessionMap) -> String {
    config.encode(data).expect("it fits")
}
