//! actix-session's cookie store, under actix-web and against a baseline of its own. It encrypts by
//! default. When it's measured it signs, and next to our formats it does both.

use std::rc::Rc;

use actix_http::Request;
use actix_session::config::{
    CookieContentSecurity, PersistentSession, SessionMiddlewareBuilder, TtlExtensionPolicy,
};
use actix_session::storage::CookieSessionStore;
use actix_session::{Session, SessionMiddleware};
use actix_web::body::MessageBody;
use actix_web::cookie::Key;
use actix_web::cookie::time::Duration;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{COOKIE, SET_COOKIE};
use actix_web::test::{self, TestRequest};
use actix_web::web;
use actix_web::{App as ActixApp, Error};
use anyhow::Result;
use serde_json::{Map, Value};

use crate::app::{self, Answer, App, FROM_ANOTHER_SITE, OF_ANOTHER_SITE, REPORTED, Reply, text};
use crate::contender::{BeforeAndAfter, Contender, Measured, NEW, OLD, unchanged};
use crate::operation::Operation;
use crate::payload::{KEYS, NAME, TEN, entries};
use crate::world::World;

type Builder = SessionMiddlewareBuilder<CookieSessionStore>;

pub(super) const CONTENDER: Contender = Contender {
    measured: Measured {
        name: "actix-session cookie",
        apps: |world, operation| apps(world, operation, CookieContentSecurity::Signed),
        baseline,
        is_bounded: true,
    },
    column: "actix",
    usual: |world| app(world, builder(OLD)),
    rotated: |world| Some([app(world, builder(OLD)), app(world, builder(NEW))]),
    expired: |world| {
        let over = PersistentSession::default().session_ttl(Duration::hours(-1));
        let over = builder(OLD).session_lifecycle(over);
        [app(world, over), app(world, builder(OLD))]
    },
    manifest: r#"actix-session = { version = "0.11", features = ["cookie-session"] }"#,
};

/// As it is by default.
pub(super) static ENCRYPTED: Measured = Measured {
    name: "actix-session cookie, encrypted",
    apps: |world, operation| apps(world, operation, CookieContentSecurity::Private),
    ..CONTENDER.measured
};

fn apps(
    world: &World,
    operation: Operation,
    security: CookieContentSecurity,
) -> Option<BeforeAndAfter> {
    let policy = match operation {
        // Of two cookies with the same name it tries only the first one.
        Operation::TypedRead
        | Operation::TypedIncrement
        | Operation::TwoCandidates
        | Operation::Fallback => return None,
        Operation::Renew => TtlExtensionPolicy::OnEveryRequest,
        _ => TtlExtensionPolicy::OnStateChanges,
    };
    let lifecycle = PersistentSession::default()
        .session_ttl(Duration::days(14))
        .session_ttl_extension_policy(policy);
    let builder = builder(OLD)
        .cookie_name(NAME.to_owned())
        .cookie_content_security(security)
        .session_lifecycle(lifecycle);
    Some(unchanged(app(world, builder)))
}

fn builder(secret: [u8; 64]) -> Builder {
    SessionMiddleware::builder(CookieSessionStore::default(), Key::from(&secret))
}

fn app(world: &World, builder: Builder) -> Rc<dyn App> {
    let app = ActixApp::new()
        .wrap(builder.build())
        .route(app::READ, web::get().to(read))
        .route(app::READ_NOT_RETURNED, web::get().to(read))
        .route(app::READ_TEN, web::get().to(read_ten))
        .route(app::INCREMENT, web::get().to(increment))
        .route(app::RENEW, web::get().to(read))
        .route(app::INSERT, web::get().to(insert))
        .route(app::SHOW, web::get().to(show))
        .route(app::TWO, web::get().to(two))
        .route(app::BAD, web::get().to(bad))
        .route(app::SLOW, web::get().to(slow))
        .route(app::FORGET, web::get().to(forget))
        .route(app::LOGOUT, web::get().to(logout));
    Rc::new(OnActix(world.runtime.block_on(test::init_service(app))))
}

