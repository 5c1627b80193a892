//! Holds a poll: one question, one ballot for each visitor, the results as bars.
//!
//! ```sh
//! cargo run --example poll
//! ```
//!
//! Open the address it prints in Chromium or Firefox. (In Safari, see the example `counter`.)
//!
//! The session holds an id, and the server the ballots, by that id: a copy of the cookie from before
//! the vote votes for the same visitor. Who deletes the cookie is a new visitor, so where a vote
//! matters, ask for a login, and keep the ballots in a database.

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{FromRef, State};
use axum::http::header::{CACHE_CONTROL, HeaderName};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_cookie_session::{Key, Session, SessionConfig};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use uuid::Uuid;

pub(crate) fn app(session: SessionConfig) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/vote", post(vote))
        .route("/withdraw", post(withdraw))
        .with_state(AppState {
            session,
            ballots: Ballots::default(),
        })
}

#[derive(Clone, FromRef)]
struct AppState {
    session: SessionConfig,
    ballots: Ballots,
}

/// What each visitor voted for. A stand-in for a table, and as short-lived as the program.
#[derive(Clone, Default)]
struct Ballots(Arc<Mutex<HashMap<Uuid, Answer>>>);

impl Ballots {
    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Answer>> {
        self.0.lock().expect("nobody panics while holding the lock")
    }
}

#[derive(Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Rust,
    Python,
    Other,
}

/// Each answer, as the form sends it, and as the page shows it.
const ANSWERS: [(Answer, &str, &str); 3] = [
    (Answer::Rust, "rust", "Rust"),
    (Answer::Python, "python", "Python"),
    (Answer::Other, "other", "Something else"),
];

/// `no-store`, because the page shows whose vote is whose.
type Private = ([(HeaderName, &'static str); 1], Session, Html<String>);

async fn show(
    method: Method,
    headers: HeaderMap,
    mut session: Session,
    State(ballots): State<Ballots>,
) -> Private {
    // Here, not at the vote: two tabs that vote at once would make two ids, and two ballots.
    let visitor = session.get("visitor").unwrap_or_else(|| {
        let id = Uuid::new_v4();
        session.insert("visitor", id);
        id
    });
    let (counted, mine) = {
        let ballots = ballots.lock();
        let counted: Vec<Answer> = ballots.values().copied().collect();
        (counted, ballots.get(&visitor).copied())
    };
    // The cookie may be older than the ballots, or than the answers: that is the `Err`.
    let notice = match (mine, session.try_get::<Answer>("vote")) {
        (Some(_), _) | (None, Ok(None)) => "",
        (None, Ok(Some(_))) => "<p>Your vote is no longer counted. Please vote again.</p>\n",
        (None, Err(_)) => "<p>Your answer is no longer offered. Please vote again.</p>\n",
    };
    // Neither `HEAD` nor a page that is fetched ahead of time may take a message: no person sees it.
    let purpose = headers.get("sec-purpose");
    let is_ahead = purpose.is_some_and(|purpose| purpose.as_bytes().starts_with(b"prefetch"));
    let waiting = match method == Method::GET && !is_ahead {
        true => session.take_flashes(),
        false => Vec::new(),
    };
    // They are all ours, so there is nothing to escape.
    let messages: String = waiting
        .iter()
        .map(|flash| format!("<p role=\"status\">{}</p>\n", flash.message))
        .collect();
    let answers = ANSWERS.map(|(answer, value, text)| {
        let votes = counted.iter().filter(|vote| **vote == answer).count();
        let percent = 100 * votes / counted.len().max(1);
        let yours = match mine == Some(answer) {
            true => ", yours among them",
            false => "",
        };
        format!(
            r#"<p><button name="answer" value="{value}">{text}</button> {votes}{yours}
<span style="display: block; height: 1em; width: {percent}%; background: steelblue"></span></p>
"#
        )
    });
    let page = Html(format!(
        r#"<!doctype html>
<title>Poll</title>
{messages}{notice}<h1>What do you write most of your code in?</h1>
<form method="post" action="/vote">
{}</form>
<form method="post" action="/withdraw"><button>Withdraw my vote</button></form>
"#,
        answers.concat()
    ));
    ([(CACHE_CONTROL, "no-store")], session, page)
}

#[derive(Deserialize)]
struct Vote {
    answer: Answer,
}

type NoVisitor = (StatusCode, Session, Html<&'static str>);

async fn vote(
    mut session: Session,
    State(ballots): State<Ballots>,
    Form(vote): Form<Vote>,
) -> Result<(Session, Redirect), NoVisitor> {
    let Some(visitor) = session.get("visitor") else {
        // Not a flash message: a browser that keeps no cookies would never show it.
        let page = "<!doctype html>\n<title>Poll</title>\n<p>Your vote was not counted: \
            your browser sent no cookie, or an old one. <a href=\"/\">Vote again</a></p>\n";
        return Err((StatusCode::BAD_REQUEST, session, Html(page)));
    };
    let before = ballots.lock().insert(visitor, vote.answer);
    session.insert("vote", vote.answer);
    // Of a double click only the last message waits.
    session.take_flashes();
    session.flash(
        "success",
        match before {
            Some(_) => "Your vote is changed.",
            None => "Thank you for your vote.",
        },
    );
    Ok((session, Redirect::to("/")))
}

async fn withdraw(mut session: Session, State(ballots): State<Ballots>) -> (Session, Redirect) {
    if let Some(visitor) = session.get("visitor") {
        ballots.lock().remove(&visitor);
    }
    session.remove("vote");
    (session, Redirect::to("/"))
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
