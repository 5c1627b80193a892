//! What every session in a signed cookie has to do, written by hand: find the cookie, HMAC-SHA1 on
//! a precomputed state, compare in constant time, base64. No JSON, no timestamps, no library.

use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::NO_PAD;
use base64::engine::simd::Simd;
use hmac::{Hmac, KeyInit, Mac};
use memchr::memchr_iter;
use serde_json::{Map, Value};
use sha1::Sha1;

use crate::app::{self, App};
use crate::contender::{BeforeAndAfter, Measured, NEW, OLD, unchanged};
use crate::operation::Operation;
use crate::payload::{NAME, entries, shown};
use crate::world::World;

pub(super) static MEASURED: Measured = Measured::on_axum("floor", apps);

fn apps(_: &World, operation: Operation) -> Option<BeforeAndAfter> {
    match operation {
        Operation::ReadTen | Operation::TypedRead | Operation::TypedIncrement => None,
        Operation::Fallback => Some([app(&[OLD]), app(&[NEW, OLD])]),
        _ => Some(unchanged(app(&[OLD]))),
    }
}

fn app(secrets: &[[u8; 64]]) -> Rc<dyn App> {
    let router: Router = Router::new()
        .route(app::READ, get(read))
        .route(app::READ_NOT_RETURNED, get(read))
        .route(app::INCREMENT, get(send_back::<1>))
        .route(app::RENEW, get(send_back::<0>))
        .route(app::INSERT, get(insert))
        .route(app::SHOW, get(show))
        .with_state(Floor::new(secrets));
    Rc::new(router)
}

#[derive(Clone)]
struct Floor(Arc<Inner>);

struct Inner {
    keys: Vec<Hmac<Sha1>>,
    engine: Simd,
}

/// The longest session, and the bytes of a MAC and of its base64.
const MAX: usize = 4096;
const MAC: usize = 16;
const TEXT: usize = 22;

impl Floor {
    fn new(secrets: &[[u8; 64]]) -> Self {
        let keys = secrets.iter().map(|secret| {
            let key = Hmac::<Sha1>::new_from_slice(secret);
            key.expect("HMAC takes keys of any length")
        });
        let keys = keys.collect();
        let engine = Simd::url_safe(NO_PAD);
        Self(Arc::new(Inner { keys, engine }))
    }

    /// Decodes the session into `space`.
    fn open<'a>(&self, headers: &HeaderMap, space: &'a mut [u8; MAX]) -> Option<&'a mut [u8]> {
        let header = headers.get(COOKIE)?.as_bytes();
        let mut start = 0;
        let payload = memchr_iter(b';', header)
            .chain([header.len()])
            .find_map(|end| {
                let pair = header[start..end].trim_ascii_start();
                start = end + 1;
                let value = pair.strip_prefix(NAME.as_bytes())?.strip_prefix(b"=")?;
                let (payload, mac) = value.split_at_checked(value.len().checked_sub(TEXT)?)?;
                self.is_signed(payload, mac).then_some(payload)
            })?;
        let len = self.0.engine.decode_slice(payload, space).ok()?;
        Some(&mut space[..len])
    }

    fn is_signed(&self, payload: &[u8], mac: &[u8]) -> bool {
        let mut tag = [0; MAC];
        if self.0.engine.decode_slice(mac, &mut tag) != Ok(MAC) {
            return false;
        }
        self.0.keys.iter().any(|key| {
            let state = key.clone().chain_update(payload);
            state.verify_truncated_left(&tag).is_ok()
        })
    }

    fn encode(&self, json: &[u8]) -> (HeaderName, HeaderValue) {
        const ATTRIBUTES: &str = "; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600";
        let mut text = String::with_capacity(json.len() * 4 / 3 + 128);
        text.push_str(NAME);
        text.push('=');
        self.0.engine.encode_string(json, &mut text);
        let state = self.0.keys[0].clone().chain_update(&text[NAME.len() + 1..]);
        let tag = state.finalize().into_bytes();
        self.0.engine.encode_string(&tag[..MAC], &mut text);
        text.push_str(ATTRIBUTES);
        (SET_COOKIE, HeaderValue::try_from(text).expect("base64"))
    }
}

/// The value of `visits`, which is one ASCII digit and the last value of the JSON object.
struct Visits(u8);

impl FromRequestParts<Floor> for Visits {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, floor: &Floor) -> Result<Self, Infallible> {
        let mut space = [0; MAX];
        let json = floor.open(&parts.headers, &mut space);
        Ok(Self(json.and_then(digit).map_or(b'0', |visits| *visits)))
    }
}

/// The session, encoded again with `MORE` added to its visits.
struct SentBack<const MORE: u8>(Option<(HeaderName, HeaderValue)>, Visits);

impl<const MORE: u8> FromRequestParts<Floor> for SentBack<MORE> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, floor: &Floor) -> Result<Self, Infallible> {
        let mut space = [0; MAX];
        let Some(json) = floor.open(&parts.headers, &mut space) else {
            return Ok(Self(None, Visits(b'0')));
        };
        let mut visits = b'0';
        if let Some(digit) = digit(json) {
            *digit += MORE;
            visits = *digit;
        }
        Ok(Self(Some(floor.encode(json)), Visits(visits)))
    }
}

fn digit(json: &mut [u8]) -> Option<&mut u8> {
    let at = json.len().checked_sub(2)?;
    json.get_mut(at)
}

async fn read(Visits(visits): Visits) -> String {
    char::from(visits).to_string()
}

async fn send_back<const MORE: u8>(
    SentBack(cookie, Visits(visits)): SentBack<MORE>,
) -> impl IntoResponse {
    (AppendHeaders(cookie), char::from(visits).to_string())
}

async fn insert(Path(name): Path<String>, State(floor): State<Floor>) -> impl IntoResponse {
    let json = Value::Object(entries(&name)).to_string();
    (AppendHeaders([floor.encode(json.as_bytes())]), ())
}

async fn show(State(floor): State<Floor>, headers: HeaderMap) -> String {
    let mut space = [0; MAX];
    let json = floor.open(&headers, &mut space).unwrap_or_default();
    let session: Map<String, Value> = serde_json::from_slice(json).unwrap_or_default();
    shown(|key| session.get(key).cloned())
}
