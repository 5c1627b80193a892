//! The two routes: what is answered, and what a refused request costs the visitor.

use axum_cookie_session::{DeviceBound, SameSite, SessionConfig};
use serde_json::{Value, json};

use crate::client::{
    Client, REFRESH, REGISTER, jwk, quoted, refresh, refresh_jwt, register, registration_jwt, send,
    signed, signing_key,
};
use crate::common::{Clock, Reply, key, logged, send as get};
use crate::session::bound_client;
use crate::{DEVICE, LEEWAY, NAME, PROOF, bound, builder, site};

/// The challenge of a sign-in.
async fn challenge(app: &axum::Router) -> String {
    let login = get(app, "/login", &[]).await;
    quoted(login.all("secure-session-registration")[0], "challenge=")
}

#[track_caller]
fn assert_no_store(reply: &Reply) {
    assert_eq!(reply.all("cache-control"), ["no-store"]);
}

#[tokio::test]
async fn a_registration_gets_instructions_and_two_cookies() {
    let clock = Clock::new();
    let app = site(&bound(&clock));
    let jwt = registration_jwt(&signing_key(7), &challenge(&app).await);
    let reply = register(&app, &jwt).await;
    assert_eq!(reply.status, 200);
    assert_no_store(&reply);
    assert_eq!(reply.all("content-type"), ["application/json"]);
    assert_eq!(
        serde_json::from_str::<Value>(&reply.body).unwrap(),
        json!({
            "session_identifier": "session",
            "refresh_url": "/dbsc/refresh",
            "scope": {"include_site": false, "scope_specification": []},
            "credentials": [{
                "type": "cookie",
                "name": PROOF,
                "attributes": "HttpOnly; SameSite=Lax; Secure; Path=/",
            }],
            "allowed_refresh_initiators": ["*"],
        })
    );
    let [device, proof] = reply.set_cookies()[..] else {
        panic!("{reply:?}")
    };
    let (value, attributes) = device.split_once("; ").unwrap();
    assert_eq!(
        (value.len(), attributes),
        (
            DEVICE.len() + 1 + 82,
            "HttpOnly; SameSite=None; Secure; Path=/dbsc; Max-Age=7776000"
        )
    );
    let (value, attributes) = proof.split_once("; ").unwrap();
    assert_eq!(
        (value.len(), attributes),
        (
            PROOF.len() + 1 + 38,
            "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=300"
        )
    );
    for header in reply.headers.get_all("set-cookie") {
        assert!(header.is_sensitive());
    }
}

#[tokio::test]
async fn the_settings_are_in_the_instructions() {
    let clock = Clock::new();
    let settings = DeviceBound::new()
        .path("/auth/device")
        .exclude("/static")
        .exclude("/favicon.ico");
    let config = SessionConfig::builder(key())
        .clock(clock.read())
        .cookie_name("__Host-Http-shop")
        .same_site(SameSite::None)
        .persistent(false)
        .device_bound(settings)
        .build()
        .unwrap();
    let app = site(&config);
    let login = get(&app, "/login", &[]).await;
    let header = login.all("secure-session-registration")[0];
    assert_eq!(quoted(header, "path="), "/auth/device/register");
    let jwt = registration_jwt(&signing_key(7), &quoted(header, "challenge="));
    let headers = [("secure-session-response", jwt.as_str())];
    let reply = send(&app, "POST", "/auth/device/register", "", &headers).await;
    let instructions: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(instructions["session_identifier"], "shop");
    assert_eq!(instructions["refresh_url"], "/auth/device/refresh");
    assert_eq!(
        instructions["credentials"][0]["name"],
        "__Host-Http-shop-proof"
    );
    assert_eq!(instructions["allowed_refresh_initiators"], json!([]));
    assert_eq!(
        instructions["scope"]["scope_specification"],
        json!([
            {"type": "exclude", "domain": "*", "path": "/static"},
            {"type": "exclude", "domain": "*", "path": "/favicon.ico"},
        ])
    );
    // A session that ends with the browser has a device that does.
    assert_eq!(
        reply.set_cookies()[0].split_once("; ").unwrap().1,
        "HttpOnly; SameSite=None; Secure; Path=/auth/device"
    );
    assert!(reply.set_cookies()[0].starts_with("__Secure-shop-device="));
}

#[tokio::test]
async fn a_registration_reads_no_cookie_and_touches_no_session() {
    let clock = Clock::new();
    let app = site(&bound(&clock));
    let jwt = registration_jwt(&signing_key(7), &challenge(&app).await);
    let headers = [("secure-session-response", jwt.as_str())];
    let cookies = "__Host-session=1.e30.x.y; __Host-session-proof=junk; junk";
    let reply = send(&app, "POST", REGISTER, cookies, &headers).await;
    assert_eq!(reply.status, 200);
    let named = |name: &str| reply.set_cookies().iter().any(|it| it.starts_with(name));
    assert!(!named("__Host-session="));
}

