//! A login whose session is bound to a key in the visitor's device.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HOST};
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_cookie_session::{ConfigError, DeviceBound, Key, Session, SessionConfig};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use html_escape::encode_safe;
use serde::Deserialize;
use tower_http::csrf::CsrfLayer;

/// Short, to see it happen. The default is five minutes.
const PROOF_LIFETIME: Duration = Duration::from_secs(30);

/// How far the clocks of servers may differ.
const LEEWAY: Duration = Duration::from_secs(60);

const SESSION: &str = "__Host-session";
const PROOF: &str = "__Host-session-proof";

/// The config and the router.
///
/// # Errors
///
/// None with these settings.
pub fn app(key: Key) -> Result<Router, ConfigError> {
    let config = SessionConfig::builder(key)
        .no_store(true)
        .device_bound(DeviceBound::new().proof_lifetime(PROOF_LIFETIME))
        .build()?;
    Ok(Router::new()
        .route("/", get(page))
        .route("/who", get(who))
        .route("/login", post(login))
        .route("/logout", post(logout))
        .merge(config.device_bound_routes())
        // The browser's own requests to the two routes come from the same origin.
        .layer(CsrfLayer::new())
        .with_state(config))
}

#[derive(Deserialize)]
struct Credentials {
    name: String,
}

/// Any name will do here: check a password in your application.
async fn login(mut session: Session, Form(form): Form<Credentials>) -> (Session, Redirect) {
    session.destroy();
    session.insert("user", form.name.chars().take(40).collect::<String>());
    (session, Redirect::to("/"))
}

async fn logout(mut session: Session) -> (Session, Redirect) {
    session.destroy();
    (session, Redirect::to("/"))
}

/// For curl.
async fn who(session: Session) -> (Session, String) {
    let text = match session.get::<String>("user") {
        Some(user) => format!("{user}\n"),
        None => format!("nobody ({:?})\n", session.status()),
    };
    (session, text)
}

async fn page(headers: HeaderMap, session: Session) -> (Session, Html<String>) {
    let content = match session.get::<String>("user") {
        Some(user) => account(&user, session.is_device_bound(), &headers),
        None => format!(
            r#"<h1>Sign in</h1>
<p>Your session is: {:?}</p>
<form method="post" action="/login">
<p><label>Name <input name="name" required></label></p>
<button>Sign in</button>
</form>"#,
            session.status()
        ),
    };
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<title>Device-bound sessions</title>\n{content}\n</html>\n"
    );
    (session, Html(page))
}

fn account(user: &str, bound: bool, headers: &HeaderMap) -> String {
    let user = encode_safe(user);
    let state = match (bound, cookie(headers, PROOF).and_then(proof_ends_in)) {
        (true, Some(left)) => format!(
            "This session is <strong>bound</strong> to your device. A copy with its proof works for {} more seconds.",
            left.as_secs()
        ),
        _ => "This session is <strong>not bound</strong>. Reload: if it stays so, your browser cannot bind sessions.".to_owned(),
    };
    let copy = |label: &str, names: &[&str]| {
        let command = curl(headers, names);
        format!("<p><button data-copy=\"{command}\">{label}</button></p>")
    };
    format!(
        r#"<h1>Hello, {user}</h1>
<p id="state">{state}</p>
{}
{}
<form method="post" action="/logout"><button>Sign out</button></form>
<script>
for (const button of document.querySelectorAll("[data-copy]"))
  button.onclick = () => navigator.clipboard.writeText(button.dataset.copy);
</script>"#,
        copy("Copy the session as a curl command", &[SESSION]),
        copy("Copy the session and its proof", &[SESSION, PROOF]),
    )
}

/// A command that sends these cookies, as a thief would. A page must not show a cookie: this one does, to
/// show that it is worth nothing.
fn curl(headers: &HeaderMap, names: &[&str]) -> String {
    let pairs = names
        .iter()
        .filter_map(|name| Some(format!("{name}={}", cookie(headers, name)?)));
    let cookies = pairs.collect::<Vec<_>>().join("; ");
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.unwrap_or("localhost");
    let command = format!("curl --insecure https://{host}/who --cookie '{cookies}'");
    encode_safe(&command).into_owned()
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let headers = headers.get_all(COOKIE).iter();
    let mut pairs = headers
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split("; "));
    pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// How long a copy of a proof works. It begins with the time at which it was made.
fn proof_ends_in(proof: &str) -> Option<Duration> {
    let bytes = URL_SAFE_NO_PAD.decode(proof).ok()?;
    let made = u32::from_be_bytes(*bytes.first_chunk()?);
    let ends = UNIX_EPOCH + Duration::from_secs(made.into()) + PROOF_LIFETIME + LEEWAY;
    ends.duration_since(SystemTime::now()).ok()
}
