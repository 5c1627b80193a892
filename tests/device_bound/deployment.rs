//! Keys that rotate, configs that change, servers of two kinds, and a revocation.

use std::time::{Duration, SystemTime};

use axum::response::IntoResponse;
use axum_cookie_session::{
    Algorithm, DeviceBound, MemoryRevocation, Reason, Session, SessionConfig, Status,
};

use crate::client::Client;
use crate::common::{Clock, at, headers, key, other_key};
use crate::session::bound_client;
use crate::{DEVICE, NAME, PROOF, binding, bound, builder, site};

const PROVEN: &str = "Valid user=Some(\"ada\") bound=true";

fn rotated(clock: &Clock) -> SessionConfig {
    SessionConfig::builder(other_key())
        .fallback_key(key())
        .clock(clock.read())
        .device_bound(DeviceBound::new())
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_rotated_key_ends_no_binding() {
    let clock = Clock::new();
    let mut client = bound_client(&clock).await;
    let old_device = client.pair(DEVICE);
    client.use_app(&site(&rotated(&clock)));
    // The proof of the old key is still good, and the session is signed with the new one.
    assert_eq!(client.get("/").await.body, PROVEN);
    assert_eq!(client.calls, 1);
    clock.advance(400);
    assert_eq!(client.get("/").await.body, PROVEN);
    assert_ne!(client.pair(DEVICE), old_device);

    // So that the old key can go.
    let without = SessionConfig::builder(other_key())
        .clock(clock.read())
        .device_bound(DeviceBound::new())
        .build()
        .unwrap();
    client.use_app(&site(&without));
    clock.advance(400);
    assert_eq!(client.get("/").await.body, PROVEN);
}

#[tokio::test]
async fn a_device_cookie_that_is_signed_again_keeps_its_end() {
    let clock = Clock::new();
    let mut client = bound_client(&clock).await;
    clock.advance(10 * 86_400);
    client.use_app(&site(&rotated(&clock)));
    client.get("/").await;
    clock.advance(80 * 86_400);
    client.refresh().await;
    assert!(client.registration.is_some() || client.value(DEVICE).is_none());
    clock.advance(1);
    client.refresh().await;
    assert!(client.registration.is_none());
}

#[tokio::test]
async fn a_challenge_of_a_key_that_is_gone_is_answered_with_a_new_one() {
    let clock = Clock::new();
    let mut client = bound_client(&clock).await;
    client.jar.remove(PROOF);
    client.refresh().await;
    // The JWT answers a challenge of the old key, and the device was signed again with it.
    client.use_app(&site(&rotated(&clock)));
    client.jar.remove(PROOF);
    client.get("/").await;
    let without = SessionConfig::builder(other_key())
        .clock(clock.read())
        .device_bound(DeviceBound::new())
        .build()
        .unwrap();
    client.use_app(&site(&without));
    client.jar.remove(PROOF);
    assert_eq!(client.get("/").await.body, PROVEN);
}

#[tokio::test]
async fn a_fallback_config_of_another_algorithm_keeps_its_bindings() {
    let clock = Clock::new();
    let mut client = bound_client(&clock).await;
    let config = SessionConfig::builder(other_key())
        .clock(clock.read())
        .algorithm(Algorithm::HmacSha256)
        .device_bound(DeviceBound::new())
        .fallback_config(bound(&clock))
        .build()
        .unwrap();
    client.use_app(&site(&config));
    let copy = client.pair(NAME);
    let body = client.get("/").await.body;
    assert_eq!(body, "Fallback user=Some(\"ada\") bound=true");
    let stolen = client.send("GET", "/", &copy, &[]).await.body;
    assert!(stolen.contains("Unproven"), "{stolen}");
    for _ in 0..3 {
        clock.advance(400);
        assert_eq!(client.get("/").await.body, PROVEN);
    }
}

#[tokio::test]
async fn sessions_of_a_config_without_it_are_bound_when_they_move_over() {
    let clock = Clock::new();
    let plain = builder(&clock).cookie_name("old").build().unwrap();
    let config = builder(&clock)
        .device_bound(DeviceBound::new())
        .fallback_config(plain.clone())
        .build()
        .unwrap();
    let mut client = Client::new(&site(&plain), &clock);
    client.get("/login").await;
    client.use_app(&site(&config));
    assert!(client.get("/").await.body.starts_with("Fallback"));
    assert_eq!(client.get("/").await.body, PROVEN);
    // The cookie of the fallback config does not come to the aid of a thief's copy.
    let copy = format!("{}; {}", client.pair(NAME), client.pair("old"));
    let body = client.send("GET", "/", &copy, &[]).await.body;
    assert!(body.contains("Unproven"), "{body}");
}

#[tokio::test]
async fn servers_with_and_without_it_run_side_by_side() {
    let clock = Clock::new();
    let with = site(&bound(&clock));
    let without = site(&builder(&clock).build().unwrap());

    // Started by the old kind: without an id, and bound after the new kind wrote it.
    let mut client = Client::new(&without, &clock);
    client.get("/login").await;
    assert!(binding(client.value(NAME).unwrap()).is_empty());
    client.use_app(&with);
    client.get("/count").await;
    assert_eq!(client.get("/").await.body, PROVEN);
    let bound = binding(client.value(NAME).unwrap());

    // The old kind reads and writes it, and keeps the binding.
    client.use_app(&without);
    let copy = client.pair(NAME);
    let reply = client.send("GET", "/count", &copy, &[]).await;
    assert_eq!(reply.body, "count 2");
    client.store(&reply);
    assert_eq!(binding(client.value(NAME).unwrap()), bound);
    clock.advance(200_000);
    let reply = client.send("GET", "/", &copy, &[]).await;
    client.store(&reply);
    assert_eq!(binding(client.value(NAME).unwrap()), bound);

    // Back at the new kind, or after the setting was taken out and came again.
    client.use_app(&with);
    assert_eq!(client.get("/").await.body, PROVEN);
}

#[tokio::test]
async fn a_sign_out_or_renewal_by_a_server_without_it_leaves_no_binding() {
    let clock = Clock::new();
    let mut client = bound_client(&clock).await;
    let without = site(&builder(&clock).build().unwrap());
    let reply = client.send("GET", "/", &client.pair(NAME), &[]).await;
    reply.assert_no_set_cookie();
    client.use_app(&without);
    let renewed = client.send("GET", "/renew", &client.pair(NAME), &[]).await;
    assert!(binding(renewed.set_cookie().value()).is_empty());
    client.store(&renewed);
    client.use_app(&site(&bound(&clock)));
    assert_eq!(
        client.get("/").await.body,
        "Valid user=Some(\"ada\") bound=false"
    );
}

#[tokio::test]
async fn the_proof_is_checked_before_a_revocation_is_asked() {
    let clock = Clock::new();
    let revocation = MemoryRevocation::new();
    let config = builder(&clock)
        .device_bound(DeviceBound::new())
        .revocation(revocation.clone())
        .build()
        .unwrap();
    let mut client = Client::new(&site(&config), &clock);
    client.get("/login").await;
    assert_eq!(client.get("/").await.body, PROVEN);
    let session = client.pair(NAME);
    let both = format!("{session}; {}", client.pair(PROOF));

    let now: SystemTime = at(clock.now());
    revocation
        .revoke("user", "ada", now + Duration::from_secs(1))
        .unwrap();
    clock.advance(1);
    let status = async |cookies: &str| {
        let session: Session = Session::load(&headers(cookies), &config).await;
        session.status()
    };
    assert_eq!(status(&session).await, Status::Rejected(Reason::Unproven));
    assert_eq!(status(&both).await, Status::Rejected(Reason::Revoked));
    // `from_headers` does not consult the revocation, but checks the proof.
    let asked: Session = Session::from_headers(&headers(&session), &config);
    assert_eq!(asked.status(), Status::Rejected(Reason::Unproven));
    let asked: Session = Session::from_headers(&headers(&both), &config);
    assert_eq!(asked.status(), Status::Rejected(Reason::RevocationUnknown));
}

#[tokio::test]
async fn an_older_cookie_of_the_same_name_is_read_if_the_newest_is_unproven() {
    let clock = Clock::new();
    let mut client = Client::new(&site(&bound(&clock)), &clock);
    client.get("/login").await;
    let before = client.pair(NAME);
    client.get("/").await;
    let config = bound(&clock);
    let both = format!("{before}; {}", client.pair(NAME));
    let session: Session = Session::from_headers(&headers(&both), &config);
    assert_eq!(session.status(), Status::Valid);
    assert!(!session.into_response().headers().contains_key("set-cookie"));
}

#[cfg(feature = "encryption")]
#[tokio::test]
async fn an_encrypted_session_is_bound_like_any_and_holds_3008_bytes_of_json() {
    let clock = Clock::new();
    let config = builder(&clock)
        .algorithm(Algorithm::Aes256HmacSha256)
        .device_bound(DeviceBound::new())
        .fallback_config(bound(&clock))
        .build()
        .unwrap();
    // Bound before it was encrypted, and after.
    for first in [site(&bound(&clock)), site(&config)] {
        let mut client = Client::new(&first, &clock);
        client.get("/login").await;
        client.get("/").await;
        client.use_app(&site(&config));
        client.get("/").await;
        assert!(client.value(NAME).unwrap().starts_with("3."));
        clock.advance(400);
        assert_eq!(client.get("/").await.body, PROVEN);
        let copy = client.pair(NAME);
        let body = client.send("GET", "/", &copy, &[]).await.body;
        assert!(body.contains("Unproven"), "{body}");
    }
    let essay = |len: usize| {
        let mut data = axum_cookie_session::SessionMap::default();
        data.insert("k", "x".repeat(len - r#"{"k":""}"#.len()));
        config.encode(&data)
    };
    assert!(essay(3008).is_ok());
    assert!(essay(3009).unwrap_err().is_too_large());
}
