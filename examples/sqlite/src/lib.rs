//! Notes that live in a database, found by an id that lives in the session. See README.md.

mod account;
mod notes;
#[path = "../../login/return_to.rs"]
mod return_to;

use askama::Template;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_cookie_session::{ConfigError, Key, Session, SessionConfig};
use serde::Deserialize;
use tower_http::csrf::CsrfLayer;
use uuid::Uuid;

use crate::account::{Account, Down, LOGIN};
pub use crate::notes::{ABSOLUTE_TIMEOUT, MAX_NOTES, Notes};

/// Bytes of a note.
const MAX_TEXT: usize = 10_000;

#[derive(Clone, FromRef)]
pub struct AppState {
    session: SessionConfig,
    notes: Notes,
}

impl AppState {
    /// # Errors
    ///
    /// None with these settings.
    pub fn new(key: Key, notes: Notes) -> Result<Self, ConfigError> {
        let session = SessionConfig::builder(key)
            .absolute_timeout(ABSOLUTE_TIMEOUT)
            // Each page shows whose it is: the Back button must not show it after a sign-out.
            .no_store(true)
            .build()?;
        Ok(Self { session, notes })
    }
}

pub fn app(state: AppState) -> Router {
    Router::new()
        .route("/", get(home).post(add))
        .route("/sign-in", get(door).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/sign-out-everywhere", post(sign_out_everywhere))
        // SameSite counts a sibling host and another port as this site.
        .layer(CsrfLayer::new())
        .with_state(state)
}

/// What `Session::attempt` gives: the session comes back on both paths.
type Answer<T> = (Session, Result<T, Down>);

#[derive(Template)]
#[template(path = "notes.html")]
struct Home {
    user: String,
    texts: Vec<String>,
    /// Bytes of the cookie.
    size: usize,
}

async fn home(account: Account, State(notes): State<Notes>) -> Answer<Html<String>> {
    let Account { session, user, .. } = account;
    session
        .attempt(async |session| {
            let texts = notes.of(&user).await?;
            let size = session.encoded_len().unwrap_or_default();
            Ok(html(&Home { user, texts, size }))
        })
        .await
}

#[derive(Deserialize)]
struct Note {
    text: String,
}

async fn add(
    account: Account,
    State(notes): State<Notes>,
    Form(note): Form<Note>,
) -> Answer<Result<Redirect, (StatusCode, String)>> {
    let Account { session, user, .. } = account;
    session
        .attempt(async |_| {
            let refused = match note.text.trim().is_empty() || note.text.len() > MAX_TEXT {
                true => format!("A note has 1 to {MAX_TEXT} bytes.\n"),
                false if notes.add(&user, &note.text).await? => return Ok(Ok(Redirect::to("/"))),
                false => format!("You have {MAX_NOTES} notes, and that is the limit.\n"),
            };
            Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, refused)))
        })
        .await
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Door;

async fn door(session: Session) -> (Session, Html<String>) {
    (session, html(&Door))
}

#[derive(Deserialize)]
struct SignIn {
    user: String,
}

/// A stand-in that asks for no password; see the example `login`.
async fn sign_in(
    State(notes): State<Notes>,
    session: Session,
    Form(form): Form<SignIn>,
) -> Answer<Redirect> {
    session
        .attempt(async |session| {
            let user: String = form.user.trim().chars().take(40).collect();
            if user.is_empty() {
                return Ok(Redirect::to("/sign-in"));
            }
            // The id is made here and nowhere else, so parallel requests cannot each make one.
            let replaced = session.get::<Uuid>(LOGIN);
            let login = notes.sign_in(&user, replaced).await?;
            let page = return_to::redirect(session);
            session.destroy();
            session.insert(LOGIN, login);
            Ok(page)
        })
        .await
}

async fn sign_out(account: Account, State(notes): State<Notes>) -> Answer<Redirect> {
    let Account { session, login, .. } = account;
    session
        .attempt(async |session| {
            notes.sign_out(login).await?;
            Ok(signed_out(session))
        })
        .await
}

/// Without their rows the user's other sessions are over, wherever their cookies are.
async fn sign_out_everywhere(account: Account, State(notes): State<Notes>) -> Answer<Redirect> {
    let Account { session, user, .. } = account;
    session
        .attempt(async |session| {
            notes.sign_out_everywhere(&user).await?;
            Ok(signed_out(session))
        })
        .await
}

fn signed_out(session: &mut Session) -> Redirect {
    session.destroy();
    Redirect::to("/sign-in")
}

fn html(page: &impl Template) -> Html<String> {
    let page = page.render();
    Html(page.expect("a page is texts and numbers, which always display"))
}
