//! What `build()` refuses and warns of, and the policies.

use std::time::Duration;

use axum_cookie_session::{ConfigError, DeviceBound, SessionConfig};

use crate::client::Client;
use crate::common::{Clock, key, logged};
use crate::{NAME, binding, bound, builder, site};

#[track_caller]
fn refused(config: Result<SessionConfig, ConfigError>, text: &str) {
    let error = config.unwrap_err().to_string();
    assert!(error.contains(text), "{error}");
}

#[test]
fn build_refuses_settings_that_browsers_do_not_bind_and_says_what_to_do() {
    let plain = || {
        SessionConfig::builder(key())
            .cookie_name("session")
            .device_bound(DeviceBound::new())
    };
    assert!(plain().build().is_ok());
    refused(
        plain().domain("example.com").build(),
        "domain \"example.com\": a device-bound session is for one host; leave `domain` or `device_bound` out",
    );
    refused(
        plain().path("/shop").build(),
        "path \"/shop\": a device-bound session needs the path \"/\"; leave `path` or `device_bound` out",
    );
    refused(
        plain().secure(false).build(),
        "cookie name \"session\": browsers bind sessions over HTTPS alone; leave `secure(false)` or `device_bound` out",
    );
    refused(
        plain().partitioned(true).build(),
        "cookie name \"session\": browsers bind no partitioned cookie; leave `partitioned` or `device_bound` out",
    );
    for path in [
        "", "dbsc", "/", "/dbsc/", "/a b", "/{id}", "/\"", "/*", "/a?b", "/é",
    ] {
        for settings in [
            DeviceBound::new().path(path),
            DeviceBound::new().exclude(path),
        ] {
            refused(
                SessionConfig::builder(key()).device_bound(settings).build(),
                "of device-bound sessions: begin with `/`, do not end with it, and use ASCII letters, digits and any of -._~/",
            );
        }
    }
    let times = |settings| SessionConfig::builder(key()).device_bound(settings).build();
    refused(
        times(DeviceBound::new().proof_lifetime(Duration::from_millis(999))),
        "proof lifetime 999ms: use at least one second",
    );
    refused(
        times(DeviceBound::new().unbound_timeout(Duration::ZERO)),
        "unbound timeout 0ns: use at least one second",
    );
    refused(
        times(DeviceBound::new().unbound_timeout(Duration::from_millis(999))),
        "unbound timeout 999ms: use at least one second",
    );
    for good in [Duration::from_secs(1), Duration::MAX] {
        assert!(times(DeviceBound::new().proof_lifetime(good)).is_ok());
        assert!(times(DeviceBound::new().unbound_timeout(good)).is_ok());
    }
}

#[cfg(feature = "express")]
#[test]
fn the_format_of_another_framework_is_refused() {
    let config = SessionConfig::express(key()).device_bound(DeviceBound::new());
    refused(
        config.build(),
        "cookie name \"session\": the tokens of another framework cannot be bound to a device; leave `device_bound` out",
    );
}

#[test]
fn a_device_bound_fallback_config_needs_the_same_cookies() {
    let clock = Clock::new();
    let text = "a fallback config has device-bound sessions; give this config `device_bound` too, with the same `cookie_name` and path, or bound users are signed out";
    let fallback = bound(&clock);
    refused(
        builder(&clock).fallback_config(fallback.clone()).build(),
        text,
    );
    let ours = |name: &str, settings| {
        builder(&clock)
            .cookie_name(name)
            .device_bound(settings)
            .fallback_config(fallback.clone())
            .build()
    };
    refused(ours("__Host-other", DeviceBound::new()), text);
    refused(ours("__Secure-session", DeviceBound::new()), text);
    refused(ours(NAME, DeviceBound::new().path("/other")), text);
    assert!(ours(NAME, DeviceBound::new()).is_ok());
    let plain = builder(&clock).cookie_name("old").build().unwrap();
    let config = builder(&clock).device_bound(DeviceBound::new());
    assert!(config.fallback_config(plain).build().is_ok());
}

#[test]
fn a_short_proof_lifetime_is_a_warning() {
    let build = |seconds| {
        logged(|| {
            let settings = DeviceBound::new().proof_lifetime(Duration::from_secs(seconds));
            let config = SessionConfig::builder(key()).device_bound(settings);
            assert!(config.build().is_ok());
        })
    };
    let log = build(179);
    let expected = cfg!(feature = "tracing");
    assert_eq!(
        log.contains("WARN axum_cookie_session: proof lifetime under 3 minutes"),
        expected,
        "{log}"
    );
    assert_eq!(build(180), "");
}

/// After how many seconds a session is unproven that no device is bound to.
async fn unbound_for(settings: DeviceBound) -> Option<u64> {
    let clock = Clock::new();
    let config = builder(&clock).device_bound(settings).build().unwrap();
    let mut client = Client::new(&site(&config), &clock);
    client.supports = false;
    client.get("/login").await;
    let session = client.pair(NAME);
    for seconds in 0..200 {
        let reply = client.send("GET", "/", &session, &[]).await;
        if reply.body.contains("Unproven") {
            // Not written, and nothing is deleted.
            let reply = client.send("GET", "/count", &session, &[]).await;
            reply.assert_no_set_cookie();
            return Some(seconds);
        }
        clock.advance(1);
    }
    None
}

#[tokio::test]
async fn the_policy_says_how_long_a_session_may_stay_unbound() {
    assert_eq!(unbound_for(DeviceBound::new()).await, None);
    let timeout = |seconds| DeviceBound::new().unbound_timeout(Duration::from_secs(seconds));
    assert_eq!(unbound_for(timeout(10)).await, Some(11));
    assert_eq!(
        unbound_for(DeviceBound::new().required(true)).await,
        Some(121)
    );
    assert_eq!(unbound_for(timeout(10).required(true)).await, Some(11));
    assert_eq!(unbound_for(DeviceBound::new().required(false)).await, None);
}

#[tokio::test]
async fn a_bound_session_outlives_the_timeout_of_unbound_ones() {
    let clock = Clock::new();
    let settings = DeviceBound::new().required(true);
    let config = builder(&clock).device_bound(settings).build().unwrap();
    let mut client = Client::new(&site(&config), &clock);
    client.get("/login").await;
    // The visitor reads for a day before the next click: the key was registered meanwhile.
    clock.advance(86_400);
    assert_eq!(
        client.get("/").await.body,
        "Valid user=Some(\"ada\") bound=true"
    );
    assert_eq!(binding(client.value(NAME).unwrap())[8], 1);
    // A sign-in is always possible.
    client.supports = false;
    client.registration = None;
    client.get("/login").await;
    clock.advance(200);
    assert!(client.get("/").await.body.contains("Unproven"));
    client.get("/login").await;
    assert!(client.get("/").await.body.contains("ada"));
}
