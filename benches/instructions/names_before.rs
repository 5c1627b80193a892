//! What the library called things at the commit in `benches/baseline`: `run` puts this file in the
//! place of `names.rs` there. Both files go when the baseline moves past the new names.

pub use axum_cookie_session::Data as SessionMap;
use axum_cookie_session::SessionConfig;

pub fn encode(config: &SessionConfig, data: &SessionMap) -> String {
    config.seal(data).expect("it fits")
}
