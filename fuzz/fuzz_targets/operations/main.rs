//! Any sequence of operations on up to three sessions of a request, over several requests, compared
//! with a model made of maps: the same contents, times and cookies at every step.
#![no_main]

mod map;
mod model;
mod session;
mod step;

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use arbitrary::Arbitrary;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, VARY};
use axum::response::{IntoResponse, Response};
use axum_cookie_session::{Session, Status};
use axum_cookie_session_fuzz::http::{SetCookie, headers, set_cookies};
use axum_cookie_session_fuzz::sign::{SECRET, Scheme};
use axum_cookie_session_fuzz::{clock, configs};
use libfuzzer_sys::fuzz_target;

use crate::map::{Map, Stored, fits, object, text};
use crate::model::{ABSOLUTE, IDLE, Model, NAME, ResponseCookie, rejection};
use crate::session::{Real, step};
use crate::step::{End, Key, Kind, Step, Value};

#[derive(Arbitrary, Debug)]
struct Input {
    start: Option<Vec<(Key, Value)>>,
    visits: Vec<Visit>,
}

/// One request.
#[derive(Arbitrary, Debug)]
struct Visit {
    later: i16,
    sessions: Vec<Kind>,
    steps: Vec<(u8, Step)>,
    /// Which sessions end, in which order.
    ends: Vec<(u8, End)>,
    /// Seconds between the steps and the ends, as for an upload.
    slow: u16,
}

/// Compares a response with the model.
fn check(response: &Response, expected: &ResponseCookie, any: bool, now: u64) {
    let set = set_cookies(response.headers());
    if *expected == ResponseCookie::Failed {
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(set, []);
        return;
    }
    assert_eq!(response.status(), StatusCode::OK);
    let vary: Vec<_> = response.headers().get_all(VARY).iter().collect();
    assert_eq!(vary, vec!["Cookie"; usize::from(any)]);
    if !set.is_empty() {
        assert_eq!(response.headers()[CACHE_CONTROL], "private");
    }
    match expected {
        ResponseCookie::Failed => unreachable!(),
        ResponseCookie::Nothing => assert_eq!(set, []),
        ResponseCookie::Removed => {
            let removal = SetCookie {
                name: NAME.to_owned(),
                value: None,
                max_age: Some(0),
            };
            assert_eq!(set, [removal]);
        }
        ResponseCookie::Set(stored) => {
            let [cookie] = &set[..] else {
                panic!("one Set-Cookie, not {set:?}");
            };
            assert_eq!(cookie.name, NAME);
            let left = ABSOLUTE.saturating_sub(now.saturating_sub(stored.created));
            assert_eq!(cookie.max_age, Some(left.clamp(1, IDLE)));
            let value = cookie.value.as_deref().expect("a value");
            assert!(Scheme::V1.key(NAME, value, "").is_some());
            let (payload, issued) = Scheme::V1.unpack(&SECRET, NAME, value);
            let map: BTreeMap<String, Box<serde_json::value::RawValue>> =
                serde_json::from_slice(&payload).expect("an object");
            let map = map
                .into_iter()
                .map(|(key, raw)| (key, raw.get().to_owned()));
            assert_eq!(map.collect::<Map>(), stored.map);
            assert_eq!(issued, Some(stored.issued));
        }
    }
}

fuzz_target!(|input: Input| {
    let config = configs::build(
        configs::builder(Scheme::V1)
            .idle_timeout(Duration::from_secs(IDLE))
            .absolute_timeout(Duration::from_secs(ABSOLUTE)),
    );
    let mut now = clock::START;
    // What the browser has, and what the model says of it.
    let mut cookie = String::new();
    let mut jar = None;
    if let Some(members) = &input.start {
        let members = members.iter().take(8);
        let members = members.filter_map(|(key, value)| Some((key.name(), text(&value.json()?))));
        let map: Map = members
            .map(|(key, value)| (key.to_owned(), value))
            .collect();
        if fits(&map) {
            let time = now as u32;
            let signed =
                Scheme::V1.signed(&SECRET, NAME, object(&map).as_bytes(), [time; 2], false);
            cookie = Scheme::V1.cookie(&SECRET, NAME, &signed);
            jar = Some(Stored {
                map,
                created: now,
                issued: now,
            });
        }
    }
    for visit in input.visits.iter().take(6) {
        now = now.saturating_add_signed(i64::from(visit.later) % 1500);
        clock::set(UNIX_EPOCH + Duration::from_secs(now));
        let headers = headers((!cookie.is_empty()).then_some(cookie.as_bytes()));
        let mut sessions: Vec<_> = visit
            .sessions
            .iter()
            .take(3)
            .map(|kind| {
                let real = Real::new(*kind, &headers, &config);
                let model = Model::new(*kind, jar.as_ref(), now);
                real.agrees(&model);
                Some((real, model))
            })
            .collect();
        if sessions.is_empty() {
            continue;
        }
        for (at, one) in visit.steps.iter().take(24) {
            let at = usize::from(*at) % sessions.len();
            let other = match one {
                Step::CopyFrom(other) => match &sessions[usize::from(*other) % sessions.len()] {
                    Some((Real::Dictionary(session), model)) => {
                        assert!(model.map().is_some());
                        Some(((**session).clone(), model.contents.clone()))
                    }
                    _ => None,
                },
                _ => None,
            };
            let (real, model) = sessions[at].as_mut().expect("none has ended yet");
            step(real, model, one, other);
        }
        now += u64::from(visit.slow) % 1200;
        clock::set(UNIX_EPOCH + Duration::from_secs(now));
        let mut response = ().into_response();
        let mut expected = ResponseCookie::Nothing;
        let mut any = false;
        for (at, end) in &visit.ends {
            let at = usize::from(*at) % sessions.len();
            let Some((real, model)) = sessions[at].take() else {
                continue;
            };
            response = real.end(*end, response);
            if *end == End::Return {
                expected = model.returned(expected, now);
                any = true;
            }
            check(&response, &expected, any, now);
        }
        let left: Session = Session::from_set_cookie(response.headers(), &config);
        match expected {
            ResponseCookie::Set(stored) => {
                let value = set_cookies(response.headers()).remove(0).value;
                cookie = format!("{NAME}={}", value.expect("a value"));
                match rejection(&stored, now) {
                    None => assert_eq!(left.status(), Status::Valid),
                    Some(reason) => assert_eq!(left.status(), Status::Rejected(reason)),
                }
                jar = Some(stored);
            }
            ResponseCookie::Removed => {
                assert_eq!(left.status(), Status::New);
                cookie.clear();
                jar = None;
            }
            ResponseCookie::Nothing | ResponseCookie::Failed => {
                assert_eq!(left.status(), Status::New)
            }
        }
    }
});
