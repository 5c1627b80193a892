//! A cluster, and TLS.

#![cfg(any(feature = "cluster", feature = "rustls", feature = "native-tls"))]

use crate::site::{Clock, REVOKED, Site, TIMEOUT, UNKNOWN, asking, folder};

/// Of one node, which is a cluster to its clients: they ask it for its slots, and follow.
#[cfg(feature = "cluster")]
#[tokio::test]
async fn a_cluster_is_asked_frozen_killed_and_asked_again() {
    use std::time::{Duration, Instant};

    use axum_cookie_session_redis::RedisRevocation;
    use harness::{Keeps, Redis};

    let settings = |_| ["--cluster-enabled", "yes"].map(str::to_owned).into();
    let mut redis = Redis::start_with(folder("cluster"), Keeps::Everything, settings).unwrap();
    let client = redis::Client::open(redis.url()).unwrap();
    let mut slots = redis::cmd("CLUSTER");
    slots.arg("ADDSLOTSRANGE").arg(0).arg(16383);
    slots.exec(&mut client.get_connection().unwrap()).unwrap();

    let clock = Clock::new();
    let nodes = [redis.url()];
    let revocation = || {
        let builder = RedisRevocation::cluster(nodes.clone()).timeout(TIMEOUT);
        builder.cache_ttl(Duration::ZERO)
    };
    let site = Site::with(revocation(), &clock, false);
    let cookie = site.sign_in("ada", "desk");
    // A new cluster needs a moment until it answers.
    let since = Instant::now();
    while site.revocation.initialize().await.is_err() {
        assert!(since.elapsed() < Duration::from_secs(60));
    }
    assert_eq!(site.get(&cookie).await, "ada");

    redis.freeze().unwrap();
    let since = Instant::now();
    assert_eq!(site.get(&cookie).await, UNKNOWN);
    assert!(since.elapsed() < TIMEOUT * 3);
    redis.thaw().unwrap();
    assert_eq!(site.get(&cookie).await, "ada");

    redis.kill().unwrap();
    assert_eq!(site.get(&cookie).await, UNKNOWN);
    assert!(site.revocation.end_user("ada").await.is_err());
    redis.restart().unwrap();
    let since = Instant::now();
    while site.revocation.end_login("desk").await.is_err() {
        assert!(since.elapsed() < Duration::from_secs(60));
    }
    assert_eq!(site.get(&cookie).await, REVOKED);
}

/// With a certificate of its own, which the variable `SSL_CERT_FILE` of another process names.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tls {
    use std::fs;
    use std::process::Command;

    use harness::{Keeps, Redis};

    use super::*;

    const URL: &str = "REDIS_URL_OF_TEST";

    #[test]
    fn rediss_is_encrypted_and_a_certificate_that_is_not_trusted_is_refused() {
        let certs = folder("certificates");
        fs::create_dir_all(&certs).unwrap();
        let file = |name: &str| certs.join(name).display().to_string();
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        for name in ["ours", "other"] {
            let made = rcgen::generate_simple_self_signed(names.clone()).unwrap();
            fs::write(file(&format!("{name}.pem")), made.cert.pem()).unwrap();
            fs::write(
                file(&format!("{name}.key")),
                made.signing_key.serialize_pem(),
            )
            .unwrap();
        }
        let settings = |port: u16| {
            let plain = ["--port", "0", "--tls-port", &port.to_string()].map(str::to_owned);
            let tls = ["--tls-auth-clients", "no", "--tls-cert-file"].map(str::to_owned);
            let pair = [
                file("ours.pem"),
                "--tls-key-file".to_owned(),
                file("ours.key"),
            ];
            [&plain[..], &tls, &pair].concat()
        };
        let redis = Redis::start_with(folder("tls"), Keeps::Nothing, settings).unwrap();
        for (trusted, test) in [
            ("ours.pem", "servers::tls::a_trusted_server_is_asked"),
            (
                "other.pem",
                "servers::tls::a_server_that_is_not_trusted_is_not_asked",
            ),
        ] {
            let output = Command::new(std::env::current_exe().unwrap())
                .args(["--ignored", "--exact", test])
                .env("SSL_CERT_FILE", file(trusted))
                .env(URL, format!("rediss://localhost:{}", redis.port()))
                .output()
                .unwrap();
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(
                output.status.success() && text.contains("1 passed"),
                "{text}"
            );
        }
    }

    #[tokio::test]
    #[ignore = "started by the test above"]
    async fn a_trusted_server_is_asked() {
        let clock = Clock::new();
        let site = Site::with(asking(std::env::var(URL).unwrap(), &clock), &clock, false);
        site.revocation.initialize().await.unwrap();
        let cookie = site.sign_in("ada", "desk");
        assert_eq!(site.get(&cookie).await, "ada");
        site.revocation.end_user("ada").await.unwrap();
        assert_eq!(site.get(&cookie).await, REVOKED);
    }

    #[tokio::test]
    #[ignore = "started by the test above"]
    async fn a_server_that_is_not_trusted_is_not_asked() {
        let clock = Clock::new();
        let site = Site::with(asking(std::env::var(URL).unwrap(), &clock), &clock, false);
        let error = site.revocation.initialize().await.unwrap_err();
        assert!(error.is_unavailable(), "{error}");
        assert!(error.to_string().contains("certificate"), "{error}");
        assert_eq!(site.get(&site.sign_in("ada", "desk")).await, UNKNOWN);
    }
}
