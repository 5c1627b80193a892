//! Passkeys: an account without a password. See README.md.

mod account;
mod ceremony;
mod login;
mod one_time;
#[cfg(feature = "sqlite")]
mod one_time_sqlite;
mod page;
mod problem;

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::response::Redirect;
use axum::routing::{get, post};
use axum_cookie_session::{Key, Session, SessionConfig};
use tower_http::csrf::CsrfLayer;
use webauthn_rs::prelude::{Url, Webauthn, WebauthnBuilder};

use crate::account::Accounts;
pub use crate::ceremony::MAX_PASSKEYS;
use crate::ceremony::{Registration, SignIn};
pub use crate::one_time::OneTime;
#[cfg(feature = "sqlite")]
pub use crate::one_time_sqlite::SqliteOneTime;

/// How long a user may take to answer the browser's dialog.
pub const CEREMONY: Duration = Duration::from_secs(5 * 60);

/// Ceremonies of one kind that are under way. Each takes about a kilobyte.
const MAX_CEREMONIES: usize = 10_000;

pub(crate) struct App {
    session: SessionConfig,
    webauthn: Webauthn,
    accounts: Accounts,
    registrations: OneTime<Registration>,
    sign_ins: OneTime<SignIn>,
}

impl FromRef<App> for SessionConfig {
    fn from_ref(app: &App) -> Self {
        app.session.clone()
    }
}

/// The application at an origin such as `https://example.com`, with a clock for its ceremonies.
///
/// # Errors
///
/// The origin is not the URL of a host.
pub fn app(
    key: Key,
    origin: &str,
    clock: impl Fn() -> Instant + Clone + Send + Sync + 'static,
) -> Result<Router, Box<dyn Error>> {
    let session = SessionConfig::builder(key).no_store(true).build()?;
    let origin = Url::parse(origin)?;
    // Passkeys belong to this host name for good: with another one, users have none.
    let host = origin.domain();
    let host = host.ok_or("passkeys need a host name, and not an IP address")?;
    let webauthn = WebauthnBuilder::new(host, &origin)?
        .rp_name("Passkeys")
        .timeout(CEREMONY)
        .build()?;
    let app = App {
        session,
        webauthn,
        accounts: Accounts::default(),
        registrations: OneTime::with_clock(CEREMONY, MAX_CEREMONIES, clock.clone()),
        sign_ins: OneTime::with_clock(CEREMONY, MAX_CEREMONIES, clock),
    };
    Ok(Router::new()
        .route("/", get(page::home))
        .route("/passkeys.js", get(page::script))
        .route("/register/start", post(ceremony::start_registration))
        .route("/register/finish", post(ceremony::finish_registration))
        .route("/sign-in/start", post(ceremony::start_sign_in))
        .route("/sign-in/finish", post(ceremony::finish_sign_in))
        .route("/sign-out", post(sign_out))
        // An answer of a passkey has a few kilobytes.
        .layer(DefaultBodyLimit::max(64 * 1024))
        // Another site must not sign a user in or out.
        .layer(CsrfLayer::new())
        .with_state(Arc::new(app)))
}

async fn sign_out(mut session: Session) -> (Session, Redirect) {
    session.destroy();
    (session, Redirect::to("/"))
}
