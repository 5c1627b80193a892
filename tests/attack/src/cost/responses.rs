//! What a response carries when a session is returned with it.

use std::hint::black_box;

use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, HeaderName, SET_COOKIE, VARY};
use axum::response::{AppendHeaders, IntoResponse};
use axum_cookie_session::Session;

use super::headers::session;
use super::{Cases, Work};
use crate::configs::headers;
use crate::format::FORMATS;

pub(super) fn add(cases: &mut Cases) {
    for format in &FORMATS {
        let config = format.config();
        let cookie = config
            .encode(&crate::configs::contents(500))
            .expect("it fits");
        let headers = headers(cookie.as_bytes()).expect("ASCII");
        for (what, name, value) in [
            ("other cookies", SET_COOKIE, "other=cookie; Path=/; Secure"),
            (
                "cookies of the name elsewhere",
                SET_COOKIE,
                "session=x; Path=/a",
            ),
            (
                "cookies of the name",
                SET_COOKIE,
                "session=x; Path=/; Secure",
            ),
            ("lines of Vary", VARY, "accept, accept-language"),
            (
                "lines of Cache-Control",
                CACHE_CONTROL,
                "max-age=60, no-transform",
            ),
        ] {
            cases.add(
                format!("{format}: a response with 500, then 1000 {what}"),
                |times| {
                    let (config, headers) = (config.clone(), headers.clone());
                    let line: (HeaderName, _) = (name.clone(), HeaderValue::from_static(value));
                    let lines = vec![line; 500 * times];
                    Work::new(value.len() * lines.len(), move || {
                        let mut session = session(&config, &headers);
                        session.insert("n", 2);
                        let others = AppendHeaders(lines.clone());
                        let response = (others, session, ()).into_response();
                        assert!(response.status().is_success());
                        let left: Session = Session::from_set_cookie(response.headers(), &config);
                        assert_eq!(left.get("n"), Some(2));
                    })
                },
            );
        }
        cases.add(
            format!("{format}: 20, then 40 views that each change a key"),
            |times| {
                let (config, headers) = (config.clone(), headers.clone());
                Work::new(500 * times, move || {
                    let mut response = ().into_response();
                    for n in 0..20 * times {
                        let mut view = session(&config, &headers);
                        // Few keys, so that the session does not grow.
                        view.insert(format!("{}", n % 10), n);
                        response = (view, response).into_response();
                    }
                    assert!(response.status().is_success());
                    black_box(response);
                })
            },
        );
    }
}
