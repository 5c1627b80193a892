//! The application through its router, with a passkey in software.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use axum_cookie_session::{Key, Session, SessionConfig, SessionMap};
use http_body_util::BodyExt;
use passkeys::{CEREMONY, MAX_PASSKEYS};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;
use webauthn_authenticator_rs::WebauthnAuthenticator;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;
use webauthn_rs::prelude::Url;

const ORIGIN: &str = "http://localhost:3000";

struct Site {
    app: Router,
    /// Seconds by which the clock of the ceremonies is ahead.
    ahead: Arc<AtomicU64>,
}

impl Site {
    fn new() -> Self {
        let ahead = Arc::new(AtomicU64::new(0));
        let (start, seconds) = (Instant::now(), Arc::clone(&ahead));
        let now = move || start + Duration::from_secs(seconds.load(Ordering::SeqCst));
        let app = passkeys::app(key(), ORIGIN, now).unwrap();
        Self { app, ahead }
    }

    fn browser(&self) -> Browser {
        Browser {
            app: self.app.clone(),
            cookie: String::new(),
        }
    }
}

fn key() -> Key {
    Key::new([7; 32]).unwrap()
}

/// Keeps its cookie.
#[derive(Clone)]
struct Browser {
    app: Router,
    cookie: String,
}

struct Reply {
    status: StatusCode,
    sets_cookie: bool,
    text: String,
}

impl Reply {
    #[track_caller]
    fn json<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, 200, "{}", self.text);
        serde_json::from_str(&self.text).unwrap()
    }

    /// What the page is told. The session has to stay as it was.
    #[track_caller]
    fn refused(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        assert!(!self.sets_cookie, "the session was written");
        let body: Value = serde_json::from_str(&self.text).unwrap();
        body["error"].as_str().unwrap().to_owned()
    }
}