/// The measured routes without a session, in the same order as above: actix-web tries one after
/// another.
fn baseline(world: &World) -> Rc<dyn App> {
    let number = || web::get().to(async || 7_u64.to_string());
    let app = ActixApp::new()
        .route(app::READ, number())
        .route(app::READ_NOT_RETURNED, number())
        .route(app::READ_TEN, number())
        .route(app::INCREMENT, number())
        .route(app::RENEW, number());
    Rc::new(OnActix(world.runtime.block_on(test::init_service(app))))
}

struct OnActix<S>(S);

fn request(path: &str, cookies: &str) -> Request {
    let mut request = TestRequest::with_uri(path);
    if !cookies.is_empty() {
        request = request.insert_header((COOKIE, cookies));
    }
    if path.ends_with(FROM_ANOTHER_SITE) {
        for header in OF_ANOTHER_SITE {
            request = request.insert_header(header);
        }
    }
    request.to_request()
}

impl<S, B> App for OnActix<S>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    fn send<'a>(&'a self, path: &'a str, cookies: &'a str) -> Answer<'a, Result<Reply>> {
        Box::pin(async move {
            let response = match self.0.call(request(path, cookies)).await {
                Ok(response) => response,
                // A server makes a response from it.
                Err(error) => {
                    return Ok(Reply {
                        status: error.as_response_error().status_code().as_u16(),
                        set_cookies: Vec::new(),
                        body: String::new(),
                    });
                }
            };
            let set_cookies = response.headers().get_all(SET_COOKIE);
            Ok(Reply {
                status: response.status().as_u16(),
                set_cookies: set_cookies.map(|value| text(value.as_bytes())).collect(),
                body: text(&test::read_body(response).await),
            })
        })
    }

    fn repeat<'a>(&'a self, path: &'a str, cookies: &'a str, times: u32) -> Answer<'a, ()> {
        Box::pin(async move {
            for _ in 0..times {
                let response = test::call_service(&self.0, request(path, cookies)).await;
                assert!(response.status().is_success(), "{path} fails");
            }
        })
    }
}

async fn read(session: Session) -> Result<String, Error> {
    let visits: u64 = session.get("visits")?.unwrap_or(0);
    Ok(visits.to_string())
}

async fn read_ten(session: Session) -> Result<String, Error> {
    let mut found = 0;
    for key in TEN {
        found += u64::from(session.get::<Value>(key)?.is_some());
    }
    Ok(found.to_string())
}

async fn increment(session: Session) -> Result<String, Error> {
    let visits: u64 = session.get("visits")?.unwrap_or(0) + 1;
    session.insert("visits", visits)?;
    Ok(visits.to_string())
}

async fn insert(session: Session, name: web::Path<String>) -> Result<String, Error> {
    for (key, value) in entries(&name) {
        session.insert(key, value)?;
    }
    Ok(String::new())
}

async fn show(session: Session) -> Result<String, Error> {
    let mut shown = Map::new();
    for key in KEYS {
        if let Some(value) = session.get(key)? {
            shown.insert(key.to_owned(), value);
        }
    }
    Ok(Value::Object(shown).to_string())
}

async fn two(first: Session, second: Session) -> Result<String, Error> {
    first.insert("a", true)?;
    second.insert("b", true)?;
    Ok(String::new())
}

async fn bad(session: Session) -> &'static str {
    match session.insert("bad", app::not_json()) {
        Ok(()) => "",
        Err(_) => REPORTED,
    }
}

async fn slow(session: Session) -> Result<String, Error> {
    app::wait().await;
    session.insert("a", true)?;
    Ok(String::new())
}

async fn forget(session: Session) -> Result<String, Error> {
    session.insert("a", true)?;
    Ok(String::new())
}

async fn logout(session: Session) -> String {
    session.purge();
    String::new()
}
