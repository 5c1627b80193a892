//! Any bytes as a payload that is signed with the right key: anything but a JSON object is rejected
//! and never written back; a JSON object is kept byte for byte when another key changes.
#![no_main]

use std::sync::LazyLock;

use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum_cookie_session::{Reason, Session, SessionConfig, SessionData, SessionMap, Status};
use axum_cookie_session_fuzz::http::{headers, set_cookies};
use axum_cookie_session_fuzz::json::{Member, members};
use axum_cookie_session_fuzz::sign::{FALLBACK, SECRET, Scheme};
use axum_cookie_session_fuzz::{clock, configs};
use libfuzzer_sys::fuzz_target;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

const NAME: &str = "session";
const MAX_JSON: usize = 3039;

static CONFIG: LazyLock<SessionConfig> = LazyLock::new(|| configs::new(Scheme::V1));

#[derive(Default, Clone, Serialize, Deserialize)]
#[serde(default)]
struct Typed {
    visits: u32,
}

fuzz_target!(|payload: &[u8]| {
    if payload.len() > MAX_JSON {
        return;
    }
    clock::set(clock::at(clock::START + 60));
    let issued = clock::START as u32;
    let signed = Scheme::V1.signed(payload, issued, issued, false);
    let cookie = Scheme::V1.cookie(&SECRET, NAME, &signed);
    let old = Scheme::V1.cookie(&FALLBACK, NAME, &signed);
    let [headers, old] = [&cookie, &old].map(|cookie| headers([cookie.as_bytes()]));
    let text = std::str::from_utf8(payload).ok();
    match text.and_then(|text| Some((text, members(text)?))) {
        Some((text, members)) => {
            contents(&headers, &members);
            refresh(&old, text);
            change_of_another_key(&headers, &members);
            change_of_one_key(&headers, &members);
            typed(&headers, &members);
        }
        None => no_session(&headers, &old),
    }
});

fn load<T: SessionData>(headers: &HeaderMap) -> Session<T> {
    Session::from_headers(headers, &CONFIG)
}

/// The JSON text that a response sets; none where it removes the session, or sets nothing.
fn returned<T: SessionData>(session: Session<T>) -> (StatusCode, Option<String>) {
    let response = session.into_response();
    let set = set_cookies(response.headers());
    assert!(set.len() <= 1);
    let value = set.into_iter().next().and_then(|cookie| cookie.value);
    let text = value.map(|value| {
        assert!(Scheme::V1.verifies(NAME, &value, ""));
        String::from_utf8(Scheme::V1.unpack(&value).0).expect("UTF-8")
    });
    (response.status(), text)
}

fn no_session(headers: &HeaderMap, old: &HeaderMap) {
    let session: Session = load(headers);
    assert!(session.is_empty());
    assert_eq!(session.status(), Status::Rejected(Reason::InvalidPayload));
    assert_eq!(session.created_at(), clock::now());
    assert_eq!(returned(session), (StatusCode::OK, None));

    // Not by a refresh either.
    let session: Session = load(old);
    assert_eq!(returned(session), (StatusCode::OK, None));
    let session: Session<Typed> = load(old);
    assert_eq!(session.status(), Status::Rejected(Reason::InvalidPayload));
    assert_eq!(returned(session), (StatusCode::OK, None));

    let mut session: Session = load(headers);
    session.insert("new", 1);
    let set = Some("{\"new\":1}".to_owned());
    assert_eq!(returned(session), (StatusCode::OK, set));
    let mut session: Session<Typed> = load(headers);
    session.visits = 7;
    let set = Some("{\"visits\":7}".to_owned());
    assert_eq!(returned(session), (StatusCode::OK, set));
}