#[tokio::test]
async fn a_challenge_to_register_is_good_for_five_minutes_and_the_leeway() {
    let clock = Clock::new();
    let app = site(&bound(&clock));
    let jwt = registration_jwt(&signing_key(7), &challenge(&app).await);
    clock.advance(300 + LEEWAY);
    assert_eq!(register(&app, &jwt).await.status, 200);
    clock.advance(1);
    let late = register(&app, &jwt).await;
    assert_eq!((late.status.as_u16(), late.body.as_str()), (400, ""));
    assert_no_store(&late);
    late.assert_no_set_cookie();
    // Of a server whose clock is ahead.
    clock.set(crate::common::START - LEEWAY);
    assert_eq!(register(&app, &jwt).await.status, 200);
    clock.set(crate::common::START - LEEWAY - 1);
    assert_eq!(register(&app, &jwt).await.status, 400);
}

#[tokio::test]
async fn both_spellings_of_the_header_and_unknown_claims_are_read() {
    let clock = Clock::new();
    let app = site(&bound(&clock));
    let challenge = challenge(&app).await;
    let key = signing_key(7);
    let quoted_jwt = format!("\"{}\"", registration_jwt(&key, &challenge));
    assert_eq!(register(&app, &quoted_jwt).await.status, 200);
    let header = json!({"alg": "ES256", "jwk": jwk(&key), "typ": "dbsc+jwt", "kid": [1]});
    let claims = json!({"aud": "https://x.example/dbsc", "iat": 1, "jti": challenge, "sub": null});
    assert_eq!(
        register(&app, &signed(&key, &header, &claims)).await.status,
        200
    );
}

#[tokio::test]
async fn the_routes_accept_only_post() {
    let clock = Clock::new();
    let app = site(&bound(&clock));
    for path in [REGISTER, REFRESH] {
        assert_eq!(get(&app, path, &[]).await.status, 405);
    }
}

#[test]
fn a_config_without_the_setting_has_no_routes() {
    let clock = Clock::new();
    let config = builder(&clock).build().unwrap();
    let app = site(&config);
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.build().unwrap();
    assert_eq!(runtime.block_on(register(&app, "x")).status, 404);
}

/// The device cookie of a bound browser, as it is sent, and the browser's site.
async fn device(clock: &Clock) -> (axum::Router, Client, String) {
    let client = bound_client(clock).await;
    let pair = client.pair(DEVICE);
    (site(&bound(clock)), client, pair)
}

#[track_caller]
fn assert_ended(reply: &Reply) {
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_no_store(reply);
    let body: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(
        body,
        json!({"session_identifier": "session", "continue": false})
    );
    reply.assert_no_set_cookie();
}

/// The challenge of a 403.
#[track_caller]
fn challenged(reply: &Reply) -> String {
    assert_eq!(reply.status, 403, "{reply:?}");
    assert_no_store(reply);
    reply.assert_no_set_cookie();
    let header = reply.all("secure-session-challenge")[0];
    assert!(header.ends_with("\";id=\"session\""), "{header}");
    quoted(header, "")
}

#[track_caller]
fn assert_proven(reply: &Reply) {
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (200, ""));
    assert_no_store(reply);
    assert!(reply.set_cookie().name() == PROOF);
}

#[tokio::test]
async fn a_refresh_without_a_jwt_or_with_a_stale_one_gets_a_challenge() {
    let clock = Clock::new();
    let (app, client, pair) = device(&clock).await;
    let jwt = refresh_jwt(&client.key, &challenged(&refresh(&app, &pair, None).await));
    assert_proven(&refresh(&app, &pair, Some(&jwt)).await);
    // As long as its challenge is fresh it may come again, as Chromium sends it.
    clock.advance(120 + LEEWAY);
    assert_proven(&refresh(&app, &pair, Some(&jwt)).await);
    clock.advance(1);
    let again = challenged(&refresh(&app, &pair, Some(&jwt)).await);
    let jwt = refresh_jwt(&client.key, &again);
    assert_proven(&refresh(&app, &pair, Some(&jwt)).await);
}

#[tokio::test]
async fn a_refresh_without_the_header_gets_one_constant_answer() {
    let clock = Clock::new();
    let (app, client, pair) = device(&clock).await;
    let jwt = refresh_jwt(&client.key, &challenged(&refresh(&app, &pair, None).await));
    let with_jwt = [("secure-session-response", jwt.as_str())];
    for (cookies, headers) in [
        ("", &[][..]),
        (pair.as_str(), &[]),
        (pair.as_str(), &with_jwt),
        ("__Secure-session-device=junk", &[]),
    ] {
        let reply = send(&app, "POST", REFRESH, cookies, headers).await;
        assert_eq!((reply.status.as_u16(), reply.body.as_str()), (400, ""));
        assert_eq!(reply.headers.len(), 2, "{:?}", reply.headers);
        assert_no_store(&reply);
    }
}

