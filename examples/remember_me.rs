//! Signs visitors in for as long as they wish, and out on all their devices at once.
//!
//! ```sh
//! cargo run --example remember_me
//! ```
//!
//! Open the address it prints in Chromium or Firefox, and sign in as `ada` with the password
//! `correct horse battery staple`. (In Safari, see the example `counter`.) To change the key, put
//! the old one into `SESSION_KEY_OLD`.

use std::collections::HashMap;
use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_cookie_session::{
    ConfigError, Key, Revocation, RevocationStatus, Session, SessionConfig, SessionConfigBuilder,
    VerifiedSession,
};
use serde::Deserialize;
use tokio::net::TcpListener;
use tower_http::csrf::CsrfLayer;

#[path = "login/return_to.rs"]
mod return_to;

const MINUTE: Duration = Duration::from_secs(60);
const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// `common` is what the sessions of both lifetimes share.
pub(crate) fn app(common: SessionConfigBuilder) -> Result<Router, ConfigError> {
    let users = Users::new();
    // The Back button must not show a page after the user has signed out.
    let common = common.revocation(users.clone()).no_store(true);
    let state = AppState {
        short: common
            .clone()
            .persistent(false)
            .idle_timeout(30 * MINUTE)
            .build()?,
        long: common.idle_timeout(MONTH).absolute_timeout(MONTH).build()?,
        users,
    };
    Ok(Router::new()
        .route("/", get(home))
        .route("/login", get(login).post(sign_in))
        .route("/logout", post(sign_out))
        .route("/logout-everywhere", post(sign_out_everywhere))
        .route("/confirm", get(ask_again).post(confirm))
        .route("/account", get(account).post(change_password))
        .fallback(missing)
        // Another site must not sign a user in or out.
        .layer(CsrfLayer::new())
        .with_state(state))
}

/// It hands out no `SessionConfig`, so a handler that takes `Session` in place of `Visitor` does not
/// compile: it would sign remembered visitors out after 30 minutes.
#[derive(Clone)]
struct AppState {
    short: SessionConfig,
    long: SessionConfig,
    users: Users,
}

/// A stand-in for a table.
#[derive(Clone)]
struct Users(Arc<Mutex<HashMap<String, User>>>);

struct User {
    /// A stand-in for an Argon2 hash.
    password: String,
    /// Sessions have a copy of it. To raise it ends those that do not get the new one.
    generation: u32,
}

impl Users {
    fn new() -> Self {
        let ada = User {
            password: "correct horse battery staple".to_owned(),
            generation: 0,
        };
        Self(Arc::new(Mutex::new([("ada".to_owned(), ada)].into())))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, User>> {
        self.0.lock().expect("nobody panics while holding the lock")
    }

    /// The user's generation, if the password is right.
    fn verify(&self, name: &str, password: &str) -> Option<u32> {
        let users = self.lock();
        let user = users.get(name).filter(|user| user.password == password)?;
        Some(user.generation)
    }
}

impl Revocation for Users {
    async fn check(&self, session: &VerifiedSession<'_>) -> RevocationStatus {
        let Some(name) = session.get::<String>("user") else {
            return RevocationStatus::Valid; // no user is signed in
        };
        let generation = self.lock().get(&name).map(|user| user.generation);
        match generation.is_some() && generation == session.get("generation") {
            true => RevocationStatus::Valid,
            false => RevocationStatus::Revoked,
        }
    }
}

/// The session, under the config that its visitor chose.
struct Visitor(Session);

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let session: Session = Session::load(&parts.headers, &state.long).await;
        if session.contains_key("remember") {
            return Ok(Self(session));
        }
        let session = Session::load(&parts.headers, &state.short).await;
        Ok(Self(session))
    }
}

/// Guards what is for users, and sends strangers to the login.
struct SignedIn(Session, String);

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = (Session, Redirect);

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, (Session, Redirect)> {
        let Ok(Visitor(mut session)) = Visitor::from_request_parts(parts, state).await;
        if let Some(name) = session.get("user") {
            return Ok(Self(session, name));
        }
        return_to::keep(&mut session, parts);
        Err((session, Redirect::to("/login")))
    }
}

/// Guards what needs a password that was given within the last ten minutes.
struct Confirmed(Session, String);

impl FromRequestParts<AppState> for Confirmed {
    type Rejection = (Session, Redirect);

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, (Session, Redirect)> {
        let SignedIn(session, name) = SignedIn::from_request_parts(parts, state).await?;
        if state.short.now() > session.created_at() + 10 * MINUTE {
            return Err((session, Redirect::to("/confirm")));
        }
        Ok(Self(session, name))
    }
}

#[derive(Deserialize)]
struct Login {
    name: String,
    password: String,
    /// Sent where the box is ticked.
    remember: Option<String>,
}