fn contents(headers: &HeaderMap, members: &[Member<'_>]) {
    let session: Session = load(headers);
    assert_eq!(session.status(), Status::Valid);
    let mut names = Vec::new();
    for name in members.iter().filter_map(Member::name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    assert!(session.keys().eq(names.iter()));
    assert_eq!(session.len(), names.len());
    for name in &names {
        let last = members.iter().rfind(|member| member.is(name));
        let raw: Option<Box<RawValue>> = session.get(name);
        assert_eq!(
            raw.as_deref().map(RawValue::get),
            last.map(|last| last.value)
        );
    }
}

/// A fallback key verifies it, so it is refreshed at once.
fn refresh(old: &HeaderMap, text: &str) {
    let session: Session = load(old);
    assert_eq!(returned(session), (StatusCode::OK, Some(text.to_owned())));
    let session: Session<Typed> = load(old);
    assert_eq!(returned(session), (StatusCode::OK, Some(text.to_owned())));
}

fn object(members: &[String]) -> String {
    format!("{{{}}}", members.join(","))
}

/// `session` is returned with `expected` in it, or does not fit.
fn assert_returned<T: SessionData>(session: Session<T>, expected: String) {
    let expected = match expected.len() {
        ..=MAX_JSON => (StatusCode::OK, Some(expected)),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, None),
    };
    assert_eq!(returned(session), expected);
}

fn change_of_another_key(headers: &HeaderMap, members: &[Member<'_>]) {
    let mut name = "new".to_owned();
    while members.iter().any(|member| member.is(&name)) {
        name.push('w');
    }
    let mut session: Session = load(headers);
    session.insert(&name, "é");
    let mut expected: Vec<_> = members
        .iter()
        .map(|member| member.text.to_owned())
        .collect();
    expected.push(format!("\"{name}\":\"é\""));
    assert_returned(session, object(&expected));
}

fn change_of_one_key(headers: &HeaderMap, members: &[Member<'_>]) {
    replaced(headers, members);
    let Some(name) = members.iter().rev().find_map(Member::name) else {
        return;
    };
    let mut session: Session = load(headers);
    assert!(session.remove(&name));
    let others = members.iter().filter(|member| !member.is(&name));
    let others: Vec<_> = others.map(|member| member.text.to_owned()).collect();
    match others.is_empty() {
        true => assert_eq!(returned(session), (StatusCode::OK, None)),
        false => assert_returned(session, object(&others)),
    }

    // In the place of the first of its name.
    let mut session: Session = load(headers);
    session.insert(&name, "another value than there was");
    let mut expected = Vec::new();
    let mut first = true;
    for member in members {
        match member.is(&name) {
            false => expected.push(member.text.to_owned()),
            true if first => {
                first = false;
                let key = member.key;
                expected.push(format!("{key}:\"another value than there was\""));
            }
            true => {}
        }
    }
    if !members
        .iter()
        .any(|member| member.value.contains("another"))
    {
        assert_returned(session, object(&expected));
    }
}

/// The whole dictionary at once.
fn replaced(headers: &HeaderMap, members: &[Member<'_>]) {
    // By itself.
    let mut session: Session = load(headers);
    let copy: Session = load(headers);
    *session = (*copy).clone();
    assert_eq!(returned(session), (StatusCode::OK, None));
    // By nothing: a key that is not shown is kept, and only `clear` and `destroy` remove it.
    let hidden = members.iter().filter(|member| member.name().is_none());
    let hidden: Vec<_> = hidden.map(|member| member.text.to_owned()).collect();
    let kept = (!hidden.is_empty() && hidden.len() < members.len()).then(|| object(&hidden));
    let mut session: Session = load(headers);
    *session = SessionMap::default();
    assert_eq!(returned(session), (StatusCode::OK, kept));

    for end in [|session: &mut Session| session.clear(), Session::destroy] {
        let mut session: Session = load(headers);
        end(&mut session);
        assert!(session.is_empty());
        assert_eq!(returned(session), (StatusCode::OK, None));
    }
    // Also where a key is set afterwards.
    let mut session: Session = load(headers);
    session.clear();
    session.insert("new", "é");
    let new = members.iter().find(|member| member.is("new"));
    if new.is_none() {
        assert_returned(session, "{\"new\":\"é\"}".to_owned());
    }
}

fn typed(headers: &HeaderMap, members: &[Member<'_>]) {
    let mut session: Session<Typed> = load(headers);
    let status = session.status();
    assert!(matches!(
        status,
        Status::Valid | Status::Rejected(Reason::TypeMismatch)
    ));
    let before = session.visits;
    session.visits = before.wrapping_add(1);
    let mut expected = Vec::new();
    let mut first = true;
    for member in members {
        match member.is("visits") {
            false => expected.push(member.text.to_owned()),
            true if first => {
                first = false;
                expected.push(format!("{}:{}", member.key, session.visits));
            }
            true => {}
        }
    }
    if first {
        expected.push(format!("\"visits\":{}", session.visits));
    }
    assert_returned(session, object(&expected));
}
