//! Signs a visitor in and out, keeps strangers off a private page, and shows flash messages.
//!
//! ```sh
//! cargo run --example login
//! ```
//!
//! Open the address it prints in Chromium or Firefox, and sign in as `ada` with the password
//! `correct horse battery staple`. (In Safari, see the example `counter`.)

use std::env;
use std::error::Error;

use axum::http::{HeaderMap, Method};
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_cookie_session::{Flash, Key, Session, SessionConfig};
use html_escape::encode_safe;
use serde::Deserialize;
use tokio::net::TcpListener;
use tower_http::csrf::CsrfLayer;

pub(crate) fn app(config: SessionConfig) -> Router {
    Router::new()
        .route("/", get(private))
        .route("/login", get(form).post(login))
        .route("/account/logout", post(logout))
        // Another site must not sign a user in or out.
        .layer(CsrfLayer::new())
        .with_state(config)
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
    method: Method,
    headers: HeaderMap,
    mut session: Session,
) -> Result<(Session, Html<String>), (Session, Redirect)> {
    let Some(user) = session.get::<String>("user") else {
        session.flash("info", "Please sign in first.");
        return Err((session, Redirect::to("/login")));
    };
    let user = encode_safe(&user);
    let content = format!(
        r#"<h1>Hello, {user}</h1>
<form method="post" action="/account/logout"><button>Sign out</button></form>"#
    );
    let page = page(&mut session, is_seen(&method, &headers), &content);
    Ok((session, page))
}

async fn form(method: Method, headers: HeaderMap, mut session: Session) -> (Session, Html<String>) {
    let content = r#"<h1>Sign in</h1>
<form method="post">
<p><label>Name <input name="name" autocomplete="username" required></label></p>
<p><label>Password <input name="password" type="password" required></label></p>
<button>Sign in</button>
</form>"#;
    let page = page(&mut session, is_seen(&method, &headers), content);
    (session, page)
}

async fn login(mut session: Session, Form(form): Form<Credentials>) -> (Session, Redirect) {
    if !form.are_right() {
        // Cut, because a visitor may type more than the 4096 bytes that fit into a cookie.
        let name: String = form.name.chars().take(40).collect();
        let message = format!("Wrong name or password, {name}.");
        session.flash("error", message);
        return (session, Redirect::to("/login"));
    }
    // What somebody may have planted in the session before does not come along.
    session.destroy();
    session.insert("user", form.name);
    session.flash("success", "You are signed in.");
    (session, Redirect::to("/"))
}

async fn logout(mut session: Session) -> (Session, Redirect) {
    session.destroy();
    session.flash("success", "You are signed out.");
    (session, Redirect::to("/login"))
}

/// Whether a person sees the response. Browsers also fetch pages ahead of time, and axum answers
/// `HEAD` with the handler of `GET`: neither may take a message.
fn is_seen(method: &Method, headers: &HeaderMap) -> bool {
    let purpose = headers.get("sec-purpose");
    let is_ahead = purpose.is_some_and(|purpose| purpose.as_bytes().starts_with(b"prefetch"));
    method == Method::GET && !is_ahead
}

/// Shows the waiting messages, once, above the content.
fn page(session: &mut Session, is_seen: bool, content: &str) -> Html<String> {
    let waiting = match is_seen {
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
