//! Messages as server-sent events, and posting through a WebSocket.

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum_cookie_session::Session;
use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::broadcast::error::RecvError;

use crate::AppState;
use crate::account::User;
use crate::board::Board;
use crate::origins::Trusted;

/// All messages so far, and each new one.
pub(crate) async fn events(
    _: User,
    State(board): State<Board>,
) -> Sse<impl Stream<Item = Result<Event, axum::Error>>> {
    let (messages, receiver) = board.subscribe();
    let new = stream::unfold(receiver, async |mut receiver| {
        match receiver.recv().await {
            Ok(message) => Some((message, receiver)),
            // The browser connects again, and gets all messages.
            Err(RecvError::Lagged(_) | RecvError::Closed) => None,
        }
    });
    let all = stream::iter(messages).chain(new);
    Sse::new(all.map(|message| Event::default().json_data(message)))
        .keep_alive(KeepAlive::default())
}

/// The origin is checked before the upgrade, because `Trusted` comes before `WebSocketUpgrade`.
pub(crate) async fn socket(
    _: Trusted,
    _: User,
    headers: HeaderMap,
    State(state): State<AppState>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .max_message_size(4096)
        .on_upgrade(async |socket| listen(socket, headers, state).await)
}

/// Posts what the user sends, until the session that came with the upgrade ends.
async fn listen(mut socket: WebSocket, headers: HeaderMap, state: AppState) {
    while let Some(Ok(message)) = socket.recv().await {
        let Message::Text(text) = message else {
            continue;
        };
        let session: Session = Session::load(&headers, &state.session).await;
        let Some(name) = session.get::<String>("user") else {
            return;
        };
        if let Err(problem) = state.board.post(&name, &text) {
            let _ = socket.send(problem.text().into()).await;
        }
    }
}
