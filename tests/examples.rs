//! The examples do what their pages promise.

#![expect(clippy::unwrap_used, reason = "these are tests")]

mod common;

#[allow(dead_code, reason = "its `main` is for `cargo run`")]
#[path = "../examples/counter.rs"]
mod counter;
#[allow(dead_code, reason = "its `main` is for `cargo run`")]
#[path = "../examples/login.rs"]
mod login;
#[allow(dead_code, reason = "its `main` is for `cargo run`")]
#[path = "../examples/middleware.rs"]
mod middleware;
#[allow(dead_code, reason = "its `main` is for `cargo run`")]
#[path = "../examples/two_sessions.rs"]
mod two_sessions;
#[allow(dead_code, reason = "its `main` is for `cargo run`")]
#[path = "../examples/typed.rs"]
mod typed;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum_cookie_session::SessionConfig;
use serde_json::{Value, json};
use tower::ServiceExt;

use common::{
    Browser, Clock, Reply, assert_hides, assert_redirects, assert_shows, builder, config, contents,
    cookie, key,
};

const ADA: &str = "name=ada&password=correct+horse+battery+staple";

/// A browser in front of an example, with a session that holds these keys.
fn browser_with(app: Router, config: &SessionConfig, keys: Value) -> Browser {
    let mut browser = Browser::new(app);
    let cookie = cookie(config, keys);
    let (name, value) = cookie.split_once('=').unwrap();
    browser.jar.insert(name.to_owned(), value.to_owned());
    browser
}

fn new_browser(app: fn(SessionConfig) -> Router) -> Browser {
    Browser::new(app(config()))
}

/// Sends one request with these headers, without a browser.
async fn ask(
    app: &Router,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    form: &str,
) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(form.to_owned())).unwrap();
    Reply::of(app.clone().oneshot(request).await.unwrap()).await
}

/// A form on a page of another site: the browser sends no Lax cookie along.
async fn assert_refuses_another_site(app: &Router, paths: &[(&str, &str)]) {
    let form_type = ("content-type", "application/x-www-form-urlencoded");
    let origin = ("origin", "https://evil.example");
    for (path, form) in paths {
        for headers in [
            vec![form_type, origin, ("sec-fetch-site", "cross-site")],
            // With the cookie, as under `SameSite=None`: the crate's own rule would not apply.
            vec![
                form_type,
                ("cookie", "session=x"),
                ("sec-fetch-site", "cross-site"),
            ],
        ] {
            let reply = ask(app, "POST", path, &headers, form).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}");
            reply.assert_no_set_cookie();
        }
    }
}

// counter

#[tokio::test]
async fn the_counter_counts_and_starts_again_after_a_reset() {
    let mut browser = new_browser(counter::app);
    assert_shows(&browser.get("/").await, "Visit number 1<");
    assert_shows(&browser.get("/").await, "Visit number 2<");
    assert_redirects(&browser.post("/reset", "").await, "/");
    assert!(browser.jar.is_empty());
    assert_shows(&browser.get("/").await, "Visit number 1<");
}

#[tokio::test]
async fn resetting_the_counter_keeps_other_keys() {
    let keys = json!({"theme": "dark", "visits": 7});
    let mut browser = browser_with(counter::app(config()), &config(), keys);
    browser.post("/reset", "").await;
    assert_eq!(contents(&browser), json!({"theme": "dark"}));
}

#[tokio::test]
async fn the_counter_shows_the_contents_and_the_length_of_the_cookie() {
    let mut browser = new_browser(counter::app);
    let page = browser.get("/").await;
    assert_shows(&page, "<tr><th>visits</th><td><code>1</code></td></tr>");
    let len = "session".len() + browser.jar["session"].len();
    assert_shows(&page, &format!("<p>{len} of 4096 bytes."));
}

#[tokio::test]
async fn markup_in_keys_and_values_is_escaped() {
    let keys = json!({"<i>\"'&": "<script>\"'&"});
    let mut browser = browser_with(counter::app(config()), &config(), keys);
    let page = browser.get("/").await;
    assert_shows(&page, "<th>&lt;i&gt;&quot;&#x27;&amp;</th>");
    // JSON escapes the inner quotation mark with a backslash.
    assert_shows(
        &page,
        r"<code>&quot;&lt;script&gt;\&quot;&#x27;&amp;&quot;</code>",
    );
}

// login

#[tokio::test]
async fn the_right_password_opens_the_private_page() {
    let mut browser = new_browser(login::app);
    assert_redirects(&browser.post("/login", ADA).await, "/");
    let page = browser.get("/").await;
    assert_shows(&page, "Hello, ada");
    assert_shows(
        &page,
        r#"<p class="success" role="status">You are signed in.</p>"#,
    );
    assert_hides(&browser.get("/").await, "You are signed in.");
}

