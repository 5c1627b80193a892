//! Values that can be taken once, in SQLite: for several instances, or to survive a restart. A file
//! to copy: it needs the crates `serde`, `serde_json`, `sha2`, `sqlx` and `uuid`.

use std::marker::PhantomData;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use sqlx::{Error, SqlitePool};
use uuid::Uuid;

/// The ids are hashed, so that a copy of the database cannot be used to take a value.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS one_time (
        number INTEGER PRIMARY KEY,
        purpose TEXT NOT NULL,
        id_hash BLOB NOT NULL UNIQUE,
        value TEXT NOT NULL, -- JSON
        ends_at INTEGER NOT NULL -- Unix milliseconds
    ) STRICT;
    CREATE INDEX IF NOT EXISTS one_time_of_purpose ON one_time (purpose);
";

/// The same as [`OneTime`](crate::OneTime), for values that serde can write.
pub struct SqliteOneTime<T> {
    pool: SqlitePool,
    /// An id that was made for one purpose is worth nothing for another one.
    purpose: &'static str,
    lifetime: Duration,
    capacity: u32,
    clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
    value: PhantomData<fn(T) -> T>,
}

impl<T: Serialize + DeserializeOwned> SqliteOneTime<T> {
    /// Creates the table if it is missing.
    ///
    /// # Errors
    ///
    /// The database does not answer, or cannot be written.
    pub async fn new(
        pool: SqlitePool,
        purpose: &'static str,
        lifetime: Duration,
        capacity: u32,
    ) -> Result<Self, Error> {
        sqlx::raw_sql(SCHEMA).execute(&pool).await?;
        Ok(Self {
            pool,
            purpose,
            lifetime,
            capacity,
            clock: Box::new(SystemTime::now),
            value: PhantomData,
        })
    }

    /// With a clock that tests can move.
    #[must_use]
    pub fn clock(self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self {
            clock: Box::new(clock),
            ..self
        }
    }

    /// Stores a value, and returns the id under which it can be taken. If there are more values of
    /// this purpose than the capacity, the oldest ones are dropped.
    ///
    /// # Errors
    ///
    /// The database does not answer, or the value cannot be written as JSON.
    pub async fn put(&self, value: &T) -> Result<Uuid, Error> {
        let id = Uuid::new_v4();
        let value = serde_json::to_string(value).map_err(|error| Error::Encode(error.into()))?;
        let now = (self.clock)();
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("INSERT INTO one_time (purpose, id_hash, value, ends_at) VALUES (?, ?, ?, ?)")
            .bind(self.purpose)
            .bind(hash(id))
            .bind(value)
            .bind(millis(now + self.lifetime))
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "DELETE FROM one_time WHERE purpose = ?1 AND (ends_at <= ?2 OR number IN (
                 SELECT number FROM one_time WHERE purpose = ?1 ORDER BY number DESC LIMIT -1 OFFSET ?3
             ))",
        )
        .bind(self.purpose)
        .bind(millis(now))
        .bind(self.capacity.max(1))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Takes a value out. `None` if it was taken before, has ended, was dropped, or never existed.
    /// Of requests at the same time, one gets it.
    ///
    /// # Errors
    ///
    /// The database does not answer, or holds a value that is not a `T`.
    pub async fn take(&self, id: Uuid) -> Result<Option<T>, Error> {
        // One statement: reading first and deleting then would let two requests read it.
        let value: Option<String> = sqlx::query_scalar(
            "DELETE FROM one_time WHERE purpose = ? AND id_hash = ? AND ends_at > ? RETURNING value",
        )
        .bind(self.purpose)
        .bind(hash(id))
        .bind(millis((self.clock)()))
        .fetch_optional(&self.pool)
        .await?;
        let value = value.map(|value| serde_json::from_str(&value)).transpose();
        value.map_err(|error| Error::Decode(error.into()))
    }
}

fn hash(id: Uuid) -> Vec<u8> {
    Sha256::digest(id).to_vec()
}

fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
