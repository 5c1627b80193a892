//! A session in a cookie jar of axum-extra, signed or private, as one would write it by hand with
//! serde_json.

use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::response::IntoResponseParts;
use axum::routing::get;
use axum_extra::extract::cookie::{Cookie, Key, PrivateCookieJar, SignedCookieJar};
use serde_json::{Map, Value};

use crate::compare::app::{self, App, KEYS, REPORTED};
use crate::compare::contender::{Contender, NEW, OLD};

const NAME: &str = "session";

trait Jar: FromRequestParts<Key, Rejection: Send> + IntoResponseParts + Sized + Send + 'static {
    fn get(&self, name: &str) -> Option<Cookie<'static>>;
    fn add(self, cookie: Cookie<'static>) -> Self;
    fn remove(self, cookie: Cookie<'static>) -> Self;
}

macro_rules! contender {
    ($constant:ident, $jar:ty, $name:literal, $feature:literal) => {
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

        pub(crate) const $constant: Contender = Contender {
            name: $name,
            usual: |_| app::<$jar>(OLD),
            rotated: |_| Some([app::<$jar>(OLD), app::<$jar>(NEW)]),
            // They set no date: what expires is the browser's copy, so both sides are the same.
            expired: |_| [app::<$jar>(OLD), app::<$jar>(OLD)],
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

fn app<J: Jar>(secret: [u8; 64]) -> Box<dyn App> {
    let router: Router = Router::new()
        .route(app::VISITS, get(visits::<J>))
        .route(app::SHOW, get(show::<J>))
        .route(app::USER, get(user::<J>))
        .route(app::BIG, get(big::<J>))
        .route(app::TWO, get(two::<J>))
        .route(app::BAD, get(bad::<J>))
        .route(app::SLOW, get(slow::<J>))
        .route(app::QUICK, get(quick::<J>))
        .route(app::FORGET, get(forget::<J>))
        .route(app::LOGOUT, get(logout::<J>))
        .with_state(Key::from(&secret));
    Box::new(router)
}

fn load(jar: &impl Jar) -> Map<String, Value> {
    let cookie = jar.get(NAME);
    let session = cookie.and_then(|cookie| serde_json::from_str(cookie.value()).ok());
    session.unwrap_or_default()
}

fn save<J: Jar>(jar: J, session: &Map<String, Value>) -> J {
    let json = serde_json::to_string(session).expect("strings and JSON values always serialize");
    jar.add(Cookie::build((NAME, json)).path("/").build())
}

fn set<J: Jar>(jar: J, key: &str, value: impl Into<Value>) -> J {
    let mut session = load(&jar);
    session.insert(key.to_owned(), value.into());
    save(jar, &session)
}

async fn visits<J: Jar>(jar: J) -> (J, String) {
    let visits = load(&jar).get("visits").and_then(Value::as_u64);
    let visits = visits.unwrap_or(0) + 1;
    (set(jar, "visits", visits), visits.to_string())
}

async fn show<J: Jar>(jar: J) -> String {
    let session = load(&jar);
    let found = KEYS.into_iter().filter(|key| session.contains_key(*key));
    found.collect::<Vec<_>>().join(" ")
}

async fn user<J: Jar>(jar: J) -> (J, ()) {
    (set(jar, "user", "ada"), ())
}

async fn big<J: Jar>(Path(len): Path<usize>, jar: J) -> (J, ()) {
    (set(jar, "big", "x".repeat(len)), ())
}

async fn two<J: Jar>(first: J, second: J) -> (J, J, ()) {
    (set(first, "a", true), set(second, "b", true), ())
}

async fn bad<J: Jar>(jar: J) -> (J, &'static str) {
    match serde_json::to_value(app::no_json()) {
        Ok(value) => (set(jar, "bad", value), ""),
        Err(_) => (jar, REPORTED),
    }
}

async fn slow<J: Jar>(jar: J) -> (J, ()) {
    app::wait().await;
    (set(jar, "a", true), ())
}

async fn quick<J: Jar>(jar: J) -> (J, ()) {
    (set(jar, "b", true), ())
}

async fn forget<J: Jar>(jar: J) {
    let _ = set(jar, "a", true);
}

async fn logout<J: Jar>(jar: J) -> (J, ()) {
    (jar.remove(Cookie::build(NAME).path("/").build()), ())
}
