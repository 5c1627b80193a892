//! The messages of all users, in memory.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::{self, Receiver, Sender};

use crate::account::User;
use crate::problem::Problem;

/// How many messages are kept.
const MOST: usize = 100;

#[derive(Clone, Serialize)]
pub(crate) struct Message {
    user: String,
    text: String,
}

#[derive(Clone)]
pub(crate) struct Board {
    messages: Arc<Mutex<Vec<Message>>>,
    sender: Sender<Message>,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            messages: Arc::default(),
            sender: broadcast::channel(MOST).0,
        }
    }
}

impl Board {
    pub(crate) fn post(&self, user: &str, text: &str) -> Result<(), Problem> {
        if !(1..=500).contains(&text.chars().count()) {
            return Err(Problem::LENGTH);
        }
        let message = Message {
            user: user.to_owned(),
            text: text.to_owned(),
        };
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.push(message.clone());
        if messages.len() > MOST {
            messages.remove(0);
        }
        // Fails if nobody listens.
        let _ = self.sender.send(message);
        Ok(())
    }

    /// The messages so far, and those to come.
    pub(crate) fn subscribe(&self) -> (Vec<Message>, Receiver<Message>) {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        (messages.clone(), self.sender.subscribe())
    }
}

#[derive(Deserialize)]
pub(crate) struct Draft {
    text: String,
}

pub(crate) async fn post(
    User(name): User,
    State(board): State<Board>,
    Json(draft): Json<Draft>,
) -> Result<StatusCode, Problem> {
    board.post(&name, &draft.text)?;
    Ok(StatusCode::NO_CONTENT)
}
