//! Any text as the value of a session's cookie in every format, as it is and with the right MAC
//! appended: a value that verifies has a right MAC, a right MAC is not rejected as a bad signature,
//! and no other base64 of the same MAC verifies. Double quotes around it matter to us alone.
#![no_main]

use std::sync::LazyLock;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum_cookie_session::{Reason, Session, SessionConfig, Status};
use axum_cookie_session_fuzz::http::{headers, sent_back, set_cookies};
use axum_cookie_session_fuzz::json::meaning;
use axum_cookie_session_fuzz::sign::{FALLBACK, SECRET, Scheme};
use axum_cookie_session_fuzz::{clock, configs};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    static CONFIGS: LazyLock<[(Scheme, SessionConfig); 10]> =
        LazyLock::new(|| Scheme::ALL.map(|scheme| (scheme, configs::new(scheme))));
    clock::set(clock::at(clock::START + configs::DAY));
    let (value, signature) = text.split_once('\n').unwrap_or((text, ""));
    // Another cookie begins after `;`, and HTTP carries no control characters.
    if value.contains(|char: char| char == ';' || char.is_control()) {
        return;
    }
    for (scheme, config) in &*CONFIGS {
        let (scheme, name) = (*scheme, scheme.name());

        let raw = match scheme {
            Scheme::Express => format!("{name}={value}; {name}.sig={signature}"),
            _ => format!("{name}={value}"),
        };
        if let Some(status) = status(&raw, config)
            && matches!(
                status,
                Status::Valid | Status::Rejected(Reason::InvalidPayload)
            )
        {
            let value = value.trim_end_matches(' ');
            let signature = signature.split(';').next().unwrap_or_default();
            let signature = signature.trim_end_matches([' ', '\t']);
            let [value, signature] = [value, signature].map(|text| scheme.unquoted(text));
            assert!(scheme.key(name, value, signature).is_some(), "{raw:?}");
        }

        for secret in [SECRET, FALLBACK] {
            if value.is_empty() || value.ends_with(' ') {
                continue;
            }
            let cookie = scheme.cookie(&secret, name, value);
            let status = status(&cookie, config).expect("HTTP carries it");
            // An envelope of Rails may be for another cookie.
            if scheme.is_rails() && value.contains("_rails") {
                continue;
            }
            quoted(scheme, &cookie, status, config);
            assert_ne!(status, Status::New);
            assert_ne!(status, Status::Rejected(Reason::BadSignature), "{cookie:?}");
            for forged in [other_base64(&cookie), format!("{cookie}=")] {
                let status = self::status(&forged, config).expect("HTTP carries it");
                assert!(unverified(status), "{status:?}: {forged:?}");
            }
        }
    }
});

/// With quotes around each value.
fn quoted(scheme: Scheme, cookie: &str, unquoted: Status, config: &SessionConfig) {
    // Quotes around a value in quotes would be removed instead of those.
    if cookie.contains("=\"") {
        return;
    }
    let pairs: Vec<_> = cookie
        .split("; ")
        .map(|pair| {
            let (name, value) = pair.split_once('=').expect("name=value");
            format!("{name}=\"{value}\"")
        })
        .collect();
    let status = status(&pairs.join("; "), config).expect("HTTP carries it");
    if scheme.is_native() {
        assert!(unverified(status), "{status:?}: {pairs:?}");
    } else if pairs[0].len() - 1 > 4096 {
        assert_eq!(status, Status::Rejected(Reason::TooLong));
    } else {
        assert_eq!(status, unquoted, "{pairs:?}");
    }
}

/// The same bytes: the last character of a MAC has bits to spare.
fn other_base64(cookie: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = cookie.split_at(cookie.len() - 1);
    let at = ALPHABET.find(last).expect("base64url");
    format!("{rest}{}", &ALPHABET[at ^ 1..][..1])
}

/// Whether it is one of what is said before the MAC is known to be right.
fn unverified(status: Status) -> bool {
    use Reason::{BadSignature, Malformed, TooLong, UnknownVersion};
    matches!(
        status,
        Status::Rejected(BadSignature | Malformed | TooLong | UnknownVersion)
    )
}

/// Also returns the session, which must be no error, and reads it back where it was refreshed.
fn status(cookie: &str, config: &SessionConfig) -> Option<Status> {
    let headers = headers([cookie.as_bytes()]);
    if headers.is_empty() {
        return None;
    }
    let session: Session = Session::from_headers(&headers, config);
    let before = session.clone();
    let status = session.status();
    let response = session.into_response();
    assert_eq!(response.status(), StatusCode::OK);
    if !set_cookies(response.headers()).is_empty() {
        assert_eq!(status, Status::Valid);
        let after: Session = Session::from_headers(&sent_back(response.headers()), config);
        assert_eq!(after.status(), Status::Valid);
        assert_eq!(meaning(&after), meaning(&before));
    }
    Some(status)
}
