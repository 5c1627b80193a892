//! Tokens under a good MAC that inflate to more than a session may hold, or to nothing at all.

use axum_cookie_session::{Reason, SessionConfig, Status};

use super::headers::session;
use super::{Cases, Work};
use crate::configs::{headers, native};
use crate::format::FORMATS;
use crate::signed;

/// What makes a cookie of JSON, with the bytes that are inflated at most.
type Writer = (&'static str, fn(&str) -> String, usize);

const WRITERS: [Writer; 3] = [
    ("our own, compressed", signed::native_compressed, 16 * 1024),
    ("Flask", signed::flask, 64 * 1024),
    ("Django", signed::django, 64 * 1024),
];

pub(super) fn add(cases: &mut Cases) {
    for (format, write, limit) in WRITERS {
        let config = FORMATS
            .iter()
            .find(|known| known.to_string() == format)
            .expect("a format of the table")
            .config();
        let json = |len: usize| format!(r#"{{"n":"{}"}}"#, "a".repeat(len - 8));
        // A bomb takes neither more time nor more memory than the largest session.
        cases.add(
            format!("{format}: a session of {limit} bytes, then a bomb of 2.5 MB"),
            |times| match times {
                1 => read(&config, write(&json(limit)), limit, Status::Valid),
                _ => bomb(&config, write(&json(2_500_000)), 2 * limit),
            },
        );
        cases.add(
            format!("{format}: a session of {limit} bytes, then a byte more"),
            |times| match times {
                1 => read(&config, write(&json(limit)), limit, Status::Valid),
                _ => bomb(&config, write(&json(limit + 1)), 2 * limit),
            },
        );
        cases.add(
            format!("{format}: 200, then 400 bombs of 100 kB"),
            |times| {
                let cookie = write(&json(100_000));
                let cookies = vec![cookie; 200 * times].join("; ");
                let len = cookies.len();
                bomb(&config, cookies, len)
            },
        );
    }
    // A stored block of no bytes takes five bytes.
    cases.add("our own, compressed: 290, then 580 empty blocks", |times| {
        let cookie = signed::native_stream(&[0, 0, 0, 255, 255].repeat(290 * times));
        let len = cookie.len();
        bomb(&native(), cookie, len)
    });
}

fn bomb(config: &SessionConfig, cookies: String, size: usize) -> Work {
    read(
        config,
        cookies,
        size,
        Status::Rejected(Reason::InvalidPayload),
    )
}

fn read(config: &SessionConfig, cookies: String, size: usize, status: Status) -> Work {
    let config = config.clone();
    let headers = headers(cookies.as_bytes()).expect("ASCII");
    Work::new(size, move || {
        assert_eq!(session(&config, &headers).status(), status);
    })
}
