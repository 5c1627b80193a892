//! actix-session's cookie store, under actix-web, encrypted as it is by default.

use actix_http::Request;
use actix_session::config::PersistentSession;
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

use crate::compare::app::{self, Answer, App, KEYS, REPORTED, Reply, text};
use crate::compare::contender::{Contender, NEW, OLD};
use crate::compare::world::World;

pub(crate) const CONTENDER: Contender = Contender {
    name: "actix",
    usual: |world| app(world, OLD, PersistentSession::default()),
    rotated: |world| {
        let app = |secret| app(world, secret, PersistentSession::default());
        Some([app(OLD), app(NEW)])
    },
    expired: |world| {
        let over = PersistentSession::default().session_ttl(Duration::hours(-1));
        let usual = app(world, OLD, PersistentSession::default());
        [app(world, OLD, over), usual]
    },
    manifest: r#"actix-session = { version = "0.11", features = ["cookie-session"] }"#,
};

fn app(world: &World, secret: [u8; 64], lifecycle: PersistentSession) -> Box<dyn App> {
    let store = CookieSessionStore::default();
    let layer = SessionMiddleware::builder(store, Key::from(&secret)).session_lifecycle(lifecycle);
    let app = ActixApp::new()
        .wrap(layer.build())
        .route(app::VISITS, web::get().to(visits))
        .route(app::SHOW, web::get().to(show))
        .route(app::USER, web::get().to(user))
        .route(app::BIG, web::get().to(big))
        .route(app::TWO, web::get().to(two))
        .route(app::BAD, web::get().to(bad))
        .route(app::SLOW, web::get().to(slow))
        .route(app::QUICK, web::get().to(quick))
        .route(app::FORGET, web::get().to(forget))
        .route(app::LOGOUT, web::get().to(logout));
    Box::new(InActix(world.runtime.block_on(test::init_service(app))))
}

struct InActix<S>(S);

impl<S, B> App for InActix<S>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    fn send<'a>(&'a self, path: &'a str, cookies: &'a str) -> Answer<'a> {
        Box::pin(async move {
            let mut request = TestRequest::with_uri(path);
            if !cookies.is_empty() {
                request = request.insert_header((COOKIE, cookies));
            }
            let response = match self.0.call(request.to_request()).await {
                Ok(response) => response,
                // The server makes a response of it.
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
}

async fn visits(session: Session) -> Result<String, Error> {
    let visits = session.get("visits")?.unwrap_or(0) + 1;
    session.insert("visits", visits)?;
    Ok(visits.to_string())
}

async fn show(session: Session) -> String {
    let found = KEYS.into_iter().filter(|key| session.contains_key(key));
    found.collect::<Vec<_>>().join(" ")
}

async fn user(session: Session) -> Result<String, Error> {
    session.insert("user", "ada")?;
    Ok(String::new())
}

async fn big(session: Session, len: web::Path<usize>) -> Result<String, Error> {
    session.insert("big", "x".repeat(*len))?;
    Ok(String::new())
}

async fn two(first: Session, second: Session) -> Result<String, Error> {
    first.insert("a", true)?;
    second.insert("b", true)?;
    Ok(String::new())
}

async fn bad(session: Session) -> &'static str {
    match session.insert("bad", app::no_json()) {
        Ok(()) => "",
        Err(_) => REPORTED,
    }
}

async fn slow(session: Session) -> Result<String, Error> {
    app::wait().await;
    session.insert("a", true)?;
    Ok(String::new())
}

async fn quick(session: Session) -> Result<String, Error> {
    session.insert("b", true)?;
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
