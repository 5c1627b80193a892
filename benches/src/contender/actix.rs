//! actix-session's cookie store, under actix-web and against a baseline of its own.

use std::rc::Rc;

use actix_session::config::{CookieContentSecurity, PersistentSession, TtlExtensionPolicy};
use actix_session::storage::CookieSessionStore;
use actix_session::{Session, SessionMiddleware};
use actix_web::body::MessageBody;
use actix_web::cookie::Key;
use actix_web::cookie::time::Duration;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{COOKIE, SET_COOKIE};
use actix_web::test::{self, TestRequest};
use actix_web::web::{self, Data};
use actix_web::{App as ActixApp, Error, HttpResponse, Route};
use serde_json::{Map, Value};
use tokio::runtime::Runtime;

use crate::app::{App, DUMP, FILL, OPERATION, Reply};
use crate::operation::Operation;
use crate::payload::{NAME, Payload, TEN, dump};
use crate::world::World;

pub(crate) fn app(world: &World, operation: Operation, payload: &Payload) -> Option<Box<dyn App>> {
    let handler = match operation {
        operation if operation.expects_nothing() => web::get().to(absent),
        Operation::Read | Operation::OtherCookies | Operation::Renew => web::get().to(read_one),
        Operation::ReadTen => ten(payload.ten()),
        Operation::Increment => web::get().to(increment),
        // Of two cookies of one name it tries the first only.
        _ => return None,
    };
    let policy = match operation {
        Operation::Renew => TtlExtensionPolicy::OnEveryRequest,
        _ => TtlExtensionPolicy::OnStateChanges,
    };
    let lifecycle = PersistentSession::default()
        .session_ttl(Duration::days(14))
        .session_ttl_extension_policy(policy);
    let layer = SessionMiddleware::builder(CookieSessionStore::default(), Key::from(&[9; 64]))
        .cookie_name(NAME.to_owned())
        .cookie_content_security(CookieContentSecurity::Signed)
        .session_lifecycle(lifecycle)
        .build();
    let app = ActixApp::new()
        .app_data(Data::new(payload.entries.clone()))
        .wrap(layer)
        .route(OPERATION, handler)
        .route(FILL, web::get().to(fill))
        .route(DUMP, web::get().to(dump_session));
    Some(Box::new(InActix {
        runtime: Rc::clone(&world.runtime),
        service: world.runtime.block_on(test::init_service(app)),
    }))
}

/// The same routes without a session.
pub(crate) fn baseline(world: &World) -> Box<dyn App> {
    let nothing = || web::get().to(async || answer(true));
    let app = ActixApp::new()
        .route(OPERATION, nothing())
        .route(FILL, nothing())
        .route(DUMP, nothing());
    Box::new(InActix {
        runtime: Rc::clone(&world.runtime),
        service: world.runtime.block_on(test::init_service(app)),
    })
}

struct InActix<S> {
    runtime: Rc<Runtime>,
    service: S,
}

impl<S, B> InActix<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    async fn call(service: &S, path: &str, cookies: &str) -> ServiceResponse<B> {
        let mut request = TestRequest::with_uri(path);
        if !cookies.is_empty() {
            request = request.insert_header((COOKIE, cookies));
        }
        test::call_service(service, request.to_request()).await
    }
}

impl<S, B> App for InActix<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    fn send(&mut self, path: &str, cookies: &str) -> Reply {
        self.runtime.block_on(async {
            let mut request = TestRequest::with_uri(path);
            if !cookies.is_empty() {
                request = request.insert_header((COOKIE, cookies));
            }
            // Where the session does not fit, the service itself fails.
            let Ok(response) = self.service.call(request.to_request()).await else {
                return Reply {
                    is_ok: false,
                    set_cookies: Vec::new(),
                    body: String::new(),
                };
            };
            let headers = response.headers().get_all(SET_COOKIE);
            Reply {
                is_ok: response.status().is_success(),
                set_cookies: headers
                    .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                    .collect(),
                body: String::from_utf8_lossy(&test::read_body(response).await).into_owned(),
            }
        })
    }

    fn repeat(&mut self, cookies: &str, times: u32) {
        self.runtime.block_on(async {
            for _ in 0..times {
                let response = Self::call(&self.service, OPERATION, cookies).await;
                assert!(response.status().is_success(), "a wrong answer");
            }
        });
    }
}

fn answer(is_right: bool) -> HttpResponse {
    match is_right {
        true => HttpResponse::Ok().finish(),
        false => HttpResponse::InternalServerError().finish(),
    }
}

fn visits(session: &Session) -> Option<u64> {
    session.get("visits").expect("a number")
}

async fn absent(session: Session) -> HttpResponse {
    answer(visits(&session).is_none())
}

async fn read_one(session: Session) -> HttpResponse {
    answer(visits(&session) == Some(7))
}

fn ten(expected: usize) -> Route {
    web::get().to(move |session: Session| async move {
        let found = TEN
            .iter()
            .filter(|key| matches!(session.get::<Value>(key), Ok(Some(_))));
        answer(found.count() == expected)
    })
}

async fn increment(session: Session) -> HttpResponse {
    let visits = visits(&session).unwrap_or(0) + 1;
    session.insert("visits", visits).expect("a number");
    answer(visits > 7)
}

async fn fill(session: Session, entries: Data<Map<String, Value>>) -> HttpResponse {
    for (key, value) in entries.iter() {
        session.insert(key, value).expect("JSON");
    }
    answer(true)
}

async fn dump_session(session: Session) -> String {
    let text = |key: &str| session.get(key).expect("a text");
    let tree = session.get("tree").expect("a tree");
    dump(visits(&session), text("user"), text("k003"), tree)
}
