//! Asks in three steps, and keeps the answers in one key of the session, which ends after an hour.
//!
//! ```sh
//! cargo run --example wizard
//! ```
//!
//! Open the address it prints in Chromium or Firefox. (In Safari, see the example `counter`.)

use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::time::UNIX_EPOCH;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{Html, IntoResponse, IntoResponseParts, Redirect, Response, ResponseParts};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_cookie_session::{Key, Session, SessionConfig, SessionError};
use html_escape::encode_safe;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

pub(crate) fn app(config: SessionConfig) -> Router {
    Router::new()
        .route("/", get(async || Redirect::to("/step/1")))
        .route("/step/{step}", get(show).post(save))
        .route("/confirm", post(confirm))
        .route("/language", post(language))
        .with_state(config)
}

/// The wizard's typed session: it has one key, which is removed if this is `None`.
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct Wizard {
    #[serde(skip_serializing_if = "Option::is_none")]
    registration: Option<Registration>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct Registration {
    name: String,
    workshop: String,
    remark: String,
    /// Unix seconds.
    saved_at: u64,
}

const WORKSHOPS: [&str; 3] = ["Axum in depth", "Embedded Rust", "SQL & types"];

/// Less some bytes for the language and a message.
const FULL: usize = SessionConfig::MAX_COOKIE_LEN - 300;

/// Both views of the session: the wizard's, and the untyped one for the language and messages.
struct Visit {
    wizard: Session<Wizard>,
    session: Session,
    /// Unix seconds by the clock of the sessions, which tests move.
    now: u64,
    /// Whether a person sees the response. `HEAD` and a page that is fetched ahead of time must not
    /// take messages.
    is_seen: bool,
}

impl FromRequestParts<SessionConfig> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        config: &SessionConfig,
    ) -> Result<Self, Infallible> {
        let mut wizard = Session::<Wizard>::from_request_parts(parts, config).await?;
        let mut session = <Session>::from_request_parts(parts, config).await?;
        let since_epoch = config.now().duration_since(UNIX_EPOCH);
        let now = since_epoch.unwrap_or_default().as_secs();
        let saved_at = wizard.registration.as_ref().map(|kept| kept.saved_at);
        if saved_at.is_some_and(|saved_at| now.saturating_sub(saved_at) > 60 * 60) {
            wizard.registration = None;
            session.flash("info", "An hour has passed. Please start again.");
        }
        let purpose = parts.headers.get("sec-purpose");
        let is_ahead = purpose.is_some_and(|purpose| purpose.as_bytes().starts_with(b"prefetch"));
        Ok(Self {
            wizard,
            session,
            now,
            is_seen: parts.method != Method::HEAD && !is_ahead,
        })
    }
}

impl IntoResponseParts for Visit {
    type Error = SessionError;

    fn into_response_parts(self, parts: ResponseParts) -> Result<ResponseParts, SessionError> {
        let parts = self.wizard.into_response_parts(parts)?;
        self.session.into_response_parts(parts)
    }
}

impl Visit {
    fn kept(&self) -> Registration {
        self.wizard.registration.clone().unwrap_or_default()
    }

    /// Keeps the registration, or the previous one if the new one does not fit.
    fn keep(&mut self, registration: Registration) -> bool {
        let before = self.wizard.registration.replace(registration);
        let fits = self.wizard.encoded_len().is_ok_and(|len| len <= FULL);
        if !fits {
            self.wizard.registration = before;
        }
        fits
    }

    fn redirect(self, step: u8) -> (Self, Response) {
        let to = Redirect::to(&format!("/step/{step}"));
        (self, to.into_response())
    }
}

impl Registration {
    /// The first step that is missing.
    fn step(&self) -> u8 {
        match (self.name.is_empty(), self.workshop.is_empty()) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => 3,
        }
    }

    /// Takes the fields of one step, and says whether they are complete.
    fn fill(&mut self, step: u8, sent: Self) -> bool {
        if step == 1 {
            self.name = sent.name;
            return !self.name.is_empty();
        }
        (self.workshop, self.remark) = (sent.workshop, sent.remark);
        WORKSHOPS.contains(&self.workshop.as_str())
    }
}

