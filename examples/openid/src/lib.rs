//! Sign-in with OpenID Connect.

mod attempts;
mod failure;
mod provider;

use std::error::Error;
use std::time::{Duration, SystemTime};

use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, FromRef, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_cookie_session::{
    Algorithm, Key, MemoryRevocation, SameSite, SessionConfig, SessionConfigBuilder, Status,
};
use html_escape::encode_safe;
use openidconnect::{ClientId, ClientSecret, IssuerUrl};
use serde::{Deserialize, Serialize};
use tower_http::csrf::CsrfLayer;

use crate::attempts::{SignIn, SignInConfig};
use crate::failure::Failure;
use crate::provider::Provider;

/// How long a user stays signed in at most.
const ABSOLUTE_TIMEOUT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How long a user may stay on the provider's pages.
const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// In bytes: an answer of the provider, or a logout token.
const MAX_FORM: usize = 16 * 1024;

/// What the provider and this site know of each other.
#[derive(Debug, Clone)]
pub struct Settings {
    pub issuer: IssuerUrl,
    pub client_id: ClientId,
    pub client_secret: ClientSecret,
    /// Of this site, such as `https://shop.example`.
    pub origin: String,
    pub response_mode: ResponseMode,
}

/// How the provider's answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// By a redirect, with which browsers send cookies that are `SameSite=Lax`.
    Query,
    /// By a form that the provider's page posts, with which they do not: the sign-ins are in a
    /// cookie that is `SameSite=None`.
    FormPost,
    /// By such a form too, which a page of this site posts once more: the cookie stays `Lax`.
    FormPostTwice,
}

/// Who is signed in. Everything else belongs into the application's database.
#[derive(Serialize, Deserialize)]
struct Login {
    /// The provider's id of the user, `sub`: names and addresses can change.
    user: String,
    name: Option<String>,
    /// The session at the provider, which a back-channel logout names.
    sid: Option<String>,
}

type Session = axum_cookie_session::Session<Option<Login>>;

#[derive(Clone, FromRef)]
struct AppState {
    session: SessionConfig,
    sign_in: SignInConfig,
    revocation: MemoryRevocation,
    provider: Provider,
}

/// The router.
///
/// # Errors
///
/// An `origin` that is not one.
pub fn app(
    key: Key,
    settings: Settings,
    clock: impl Fn() -> SystemTime + Clone + Send + Sync + 'static,
) -> Result<Router, Box<dyn Error>> {
    let revocation = MemoryRevocation::new();
    let session = config(key.clone(), clock.clone())
        .absolute_timeout(ABSOLUTE_TIMEOUT)
        .revocation(revocation.clone())
        .build()?;
    let sign_in = config(key, clock)
        .cookie_name("__Host-sign-in")
        .same_site(match settings.response_mode {
            ResponseMode::FormPost => SameSite::None,
            ResponseMode::Query | ResponseMode::FormPostTwice => SameSite::Lax,
        })
        .absolute_timeout(SIGN_IN_TIMEOUT)
        .build()?;
    let state = AppState {
        session,
        sign_in: SignInConfig(sign_in),
        revocation,
        provider: Provider::new(settings)?,
    };
    Ok(Router::new()
        .route("/", get(home))
        .route("/sign-in", post(sign_in_at_provider))
        .route("/sign-out", post(sign_out))
        // Another site must not sign a user in or out.
        .layer(CsrfLayer::new())
        // Below the layer, because the provider calls them: `state` and a signature protect them.
        .route("/callback", get(callback).post(callback))
        .route("/back-channel-logout", post(back_channel_logout))
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .with_state(state))
}

/// Encrypted, because names are private.
fn config(
    key: Key,
    clock: impl Fn() -> SystemTime + Send + Sync + 'static,
) -> SessionConfigBuilder {
    SessionConfig::builder(key)
        .algorithm(Algorithm::Aes256HmacSha256)
        .no_store(true)
        .clock(clock)
}

