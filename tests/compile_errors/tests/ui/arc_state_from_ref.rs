//! `FromRef` is implemented for an `Arc`, which is not ours.
use std::sync::Arc;

use axum::extract::FromRef;
use axum_cookie_session::SessionConfig;

struct AppState {
    session: SessionConfig,
}

impl FromRef<Arc<AppState>> for SessionConfig {
    fn from_ref(state: &Arc<AppState>) -> Self {
        state.session.clone()
    }
}

fn main() {}
