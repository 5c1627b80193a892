//! The notes, through the router.
#![allow(clippy::unwrap_used, reason = "a test")]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use axum_cookie_session::{Key, Session, SessionConfig};
use http_body_util::BodyExt;
use sqlite::{AppState, MAX_NOTES, Notes, app};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use tower::ServiceExt;

/// A site with a database in memory, which tests can look into and break.
struct Site {
    app: Router,
    database: SqlitePool,
}

impl Site {
    async fn new() -> Self {
        let one = SqlitePoolOptions::new().max_connections(1);
        Self::with(one.connect("sqlite::memory:").await.unwrap()).await
    }

    async fn with(database: SqlitePool) -> Self {
        let notes = Notes::new(database.clone()).await.unwrap();
        let app = app(AppState::new(key(), notes).unwrap());
        Self { app, database }
    }

    /// With several connections, as a file allows.
    async fn in_file(name: &str) -> Self {
        let place = format!("{}/{name}.db", env!("CARGO_TARGET_TMPDIR"));
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{place}{suffix}"));
        }
        let options = SqliteConnectOptions::new()
            .filename(place)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        Self::with(SqlitePool::connect_with(options).await.unwrap()).await
    }

    async fn add_in_parallel(&self, cookie: &str, notes: usize) -> Vec<Response> {
        let send = |n| {
            let request = form(cookie, "/", &format!("text=note{n}"));
            tokio::spawn(self.app.clone().oneshot(request))
        };
        let mut responses = Vec::new();
        for sent in (0..notes).map(send).collect::<Vec<_>>() {
            responses.push(sent.await.unwrap().unwrap());
        }
        responses
    }

    async fn get(&self, cookie: &str) -> Response {
        let request = Request::get("/").header(header::COOKIE, cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, cookie: &str, path: &str, body: &str) -> Response {
        self.send(form(cookie, path, body)).await
    }

    async fn send(&self, request: Request<Body>) -> Response {
        self.app.clone().oneshot(request).await.unwrap()
    }

    /// Signs in and returns what the browser keeps.
    async fn sign_in(&self, user: &str) -> String {
        let response = self.post("", "/sign-in", &format!("user={user}")).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        cookie(&response)
    }

    async fn count(&self, table: &str) -> i64 {
        let query = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let count = sqlx::query_scalar(query);
        count.fetch_one(&self.database).await.unwrap()
    }

    /// Runs SQL behind the site's back.
    async fn run(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.database).await.unwrap();
    }
}

/// As many notes as ada may have.
const FILL: &str = "
    WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    INSERT INTO notes (user, text) SELECT 'ada', 'note' FROM n";

fn form(cookie: &str, path: &str, body: &str) -> Request<Body> {
    Request::post(path)
        .header(header::HOST, "notes.test")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

fn key() -> Key {
    Key::new([7; 32]).unwrap()
}

fn cookie(response: &Response) -> String {
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn text(response: Response) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

fn goes_to(response: &Response, path: &str) -> bool {
    response.status() == StatusCode::SEE_OTHER && response.headers()[header::LOCATION] == path
}

#[tokio::test]
async fn anonymous_users_are_redirected_to_the_sign_in() {
    let site = Site::new().await;
    assert!(goes_to(&site.get("").await, "/sign-in"));
    assert!(goes_to(&site.post("", "/", "text=hello").await, "/sign-in"));
    assert_eq!(site.count("notes").await, 0);
}

#[tokio::test]
async fn the_sign_in_returns_to_the_requested_page() {
    let site = Site::new().await;
    let page = Request::get("/?sort=date").header(header::ACCEPT, "text/html");
    let response = site.send(page.body(Body::empty()).unwrap()).await;
    assert!(goes_to(&response, "/sign-in"));
    let kept = cookie(&response);
    let response = site.post(&kept, "/sign-in", "user=ada").await;
    assert!(goes_to(&response, "/?sort=date"));
}

#[tokio::test]
async fn a_post_of_another_site_is_refused() {
    let site = Site::new().await;
    let ada = site.sign_in("ada").await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        // A sibling host or another port, which `SameSite` lets through.
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.test"),
        ("origin", "http://notes.test:8080"),
        ("origin", "null"),
    ] {
        for path in ["/", "/sign-in", "/sign-out", "/sign-out-everywhere"] {
            let mut request = form(&ada, path, "text=hello&user=eve");
            request.headers_mut().insert(name, value.parse().unwrap());
            let response = site.send(request).await;
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path} {value}");
            assert!(!response.headers().contains_key(header::SET_COOKIE));
        }
    }
    assert_eq!(site.count("notes").await, 0);
    assert_eq!(site.count("logins WHERE user = 'ada'").await, 1);
}

