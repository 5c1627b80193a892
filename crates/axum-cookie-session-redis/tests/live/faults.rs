//! Redis freezes, dies, comes back, forgets everything, is replaced, or refuses.

use std::time::Instant;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum_cookie_session::SessionMap;
use axum_cookie_session_redis::{RedisRevocation, RevocationError};
use harness::{Keeps, Redis};

use crate::proxy::Proxy;
use crate::site::{Clock, REVOKED, Site, TIMEOUT, UNKNOWN, asking, folder, redis};

const LOST: (StatusCode, bool) = (StatusCode::INTERNAL_SERVER_ERROR, false);
const WRITTEN: (StatusCode, bool) = (StatusCode::OK, true);

#[tokio::test]
async fn a_frozen_redis_makes_answers_unknown_after_the_timeout() {
    let redis = redis("frozen").await;
    let clock = Clock::new();
    let site = Site::new(&redis, &clock);
    let open = Site::with(asking(redis.url(), &clock), &clock, true);
    let cookie = site.sign_in("ada", "desk");
    let anonymous = site.cookie(&SessionMap::from_iter([("cart", 7)]));
    assert_eq!(site.get(&cookie).await, "ada");

    redis.freeze().unwrap();
    let since = Instant::now();
    assert_eq!(site.get(&cookie).await, UNKNOWN);
    let took = since.elapsed();
    assert!(took >= TIMEOUT && took < TIMEOUT * 3, "{took:?}");
    assert_eq!(site.post(&cookie).await, LOST);
    // The first connection of this instance is to a frozen Redis.
    assert_eq!(open.get(&cookie).await, "ada");
    assert_eq!(open.post(&cookie).await, LOST);
    let since = Instant::now();
    assert_eq!(site.get(&anonymous).await, "Valid");
    assert!(since.elapsed() < TIMEOUT);
    let error = site.revocation.end_user("grace").await.unwrap_err();
    assert!(error.is_unavailable());
    assert_eq!(
        error.to_string(),
        "Redis does not answer: no answer within 3s"
    );
    assert_eq!(
        error.into_response().status(),
        StatusCode::SERVICE_UNAVAILABLE
    );

    redis.thaw().unwrap();
    assert_eq!(site.get(&cookie).await, "ada");
    assert_eq!(site.post(&cookie).await, WRITTEN);
    assert_eq!(open.post(&cookie).await, WRITTEN);
}

#[tokio::test]
async fn a_killed_redis_makes_answers_unknown_and_what_ended_stays_ended_when_it_is_back() {
    let mut redis = redis("killed").await;
    let clock = Clock::new();
    let site = Site::new(&redis, &clock);
    let open = Site::with(asking(redis.url(), &clock), &clock, true);
    let (ada, grace) = (site.sign_in("ada", "desk"), site.sign_in("grace", "phone"));
    site.revocation.end_user("grace").await.unwrap();
    assert_eq!(open.get(&ada).await, "ada");
    assert_eq!(open.get(&grace).await, REVOKED);

    redis.kill().unwrap();
    let since = Instant::now();
    assert_eq!(site.get(&ada).await, UNKNOWN);
    assert!(since.elapsed() < TIMEOUT, "{:?}", since.elapsed());
    assert_eq!(site.post(&ada).await, LOST);
    assert_eq!(open.get(&ada).await, "ada");
    assert_eq!(open.get(&grace).await, "grace");
    let error = site.revocation.end_login("desk").await.unwrap_err();
    assert!(error.is_unavailable());
    // One that starts meanwhile.
    let late = Site::new(&redis, &clock);
    assert_eq!(late.get(&ada).await, UNKNOWN);

    redis.restart().unwrap();
    for site in [&site, &open, &late] {
        assert_eq!(site.get(&ada).await, "ada");
        assert_eq!(site.get(&grace).await, REVOKED);
    }
    // Connections that were kept are dead now, and no request fails with them.
    redis.kill().unwrap();
    redis.restart().unwrap();
    assert_eq!(site.get(&ada).await, "ada");
    open.revocation.end_user("ada").await.unwrap();
    assert_eq!(site.get(&ada).await, REVOKED);
}