async fn show(Path(step): Path<u8>, mut visit: Visit) -> (Visit, Response) {
    let kept = visit.kept();
    if !(1..=kept.step()).contains(&step) {
        return visit.redirect(kept.step());
    }
    let page = page(&mut visit, step, &kept, "");
    (visit, page.into_response())
}

async fn save(
    Path(step): Path<u8>,
    mut visit: Visit,
    Form(sent): Form<Registration>,
) -> (Visit, Response) {
    let mut registration = visit.kept();
    if !(1..=registration.step().min(2)).contains(&step) {
        return visit.redirect(registration.step());
    }
    registration.saved_at = visit.now;
    let error = match registration.fill(step, sent) {
        false => "Please fill in what is missing.",
        true if visit.keep(registration.clone()) => return visit.redirect(step + 1),
        true => "That is more than we can keep. Please write less.",
    };
    // What was typed is in the page; the session has what it had.
    let page = page(&mut visit, step, &registration, error);
    let refused = (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
    (visit, refused)
}

async fn confirm(mut visit: Visit) -> (Visit, Response) {
    let step = visit.kept().step();
    if step < 3 {
        return visit.redirect(step);
    }
    // Here it goes into your database.
    visit.wizard.registration = None;
    let thanks = "Thank you. You are registered.";
    visit.session.flash("success", thanks);
    visit.redirect(1)
}

#[derive(Deserialize)]
struct Language {
    language: String,
}

/// Knows nothing of the wizard.
async fn language(mut session: Session, Form(form): Form<Language>) -> (Session, Redirect) {
    if ["en", "de"].contains(&form.language.as_str()) {
        session.insert("language", form.language);
    }
    (session, Redirect::to("/"))
}

fn page(visit: &mut Visit, step: u8, shown: &Registration, error: &str) -> Html<String> {
    let session = &mut visit.session;
    let language = session.get("language").unwrap_or("en".to_owned());
    let messages = match visit.is_seen {
        true => session.take_flashes(),
        false => Vec::new(),
    };
    let messages = messages
        .iter()
        .map(|flash| encode_safe(&flash.message) + "\n");
    let messages: String = messages.collect();
    let (name, remark) = (encode_safe(&shown.name), encode_safe(&shown.remark));
    let content = match step {
        1 => format!(r#"<p><label>Name <input name="name" value="{name}"></label></p>"#),
        2 => {
            let workshops = WORKSHOPS.map(|workshop| {
                let chosen = workshop == shown.workshop;
                let checked = if chosen { " checked" } else { "" };
                let workshop = encode_safe(workshop);
                format!(
                    r#"<label><input type="radio" name="workshop" value="{workshop}"{checked}> {workshop}</label>
"#
                )
            });
            // Browsers drop the line break after `<textarea>`: without it, one of the remark's.
            format!(
                r#"{}<p><label>Remark <textarea name="remark">
{remark}</textarea></label></p>
<p><a href="/step/1">Back</a></p>"#,
                workshops.concat()
            )
        }
        _ => format!(
            r#"<p>{name}</p>
<p>{}</p>
<p>{remark}</p>
<p><a href="/step/2">Back</a></p>"#,
            encode_safe(&shown.workshop)
        ),
    };
    let (action, button) = match step {
        3 => (" action=\"/confirm\"", "Confirm"),
        _ => ("", "Next"),
    };
    Html(format!(
        r#"<!doctype html>
<html lang="{}">
<title>Registration</title>
<h1>Step {step} of 3</h1>
<p role="status">{messages}{error}</p>
<form method="post"{action}>
{content}
<button>{button}</button>
</form>
<form method="post" action="/language">
<button name="language" value="en">English</button>
<button name="language" value="de">Deutsch</button>
</form>
"#,
        encode_safe(&language)
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
    let config = SessionConfig::new(key);
    let port = env::var("PORT").unwrap_or("3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://localhost:{port}");
    Ok(axum::serve(listener, app(config)).await?)
}
