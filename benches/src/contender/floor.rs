//! What no session in a signed cookie can do without, by hand: find the cookie, HMAC-SHA1 on a
//! precomputed state, compare in constant time, base64. No JSON, no times, no library.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::NO_PAD;
use base64::engine::simd::Simd;
use hmac::{Hmac, KeyInit, Mac};
use memchr::memchr_iter;
use serde_json::{Map, Value};
use sha1::Sha1;

use crate::app::{App, AxumApp, answer, routes};
use crate::operation::Operation;
use crate::payload::{NAME, Payload, dump};
use crate::world::World;

pub(crate) fn app(world: &World, operation: Operation, payload: &Payload) -> Option<Box<dyn App>> {
    let handler = match operation {
        operation if operation.expects_nothing() => get(absent),
        Operation::Read
        | Operation::OtherCookies
        | Operation::TwoCandidates
        | Operation::Fallback => get(read),
        Operation::Increment => get(send_back::<1>),
        Operation::Renew => get(send_back::<0>),
        _ => return None,
    };
    let old = Hmac::<Sha1>::new_from_slice(&[7; 32]).expect("a key");
    let new = Hmac::<Sha1>::new_from_slice(&[8; 32]).expect("a key");
    let filled = Floor::new(vec![old.clone()]);
    let reading = match operation {
        Operation::Fallback => Floor::new(vec![new, old]),
        _ => filled.clone(),
    };
    let json = payload.json();
    let fill = get(async move |State(floor): State<Floor>| [floor.encode(json.as_bytes())]);
    let router = routes(handler, fill.with_state(filled), get(dump_session)).with_state(reading);
    Some(Box::new(AxumApp::new(&world.runtime, router)))
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
    fn new(keys: Vec<Hmac<Sha1>>) -> Self {
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

/// The digit of `visits`, which is the only one and comes last.
struct Visits(Option<u8>);

impl FromRequestParts<Floor> for Visits {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, floor: &Floor) -> Result<Self, Infallible> {
        let mut space = [0; MAX];
        let json = floor.open(&parts.headers, &mut space);
        Ok(Self(json.and_then(digit).copied()))
    }
}

/// The session, sealed again with so many visits more.
struct Sealed<const MORE: u8>(Option<(HeaderName, HeaderValue)>);

impl<const MORE: u8> FromRequestParts<Floor> for Sealed<MORE> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, floor: &Floor) -> Result<Self, Infallible> {
        let mut space = [0; MAX];
        let Some(json) = floor.open(&parts.headers, &mut space) else {
            return Ok(Self(None));
        };
        if let Some(visits) = digit(json) {
            *visits += MORE;
        }
        Ok(Self(Some(floor.encode(json))))
    }
}

fn digit(json: &mut [u8]) -> Option<&mut u8> {
    let at = json.len().checked_sub(2)?;
    json.get_mut(at)
}

async fn absent(Visits(visits): Visits) -> StatusCode {
    answer(visits.is_none())
}

async fn read(Visits(visits): Visits) -> StatusCode {
    answer(visits == Some(b'7'))
}

async fn send_back<const MORE: u8>(Sealed(sealed): Sealed<MORE>) -> impl IntoResponse {
    let is_right = sealed.is_some();
    (AppendHeaders(sealed), answer(is_right))
}

async fn dump_session(State(floor): State<Floor>, headers: HeaderMap) -> String {
    let mut space = [0; MAX];
    let json = floor.open(&headers, &mut space).unwrap_or_default();
    let session: Map<String, Value> = serde_json::from_slice(json).unwrap_or_default();
    let text = |key: &str| session.get(key)?.as_str().map(str::to_owned);
    let visits = session.get("visits").and_then(Value::as_u64);
    let tree = session.get("tree").cloned();
    dump(visits, text("user"), text("k003"), tree)
}