#[tokio::test]
async fn a_post_of_the_site_itself_is_accepted() {
    let site = Site::new().await;
    let ada = site.sign_in("ada").await;
    for (name, value) in [
        ("sec-fetch-site", "same-origin"),
        ("origin", "http://notes.test"),
    ] {
        let mut request = form(&ada, "/", "text=hello");
        request.headers_mut().insert(name, value.parse().unwrap());
        assert!(goes_to(&site.send(request).await, "/"), "{value}");
    }
}

#[tokio::test]
async fn no_response_with_a_session_is_stored() {
    let site = Site::new().await;
    let ada = site.sign_in("ada").await;
    for response in [
        site.get(&ada).await,
        site.get("").await,
        site.post(&ada, "/", "text=hello").await,
        site.post(&ada, "/sign-out", "").await,
    ] {
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }
}

#[tokio::test]
async fn the_session_holds_an_id_and_nothing_else() {
    let site = Site::new().await;
    let response = site.post("", "/sign-in", "user=ada").await;
    let session: Session = Session::from_set_cookie(response.headers(), &SessionConfig::new(key()));
    assert_eq!(session.keys().collect::<Vec<_>>(), ["login"]);
    assert_eq!(session.get::<String>("login").unwrap().len(), 36);
    assert!(session.encoded_len().unwrap() < 150);
}

#[tokio::test]
async fn the_id_is_made_once_and_the_cookie_stays_small_regardless_of_the_amount_stored() {
    let site = Site::new().await;
    let ada = site.sign_in("ada").await;
    let note = format!("text={}", "x".repeat(9000));
    for _ in 0..10 {
        let response = site.post(&ada, "/", &note).await;
        assert!(goes_to(&response, "/"));
        assert!(!response.headers().contains_key(header::SET_COOKIE));
    }
    let page = text(site.get(&ada).await).await;
    assert!(page.contains("10 notes in the database"), "{page}");
    assert!(page.len() > 90_000);
}