impl Browser {
    async fn send(&mut self, request: Request<Body>) -> Reply {
        let response: Response = self.app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        let set = response.headers().get(header::SET_COOKIE).cloned();
        if let Some(set) = &set {
            let set = set.to_str().unwrap();
            self.cookie = set.split(';').next().unwrap().to_owned();
        }
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Reply {
            status,
            sets_cookie: set.is_some(),
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    async fn post(&mut self, path: &str, body: impl Serialize) -> Reply {
        let body = serde_json::to_string(&body).unwrap();
        self.post_text(path, "application/json", body).await
    }

    async fn post_text(&mut self, path: &str, content: &str, body: String) -> Reply {
        let request = Request::post(path)
            .header(header::HOST, "localhost:3000")
            .header(header::COOKIE, &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, content);
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    async fn home(&mut self) -> String {
        let request = Request::get("/").header(header::COOKIE, &self.cookie);
        self.send(request.body(Body::empty()).unwrap()).await.text
    }

    async fn is(&mut self, name: &str) -> bool {
        let home = self.home().await;
        home.contains(&format!("<h1>Hello, {name}</h1>"))
    }

    async fn registration(&mut self, name: &str, passkey: &mut SoftPasskey) -> Value {
        let options = self.post("/register/start", json!({ "name": name })).await;
        let origin = Url::parse(ORIGIN).unwrap();
        let answer = passkey.do_registration(origin, options.json()).unwrap();
        serde_json::to_value(answer).unwrap()
    }

    async fn register(&mut self, name: &str, passkey: &mut SoftPasskey) -> Reply {
        let answer = self.registration(name, passkey).await;
        self.post("/register/finish", answer).await
    }

    /// Starts a sign-in, and gives the passkey's answer on a page of this origin.
    async fn answer(&mut self, name: &str, origin: &str, passkey: &mut SoftPasskey) -> Value {
        let options = self.post("/sign-in/start", json!({ "name": name })).await;
        let origin = Url::parse(origin).unwrap();
        let answer = passkey.do_authentication(origin, options.json()).unwrap();
        serde_json::to_value(answer).unwrap()
    }

    async fn sign_out(&mut self) {
        let content = "application/x-www-form-urlencoded";
        let reply = self.post_text("/sign-out", content, String::new()).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER);
    }
}

fn passkey() -> SoftPasskey {
    // It says that it has verified the user.
    SoftPasskey::new(true)
}

/// A site with an account of ada's, her passkey, and a browser that is signed out.
async fn site_of_ada() -> (Site, SoftPasskey, Browser) {
    let (site, mut passkey) = (Site::new(), passkey());
    let mut browser = site.browser();
    browser.register("ada", &mut passkey).await.json::<Value>();
    browser.sign_out().await;
    (site, passkey, browser)
}

#[tokio::test]
async fn a_user_registers_signs_out_and_signs_in_again() {
    let (site, mut passkey) = (Site::new(), passkey());
    let mut browser = site.browser();
    browser
        .register("<ada>", &mut passkey)
        .await
        .json::<Value>();
    assert!(browser.is("&lt;ada&gt;").await);
    for _ in 0..2 {
        browser.sign_out().await;
        assert!(browser.home().await.contains("<h1>Sign in</h1>"));
        let answer = browser.answer("<ada>", ORIGIN, &mut passkey).await;
        assert!(!browser.is("&lt;ada&gt;").await);
        browser
            .post("/sign-in/finish", answer)
            .await
            .json::<Value>();
        assert!(browser.is("&lt;ada&gt;").await);
    }
}

#[tokio::test]
async fn an_answer_counts_once_even_with_the_cookie_of_before() {
    let (_site, mut passkey, mut browser) = site_of_ada().await;
    let answer = browser.answer("ada", ORIGIN, &mut passkey).await;
    let mut copy = browser.clone();
    browser
        .post("/sign-in/finish", &answer)
        .await
        .json::<Value>();
    for browser in [&mut browser, &mut copy] {
        let problem = browser.post("/sign-in/finish", &answer).await.refused(410);
        assert!(problem.contains("finished before"), "{problem}");
    }
    assert!(browser.is("ada").await);
    assert!(!copy.is("ada").await);
}

#[tokio::test]
async fn of_answers_at_the_same_time_one_signs_in() {
    let (_site, mut passkey, mut browser) = site_of_ada().await;
    let answer = browser.answer("ada", ORIGIN, &mut passkey).await;
    let requests: Vec<_> = (0..8)
        .map(|_| {
            let (mut browser, answer) = (browser.clone(), answer.clone());
            tokio::spawn(async move { browser.post("/sign-in/finish", answer).await.status })
        })
        .collect();
    let mut statuses = Vec::new();
    for request in requests {
        statuses.push(request.await.unwrap().as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 410, 410, 410, 410, 410, 410, 410]);
}

#[tokio::test]
async fn a_registration_counts_once() {
    let (site, mut passkey) = (Site::new(), passkey());
    let mut browser = site.browser();
    let answer = browser.registration("ada", &mut passkey).await;
    let mut copy = browser.clone();
    browser
        .post("/register/finish", &answer)
        .await
        .json::<Value>();
    copy.post("/register/finish", &answer).await.refused(410);
}

#[tokio::test]
async fn an_answer_after_five_minutes_is_refused() {
    let (site, mut passkey, mut browser) = site_of_ada().await;
    let answer = browser.answer("ada", ORIGIN, &mut passkey).await;
    site.ahead.fetch_add(CEREMONY.as_secs(), Ordering::SeqCst);
    browser.post("/sign-in/finish", answer).await.refused(410);
    // The user starts again.
    let answer = browser.answer("ada", ORIGIN, &mut passkey).await;
    site.ahead
        .fetch_add(CEREMONY.as_secs() - 1, Ordering::SeqCst);
    browser
        .post("/sign-in/finish", answer)
        .await
        .json::<Value>();
}

#[tokio::test]
async fn an_answer_without_a_ceremony_is_refused() {
    let (site, mut passkey, mut browser) = site_of_ada().await;
    let answer = browser.answer("ada", ORIGIN, &mut passkey).await;
    // The browser of an attacker, into which the answer was copied.
    let mut other = site.browser();
    other.post("/sign-in/finish", &answer).await.refused(410);
    // Its own ceremony has another challenge.
    other.post("/sign-in/start", json!({ "name": "ada" })).await;
    other.post("/sign-in/finish", &answer).await.refused(403);
    browser
        .post("/sign-in/finish", &answer)
        .await
        .json::<Value>();
}

#[tokio::test]
async fn an_answer_to_an_older_ceremony_of_the_browser_is_refused() {
    let (_site, mut passkey, mut browser) = site_of_ada().await;
    let first = browser.answer("ada", ORIGIN, &mut passkey).await;
    let second = browser.answer("ada", ORIGIN, &mut passkey).await;
    browser.post("/sign-in/finish", first).await.refused(403);
    browser.post("/sign-in/finish", second).await.refused(410);
}

#[tokio::test]
async fn an_answer_for_another_origin_is_refused_and_ends_the_ceremony() {
    let (_site, mut passkey, mut browser) = site_of_ada().await;
    for origin in ["http://localhost:4000", "https://localhost:3000"] {
        let wrong = browser.answer("ada", origin, &mut passkey).await;
        let problem = browser.post("/sign-in/finish", &wrong).await.refused(403);
        assert_eq!(problem, "The passkey was used on another site.");
        browser.post("/sign-in/finish", &wrong).await.refused(410);
    }
    assert!(!browser.is("ada").await);
}

#[tokio::test]
async fn an_answer_that_was_changed_is_refused() {
    let (_site, mut passkey, mut browser) = site_of_ada().await;
    let mut answer = browser.answer("ada", ORIGIN, &mut passkey).await;
    let other = browser.answer("ada", ORIGIN, &mut passkey).await;
    answer["response"]["signature"] = other["response"]["signature"].clone();
    browser.post("/sign-in/finish", answer).await.refused(403);
    let mut answer = browser.answer("ada", ORIGIN, &mut passkey).await;
    answer["response"]["signature"] = json!("AAAA");
    let problem = browser.post("/sign-in/finish", answer).await.refused(403);
    assert_eq!(
        problem,
        "The passkey is not the right one. Please start again."
    );
}

#[tokio::test]
async fn a_passkey_of_another_user_is_refused() {
    let (site, _, mut browser) = site_of_ada().await;
    let (mut eve, mut passkey) = (site.browser(), passkey());
    eve.register("eve", &mut passkey).await.json::<Value>();
    // Eve starts a sign-in as ada, and answers with her own passkey.
    let name = |name: &str| json!({ "name": name });
    let theirs = browser.post("/sign-in/start", name("ada")).await;
    let theirs: Value = theirs.json();
    let mut options: Value = eve.post("/sign-in/start", name("eve")).await.json();
    options["publicKey"]["challenge"] = theirs["publicKey"]["challenge"].clone();
    let options = serde_json::from_value(options).unwrap();
    let origin = Url::parse(ORIGIN).unwrap();
    let answer = passkey.do_authentication(origin, options).unwrap();
    browser.post("/sign-in/finish", answer).await.refused(403);
    assert!(!browser.is("ada").await && !browser.is("eve").await);
}

#[tokio::test]
async fn a_name_that_is_taken_cannot_be_registered_by_another_user() {
    let (site, _, _) = site_of_ada().await;
    let mut other = site.browser();
    for name in ["ada", " ada "] {
        let reply = other.post("/register/start", json!({ "name": name })).await;
        reply.refused(409);
    }
}

#[tokio::test]
async fn of_two_registrations_of_a_name_the_first_one_gets_it() {
    let (site, mut one, mut two) = (Site::new(), passkey(), passkey());
    let (mut first, mut second) = (site.browser(), site.browser());
    let answer = first.registration("ada", &mut one).await;
    let late = second.registration("ada", &mut two).await;
    first.post("/register/finish", answer).await.json::<Value>();
    second.post("/register/finish", late).await.refused(409);
    assert!(first.is("ada").await && !second.is("ada").await);
}

#[tokio::test]
async fn a_user_adds_a_passkey_and_signs_in_with_either() {
    let (_site, mut first, mut browser) = site_of_ada().await;
    let answer = browser.answer("ada", ORIGIN, &mut first).await;
    browser
        .post("/sign-in/finish", answer)
        .await
        .json::<Value>();
    let mut second = passkey();
    // The name of the account counts, and not that of the request.
    browser.register("eve", &mut second).await.json::<Value>();
    assert!(browser.is("ada").await);
    assert!(browser.home().await.contains("Passkeys: 2"));
    for passkey in [&mut first, &mut second] {
        browser.sign_out().await;
        let answer = browser.answer("ada", ORIGIN, passkey).await;
        browser
            .post("/sign-in/finish", answer)
            .await
            .json::<Value>();
        assert!(browser.is("ada").await);
    }
}

#[tokio::test]
async fn an_account_has_ten_passkeys_at_most() {
    let site = Site::new();
    let mut browser = site.browser();
    for _ in 0..MAX_PASSKEYS {
        browser
            .register("ada", &mut passkey())
            .await
            .json::<Value>();
    }
    let reply = browser.post("/register/start", json!({ "name": "" })).await;
    reply.refused(422);
    assert!(browser.home().await.contains("Passkeys: 10"));
}

#[tokio::test]
async fn a_name_that_is_unknown_empty_or_too_long_is_refused() {
    let mut browser = Site::new().browser();
    let long = "x".repeat(41);
    for (path, name, status) in [
        ("/sign-in/start", "ada", 404),
        ("/sign-in/start", "", 404),
        ("/register/start", " ", 422),
        ("/register/start", &long, 422),
    ] {
        let reply = browser.post(path, json!({ "name": name })).await;
        reply.refused(status);
    }
}

#[tokio::test]
async fn a_body_that_the_page_does_not_send_is_refused() {
    let (_site, mut passkey, mut browser) = site_of_ada().await;
    let answer = browser.answer("ada", ORIGIN, &mut passkey).await;
    let long = format!("\"{}\"", "x".repeat(100_000));
    for path in [
        "/register/start",
        "/register/finish",
        "/sign-in/start",
        "/sign-in/finish",
    ] {
        for (content, body, status) in [
            ("application/json", "", 400),
            ("application/json", "{", 400),
            ("application/json", "[]", 422),
            ("application/json", r#"{"name":7,"id":7}"#, 422),
            ("application/json", &long, 413),
            ("text/plain", r#"{"name":"ada"}"#, 415),
        ] {
            let reply = browser.post_text(path, content, body.to_owned()).await;
            assert_eq!(
                reply.refused(status),
                "The request is not what this page sends."
            );
        }
    }
    // None of them has ended the ceremony.
    browser
        .post("/sign-in/finish", answer)
        .await
        .json::<Value>();
}

#[tokio::test]
async fn a_request_of_another_origin_is_refused() {
    let (_site, mut passkey, mut browser) = site_of_ada().await;
    let answer = browser.answer("ada", ORIGIN, &mut passkey).await;
    for (path, body) in [
        ("/sign-in/finish", answer),
        ("/sign-in/start", json!({ "name": "ada" })),
        ("/register/start", json!({ "name": "eve" })),
        ("/sign-out", json!({})),
    ] {
        for site in ["cross-site", "same-site"] {
            let request = Request::post(path)
                .header(header::COOKIE, &browser.cookie)
                .header("sec-fetch-site", site)
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string()))
                .unwrap();
            let response = browser.app.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), 403, "{path} {site}");
            assert!(!response.headers().contains_key(header::SET_COOKIE));
        }
    }
}

