//! A WebSocket over a real connection.

use axum::http::header::{COOKIE, ORIGIN};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpListener;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::client::{Client, PAGE};

#[tokio::test]
async fn a_socket_ends_with_its_session() {
    let client = Client::signed_in().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/api/socket", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, client.app.clone()).into_future());
    let mut request = url.into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert(ORIGIN, PAGE.parse().unwrap());
    headers.insert(COOKIE, client.cookie.as_ref().unwrap().parse().unwrap());
    let (mut socket, _) = connect_async(request).await.unwrap();

    // An empty message is an error, so there is an answer.
    socket.send(Message::text("")).await.unwrap();
    let answer = socket.next().await.unwrap().unwrap();
    assert_eq!(answer, Message::text("a message has 1 to 500 characters"));

    client.later(15);
    socket.send(Message::text("")).await.unwrap();
    let end = socket.next().await;
    assert!(!matches!(end, Some(Ok(Message::Text(_)))), "{end:?}");
}