async fn home(session: Session) -> (Session, Html<String>) {
    let content = match &*session {
        Some(login) => format!(
            r#"<h1>Hello, {}</h1>
<form method="post" action="/sign-out"><button>Sign out</button></form>"#,
            encode_safe(login.name.as_ref().unwrap_or(&login.user))
        ),
        None => r#"<h1>You are not signed in</h1>
<form method="post" action="/sign-in"><button>Sign in</button></form>"#
            .to_owned(),
    };
    (session, page(&content))
}

async fn sign_in_at_provider(
    State(provider): State<Provider>,
    sign_in: SignIn,
) -> (SignIn, Result<Redirect, Failure>) {
    sign_in
        .attempt(async |sign_in| {
            let (url, attempt) = provider.begin().await?;
            sign_in.add(attempt);
            // Ten minutes from now on.
            sign_in.renew();
            Ok(Redirect::to(&url))
        })
        .await
}

/// What the provider answers, in the query or in a form.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    state: String,
    code: String,
    error: Option<String>,
    iss: Option<String>,
}

async fn callback(
    State(provider): State<Provider>,
    mut session: Session,
    mut sign_in: SignIn,
    answer: Result<Form<Answer>, FormRejection>,
) -> (Session, SignIn, Result<Response, Failure>) {
    let Form(answer) = answer.unwrap_or_default();
    // The browser kept the cookie to itself, because another site's page posted the form.
    if sign_in.status() == Status::CrossSite {
        return (session, sign_in, Ok(post_again(&answer).into_response()));
    }
    let Some(attempt) = sign_in.take(&answer.state) else {
        return (session, sign_in, Err(Failure::UnknownState));
    };
    let login = provider.finish(attempt, answer).await;
    let result = login.map(|login| {
        // This browser began the sign-in, as its `state` shows.
        session.allow_cross_site();
        session.destroy();
        *session = Some(login);
        Redirect::to("/").into_response()
    });
    (session, sign_in, result)
}

/// A page that posts the provider's answer once more. It is of this site, so the cookie comes along.
fn post_again(answer: &Answer) -> Html<String> {
    let fields = [
        ("state", Some(&answer.state)),
        ("code", Some(&answer.code)),
        ("error", answer.error.as_ref()),
        ("iss", answer.iss.as_ref()),
    ];
    let fields = fields.into_iter().filter_map(|(name, value)| {
        let value = encode_safe(value?);
        Some(format!(
            "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">\n"
        ))
    });
    page(&format!(
        r#"<form method="post" action="/callback">
{}<button>Go on</button>
</form>
<script>document.forms[0].submit()</script>"#,
        fields.collect::<String>()
    ))
}

async fn sign_out(
    State(config): State<SessionConfig>,
    State(revocation): State<MemoryRevocation>,
    State(provider): State<Provider>,
    session: Session,
) -> (Session, Result<Redirect, Failure>) {
    session
        .attempt(async |session| {
            if let Some(Login { sid: Some(sid), .. }) = &**session {
                // Copies of the cookie end too.
                revocation.revoke("sid", sid, config.now() + ABSOLUTE_TIMEOUT)?;
            }
            session.destroy();
            match provider.end().await {
                Ok(page) => Ok(Redirect::to(page.as_deref().unwrap_or("/"))),
                Err(_) => Err(Failure::SignedOutHere),
            }
        })
        .await
}

#[derive(Deserialize)]
struct BackChannelLogout {
    logout_token: String,
}

/// The provider's server calls this when the user signs out there, or is signed out by someone else.
async fn back_channel_logout(
    State(config): State<SessionConfig>,
    State(revocation): State<MemoryRevocation>,
    State(provider): State<Provider>,
    Form(form): Form<BackChannelLogout>,
) -> Result<impl IntoResponse, Failure> {
    match provider.logout_token(&form.logout_token).await? {
        // Whenever it began: the provider does not use the id again.
        (Some(sid), _) => revocation.revoke("sid", sid, config.now() + ABSOLUTE_TIMEOUT)?,
        (None, user) => revocation.revoke("user", user, config.now())?,
    }
    Ok((StatusCode::OK, [(CACHE_CONTROL, "no-store")]))
}

fn page(content: &str) -> Html<String> {
    Html(format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>OpenID Connect</title>\n{content}\n</html>\n"
    ))
}