#[tokio::test]
async fn a_refused_answer_leaves_a_user_signed_in() {
    let (_site, mut passkey, mut browser) = site_of_ada().await;
    let answer = browser.answer("ada", ORIGIN, &mut passkey).await;
    browser
        .post("/sign-in/finish", &answer)
        .await
        .json::<Value>();
    let cookie = browser.cookie.clone();
    browser.post("/sign-in/finish", &answer).await.refused(410);
    browser.post("/register/finish", &answer).await.refused(422);
    assert_eq!(browser.cookie, cookie);
    assert!(browser.is("ada").await);
}

#[tokio::test]
async fn a_sign_in_removes_what_was_planted_in_the_session() {
    let (_site, mut passkey, mut browser) = site_of_ada().await;
    let config = SessionConfig::new(key());
    let mut planted = SessionMap::default();
    planted.insert("planted", true);
    browser.cookie = config.encode(&planted).unwrap();
    let answer = browser.answer("ada", ORIGIN, &mut passkey).await;
    browser
        .post("/sign-in/finish", answer)
        .await
        .json::<Value>();
    let mut headers = axum::http::HeaderMap::new();
    headers.insert(header::COOKIE, browser.cookie.parse().unwrap());
    let session: Session = Session::from_headers(&headers, &config);
    assert_eq!(session.keys().collect::<Vec<_>>(), ["account"]);
    assert!(session.get::<Uuid>("account").is_some());
    assert!(browser.cookie.len() < 150, "{}", browser.cookie.len());
}

#[tokio::test]
async fn a_session_without_an_account_is_nobody() {
    let mut browser = Site::new().browser();
    let mut data = SessionMap::default();
    data.insert("account", Uuid::new_v4());
    browser.cookie = SessionConfig::new(key()).encode(&data).unwrap();
    assert!(browser.home().await.contains("<h1>Sign in</h1>"));
}

#[test]
fn an_origin_that_is_not_the_url_of_a_host_is_refused() {
    for origin in ["", "example.com", "http://127.0.0.1:3000"] {
        assert!(
            passkeys::app(key(), origin, Instant::now).is_err(),
            "{origin}"
        );
    }
}
