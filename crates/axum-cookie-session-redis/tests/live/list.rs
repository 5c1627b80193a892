//! What Redis keeps, and how often it is asked.

use std::time::Duration;

use harness::Redis;

use crate::site::{Clock, REVOKED, Site, TIMEOUT, asking, redis};

const DAY: u64 = 24 * 60 * 60;

fn ask<T: redis::FromRedisValue>(redis: &Redis, command: &str) -> T {
    let client = redis::Client::open(redis.url()).unwrap();
    let mut words = command.split(' ');
    let mut command = redis::cmd(words.next().unwrap());
    command.arg(words.collect::<Vec<_>>());
    command
        .query(&mut client.get_connection().unwrap())
        .unwrap()
}

#[tokio::test]
async fn dates_older_than_any_session_are_forgotten_at_the_next_logout() {
    let redis = redis("prune").await;
    let clock = Clock::new();
    let lifetime = Duration::from_secs(30 * DAY);
    let revocation = asking(redis.url(), &clock).absolute_timeout(lifetime);
    let site = Site::with(revocation, &clock, false);
    site.revocation.end_user("ada").await.unwrap();
    site.revocation.end_login("desk").await.unwrap();
    site.revocation.end_all().await.unwrap();
    clock.tick(31 * DAY - 1);
    site.revocation.end_user("grace").await.unwrap();
    let members: Vec<String> = ask(&redis, "ZRANGE axum-cookie-session:ended 0 -1");
    let all = [
        "all",
        "login:\"desk\"",
        "user:\"ada\"",
        "user:\"grace\"",
        "marker",
    ];
    assert_eq!(members, all);
    clock.tick(1);
    site.revocation.end_user("grace").await.unwrap();
    let members: Vec<String> = ask(&redis, "ZRANGE axum-cookie-session:ended 0 -1");
    assert_eq!(members, ["user:\"grace\"", "marker"]);
}

#[tokio::test]
async fn applications_with_keys_of_their_own_share_a_redis() {
    let redis = redis("keys").await;
    let clock = Clock::new();
    let shop = asking(redis.url(), &clock)
        .redis_key("shop")
        .user_key("login");
    let shop = Site::with(shop.login_key("user"), &clock, false);
    let wiki = Site::new(&redis, &clock);
    shop.revocation.initialize().await.unwrap();
    let cookie = shop.sign_in("ada", "desk");
    shop.revocation.end_login("ada").await.unwrap();
    assert_eq!(shop.get(&cookie).await, REVOKED);
    assert_eq!(wiki.get(&cookie).await, "ada");
}

#[tokio::test]
async fn requests_of_one_session_ask_once_and_only_other_instances_keep_an_answer() {
    let redis = redis("cache").await;
    let clock = Clock::new();
    let keeping = || asking(redis.url(), &clock).cache_ttl(Duration::from_secs(3600));
    let here = Site::with(keeping(), &clock, false);
    let there = Site::with(keeping().timeout(TIMEOUT * 4), &clock, false);
    let cookie = here.sign_in("ada", "desk");
    let requests = (0..50).map(|_| here.get(&cookie));
    for body in futures(requests).await {
        assert_eq!(body, "ada");
    }
    let stats: String = ask(&redis, "INFO commandstats");
    let asked = stats
        .lines()
        .find(|line| line.starts_with("cmdstat_zmscore:"));
    assert!(asked.unwrap().contains("calls=1,"), "{stats}");

    assert_eq!(there.get(&cookie).await, "ada");
    here.revocation.end_user("ada").await.unwrap();
    assert_eq!(here.get(&cookie).await, REVOKED);
    assert_eq!(there.get(&cookie).await, "ada");
}

/// All of them at once, on this thread.
async fn futures<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut futures: Vec<_> = futures.map(Box::pin).collect();
    let mut results = Vec::new();
    std::future::poll_fn(|context| {
        futures.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(result) => {
                results.push(result);
                false
            }
            std::task::Poll::Pending => true,
        });
        if futures.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    results
}