#[tokio::test]
async fn an_empty_redis_in_place_of_a_full_one_is_noticed() {
    let mut redis = redis("empty").await;
    let clock = Clock::new();
    let site = Site::new(&redis, &clock);
    let (ada, grace) = (site.sign_in("ada", "desk"), site.sign_in("grace", "phone"));
    site.revocation.end_user("grace").await.unwrap();
    assert_eq!(site.get(&grace).await, REVOKED);

    redis.replace_with_empty().unwrap();
    let error = site.revocation.probe().await.unwrap_err();
    assert!(error.is_uninitialized());
    assert_eq!(site.get(&ada).await, UNKNOWN);
    assert_eq!(site.get(&grace).await, UNKNOWN);
    assert_eq!(site.post(&grace).await, LOST);
    // A logout is written all the same, and counts.
    site.revocation.end_user("ada").await.unwrap();
    assert_eq!(site.get(&ada).await, REVOKED);
    assert!(
        site.revocation
            .probe()
            .await
            .unwrap_err()
            .is_uninitialized()
    );

    clock.tick(60);
    site.revocation.end_all().await.unwrap();
    site.revocation.probe().await.unwrap();
    for cookie in [&ada, &grace] {
        assert_eq!(site.get(cookie).await, REVOKED);
    }
    clock.tick(1);
    assert_eq!(site.get(&site.sign_in("ada", "desk, later")).await, "ada");
}

#[tokio::test]
async fn a_list_that_was_deleted_or_overwritten_is_noticed_too() {
    let redis = redis("deleted").await;
    let site = Site::new(&redis, &Clock::new());
    let cookie = site.sign_in("ada", "desk");
    let mut other = redis::Client::open(redis.url())
        .unwrap()
        .get_connection()
        .unwrap();
    let key = "axum-cookie-session:ended";
    redis::cmd("DEL").arg(key).exec(&mut other).unwrap();
    assert_eq!(site.get(&cookie).await, UNKNOWN);
    redis::cmd("SET")
        .arg(key)
        .arg("text")
        .exec(&mut other)
        .unwrap();
    assert_eq!(site.get(&cookie).await, UNKNOWN);
    let error = site.revocation.end_user("ada").await.unwrap_err();
    assert!(error.is_refused(), "{error}");
}

/// The frozen server keeps its connections, which no packet ends.
#[tokio::test]
async fn the_successor_of_a_frozen_redis_is_reached_by_the_next_request() {
    let (old, new) = (redis("old").await, redis("new").await);
    let proxy = Proxy::to(old.port()).await;
    let clock = Clock::new();
    let site = Site::with(
        asking(format!("redis://127.0.0.1:{}", proxy.port), &clock),
        &clock,
        false,
    );
    let cookie = site.sign_in("ada", "desk");
    assert_eq!(site.get(&cookie).await, "ada");
    old.freeze().unwrap();
    proxy.switch(new.port());
    assert_eq!(site.get(&cookie).await, UNKNOWN);
    assert_eq!(site.get(&cookie).await, "ada");
    site.revocation.end_user("ada").await.unwrap();
    assert_eq!(site.get(&cookie).await, REVOKED);
    old.thaw().unwrap();
}

#[tokio::test]
async fn a_redis_that_refuses_makes_answers_unknown_and_no_error_tells_a_secret() {
    let password = |_| vec!["--requirepass".to_owned(), "swordfish".to_owned()];
    let redis = Redis::start_with(folder("password"), Keeps::Nothing, password).unwrap();
    let clock = Clock::new();
    let url = |user: &str| redis.url().replace("://", &format!("://{user}"));
    let right = Site::with(asking(url(":swordfish@"), &clock), &clock, false);
    right.revocation.initialize().await.unwrap();
    let cookie = right.sign_in("ada", "desk");
    assert_eq!(right.get(&cookie).await, "ada");
    for user in ["", ":herring@", "ada:herring@"] {
        let wrong = Site::with(asking(url(user), &clock), &clock, false);
        assert_eq!(wrong.get(&cookie).await, UNKNOWN);
        let error = wrong.revocation.end_user("ada lovelace").await.unwrap_err();
        assert!(error.is_refused(), "{error}");
        for text in [
            error.to_string(),
            format!("{error:?}"),
            format!("{:?}", wrong.revocation),
        ] {
            for secret in ["herring", "ada", "127.0.0.1"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
}

#[tokio::test]
async fn a_full_redis_refuses_logouts_and_still_answers() {
    let redis = redis("full").await;
    let site = Site::new(&redis, &Clock::new());
    let cookie = site.sign_in("ada", "desk");
    let mut other = redis::Client::open(redis.url())
        .unwrap()
        .get_connection()
        .unwrap();
    redis::cmd("CONFIG")
        .arg(&["SET", "maxmemory", "1"])
        .exec(&mut other)
        .unwrap();
    let error = site.revocation.end_user("ada").await.unwrap_err();
    assert!(error.is_refused(), "{error}");
    assert_eq!(site.get(&cookie).await, "ada");
}

#[tokio::test]
async fn an_invalid_url_and_a_timeout_of_zero_are_config_errors() {
    let errors: Vec<RevocationError> = ["", "redis.example", "http://:swordfish@redis.example"]
        .into_iter()
        .map(|url| RedisRevocation::new(url).unwrap_err())
        .collect();
    for error in errors {
        assert!(error.is_config());
        assert!(!error.to_string().contains("swordfish"));
    }
}
