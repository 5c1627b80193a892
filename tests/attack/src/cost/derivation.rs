//! Keys are derived when a config is built, and never for a request: Rails' take 1000 rounds.

use std::hint::black_box;

use axum::response::IntoResponse;

use super::headers::{session, tampered};
use super::{Cases, Work};
use crate::configs::{built, contents, headers, key};
use crate::format::FORMATS;

pub(super) fn add(cases: &mut Cases) {
    for format in FORMATS.iter().filter(|format| format.separator == "--") {
        let with_fallback_keys = || {
            let builder = format.builder(key(7));
            built(builder.fallback_key(key(8)).fallback_key(key(9)))
        };
        let good = format.config().encode(&contents(26)).expect("it fits");
        let wrong = tampered(&good);
        for (what, cookie) in [("read and written", good), ("refused", wrong)] {
            // At two and a half times the time, the program fails.
            cases.add(
                format!("{format}: a config of three keys, then 20 requests {what}"),
                |times| {
                    if times == 1 {
                        return Work::new(1000, move || {
                            black_box(with_fallback_keys());
                        });
                    }
                    let config = with_fallback_keys();
                    let headers = headers(cookie.as_bytes()).expect("ASCII");
                    Work::new(2000, move || {
                        for n in 0..20 {
                            let mut session = session(&config, &headers);
                            session.insert("n", n);
                            black_box((session, ()).into_response());
                        }
                    })
                },
            );
        }
    }
}
