//! Any JWT, device cookie, proof and session at a device-bound site: never a panic, an answer of the
//! table, and a proof for what a second implementation says is good, and for nothing else.
#![no_main]

use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use arbitrary::Arbitrary;
use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Request, Response};
use axum_cookie_session::{DeviceBound, Key, Reason, Session, SessionConfig, Status};
use axum_cookie_session_fuzz::clock;
use axum_cookie_session_fuzz::sign::{OTHER_SECRET, SECRET, Scheme, b64u};
use hmac::{Hmac, KeyInit, Mac};
use libfuzzer_sys::fuzz_target;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use sha2::Sha256;
use tower::ServiceExt;

const NAME: &str = "session";
const ID: [u8; 8] = *b"device-1";
const LEEWAY: i64 = 60;

#[derive(Debug, Arbitrary)]
struct Input {
    jwt: Jwt,
    device: Device,
    proof: Stamp,
    bound: bool,
    /// More `Cookie` headers.
    cookies: Vec<u8>,
    has_session_header: bool,
}

#[derive(Debug, Arbitrary)]
enum Jwt {
    Raw(Vec<u8>),
    Made(Made),
}

#[derive(Debug, Arbitrary)]
struct Made {
    header: Header,
    challenge: Stamp,
    /// Whether unknown claims stand next to the challenge.
    claims: bool,
    mine: bool,
    quoted: bool,
    flip: Option<(u16, u8)>,
}

#[derive(Debug, Arbitrary)]
enum Header {
    Registration,
    Refresh,
    Raw(String),
}

#[derive(Debug, Arbitrary)]
enum Stamp {
    Raw(String),
    Made {
        /// Around now, in seconds.
        age: i16,
        same_id: bool,
        kind: u8,
        right_key: bool,
        flip: Option<(u16, u8)>,
    },
}

#[derive(Debug, Arbitrary)]
enum Device {
    Raw(String),
    Made {
        mine: bool,
        /// In hours.
        age: u16,
        kind: u8,
        right_key: bool,
        flip: Option<(u16, u8)>,
    },
}

fn mac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length");
    mac.chain_update(message).finalize().into_bytes().to_vec()
}

fn made(right_key: bool, kind: u8, body: &[u8]) -> String {
    let secret = if right_key { SECRET } else { OTHER_SECRET };
    let context = format!("axum-cookie-session device-bound {NAME}");
    let tag = mac(&mac(&secret, context.as_bytes()), &[&[kind], body].concat());
    b64u(&[body, &tag[..16]].concat())
}

/// Another character somewhere, which may be none in its place.
fn flipped(text: String, flip: Option<(u16, u8)>) -> (String, bool) {
    let Some((at, byte)) = flip.filter(|_| !text.is_empty()) else {
        return (text, false);
    };
    let mut bytes = text.clone().into_bytes();
    let at = usize::from(at) % bytes.len();
    bytes[at] = b' ' + byte % 95;
    let flipped = String::from_utf8(bytes).expect("ASCII");
    let is_other = flipped != text;
    (flipped, is_other)
}

impl Stamp {
    /// The text, and whether it is good for this kind and the id of the session; to register, for
    /// any id.
    fn text(&self, wanted: u8, lifetime: i64) -> (String, bool) {
        match self {
            Self::Raw(text) => (text.clone(), false),
            Self::Made {
                age,
                same_id,
                kind,
                right_key,
                flip,
            } => {
                // Mostly the right one.
                let kind = if *kind < 200 { wanted } else { kind - 200 };
                let age = i64::from(*age) % 1000;
                let time = u32::try_from(clock::START as i64 - age).expect("32 bits");
                let id = if *same_id { ID } else { *b"device-2" };
                let text = made(*right_key, kind, &[&time.to_be_bytes()[..], &id].concat());
                let (text, changed) = flipped(text, *flip);
                let fresh = (-LEEWAY..=lifetime + LEEWAY).contains(&age);
                let good =
                    *right_key && kind == wanted && fresh && (*same_id || wanted == 1) && !changed;
                (text, good)
            }
        }
    }
}

fn key(mine: bool) -> SigningKey {
    SigningKey::from_slice(&[if mine { 7 } else { 8 }; 32]).expect("below the order")
}

