//! Binding, the check on each request, and what ends a binding.

use axum::response::IntoResponse;
use axum_cookie_session::{Reason, Session, SessionMap, Status};

use crate::client::{Client, send};
use crate::common::{Clock, Reply, headers, logged};
use crate::{DEVICE, LEEWAY, NAME, PROOF, PROOF_LIFETIME, binding, bound, site};

/// A browser that signed in, was bound, and came back once.
pub async fn bound_client(clock: &Clock) -> Client {
    let mut client = Client::new(&site(&bound(clock)), clock);
    client.get("/login").await;
    client.get("/").await;
    client
}

const PROVEN: &str = "Valid user=Some(\"ada\") bound=true";
const UNPROVEN: &str = "Rejected(Unproven) user=None bound=false";

#[tokio::test]
async fn a_session_is_bound_after_the_browser_registered_its_key() {
    let clock = Clock::new();
    let mut client = Client::new(&site(&bound(&clock)), &clock);
    let login = client.get("/login").await;
    let [registration] = login.all("secure-session-registration")[..] else {
        panic!("{login:?}")
    };
    assert!(
        registration.starts_with("(ES256);path=\"/dbsc/register\";challenge=\""),
        "{registration}"
    );
    let unbound = binding(client.value(NAME).unwrap());
    assert_eq!((unbound.len(), unbound[8]), (9, 0));

    let first = client.get("/").await;
    assert_eq!(first.body, PROVEN);
    assert_eq!(first.all("secure-session-registration"), Vec::<&str>::new());
    let now_bound = binding(client.value(NAME).unwrap());
    assert_eq!((&now_bound[..8], now_bound[8]), (&unbound[..8], 1));

    let second = client.get("/").await;
    assert_eq!(second.body, PROVEN);
    second.assert_no_set_cookie();
    assert_eq!(client.calls, 1);
}

#[tokio::test]
async fn a_browser_that_cannot_bind_sessions_keeps_them_unbound() {
    let clock = Clock::new();
    let mut client = Client::new(&site(&bound(&clock)), &clock);
    client.supports = false;
    client.get("/login").await;
    for _ in 0..3 {
        clock.advance(86_400);
        let reply = client.get("/").await;
        assert_eq!(reply.body, "Valid user=Some(\"ada\") bound=false");
    }
}

#[tokio::test]
async fn a_copied_session_is_worth_nothing_and_with_its_proof_as_long_as_that_lives() {
    let clock = Clock::new();
    let mut client = bound_client(&clock).await;
    let (session, proof) = (client.pair(NAME), client.pair(PROOF));
    let copy = async |cookies: &str| client.send("GET", "/", cookies, &[]).await.body;
    assert_eq!(copy(&session).await, UNPROVEN);
    let pair = format!("{session}; {proof}");
    assert_eq!(copy(&pair).await, PROVEN);
    clock.advance(PROOF_LIFETIME + LEEWAY);
    assert_eq!(copy(&pair).await, PROVEN);
    clock.advance(1);
    assert_eq!(copy(&pair).await, UNPROVEN);
    assert_eq!(client.get("/").await.body, PROVEN);
}

#[tokio::test]
async fn of_several_proofs_the_session_needs_its_own_wherever_it_stands() {
    let clock = Clock::new();
    let client = bound_client(&clock).await;
    let other = bound_client(&clock).await;
    let (session, own, strange) = (client.pair(NAME), client.pair(PROOF), other.pair(PROOF));
    let bad = format!("{PROOF}=AAAA");
    for (proofs, shown) in [
        (vec![&own, &strange], PROVEN),
        (vec![&strange, &own], PROVEN),
        (vec![&own, &bad, &strange, &strange], PROVEN),
        (vec![&strange, &own, &bad], PROVEN),
        (vec![&strange, &strange, &bad], UNPROVEN),
        (vec![&bad], UNPROVEN),
    ] {
        for at in 0..=proofs.len() {
            let mut cookies = proofs.clone();
            cookies.insert(at, &session);
            let cookies: Vec<_> = cookies.into_iter().map(String::as_str).collect();
            let reply = client.send("GET", "/", &cookies.join("; "), &[]).await;
            assert_eq!(reply.body, shown, "{proofs:?} {at}");
        }
    }
}