#[tokio::test]
async fn notes_are_escaped_and_notes_of_other_users_are_not_shown() {
    let site = Site::new().await;
    let (ada, grace) = (site.sign_in("ada").await, site.sign_in("grace").await);
    site.post(&ada, "/", "text=%3Cb%3Ebold%3C%2Fb%3E").await;
    assert!(
        text(site.get(&ada).await)
            .await
            .contains("<li>&#60;b&#62;bold&#60;/b&#62;</li>")
    );
    assert!(!text(site.get(&grace).await).await.contains("bold"));
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_requests_lose_no_note() {
    let site = Site::in_file("parallel").await;
    let ada = site.sign_in("ada").await;
    for response in site.add_in_parallel(&ada, 50).await {
        assert!(goes_to(&response, "/"));
    }
    let page = text(site.get(&ada).await).await;
    for n in 0..50 {
        assert!(page.contains(&format!("<li>note{n}</li>")), "note{n}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_requests_do_not_pass_the_limit() {
    let site = Site::in_file("limit").await;
    let ada = site.sign_in("ada").await;
    site.run(FILL).await;
    site.run("DELETE FROM notes WHERE id <= 20").await;
    let responses = site.add_in_parallel(&ada, 50).await;
    let added = responses.iter().filter(|response| goes_to(response, "/"));
    assert_eq!(added.count(), 20);
    assert_eq!(site.count("notes").await, MAX_NOTES);
}

#[tokio::test]
async fn a_note_beyond_the_limit_is_refused_and_the_session_stays() {
    let site = Site::new().await;
    let ada = site.sign_in("ada").await;
    site.run(FILL).await;
    let response = site.post(&ada, "/", "text=more").await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(site.count("notes").await, MAX_NOTES);
    assert_eq!(site.get(&ada).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_note_that_is_empty_or_too_long_is_refused() {
    let site = Site::new().await;
    let ada = site.sign_in("ada").await;
    for text in [String::new(), "+".to_owned(), "x".repeat(10_001)] {
        let response = site.post(&ada, "/", &format!("text={text}")).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(site.count("notes").await, 0);
}

#[tokio::test]
async fn signing_out_ends_this_session_and_its_copies() {
    let site = Site::new().await;
    let (here, there) = (site.sign_in("ada").await, site.sign_in("ada").await);
    let response = site.post(&here, "/sign-out", "").await;
    assert!(cookie(&response).ends_with('='));
    assert!(goes_to(&site.get(&here).await, "/sign-in"));
    assert_eq!(site.get(&there).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn signing_out_everywhere_ends_the_sessions_of_one_user() {
    let site = Site::new().await;
    let (here, there) = (site.sign_in("ada").await, site.sign_in("ada").await);
    let grace = site.sign_in("grace").await;
    site.post(&here, "/sign-out-everywhere", "").await;

    let response = site.get(&there).await;
    assert!(goes_to(&response, "/sign-in"));
    assert!(cookie(&response).ends_with('='));
    assert_eq!(site.get(&grace).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn notes_are_there_again_after_the_next_login() {
    let site = Site::new().await;
    let ada = site.sign_in("ada").await;
    site.post(&ada, "/", "text=milk").await;
    site.post(&ada, "/sign-out", "").await;
    let ada = site.sign_in("ada").await;
    assert!(text(site.get(&ada).await).await.contains("milk"));
}

#[tokio::test]
async fn a_login_removes_the_rows_of_expired_sessions_and_of_the_session_it_replaces() {
    let site = Site::new().await;
    let ada = site.sign_in("ada").await;
    site.run(
        "INSERT INTO logins VALUES ('old', 'ada', unixepoch() - 30 * 86400 - 60),
                                        ('good', 'ada', unixepoch() - 30 * 86400 + 60)",
    )
    .await;
    site.post(&ada, "/sign-in", "user=grace").await;
    // That of grace, and the good one.
    assert_eq!(site.count("logins").await, 2);
    assert_eq!(site.count("logins WHERE id = 'good'").await, 1);
    assert!(goes_to(&site.get(&ada).await, "/sign-in"));
}

#[tokio::test]
async fn a_failing_database_gives_a_plain_page_and_keeps_the_session() {
    let site = Site::new().await;
    let ada = site.sign_in("ada").await;
    site.run("ALTER TABLE logins RENAME TO elsewhere").await;
    let answers = [
        site.get(&ada).await,
        site.post(&ada, "/", "text=hello").await,
        site.post(&ada, "/sign-in", "user=grace").await,
        site.post(&ada, "/sign-out", "").await,
        site.post(&ada, "/sign-out-everywhere", "").await,
    ];
    for response in answers {
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(!response.headers().contains_key(header::SET_COOKIE));
        let page = text(response).await;
        assert!(page.starts_with("Your notes cannot be reached"), "{page}");
        assert!(!page.contains("logins"), "{page}");
    }
    site.run("ALTER TABLE elsewhere RENAME TO logins").await;
    assert_eq!(site.get(&ada).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_failing_database_keeps_the_user_signed_in_at_a_sign_out() {
    let site = Site::new().await;
    let ada = site.sign_in("ada").await;
    site.run("CREATE TRIGGER broken BEFORE DELETE ON logins BEGIN SELECT RAISE(ABORT, 'no'); END")
        .await;
    for path in ["/sign-out", "/sign-out-everywhere", "/sign-in"] {
        let response = site.post(&ada, path, "user=grace").await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(!response.headers().contains_key(header::SET_COOKIE));
    }
    assert!(text(site.get(&ada).await).await.contains("Notes of ada"));
}

#[tokio::test]
async fn a_session_stays_if_its_row_exists_but_the_notes_cannot_be_read() {
    let site = Site::new().await;
    let ada = site.sign_in("ada").await;
    site.run("DROP TABLE notes").await;
    for response in [site.get(&ada).await, site.post(&ada, "/", "text=x").await] {
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(!response.headers().contains_key(header::SET_COOKIE));
    }
}