async fn sign_in(
    Visitor(mut before): Visitor,
    State(state): State<AppState>,
    parts: Parts,
    Form(form): Form<Login>,
) -> (Session, Redirect) {
    let Some(generation) = state.users.verify(&form.name, &form.password) else {
        before.flash("info", "Wrong name or password.");
        return (before, Redirect::to("/login"));
    };
    let page = return_to::redirect(&before);
    let config = match form.remember {
        Some(_) => &state.long,
        None => &state.short,
    };
    let mut session: Session = Session::load(&parts.headers, config).await;
    session.destroy();
    session.insert("user", form.name);
    session.insert("generation", generation);
    if form.remember.is_some() {
        session.insert("remember", true);
    }
    (session, page)
}

/// Ends the session in this browser; a copy of its cookie lives on.
async fn sign_out(Visitor(mut session): Visitor) -> (Session, Redirect) {
    session.destroy();
    session.flash("info", "You are signed out.");
    (session, Redirect::to("/login"))
}

async fn sign_out_everywhere(
    SignedIn(mut session, name): SignedIn,
    State(state): State<AppState>,
) -> (Session, Redirect) {
    if let Some(user) = state.users.lock().get_mut(&name) {
        user.generation += 1;
    }
    session.destroy();
    session.flash("info", "You are signed out on all devices.");
    (session, Redirect::to("/login"))
}

#[derive(Deserialize)]
struct Password {
    password: String,
}

/// Restarts the times: the ten minutes, and the thirty days of a remembered session.
async fn confirm(
    SignedIn(mut session, name): SignedIn,
    State(state): State<AppState>,
    Form(form): Form<Password>,
) -> (Session, Redirect) {
    if state.users.verify(&name, &form.password).is_none() {
        session.flash("info", "Wrong password.");
        return (session, Redirect::to("/confirm"));
    }
    session.renew();
    (session, Redirect::to("/account"))
}

/// Ends all other sessions of the user, copies of this one among them.
async fn change_password(
    Confirmed(mut session, name): Confirmed,
    State(state): State<AppState>,
    Form(form): Form<Password>,
) -> (Session, Redirect) {
    if let Some(user) = state.users.lock().get_mut(&name) {
        user.password = form.password;
        user.generation += 1;
        session.insert("generation", user.generation);
        session.flash("info", "Your password is changed.");
    }
    (session, Redirect::to("/account"))
}

type Page = (Session, Html<String>);

async fn home(parts: Parts, SignedIn(session, _): SignedIn) -> Page {
    let content = r#"<h1>You are signed in</h1>
<p><a href="/account">Account</a></p>
<form method="post" action="/logout"><button>Sign out</button></form>
<form method="post" action="/logout-everywhere"><button>Sign out everywhere</button></form>"#;
    page(session, &parts, content)
}

async fn login(parts: Parts, Visitor(session): Visitor) -> Page {
    let content = r#"<h1>Sign in</h1>
<form method="post">
<p><label>Name <input name="name" autocomplete="username" required></label></p>
<p><label>Password <input name="password" type="password" required></label></p>
<p><label><input name="remember" type="checkbox"> Remember me for 30 days</label></p>
<button>Sign in</button>
</form>"#;
    page(session, &parts, content)
}

async fn ask_again(parts: Parts, SignedIn(session, _): SignedIn) -> Page {
    let content = r#"<h1>Your password again, please</h1>
<form method="post">
<p><label>Password <input name="password" type="password" required></label></p>
<button>Go on</button>
</form>"#;
    page(session, &parts, content)
}

async fn account(parts: Parts, Confirmed(session, _): Confirmed) -> Page {
    let content = r#"<h1>Account</h1>
<form method="post">
<p><label>New password <input name="password" type="password" required></label></p>
<button>Change the password</button>
</form>"#;
    page(session, &parts, content)
}

/// A stranger does not learn which pages there are.
async fn missing(SignedIn(session, _): SignedIn) -> (StatusCode, Session, &'static str) {
    (StatusCode::NOT_FOUND, session, "no such page")
}

/// All messages are ours, so there is nothing to escape.
fn page(mut session: Session, parts: &Parts, content: &str) -> Page {
    let waiting = match return_to::is_seen(parts) {
        true => session.take_flashes(),
        false => Vec::new(),
    };
    let messages: Vec<&str> = waiting.iter().map(|flash| &*flash.message).collect();
    let messages = messages.join(" ");
    let page = Html(format!(
        "<!doctype html>\n<title>Remember me</title>\n<p role=\"status\">{messages}</p>\n{content}\n"
    ));
    (session, page)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let key = match Key::from_env("SESSION_KEY") {
        Err(error) if error.is_missing() => {
            eprintln!("no SESSION_KEY: sessions end with this program");
            eprintln!("make one that lasts: export SESSION_KEY=\"$(openssl rand -base64 48)\"");
            Key::generate()
        }
        key => key?,
    };
    let mut common = SessionConfig::builder(key);
    if let Some(old) = env::var_os("SESSION_KEY_OLD") {
        common = common.fallback_key(Key::new(old.as_encoded_bytes())?);
    }
    let port = env::var("PORT").unwrap_or("3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://localhost:{port}");
    Ok(axum::serve(listener, app(common)?).await?)
}