#[tokio::test]
async fn a_refresh_without_a_good_device_ends_the_binding() {
    let clock = Clock::new();
    let (app, _, pair) = device(&clock).await;
    assert_ended(&refresh(&app, "", None).await);
    assert_ended(&refresh(&app, &format!("{DEVICE}="), None).await);
    assert_ended(&refresh(&app, &format!("{pair}A"), None).await);
    // A planted cookie does not hide the good one.
    let both = format!("{DEVICE}=junk; {pair}");
    challenged(&refresh(&app, &both, None).await);
}

#[tokio::test]
async fn a_device_ends_with_the_absolute_timeout() {
    let clock = Clock::new();
    let (app, _, pair) = device(&clock).await;
    clock.advance(90 * 86_400);
    challenged(&refresh(&app, &pair, None).await);
    clock.advance(1);
    assert_ended(&refresh(&app, &pair, None).await);
}

#[tokio::test]
async fn a_wrong_signature_ends_the_binding() {
    let clock = Clock::new();
    let (app, _, pair) = device(&clock).await;
    let challenge = challenged(&refresh(&app, &pair, None).await);
    let jwt = refresh_jwt(&signing_key(8), &challenge);
    assert_ended(&refresh(&app, &pair, Some(&jwt)).await);
}

#[tokio::test]
async fn a_challenge_that_is_not_ours_is_answered_with_one_that_is() {
    let clock = Clock::new();
    let (app, client, pair) = device(&clock).await;
    for challenge in ["", "ch-1795907820868", &"A".repeat(38)] {
        let jwt = refresh_jwt(&client.key, challenge);
        challenged(&refresh(&app, &pair, Some(&jwt)).await);
    }
}

#[tokio::test]
async fn a_registration_at_the_refresh_route_ends_the_binding_and_the_reverse_is_a_400() {
    let clock = Clock::new();
    let (app, client, pair) = device(&clock).await;
    let registration = registration_jwt(&client.key, &challenge(&app).await);
    assert_ended(&refresh(&app, &pair, Some(&registration)).await);
    let challenge = challenged(&refresh(&app, &pair, None).await);
    for jwt in [
        refresh_jwt(&client.key, &challenge),
        registration_jwt(&client.key, &challenge),
    ] {
        let reply = register(&app, &jwt).await;
        assert_eq!(reply.status, 400);
        reply.assert_no_set_cookie();
    }
}

#[tokio::test]
async fn an_interrupted_refresh_costs_nothing() {
    let clock = Clock::new();
    let mut client = bound_client(&clock).await;
    let app = site(&bound(&clock));
    let down = axum::Router::new().fallback(async || axum::http::StatusCode::SERVICE_UNAVAILABLE);
    clock.advance(400);
    client.use_app(&down);
    client.refresh().await;
    client.use_app(&app);
    let unproven = client.send("GET", "/count", &client.pair(NAME), &[]).await;
    unproven.assert_no_set_cookie();
    assert!(client.get("/").await.body.contains("user=Some(\"ada\")"));
}

/// The log of the device-bound routes while `work` runs.
fn log_of<F: Future<Output = Reply>>(work: impl FnOnce() -> F, status: u16) -> String {
    logged(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        assert_eq!(runtime.unwrap().block_on(work()).status, status);
    })
}

#[test]
fn the_log_says_why_a_device_was_refused() {
    let app = site(&bound(&Clock::new()));
    for (log, text) in [
        (
            log_of(|| register(&app, "a.b.c"), 400),
            "device not registered cookie=\"__Host-session\" why=\"the JWT has another shape\"",
        ),
        (
            log_of(|| refresh(&app, "", None), 200),
            "binding to a device ended cookie=\"__Host-session\" why=\"there is no device cookie that verifies\"",
        ),
    ] {
        assert_eq!(log.contains(text), cfg!(feature = "tracing"), "{log}");
    }
}

#[test]
fn the_log_says_that_the_routes_were_made() {
    let config = bound(&Clock::new());
    let log = logged(|| drop::<axum::Router>(config.device_bound_routes()));
    let text = "routes of device-bound sessions were made";
    assert_eq!(log.contains(text), cfg!(feature = "tracing"), "{log}");
    assert_eq!(
        log.contains("path=\"/dbsc\""),
        cfg!(feature = "tracing"),
        "{log}"
    );
}