#[tokio::test]
async fn a_planted_key_does_not_survive_the_login() {
    let keys = json!({"planted": 1, "user": "mallory"});
    let mut browser = browser_with(login::app(config()), &config(), keys);
    browser.post("/login", ADA).await;
    browser.get("/").await;
    assert_eq!(contents(&browser), json!({"user": "ada"}));
}

#[tokio::test]
async fn a_hundred_wrong_passwords_leave_one_message() {
    let mut browser = new_browser(login::app);
    for _ in 0..100 {
        let reply = browser.post("/login", "name=ada&password=guess").await;
        assert_redirects(&reply, "/login");
    }
    let page = browser.get("/login").await;
    assert_shows(&page, "Wrong name or password, ada.");
    assert_eq!(page.body.matches("Wrong name").count(), 1);
}

#[tokio::test]
async fn two_hundred_visits_without_a_login_leave_one_message() {
    let mut browser = new_browser(login::app);
    for _ in 0..200 {
        assert_redirects(&browser.get("/").await, "/login");
    }
    let page = browser.get("/login").await;
    assert_eq!(page.body.matches("Please sign in first.").count(), 1);
}

#[tokio::test]
async fn a_wrong_password_shows_a_message_once() {
    let mut browser = new_browser(login::app);
    let reply = browser.post("/login", "name=ada&password=swordfish").await;
    assert_redirects(&reply, "/login");
    let message = r#"<p class="error" role="status">Wrong name or password, ada.</p>"#;
    assert_shows(&browser.get("/login").await, message);
    assert_hides(&browser.get("/login").await, "Wrong");
    assert_redirects(&browser.get("/").await, "/login");
}

#[tokio::test]
async fn the_right_password_with_a_wrong_name_is_refused() {
    let mut browser = new_browser(login::app);
    let bob = ADA.replace("ada", "bob");
    assert_redirects(&browser.post("/login", &bob).await, "/login");
}

#[tokio::test]
async fn an_anonymous_user_is_redirected_to_the_login_and_told_why() {
    let mut browser = new_browser(login::app);
    assert_redirects(&browser.get("/").await, "/login");
    assert_shows(&browser.get("/login").await, "Please sign in first.");
}

#[tokio::test]
async fn the_login_returns_to_the_requested_page() {
    let mut browser = new_browser(login::app);
    assert_redirects(&browser.get("/account?tab=2").await, "/login");
    browser.get("/login").await;
    browser.post("/login", "name=ada&password=x").await;
    browser.get("/login").await;
    assert_redirects(&browser.post("/login", ADA).await, "/account?tab=2");
    browser.get("/account").await;
    assert_eq!(contents(&browser), json!({"user": "ada"}));
}

#[tokio::test]
async fn a_user_who_signs_in_again_stays_signed_in() {
    let mut browser = new_browser(login::app);
    for _ in 0..2 {
        browser.post("/login", ADA).await;
        assert_shows(&browser.get("/").await, "Hello, ada");
    }
}

#[tokio::test]
async fn a_session_without_a_user_is_not_signed_in() {
    for keys in [
        json!({"cart": [7]}),
        json!({"user": 7}),
        json!({"user": null}),
    ] {
        let mut browser = browser_with(login::app(config()), &config(), keys);
        assert_redirects(&browser.get("/").await, "/login");
    }
}

#[tokio::test]
async fn signing_out_from_another_path_ends_the_session() {
    let mut browser = new_browser(login::app);
    browser.post("/login", ADA).await;
    assert_redirects(&browser.post("/account/logout", "").await, "/login");
    assert_shows(&browser.get("/login").await, "You are signed out.");
    assert!(browser.jar.is_empty());
    assert_redirects(&browser.get("/").await, "/login");
}

#[tokio::test]
async fn markup_in_a_name_is_escaped() {
    let mut browser = new_browser(login::app);
    let form = "name=%3Cscript%3E%22%27%26&password=x";
    browser.post("/login", form).await;
    let page = browser.get("/login").await;
    assert_shows(&page, "password, &lt;script&gt;&quot;&#x27;&amp;.<");

    let keys = json!({"user": "<script>"});
    let mut browser = browser_with(login::app(config()), &config(), keys);
    assert_shows(&browser.get("/").await, "Hello, &lt;script&gt;<");
}

