//! Guards routes with a middleware that reads and writes the same session as the handler.
//!
//! ```sh
//! cargo run --example middleware
//! ```
//!
//! Open the address it prints in Chromium or Firefox. (In Safari, see the example `counter`.)

use std::env;
use std::error::Error;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{Html, Redirect, Response};
use axum::routing::{get, post};
use axum_cookie_session::{Key, Session, SessionConfig};
use tokio::net::TcpListener;
use tower_http::csrf::CsrfLayer;

pub(crate) fn app(config: SessionConfig) -> Router {
    let guard = middleware::from_fn_with_state(config.clone(), guard);
    let members = Router::new()
        .route("/members", get(members))
        .route("/members/like", post(like))
        .route_layer(guard);
    Router::new()
        .route("/", get(home))
        .route("/sign-in", post(sign_in))
        // Not behind the guard: what it writes after a `destroy()` would start a new session.
        .route("/sign-out", post(sign_out))
        .merge(members)
        // Another site must not sign a user in or out.
        .layer(CsrfLayer::new())
        .with_state(config)
}

/// Admits only signed-in users, and counts the pages that they see.
///
/// The guard and the handler each have a view of one session. The guard returns its view with the
/// handler's response, which merges the changes of both: each key survives.
async fn guard(
    mut session: Session,
    request: Request,
    next: Next,
) -> Result<(Session, Response), (Session, Redirect)> {
    if !session.contains_key("user") {
        return Err((session, Redirect::to("/")));
    }
    session.insert("pages", session.get("pages").unwrap_or(0) + 1);
    let response = next.run(request).await;
    Ok((session, response))
}

async fn members(session: Session) -> (Session, Html<String>) {
    let likes = session.get("likes").unwrap_or(0);
    let content = format!(
        r#"<h1>Members</h1>
<p>Likes: {likes}</p>
<form method="post" action="/members/like"><button>Like</button></form>
<p><a href="/">Home</a></p>"#
    );
    (session, page(&content))
}

async fn like(mut session: Session) -> (Session, Redirect) {
    session.insert("likes", session.get("likes").unwrap_or(0) + 1);
    (session, Redirect::to("/members"))
}

async fn home(session: Session) -> (Session, Html<String>) {
    let content = if session.contains_key("user") {
        let pages = session.get("pages").unwrap_or(0);
        let likes = session.get("likes").unwrap_or(0);
        format!(
            r#"<h1>Welcome back</h1>
<p>Pages seen: {pages}. Likes: {likes}.</p>
<p><a href="/members">Members</a></p>
<form method="post" action="/sign-out"><button>Sign out</button></form>"#
        )
    } else {
        r#"<h1>Welcome</h1>
<form method="post" action="/sign-in"><button>Sign in</button></form>"#
            .to_owned()
    };
    (session, page(&content))
}

/// A stand-in that asks for no password; see the example `login`.
async fn sign_in(mut session: Session) -> (Session, Redirect) {
    session.destroy();
    session.insert("user", "ada");
    (session, Redirect::to("/members"))
}

async fn sign_out(mut session: Session) -> (Session, Redirect) {
    session.destroy();
    (session, Redirect::to("/"))
}

fn page(content: &str) -> Html<String> {
    Html(format!(
        "<!doctype html>\n<title>Middleware</title>\n{content}\n"
    ))
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
    // The Back button must not show a page after the user has signed out.
    let config = SessionConfig::builder(key).no_store(true).build()?;
    let port = env::var("PORT").unwrap_or("3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://localhost:{port}");
    Ok(axum::serve(listener, app(config)).await?)
}
