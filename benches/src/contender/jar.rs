//! A session in a cookie jar of axum-extra, as one would write it by hand with serde_json.

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::response::IntoResponseParts;
use axum::routing::{MethodRouter, get};
use axum_extra::extract::cookie::{Cookie, Key};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::app::{answer, routes};
use crate::operation::Operation;
use crate::payload::{NAME, Payload, TEN, Typed, dump, for_shape};

type Session = Map<String, Value>;

pub(crate) trait Jar:
    FromRequestParts<Key, Rejection: Send> + IntoResponseParts + Sized + Send + 'static
{
    fn get(&self, name: &str) -> Option<Cookie<'static>>;
    fn add(self, cookie: Cookie<'static>) -> Self;
}

pub(crate) fn router<J: Jar>(operation: Operation, payload: &Payload) -> Option<Router> {
    let handler: MethodRouter<Key> = match operation {
        operation if operation.expects_nothing() => get(absent::<J>),
        Operation::Read | Operation::OtherCookies | Operation::TwoCandidates => get(read_one::<J>),
        Operation::ReadTen => ten::<J>(payload.ten()),
        Operation::Increment => get(increment::<J>),
        Operation::TypedRead => for_shape!(payload.shape, T => get(typed_read::<J, T>)),
        Operation::TypedIncrement => for_shape!(payload.shape, T => get(typed_increment::<J, T>)),
        Operation::Renew => get(renew::<J>),
        _ => return None,
    };
    let routes = routes(handler, fill::<J>(&payload.entries), get(dump_session::<J>));
    Some(routes.with_state(Key::from(&[9; 64])))
}

fn load<T: DeserializeOwned>(jar: &impl Jar) -> Option<T> {
    serde_json::from_str(jar.get(NAME)?.value()).ok()
}

fn save<J: Jar>(jar: J, session: &impl Serialize) -> J {
    let json = serde_json::to_string(session).expect("JSON");
    let cookie = Cookie::build((NAME, json)).path("/");
    jar.add(cookie.secure(true).http_only(true).into())
}

async fn absent<J: Jar>(jar: J) -> StatusCode {
    answer(load::<Session>(&jar).is_none())
}

async fn read_one<J: Jar>(jar: J) -> StatusCode {
    let session: Session = load(&jar).unwrap_or_default();
    answer(session.get("visits").and_then(Value::as_u64) == Some(7))
}

fn ten<J: Jar>(expected: usize) -> MethodRouter<Key> {
    get(async move |jar: J| {
        let session: Session = load(&jar).unwrap_or_default();
        let found = TEN.iter().filter(|key| session.contains_key(**key));
        answer(found.count() == expected)
    })
}

async fn increment<J: Jar>(jar: J) -> (J, StatusCode) {
    let mut session: Session = load(&jar).unwrap_or_default();
    let visits = session.get("visits").and_then(Value::as_u64).unwrap_or(0) + 1;
    session.insert("visits".to_owned(), visits.into());
    (save(jar, &session), answer(visits > 7))
}

async fn renew<J: Jar>(jar: J) -> (J, StatusCode) {
    let session: Session = load(&jar).unwrap_or_default();
    let visits = session.get("visits").and_then(Value::as_u64);
    (save(jar, &session), answer(visits == Some(7)))
}

async fn typed_read<J: Jar, T: Typed>(jar: J) -> StatusCode {
    let session: T = load(&jar).unwrap_or_default();
    answer(session.visits() == 7)
}

async fn typed_increment<J: Jar, T: Typed>(jar: J) -> (J, StatusCode) {
    let mut session: T = load(&jar).unwrap_or_default();
    session.add_visit();
    let is_right = session.visits() > 7;
    (save(jar, &session), answer(is_right))
}

fn fill<J: Jar>(entries: &Session) -> MethodRouter<Key> {
    let entries = entries.clone();
    get(async move |jar: J| (save(jar, &entries), ()))
}

async fn dump_session<J: Jar>(jar: J) -> String {
    let session: Session = load(&jar).unwrap_or_default();
    let text = |key: &str| session.get(key)?.as_str().map(str::to_owned);
    let visits = session.get("visits").and_then(Value::as_u64);
    let tree = session.get("tree").cloned();
    dump(visits, text("user"), text("k003"), tree)
}