#[tokio::test]
async fn a_name_longer_than_a_cookie_is_truncated() {
    let mut browser = new_browser(login::app);
    let form = format!("name={}&password=x", "a".repeat(5000));
    assert_redirects(&browser.post("/login", &form).await, "/login");
    let message = format!("password, {}.<", "a".repeat(40));
    assert_shows(&browser.get("/login").await, &message);
}

#[tokio::test]
async fn another_site_cannot_sign_a_user_in_or_out() {
    let paths = [
        ("/login", ADA),
        ("/login", "name=a&password=x"),
        ("/account/logout", ""),
    ];
    assert_refuses_another_site(&login::app(config()), &paths).await;
}

#[tokio::test]
async fn a_prefetched_page_does_not_take_messages() {
    let app = login::app(config());
    let mut browser = Browser::new(app.clone());
    browser.post("/login", "name=ada&password=x").await;
    let cookie = format!("session={}", browser.jar["session"]);
    let cookie = ("cookie", &*cookie);
    for (method, headers) in [
        ("HEAD", vec![cookie]),
        ("GET", vec![cookie, ("sec-purpose", "prefetch")]),
        ("GET", vec![cookie, ("sec-purpose", "prefetch;prerender")]),
    ] {
        let reply = ask(&app, method, "/login", &headers, "").await;
        reply.assert_no_set_cookie();
        assert_hides(&reply, "Wrong name");
    }
    assert_shows(&browser.get("/login").await, "Wrong name");
}

// typed

#[tokio::test]
async fn the_typed_session_and_the_session_map_are_both_saved() {
    let mut browser = new_browser(typed::app);
    assert_shows(
        &browser.get("/").await,
        "Visit number 1. Preferences saved: 0.",
    );
    assert_redirects(&browser.post("/", "theme=dark&compact=true").await, "/");
    let page = browser.get("/").await;
    assert_shows(&page, "Visit number 2. Preferences saved: 1.");
    assert_shows(&page, "color-scheme: dark");
    assert_eq!(
        contents(&browser),
        json!({"theme": "dark", "compact": true, "visits": 2, "saved": 1}),
    );
}

