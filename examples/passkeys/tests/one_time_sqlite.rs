//! Values that can be taken once, in SQLite.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use passkeys::SqliteOneTime;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use uuid::Uuid;
use webauthn_rs::prelude::{PasskeyRegistration, Url, WebauthnBuilder};

const LIFETIME: Duration = Duration::from_secs(60);

async fn database() -> SqlitePool {
    let one = SqlitePoolOptions::new().max_connections(1);
    one.connect("sqlite::memory:").await.unwrap()
}

async fn store(pool: &SqlitePool, purpose: &'static str) -> SqliteOneTime<String> {
    let store = SqliteOneTime::new(pool.clone(), purpose, LIFETIME, 3);
    store.await.unwrap()
}

async fn put(store: &SqliteOneTime<String>, value: &str) -> Uuid {
    store.put(&value.to_owned()).await.unwrap()
}

async fn take(store: &SqliteOneTime<String>, id: Uuid) -> Option<String> {
    store.take(id).await.unwrap()
}

async fn count(pool: &SqlitePool) -> i64 {
    let count = sqlx::query_scalar("SELECT count(*) FROM one_time");
    count.fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn a_value_is_taken_once() {
    let pool = database().await;
    let store = store(&pool, "test").await;
    let (a, b) = (put(&store, "a").await, put(&store, "b").await);
    assert_eq!(take(&store, a).await.as_deref(), Some("a"));
    assert_eq!(take(&store, a).await, None);
    assert_eq!(take(&store, b).await.as_deref(), Some("b"));
    assert_eq!(count(&pool).await, 0);
}

#[tokio::test]
async fn an_id_that_was_never_given_out_takes_nothing() {
    let store = store(&database().await, "test").await;
    put(&store, "a").await;
    assert_eq!(take(&store, Uuid::new_v4()).await, None);
}

#[tokio::test]
async fn an_id_of_another_purpose_takes_nothing_and_stays() {
    let pool = database().await;
    let (reset, confirm) = (store(&pool, "reset").await, store(&pool, "confirm").await);
    let id = put(&reset, "ada").await;
    assert_eq!(take(&confirm, id).await, None);
    assert_eq!(take(&reset, id).await.as_deref(), Some("ada"));
}

#[tokio::test]
async fn a_value_ends_with_its_lifetime_and_the_next_one_removes_it() {
    let pool = database().await;
    let ahead = Arc::new(AtomicU64::new(0));
    let (start, seconds) = (SystemTime::now(), Arc::clone(&ahead));
    let store = store(&pool, "test")
        .await
        .clock(move || start + Duration::from_secs(seconds.load(Ordering::SeqCst)));
    let (early, late) = (put(&store, "early").await, put(&store, "late").await);
    ahead.store(59, Ordering::SeqCst);
    assert_eq!(take(&store, early).await.as_deref(), Some("early"));
    ahead.store(60, Ordering::SeqCst);
    assert_eq!(take(&store, late).await, None);
    put(&store, "next").await;
    assert_eq!(count(&pool).await, 1);
}

#[tokio::test]
async fn the_oldest_values_of_a_purpose_are_dropped_if_there_are_too_many() {
    let pool = database().await;
    let (store, other) = (store(&pool, "test").await, store(&pool, "other").await);
    let (mut ids, mut others) = (Vec::new(), Vec::new());
    for value in ["a", "b", "c", "d"] {
        others.push(put(&other, value).await);
        ids.push(put(&store, value).await);
    }
    for (store, ids) in [(store, ids), (other, others)] {
        assert_eq!(take(&store, ids[0]).await, None);
        assert_eq!(take(&store, ids[1]).await.as_deref(), Some("b"));
        assert_eq!(take(&store, ids[3]).await.as_deref(), Some("d"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_requests_to_two_instances_one_gets_the_value() {
    let file = format!("{}/one_time.db", env!("CARGO_TARGET_TMPDIR"));
    let _ = std::fs::remove_file(&file);
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true);
    let mut instances = Vec::new();
    for _ in 0..2 {
        let pool = SqlitePool::connect_with(options.clone()).await.unwrap();
        instances.push(Arc::new(store(&pool, "test").await));
    }
    let id = put(&instances[0], "a").await;
    let requests: Vec<_> = (0..16)
        .map(|n| {
            let store = Arc::clone(&instances[n % 2]);
            tokio::spawn(async move { take(&store, id).await })
        })
        .collect();
    let mut taken = 0;
    for request in requests {
        taken += usize::from(request.await.unwrap().is_some());
    }
    assert_eq!(taken, 1);
}

#[tokio::test]
async fn a_copy_of_the_database_does_not_show_the_ids() {
    let pool = database().await;
    let store = store(&pool, "test").await;
    let id = put(&store, "a").await;
    let shown: Vec<u8> = sqlx::query_scalar("SELECT id_hash FROM one_time")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(shown.len(), 32);
    assert!(!shown.windows(16).any(|bytes| bytes == id.as_bytes()));
}

#[tokio::test]
async fn what_a_ceremony_has_to_remember_can_be_stored() {
    let origin = Url::parse("https://example.com").unwrap();
    let webauthn = WebauthnBuilder::new("example.com", &origin)
        .unwrap()
        .build()
        .unwrap();
    let (_, state) = webauthn
        .start_passkey_registration(Uuid::new_v4(), "ada", "ada", None)
        .unwrap();
    let store = SqliteOneTime::<PasskeyRegistration>::new(database().await, "test", LIFETIME, 3)
        .await
        .unwrap();
    let id = store.put(&state).await.unwrap();
    let stored = store.take(id).await.unwrap().unwrap();
    assert_eq!(format!("{stored:?}"), format!("{state:?}"));
}
