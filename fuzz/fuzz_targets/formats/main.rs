//! Made-up payloads in every format, signed by a second signer: an object is a valid session, a
//! change of one key keeps the others byte for byte, and the peer can read what is written.
#![no_main]

mod claims;
mod lifetime;
mod peer;
mod request;

use std::sync::LazyLock;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum_cookie_session::{Reason, Session, SessionConfig, Status};
use axum_cookie_session_fuzz::http::{headers, set_cookies};
use axum_cookie_session_fuzz::json::members;
use axum_cookie_session_fuzz::sign::{FALLBACK, OTHER_SECRET, SECRET, Scheme};
use axum_cookie_session_fuzz::{clock, configs};
use libfuzzer_sys::fuzz_target;

use crate::claims::{MAX_JSON, ValidSession, contents};
use crate::lifetime::{Lifetime, idle_timeout};
use crate::peer::{is_over, text};
use crate::request::{Input, SCHEMES};

static CONFIGS: LazyLock<[SessionConfig; 6]> = LazyLock::new(|| SCHEMES.map(configs::new));
/// Configs of our own format, each with one of the others as its fallback config.
static WITH_FALLBACK_CONFIG: LazyLock<[SessionConfig; 6]> = LazyLock::new(|| {
    SCHEMES.map(|scheme| {
        let ours = configs::builder(Scheme::V1)
            .cookie_name("ours")
            .idle_timeout(Duration::from_secs(31 * configs::DAY));
        configs::build(ours.fallback_config(configs::new(scheme)))
    })
});

fuzz_target!(|input: Input<'_>| {
    let at = usize::from(input.scheme) % SCHEMES.len();
    let (scheme, config) = (SCHEMES[at], &CONFIGS[at]);
    let now = clock::START;
    clock::set(clock::at(now));

    let payload = input.payload.bytes(at);
    if payload.len() > MAX_JSON {
        return;
    }
    // The second reader takes stack for each level.
    let opened = payload.iter().filter(|byte| matches!(byte, b'[' | b'{'));
    if opened.count() > 1000 {
        return;
    }
    let age = i64::from(input.age) % (40 * configs::DAY as i64);
    let issued = now.saturating_add_signed(-age) as u32;
    let signer = usize::from(input.signer) % 8;
    let secret = match signer {
        6 => FALLBACK,
        7 => OTHER_SECRET,
        _ => SECRET,
    };
    let signed = scheme.signed(&secret, scheme.name(), &payload, [issued; 2], input.deflate);
    let cookie = scheme.cookie(&secret, scheme.name(), &signed);
    let headers = headers([cookie.as_bytes()]);

    let session: Session = Session::from_headers(&headers, config);
    let too_long = cookie.len() > 4097 && {
        let value = match scheme {
            Scheme::Express => signed.len(),
            _ => cookie.len() - scheme.name().len() - 1,
        };
        scheme.name().len() + value > 4096
    };
    let text = text(scheme, &payload);
    let timed = !matches!(scheme, Scheme::Express | Scheme::ReactRouter);
    // Rails' tokens say when they end, and not when they began.
    let age = if scheme.is_rails() { age.max(0) } else { age };
    let longest = idle_timeout(scheme) as i64 - i64::from(scheme.is_rails());
    let expected = if too_long {
        Status::Rejected(Reason::TooLong)
    } else if scheme == Scheme::Express && signed.is_empty() {
        Status::Rejected(Reason::Malformed)
    } else if signer == 7 {
        Status::Rejected(Reason::BadSignature)
    } else if timed && age < -60 {
        Status::Rejected(Reason::IssuedInFuture)
    } else if timed && age > longest {
        Status::Rejected(Reason::IdleTimeout)
    } else {
        match &text {
            Some(text) if is_over(scheme, text, now) => Status::Rejected(Reason::AbsoluteTimeout),
            Some(_) => Status::Valid,
            None => Status::Rejected(Reason::InvalidPayload),
        }
    };
    assert_eq!(session.status(), expected);
    if expected != Status::Valid {
        assert!(session.is_empty());
        let response = session.into_response();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(set_cookies(response.headers()), []);
        return;
    }
    let text = text.expect("a valid one");
    let members = members(&text).expect("an object");
    let lifetime = Lifetime::of(scheme, &members, now);
    let issued = now.saturating_add_signed(-age);
    let due = lifetime.is_refresh_due(scheme, &members, issued, now);
    let valid = ValidSession {
        scheme,
        headers: &headers,
        members,
        text: &text,
        due: if signer == 6 { Some(true) } else { due },
    };
    contents(&session, &valid.members);
    valid.refresh(config);
    valid.change(config, &input.key, &input.value);
    valid.fallback_config(&WITH_FALLBACK_CONFIG[at]);
});