#[tokio::test]
async fn an_unchecked_box_is_saved_too() {
    let keys = json!({"theme": "dark", "compact": true});
    let mut browser = browser_with(typed::app(config()), &config(), keys);
    assert_shows(&browser.get("/").await, r#"value="true" checked>"#);
    browser.post("/", "theme=dark").await;
    assert_hides(&browser.get("/").await, "checked");
}

#[tokio::test]
async fn a_session_from_an_older_release_shows_the_fields_it_has() {
    let keys = json!({"user": "ada", "theme": "dark"});
    let mut browser = browser_with(typed::app(config()), &config(), keys);
    let page = browser.get("/").await;
    assert_shows(&page, "color-scheme: dark");
    assert_hides(&page, "checked");
    assert_eq!(
        contents(&browser),
        json!({"user": "ada", "theme": "dark", "visits": 1}),
    );
}

#[tokio::test]
async fn a_type_mismatch_shows_the_defaults_and_keeps_the_keys() {
    let keys = json!({"user": "ada", "theme": "beige"});
    let mut browser = browser_with(typed::app(config()), &config(), keys);
    assert_shows(&browser.get("/").await, "color-scheme: light");
    browser.post("/", "theme=dark").await;
    assert_eq!(
        contents(&browser),
        json!({"user": "ada", "theme": "dark", "visits": 1, "compact": false, "saved": 1}),
    );
}

// middleware

#[tokio::test]
async fn the_guard_admits_only_signed_in_users() {
    let mut browser = new_browser(middleware::app);
    for path in ["/members", "/members/like"] {
        let reply = browser.get(path).await;
        assert_redirects(&reply, "/");
        assert_eq!(reply.all("vary"), ["Cookie"]);
    }
    assert_redirects(&browser.post("/sign-in", "").await, "/members");
    let page = browser.get("/members").await;
    assert_shows(&page, "<h1>Members</h1>");
    assert_eq!(page.all("vary"), ["Cookie"]);
}

#[tokio::test]
async fn the_changes_of_the_guard_and_of_the_handler_are_both_saved() {
    let mut browser = new_browser(middleware::app);
    browser.post("/sign-in", "").await;
    let reply = browser.post("/members/like", "").await;
    assert_eq!(reply.payload(), r#"{"user":"ada","likes":1,"pages":1}"#);
    assert_shows(&browser.get("/members").await, "Likes: 1");
    assert_shows(&browser.get("/").await, "Pages seen: 2. Likes: 1.");
}

#[tokio::test]
async fn the_guard_refreshes_a_session_even_if_it_refuses_the_user() {
    let clock = Clock::new();
    let config = builder().clock(clock.read()).build().unwrap();
    let mut browser = browser_with(middleware::app(config.clone()), &config, json!({"a": 1}));
    clock.advance(7 * 24 * 60 * 60);
    assert_eq!(browser.get("/members").await.payload(), r#"{"a":1}"#);
}

#[tokio::test]
async fn the_guard_refuses_a_user_who_has_signed_out() {
    let mut browser = new_browser(middleware::app);
    browser.post("/sign-in", "").await;
    assert_redirects(&browser.post("/sign-out", "").await, "/");
    assert!(browser.jar.is_empty());
    assert_redirects(&browser.get("/members").await, "/");
}

#[tokio::test]
async fn another_site_cannot_sign_a_member_in_or_out() {
    let paths = [("/sign-in", ""), ("/sign-out", "")];
    assert_refuses_another_site(&middleware::app(config()), &paths).await;
}

// two_sessions

fn two_sessions(clock: &Clock) -> Browser {
    let admin = two_sessions::admin(key()).clock(clock.read());
    let main = builder().clock(clock.read()).build().unwrap();
    Browser::new(two_sessions::app(main, admin.build().unwrap()))
}

#[tokio::test]
async fn the_admin_cookie_is_strict_and_limited_to_its_path() {
    let mut browser = two_sessions(&Clock::new());
    let reply = browser.post("/admin/unlock", "password=swordfish").await;
    assert_redirects(&reply, "/admin");
    let cookie = reply.set_cookie();
    assert_eq!(cookie.name(), "__Secure-admin");
    assert_eq!(cookie.path(), Some("/admin"));
    assert_eq!(cookie.secure(), Some(true));
    assert_eq!(cookie.same_site().unwrap().to_string(), "Strict");
    assert_eq!(cookie.max_age().unwrap().whole_minutes(), 15);
}

#[tokio::test]
async fn a_wrong_password_does_not_open_the_office() {
    let mut browser = two_sessions(&Clock::new());
    let reply = browser.post("/admin/unlock", "password=x").await;
    reply.assert_no_set_cookie();
    assert_hides(&browser.get("/admin").await, "The office is open.");
}

#[tokio::test]
async fn the_office_shows_both_sessions() {
    let mut browser = two_sessions(&Clock::new());
    browser.get("/").await;
    browser.post("/admin/unlock", "password=swordfish").await;
    let page = browser.get("/admin").await;
    assert_shows(
        &page,
        "The office is open. You have seen the front page 1 times.",
    );
}

#[tokio::test]
async fn locking_the_office_keeps_the_main_session() {
    let mut browser = two_sessions(&Clock::new());
    browser.get("/").await;
    browser.post("/admin/unlock", "password=swordfish").await;
    assert_redirects(&browser.post("/admin/lock", "").await, "/admin");
    assert_eq!(browser.jar.keys().collect::<Vec<_>>(), ["session"]);
    assert_hides(&browser.get("/admin").await, "The office is open.");
    assert_shows(&browser.get("/").await, "Visit number 2.");
}

#[tokio::test]
async fn fifteen_idle_minutes_close_the_office_and_visits_keep_it_open() {
    let clock = Clock::new();
    let mut browser = two_sessions(&clock);
    browser.post("/admin/unlock", "password=swordfish").await;
    for _ in 0..3 {
        clock.advance(15 * 60);
        assert_shows(&browser.get("/admin").await, "The office is open.");
    }
    clock.advance(15 * 60 + 1);
    assert_hides(&browser.get("/admin").await, "The office is open.");
}

#[tokio::test]
async fn the_token_of_one_session_is_not_valid_for_the_other() {
    let mut browser = two_sessions(&Clock::new());
    browser.post("/admin/unlock", "password=swordfish").await;
    let token = browser.jar.remove("__Secure-admin").unwrap();
    browser.jar.insert("session".to_owned(), token);
    assert_shows(&browser.get("/").await, "Visit number 1.");
    assert_eq!(contents(&browser), json!({"visits": 1}));
}

#[tokio::test]
async fn another_site_cannot_unlock_or_lock_the_office() {
    let app = two_sessions::app(config(), two_sessions::admin(key()).build().unwrap());
    let paths = [("/admin/unlock", "password=swordfish"), ("/admin/lock", "")];
    assert_refuses_another_site(&app, &paths).await;
}

#[tokio::test]
async fn the_office_is_not_stored() {
    let reply = two_sessions(&Clock::new()).get("/admin").await;
    assert_eq!(reply.all("cache-control"), ["no-store"]);
}
