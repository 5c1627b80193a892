//! A session in a cookie jar of axum-extra, signed or private, written by hand with serde_json.

use std::rc::Rc;

use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::response::IntoResponseParts;
use axum::routing::get;
use axum_extra::extract::cookie::{Cookie, Key, PrivateCookieJar, SignedCookieJar};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::app::{self, App, REPORTED};
use crate::contender::{Contender, Measured, NEW, OLD, unchanged};
use crate::operation::Operation;
use crate::payload::{NAME, TEN, Typed, entries, shown, with_typed_routes};

type Session = Map<String, Value>;

trait Jar: FromRequestParts<Key, Rejection: Send> + IntoResponseParts + Sized + Send + 'static {
    fn get(&self, name: &str) -> Option<Cookie<'static>>;
    fn add(self, cookie: Cookie<'static>) -> Self;
    fn remove(self, cookie: Cookie<'static>) -> Self;
}

macro_rules! contender {
    ($constant:ident, $jar:ident, $column:literal, $feature:literal) => {
        impl Jar for $jar {
            fn get(&self, name: &str) -> Option<Cookie<'static>> {
                self.get(name)
            }

            fn add(self, cookie: Cookie<'static>) -> Self {
                self.add(cookie)
            }

            fn remove(self, cookie: Cookie<'static>) -> Self {
                self.remove(cookie)
            }
        }

        pub(super) const $constant: Contender = Contender {
            measured: Measured::on_axum(stringify!($jar), |_, operation| {
                // It takes one key.
                (operation != Operation::Fallback).then(|| unchanged(app::<$jar>(OLD)))
            }),
            column: $column,
            usual: |_| app::<$jar>(OLD),
            rotated: |_| Some([app::<$jar>(OLD), app::<$jar>(NEW)]),
            // The cookie has no date. Only the browser's copy expires.
            expired: |_| unchanged(app::<$jar>(OLD)),
            manifest: concat!(
                "axum-extra = { version = \"0.12\", features = [\"",
                $feature,
                "\"] }\nserde_json = \"1\""
            ),
        };
    };
}
contender!(SIGNED, SignedCookieJar, "signed jar", "cookie-signed");
contender!(PRIVATE, PrivateCookieJar, "private jar", "cookie-private");

fn app<J: Jar>(secret: [u8; 64]) -> Rc<dyn App> {
    let router = Router::new()
        .route(app::READ, get(read::<J>))
        .route(app::READ_NOT_RETURNED, get(read::<J>))
        .route(app::READ_TEN, get(read_ten::<J>))
        .route(app::INCREMENT, get(increment::<J>))
        .route(app::RENEW, get(renew::<J>))
        .route(app::INSERT, get(insert::<J>))
        .route(app::SHOW, get(show::<J>))
        .route(app::TWO, get(two::<J>))
        .route(app::BAD, get(bad::<J>))
        .route(app::SLOW, get(slow::<J>))
        .route(app::FORGET, get(forget::<J>))
        .route(app::LOGOUT, get(logout::<J>));
    let router = with_typed_routes!(router, T => typed_read::<J, T>, typed_increment::<J, T>);
    let router: Router = router.with_state(Key::from(&secret));
    Rc::new(router)
}

fn load<T: DeserializeOwned + Default>(jar: &impl Jar) -> T {
    let cookie = jar.get(NAME);
    let session = cookie.and_then(|cookie| serde_json::from_str(cookie.value()).ok());
    session.unwrap_or_default()
}

fn save<J: Jar>(jar: J, session: &impl Serialize) -> J {
    let json = serde_json::to_string(session).expect("strings and JSON values always serialize");
    jar.add(Cookie::build((NAME, json)).path("/").build())
}

fn set<J: Jar>(jar: J, key: &str, value: impl Into<Value>) -> J {
    let mut session: Session = load(&jar);
    session.insert(key.to_owned(), value.into());
    save(jar, &session)
}

fn visits(session: &Session) -> u64 {
    session.get("visits").and_then(Value::as_u64).unwrap_or(0)
}

async fn read<J: Jar>(jar: J) -> String {
    visits(&load(&jar)).to_string()
}

async fn read_ten<J: Jar>(jar: J) -> String {
    let session: Session = load(&jar);
    let found = TEN.iter().filter(|key| session.contains_key(**key));
    found.count().to_string()
}

async fn increment<J: Jar>(jar: J) -> (J, String) {
    let mut session: Session = load(&jar);
    let visits = visits(&session) + 1;
    session.insert("visits".to_owned(), visits.into());
    (save(jar, &session), visits.to_string())
}

async fn renew<J: Jar>(jar: J) -> (J, String) {
    let session: Session = load(&jar);
    (save(jar, &session), visits(&session).to_string())
}

async fn typed_read<J: Jar, T: Typed>(jar: J) -> String {
    let session: T = load(&jar);
    session.visits().to_string()
}

async fn typed_increment<J: Jar, T: Typed>(jar: J) -> (J, String) {
    let mut session: T = load(&jar);
    session.add_visit();
    (save(jar, &session), session.visits().to_string())
}

async fn insert<J: Jar>(Path(name): Path<String>, jar: J) -> (J, ()) {
    let mut session: Session = load(&jar);
    session.extend(entries(&name));
    (save(jar, &session), ())
}

async fn show<J: Jar>(jar: J) -> String {
    let session: Session = load(&jar);
    shown(|key| session.get(key).cloned())
}

async fn two<J: Jar>(first: J, second: J) -> (J, J, ()) {
    (set(first, "a", true), set(second, "b", true), ())
}

async fn bad<J: Jar>(jar: J) -> (J, &'static str) {
    match serde_json::to_value(app::not_json()) {
        Ok(value) => (set(jar, "bad", value), ""),
        Err(_) => (jar, REPORTED),
    }
}

async fn slow<J: Jar>(jar: J) -> (J, ()) {
    app::wait().await;
    (set(jar, "a", true), ())
}

async fn forget<J: Jar>(jar: J) {
    let _ = set(jar, "a", true);
}

async fn logout<J: Jar>(jar: J) -> (J, ()) {
    (jar.remove(Cookie::build(NAME).path("/").build()), ())
}
