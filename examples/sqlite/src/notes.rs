//! What the database keeps: who is signed in, and their notes.

use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Error, SqlitePool};
use uuid::Uuid;

/// How long a session lives at most, and so how long its row is of use.
pub const ABSOLUTE_TIMEOUT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// So that one visitor does not fill the disk.
pub const MAX_NOTES: i64 = 1000;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS logins (
        id TEXT PRIMARY KEY,
        user TEXT NOT NULL,
        started_at INTEGER NOT NULL -- Unix seconds
    ) STRICT;
    CREATE INDEX IF NOT EXISTS logins_of_user ON logins (user);
    CREATE INDEX IF NOT EXISTS logins_by_age ON logins (started_at);
    CREATE TABLE IF NOT EXISTS notes (
        id INTEGER PRIMARY KEY,
        user TEXT NOT NULL,
        text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS notes_of_user ON notes (user);
";

#[derive(Clone)]
pub struct Notes(SqlitePool);

impl Notes {
    /// Opens the database of a URL such as `sqlite:notes.db` or `sqlite::memory:`.
    ///
    /// # Errors
    ///
    /// It is not a SQLite URL, or the file cannot be opened.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let options: SqliteConnectOptions = url.parse()?;
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let pool = SqlitePoolOptions::new().acquire_timeout(Duration::from_secs(2));
        let pool = match url.contains(":memory:") {
            // Each connection to memory is a database of its own, gone with the connection.
            true => pool
                .max_connections(1)
                .idle_timeout(None)
                .max_lifetime(None),
            false => pool,
        };
        Self::new(pool.connect_with(options).await?).await
    }

    /// Makes the tables where they are missing.
    ///
    /// # Errors
    ///
    /// The database does not answer, or cannot be written.
    pub async fn new(pool: SqlitePool) -> Result<Self, Error> {
        sqlx::raw_sql(SCHEMA).execute(&pool).await?;
        Ok(Self(pool))
    }

    /// Adds the row of a session that begins, and removes the one that it replaces and those whose
    /// sessions have expired.
    pub(crate) async fn sign_in(&self, user: &str, replaced: Option<Uuid>) -> Result<Uuid, Error> {
        // From the operating system's random source, 122 bits: it cannot be guessed.
        let id = Uuid::new_v4();
        let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM logins WHERE id = ? OR started_at < unixepoch() - ?")
            .bind(replaced.map(|id| id.to_string()))
            .bind(ABSOLUTE_TIMEOUT.as_secs().cast_signed())
            .execute(&mut *transaction)
            .await?;
        sqlx::query("INSERT INTO logins (id, user, started_at) VALUES (?, ?, unixepoch())")
            .bind(id.to_string())
            .bind(user)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// The user who signed in under an id; `None` if the row is gone.
    pub(crate) async fn user(&self, id: Uuid) -> Result<Option<String>, Error> {
        sqlx::query_scalar("SELECT user FROM logins WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(&self.0)
            .await
    }

    pub(crate) async fn sign_out(&self, id: Uuid) -> Result<(), Error> {
        sqlx::query("DELETE FROM logins WHERE id = ?")
            .bind(id.to_string())
            .execute(&self.0)
            .await?;
        Ok(())
    }

    pub(crate) async fn sign_out_everywhere(&self, user: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM logins WHERE user = ?")
            .bind(user)
            .execute(&self.0)
            .await?;
        Ok(())
    }

    /// Adds a note and returns whether there was room. Counting and adding are one statement, so
    /// requests in parallel neither lose a note nor pass the limit.
    pub(crate) async fn add(&self, user: &str, text: &str) -> Result<bool, Error> {
        let done = sqlx::query(
            "INSERT INTO notes (user, text)
             SELECT ?1, ?2 WHERE (SELECT count(*) FROM notes WHERE user = ?1) < ?3",
        )
        .bind(user)
        .bind(text)
        .bind(MAX_NOTES)
        .execute(&self.0)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The latest first.
    pub(crate) async fn of(&self, user: &str) -> Result<Vec<String>, Error> {
        sqlx::query_scalar("SELECT text FROM notes WHERE user = ? ORDER BY id DESC")
            .bind(user)
            .fetch_all(&self.0)
            .await
    }
}