#[tokio::test]
async fn the_browser_refreshes_its_proof_again_and_again() {
    let clock = Clock::new();
    let mut client = bound_client(&clock).await;
    for _ in 0..60 {
        clock.advance(1000);
        assert_eq!(client.get("/").await.body, PROVEN);
    }
    // One to register, and two for each refresh.
    assert_eq!(client.calls, 1 + 2 * 60);
}

#[tokio::test]
async fn a_change_of_an_unproven_session_is_left_out_and_the_page_is_answered() {
    let clock = Clock::new();
    let client = bound_client(&clock).await;
    for path in ["/count", "/renew", "/clear"] {
        let reply = client.send("GET", path, &client.pair(NAME), &[]).await;
        assert_eq!(reply.status, 200, "{path}");
        reply.assert_no_set_cookie();
        assert_eq!(reply.all("secure-session-registration"), Vec::<&str>::new());
        assert_eq!(reply.all("vary"), ["Cookie"]);
    }
    let both = format!("{}; {}", client.pair(NAME), client.pair(PROOF));
    let reply = client.send("GET", "/count", &both, &[]).await;
    assert_eq!(reply.set_cookies().len(), 1);
}

#[test]
fn a_withheld_write_is_not_an_error_and_is_logged_at_info() {
    let clock = Clock::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let client = runtime.block_on(bound_client(&clock));
    let config = bound(&clock);
    let log = logged(|| {
        let mut session: Session = Session::from_headers(&headers(&client.pair(NAME)), &config);
        assert_eq!(session.status(), Status::Rejected(Reason::Unproven));
        session.insert("essay", "x".repeat(5000));
        let response = session.into_response();
        assert_eq!(response.status(), 200);
        assert!(!response.headers().contains_key("set-cookie"));
    });
    let expected = cfg!(feature = "tracing");
    assert_eq!(
        log.contains("INFO axum_cookie_session: session not written"),
        expected,
        "{log}"
    );
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
}

#[tokio::test]
async fn a_sign_in_over_an_unproven_session_starts_a_new_one() {
    let clock = Clock::new();
    let mut client = bound_client(&clock).await;
    let before = binding(client.value(NAME).unwrap());
    client.registration = None;
    client.jar.remove(PROOF);
    assert_eq!(client.get("/").await.body, UNPROVEN);
    client.get("/login").await;
    assert_ne!(binding(client.value(NAME).unwrap())[..8], before[..8]);
    assert_eq!(client.get("/").await.body, PROVEN);
}

#[track_caller]
fn assert_removes_all(reply: &Reply) {
    let mut removed = Vec::new();
    for header in reply.set_cookies() {
        if header.contains("Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT") {
            removed.push(header.split('=').next().unwrap());
        }
    }
    removed.sort_unstable();
    assert_eq!(removed, [NAME, PROOF, DEVICE]);
}

#[tokio::test]
async fn a_sign_out_removes_all_three_cookies_with_their_attributes() {
    let clock = Clock::new();
    let mut client = bound_client(&clock).await;
    let reply = client.get("/logout").await;
    assert_removes_all(&reply);
    let device = reply
        .set_cookies()
        .into_iter()
        .find(|it| it.starts_with(DEVICE));
    assert!(device.unwrap().contains("; Path=/dbsc;"), "{device:?}");
    assert_eq!(client.value(NAME), None);
    // The next request refreshes, and is told that this is the end.
    client.get("/").await;
    assert!(client.registration.is_none());
}

#[tokio::test]
async fn a_copy_from_before_a_sign_out_dies_with_its_proof() {
    let clock = Clock::new();
    let mut client = bound_client(&clock).await;
    let pair = format!("{}; {}", client.pair(NAME), client.pair(PROOF));
    client.get("/logout").await;
    assert_eq!(client.send("GET", "/", &pair, &[]).await.body, PROVEN);
    clock.advance(PROOF_LIFETIME + LEEWAY + 1);
    assert_eq!(client.send("GET", "/", &pair, &[]).await.body, UNPROVEN);
}

#[tokio::test]
async fn an_emptied_session_goes_with_all_three_cookies() {
    let clock = Clock::new();
    let mut client = bound_client(&clock).await;
    assert_removes_all(&client.get("/clear").await);
}