impl Jwt {
    /// The header's value, and whether the key `mine` made it, for a challenge of this kind.
    fn text(&self, kind: u8, lifetime: i64) -> (Vec<u8>, bool) {
        let made = match self {
            Self::Raw(bytes) => return (bytes.clone(), false),
            Self::Made(made) => made,
        };
        let key = key(made.mine);
        let point = key.verifying_key().to_sec1_point(false);
        let (x, y) = (&point.as_bytes()[1..33], &point.as_bytes()[33..]);
        let (header, good_header) = match &made.header {
            Header::Registration => (
                serde_json::json!({
                    "alg": "ES256", "typ": "dbsc+jwt",
                    "jwk": {"crv": "P-256", "kty": "EC", "x": b64u(x), "y": b64u(y)},
                })
                .to_string(),
                true,
            ),
            Header::Refresh => (r#"{"alg":"ES256","typ":"dbsc+jwt"}"#.to_owned(), kind == 2),
            Header::Raw(text) => (text.clone(), false),
        };
        let (challenge, good_challenge) = made.challenge.text(kind, lifetime);
        let claims = match made.claims {
            true => serde_json::json!({"aud": ["x"], "jti": challenge, "iat": 1}),
            false => serde_json::json!({"jti": challenge}),
        };
        let text = format!(
            "{}.{}",
            b64u(header.as_bytes()),
            b64u(claims.to_string().as_bytes())
        );
        let signature: Signature = key.sign(text.as_bytes());
        let (text, changed) = flipped(format!("{text}.{}", b64u(&signature.to_bytes())), made.flip);
        let text = if made.quoted {
            format!("\"{text}\"")
        } else {
            text
        };
        let by_mine = made.mine || kind == 1;
        let good = good_header && good_challenge && by_mine && !changed && text.len() <= 2048;
        (text.into_bytes(), good)
    }
}

impl Device {
    fn text(&self) -> (String, bool) {
        match self {
            Self::Raw(text) => (text.clone(), false),
            Self::Made {
                mine,
                age,
                kind,
                right_key,
                flip,
            } => {
                let kind = if *kind < 200 { 4 } else { kind - 200 };
                let hours = u64::from(*age) % 3000;
                let created = u32::try_from(clock::START - hours * 3600).expect("32 bits");
                let point = key(*mine).verifying_key().to_sec1_point(true);
                let body = [point.as_bytes(), &ID, &created.to_be_bytes()].concat();
                let (text, changed) = flipped(made(*right_key, kind, &body), *flip);
                let good = *mine && kind == 4 && *right_key && hours <= 90 * 24 && !changed;
                (text, good)
            }
        }
    }
}

static CONFIG: LazyLock<SessionConfig> = LazyLock::new(|| {
    SessionConfig::builder(Key::new(SECRET).expect("32 bytes"))
        .cookie_name(NAME)
        .clock(clock::now)
        .device_bound(DeviceBound::new())
        .build()
        .expect("a config that browsers accept")
});

thread_local! {
    static APP: Router = CONFIG.device_bound_routes();
}

/// Nothing waits, so the first poll is the last.
fn post(path: &str, headers: &HeaderMap) -> Response<Body> {
    let mut request = Request::post(path).body(Body::empty()).expect("a request");
    *request.headers_mut() = headers.clone();
    let future = pin!(APP.with(Clone::clone).oneshot(request));
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(response)) => response,
        Poll::Pending => panic!("it waits"),
    }
}

fn sets(response: &Response<Body>) -> bool {
    assert!(
        [200, 400, 403].contains(&response.status().as_u16()),
        "{response:?}"
    );
    assert_eq!(response.headers()["cache-control"], "no-store");
    response.headers().contains_key(SET_COOKIE)
}

fuzz_target!(|input: Input| {
    clock::set(clock::at(clock::START));
    let mut cookies = HeaderMap::new();
    let (device, good_device) = input.device.text();
    if let Ok(pair) = HeaderValue::try_from(format!("__Secure-session-device={device}")) {
        cookies.append(COOKIE, pair);
    }
    let (proof, good_proof) = input.proof.text(3, 300);
    if let Ok(pair) = HeaderValue::try_from(format!("{NAME}-proof={proof}")) {
        cookies.append(COOKIE, pair);
    }
    let time = u32::try_from(clock::START).expect("32 bits").to_be_bytes();
    let times = [&time[..], &time, &ID, &[u8::from(input.bound)]].concat();
    let signed = format!("1.e30.{}", b64u(&times));
    let token = format!("{NAME}={signed}.{}", Scheme::V1.mac(&SECRET, NAME, &signed));
    cookies.append(COOKIE, HeaderValue::try_from(token).expect("a token"));
    if let Ok(other) = HeaderValue::from_bytes(&input.cookies) {
        cookies.append(COOKIE, other);
    }

    let session: Session = Session::from_headers(&cookies, &CONFIG);
    let expected = match input.bound && !good_proof {
        true => Status::Rejected(Reason::Unproven),
        false => Status::Valid,
    };
    assert_eq!(session.status(), expected);
    assert_eq!(session.is_device_bound(), good_proof);

    let with = |kind, lifetime| {
        let mut headers = cookies.clone();
        let (jwt, good) = input.jwt.text(kind, lifetime);
        let jwt = HeaderValue::from_bytes(&jwt);
        if let Ok(jwt) = jwt {
            headers.insert("secure-session-response", jwt);
        }
        (headers, good)
    };
    // A header that the fuzzer wrote may be a good one.
    let known = !matches!(
        &input.jwt,
        Jwt::Made(Made {
            header: Header::Raw(_),
            ..
        })
    );
    let (headers, good) = with(1, 300);
    let registered = sets(&post("/dbsc/register", &headers));
    assert!(!known || registered == good, "registered: {registered}");

    let (mut headers, good) = with(2, 120);
    assert!(!sets(&post("/dbsc/refresh", &headers)));
    if input.has_session_header {
        headers.insert("sec-secure-session-id", HeaderValue::from_static("session"));
        let refreshed = sets(&post("/dbsc/refresh", &headers));
        assert!(
            !known || refreshed == (good && good_device),
            "refreshed: {refreshed}"
        );
    }
});
