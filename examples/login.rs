//! Signs users in and out, guards private pages, and shows flash messages.
//!
//! ```sh
//! cargo run --example login
//! ```
//!
//! Open the address it prints in Chromium or Firefox, and sign in as `ada` with the password
//! `correct horse battery staple`. (In Safari, see the example `counter`.)

use std::env;
use std::error::Error;

use axum::http::request::Parts;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_cookie_session::{Flash, Key, Session, SessionConfig};
use html_escape::encode_safe;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tower_http::csrf::CsrfLayer;

#[path = "login/return_to.rs"]
mod return_to;

pub(crate) fn app(config: SessionConfig) -> Router {
    Router::new()
        .route("/", get(private))
        .route("/account", get(private))
        .route("/login", get(form).post(login))
        .route("/account/logout", post(logout))
        // Another site must not sign a user in or out.
        .layer(CsrfLayer::new())
        .with_state(config)
}

/// What the session holds of a user who is signed in: `Session<Option<Login>>` is `None` for all
/// others. (With a default for `user`, it would be `Some` for everyone.)
#[derive(Serialize, Deserialize)]
struct Login {
    user: String,
}

#[derive(Deserialize)]
struct Credentials {
    name: String,
    password: String,
}

impl Credentials {
    /// A stand-in: look the name up in your database and verify an Argon2 hash instead.
    fn are_right(&self) -> bool {
        self.name == "ada" && self.password == "correct horse battery staple"
    }
}

async fn private(
    parts: Parts,
    login: Session<Option<Login>>,
    mut session: Session,
) -> Result<(Session, Html<String>), (Session, Redirect)> {
    let Some(Login { user }) = &*login else {
        return_to::keep(&mut session, &parts);
        session.flash("info", "Please sign in first.");
        return Err((session, Redirect::to("/login")));
    };
    let user = encode_safe(user);
    let content = format!(
        r#"<h1>Hello, {user}</h1>
<form method="post" action="/account/logout"><button>Sign out</button></form>"#
    );
    let page = page(&mut session, &parts, &content);
    Ok((session, page))
}

async fn form(parts: Parts, mut session: Session) -> (Session, Html<String>) {
    let content = r#"<h1>Sign in</h1>
<form method="post">
<p><label>Name <input name="name" autocomplete="username" required></label></p>
<p><label>Password <input name="password" type="password" required></label></p>
<button>Sign in</button>
</form>"#;
    let page = page(&mut session, &parts, content);
    (session, page)
}

async fn login(
    mut login: Session<Option<Login>>,
    mut session: Session,
    Form(form): Form<Credentials>,
) -> (Session<Option<Login>>, Session, Redirect) {
    if !form.are_right() {
        // Cut, because a visitor may type more than the 4096 bytes that fit into a cookie.
        let name: String = form.name.chars().take(40).collect();
        let message = format!("Wrong name or password, {name}.");
        session.flash("error", message);
        return (login, session, Redirect::to("/login"));
    }
    // Keys that an attacker planted in the session before do not come along.
    login.destroy();
    *login = Some(Login { user: form.name });
    session.flash("success", "You are signed in.");
    let page = return_to::redirect(&session);
    (login, session, page)
}

async fn logout(mut session: Session) -> (Session, Redirect) {
    session.destroy();
    session.flash("success", "You are signed out.");
    (session, Redirect::to("/login"))
}

/// Shows the waiting messages, once, above the content.
fn page(session: &mut Session, parts: &Parts, content: &str) -> Html<String> {
    let waiting = match return_to::is_seen(parts) {
        true => session.take_flashes(),
        false => Vec::new(),
    };
    let messages: String = waiting
        .iter()
        .map(|Flash { category, message }| {
            let (category, message) = (encode_safe(category), encode_safe(message));
            format!("<p class=\"{category}\" role=\"status\">{message}</p>\n")
        })
        .collect();
    Html(format!(
        "<!doctype html>\n<title>Login</title>\n{messages}{content}\n"
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