#[tokio::test]
async fn a_second_login_replaces_the_first_binding() {
    let clock = Clock::new();
    let mut client = bound_client(&clock).await;
    let old = format!("{}; {}", client.pair(NAME), client.pair(PROOF));
    let login = client.get("/login").await;
    // The session is set, and the old proof and device go before the new ones come.
    let [session, ..] = login.set_cookies()[..] else {
        panic!("{login:?}")
    };
    assert!(session.starts_with("__Host-session=1."), "{session}");
    assert_eq!(login.set_cookies().len(), 3);
    assert_eq!(client.get("/").await.body, PROVEN);
    assert_eq!(client.send("GET", "/", &old, &[]).await.body, PROVEN);
    // The proof of one session proves no other.
    let crossed = format!("{}; {}", old.split(';').next().unwrap(), client.pair(PROOF));
    assert_eq!(client.send("GET", "/", &crossed, &[]).await.body, UNPROVEN);
}

#[tokio::test]
async fn a_renewed_session_is_bound_again_under_another_id() {
    let clock = Clock::new();
    let mut client = bound_client(&clock).await;
    let before = binding(client.value(NAME).unwrap());
    let reply = client.get("/renew").await;
    assert_eq!(reply.all("secure-session-registration").len(), 1);
    let renewed = binding(client.value(NAME).unwrap());
    assert!(renewed[..8] != before[..8] && renewed[8] == 0);
    assert_eq!(client.get("/").await.body, PROVEN);
}

#[tokio::test]
async fn a_bound_session_never_asks_for_a_key() {
    let clock = Clock::new();
    let mut client = bound_client(&clock).await;
    for seconds in [0, 200_000, 200_000] {
        clock.advance(seconds);
        let reply = client.get("/count").await;
        assert_eq!(reply.set_cookies().len(), 1);
        assert_eq!(reply.all("secure-session-registration"), Vec::<&str>::new());
        assert_eq!(binding(client.value(NAME).unwrap())[8], 1);
    }
}

#[tokio::test]
async fn every_set_cookie_of_an_unbound_session_asks_for_a_key() {
    let clock = Clock::new();
    let mut client = Client::new(&site(&bound(&clock)), &clock);
    client.supports = false;
    for (path, seconds) in [("/login", 0), ("/count", 0), ("/", 200_000), ("/renew", 0)] {
        clock.advance(seconds);
        let reply = client.get(path).await;
        assert_eq!(reply.all("secure-session-registration").len(), 1, "{path}");
    }
    assert_eq!(
        client.get("/").await.all("secure-session-registration"),
        Vec::<&str>::new()
    );
    assert_eq!(
        client
            .get("/logout")
            .await
            .all("secure-session-registration"),
        Vec::<&str>::new()
    );
}

#[tokio::test]
async fn a_late_response_of_before_the_binding_does_not_undo_it() {
    let clock = Clock::new();
    let mut client = Client::new(&site(&bound(&clock)), &clock);
    client.get("/login").await;
    let late = client.send("GET", "/count", &client.pair(NAME), &[]).await;
    client.get("/").await;
    assert_eq!(binding(client.value(NAME).unwrap())[8], 1);
    client.store(&late);
    assert_eq!(binding(client.value(NAME).unwrap())[8], 0);
    assert_eq!(client.get("/").await.body, PROVEN);
    assert_eq!(binding(client.value(NAME).unwrap())[8], 1);
}

#[tokio::test]
async fn two_views_of_one_response_ask_for_one_key_of_one_id() {
    let clock = Clock::new();
    let config = bound(&clock);
    let views = |change: fn(&mut Session, &mut Session)| {
        let mut first: Session = Session::from_headers(&Default::default(), &config);
        let mut second: Session = Session::from_headers(&Default::default(), &config);
        change(&mut first, &mut second);
        let response = (first, second, "body").into_response();
        let headers = response.headers();
        let asked = headers
            .get_all("secure-session-registration")
            .iter()
            .count();
        let kept: Session = Session::from_set_cookie(headers, &config);
        (asked, kept.len())
    };
    let both = views(|first, second| {
        first.insert("a", 1);
        second.insert("b", 2);
    });
    assert_eq!(both, (1, 2));
    let restarted = views(|first, second| {
        first.insert("a", 1);
        second.destroy();
        second.insert("b", 2);
    });
    assert_eq!(restarted, (1, 1));
    let ended = views(|first, second| {
        first.insert("a", 1);
        second.destroy();
    });
    assert_eq!(ended, (0, 0));
}

#[tokio::test]
async fn load_and_from_headers_and_typed_sessions_check_the_proof() {
    let clock = Clock::new();
    let client = bound_client(&clock).await;
    let config = bound(&clock);
    let both = headers(&format!("{}; {}", client.pair(NAME), client.pair(PROOF)));
    let alone = headers(&client.pair(NAME));
    for (request, expected) in [
        (&both, Status::Valid),
        (&alone, Status::Rejected(Reason::Unproven)),
    ] {
        let session: Session = Session::from_headers(request, &config);
        assert_eq!(session.status(), expected);
        let session: Session = Session::load(request, &config).await;
        assert_eq!(session.status(), expected);
        let session: Session<User> = Session::from_headers(request, &config);
        assert_eq!(session.status(), expected);
        assert_eq!(session.user.is_empty(), expected != Status::Valid);
        assert_eq!(session.is_device_bound(), expected == Status::Valid);
    }
}

#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
struct User {
    user: String,
}

#[test]
fn encode_gives_an_unbound_session_with_an_id_of_its_own() {
    let clock = Clock::new();
    let config = bound(&clock);
    let mut ids = std::collections::HashSet::new();
    for _ in 0..100 {
        let cookie = config.encode(&SessionMap::default()).unwrap();
        let binding = binding(&cookie);
        assert_eq!((binding.len(), binding[8]), (9, 0));
        ids.insert(binding);
    }
    assert_eq!(ids.len(), 100);
}

#[test]
fn a_bound_session_holds_3024_bytes_of_json() {
    let clock = Clock::new();
    let config = bound(&clock);
    let essay = |len: usize| {
        let mut data = SessionMap::default();
        data.insert("k", "x".repeat(len - r#"{"k":""}"#.len()));
        config.encode(&data)
    };
    assert!(essay(3024).is_ok());
    assert!(essay(3025).unwrap_err().is_too_large());
}

#[test]
fn a_skipped_refresh_is_only_logged() {
    let clock = Clock::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let client = runtime.block_on(bound_client(&clock));
    let config = bound(&clock);
    let mut request = headers(&client.pair(NAME));
    let skipped = "quota_exceeded;session_identifier=\"session\"";
    request.insert("secure-session-skipped", skipped.parse().unwrap());
    let log = logged(|| {
        let session: Session = Session::from_headers(&request, &config);
        assert_eq!(session.status(), Status::Rejected(Reason::Unproven));
    });
    assert_eq!(
        log.contains("why=\"quota_exceeded\""),
        cfg!(feature = "tracing"),
        "{log}"
    );
    request.insert("secure-session-skipped", "<script>".parse().unwrap());
    let log = logged(|| drop(Session::<SessionMap>::from_headers(&request, &config)));
    assert!(!log.contains("script"), "{log}");
}

#[tokio::test]
async fn a_session_from_another_site_binds_nothing() {
    let clock = Clock::new();
    let app = site(&bound(&clock));
    let foreign = [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://elsewhere.example"),
    ];
    let reply = send(&app, "GET", "/login", "", &foreign).await;
    reply.assert_no_set_cookie();
    assert_eq!(reply.all("secure-session-registration"), Vec::<&str>::new());
}

#[test]
fn a_forgotten_merge_of_the_routes_is_a_warning_once() {
    let clock = Clock::new();
    let write = |config: &axum_cookie_session::SessionConfig| {
        let mut session: Session = Session::from_headers(&Default::default(), config);
        session.insert("user", "ada");
        assert_eq!(session.into_response().status(), 200);
    };
    let config = bound(&clock);
    let log = logged(|| {
        write(&config);
        write(&config);
    });
    let warnings = log.matches("merge `device_bound_routes()`").count();
    assert_eq!(warnings, usize::from(cfg!(feature = "tracing")), "{log}");

    let config = bound(&clock);
    let _: axum::Router = config.device_bound_routes();
    let log = logged(|| write(&config));
    assert!(!log.contains("WARN"), "{log}");
}
