//! What has to hold of a valid session in every format.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_cookie_session::{Reason, Session, SessionConfig, Status};
use axum_cookie_session_fuzz::clock;
use axum_cookie_session_fuzz::http::{sent_back, set_cookies};
use axum_cookie_session_fuzz::json::{Member, Node, members};
use axum_cookie_session_fuzz::made_up::{Json, Text};
use axum_cookie_session_fuzz::sign::{SECRET, Scheme};
use serde_json::value::RawValue;

use crate::lifetime::Lifetime;
use crate::peer::{
    flask_reads, flask_root, is_over, is_rewritten, koa, meaning, milliseconds, representable,
    shown_to_flask, text,
};

/// What every format inflates, reads or writes at most.
pub const MAX_JSON: usize = 64 * 1024;

/// A key, or the text of one that is not Unicode text and not shown.
type Key = Result<String, String>;

/// Each key once, in order, with the last value.
fn last<'a>(members: &[Member<'a>]) -> Vec<(Key, &'a str)> {
    let mut last: Vec<(Key, &str)> = Vec::new();
    for member in members {
        let key = member.name().ok_or(member.key.to_owned());
        match last.iter_mut().find(|(known, _)| *known == key) {
            Some((_, value)) => *value = member.value,
            None => last.push((key, member.value)),
        }
    }
    last
}

fn root(text: &str) -> BTreeMap<Vec<u16>, Node> {
    match Node::read(text) {
        Some(Node::Object(root)) => root,
        _ => panic!("an object"),
    }
}

pub fn contents(session: &Session, members: &[Member<'_>]) {
    let last = last(members).into_iter();
    let last: Vec<_> = last
        .filter_map(|(key, value)| Some((key.ok()?, value)))
        .collect();
    assert!(session.keys().eq(last.iter().map(|(name, _)| name)));
    for (name, value) in last {
        let raw: Option<Box<RawValue>> = session.get(&name);
        assert_eq!(raw.as_deref().map(RawValue::get), Some(value));
    }
}

/// The payload of a response, which its peer can verify; none where there is none.
fn written(scheme: Scheme, headers: &HeaderMap) -> Option<Vec<u8>> {
    let set = set_cookies(headers);
    let value = set.first()?.value.clone().expect("nothing was removed");
    let signature = set.get(1).map(|cookie| {
        assert_eq!(cookie.name, format!("{}.sig", scheme.name()));
        cookie.value.clone().expect("a signature")
    });
    assert_eq!(set[0].name, scheme.name());
    assert_eq!(set.len(), if scheme == Scheme::Express { 2 } else { 1 });
    let signature = signature.unwrap_or_default();
    assert!(scheme.is_signed(&SECRET, scheme.name(), &value, &signature));
    let (payload, issued) = scheme.unpack(&SECRET, scheme.name(), &value);
    let expected = match scheme {
        // Their readers refuse what is from the future.
        Scheme::Flask | Scheme::Starlette => Some(clock::START - 1),
        Scheme::Express | Scheme::ReactRouter => None,
        _ => Some(clock::START),
    };
    assert_eq!(issued, expected);
    let text = text(scheme, &payload).expect("an object");
    let members = members(&text).expect("an object");
    let max_age = Lifetime::of(scheme, &members, clock::START).max_age(scheme);
    // An `_expire` that JavaScript writes as null has a `_maxAge` that is not a 64-bit float.
    let in_doubt = members
        .iter()
        .any(|member| member.is("_expire") && member.value == "null");
    if let Some(max_age) = max_age.filter(|_| scheme != Scheme::Express || !in_doubt) {
        assert_eq!(set[0].max_age, max_age);
    }
    Some(payload)
}

/// Of how many bytes Rails' tokens are is known only when they are percent-encoded.
fn may_be_too_long(scheme: Scheme, len: usize) -> bool {
    len > if scheme.is_rails() { 3900 } else { 4096 }
}

fn object<'a>(members: impl Iterator<Item = &'a str>) -> String {
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// A valid session of a request.
pub struct ValidSession<'a> {
    pub scheme: Scheme,
    pub headers: &'a HeaderMap,
    pub text: &'a str,
    pub members: Vec<Member<'a>>,
    /// Whether it is to be refreshed, where that is certain.
    pub due: Option<bool>,
}

impl ValidSession<'_> {
    fn load(&self, config: &SessionConfig) -> Session {
        Session::from_headers(self.headers, config)
    }

    /// Returned unchanged, every byte stays.
    pub fn refresh(&self, config: &SessionConfig) {
        let len = self.encoded_len(config);
        let response = self.load(config).into_response();
        assert_eq!(response.status(), StatusCode::OK);
        let Some(payload) = written(self.scheme, response.headers()) else {
            // Our deflated payload may be longer than that of the request.
            assert!(
                self.due != Some(true) || len.is_none_or(|len| may_be_too_long(self.scheme, len))
            );
            return;
        };
        assert_ne!(self.due, Some(false));
        let text = text(self.scheme, &payload).expect("an object");
        self.is_kept(&text);
        self.verifies_again(&response, &text, config);
    }

    /// A session of Rails gets an id.
    fn without_new_id<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let had_id = self.members.iter().any(|member| member.is("session_id"));
        if !self.scheme.is_rails() || had_id {
            return text.into();
        }
        let mut members = members(text).expect("an object");
        let id = members.pop().expect("an id");
        assert!(id.is("session_id") && id.value.len() == 34, "{text}");
        object(members.iter().map(|member| member.text)).into()
    }

    /// `None` beyond the limit for JSON.
    fn encoded_len(&self, config: &SessionConfig) -> Option<usize> {
        let len = self.load(config).encoded_len();
        assert_eq!(len.is_ok(), self.text.len() <= MAX_JSON);
        len.ok()
    }

    fn is_kept(&self, text: &str) {
        match is_rewritten(self.scheme, &self.members) {
            false if self.scheme.is_rails() && *self.without_new_id(text) != *text => {
                let members = self.members.iter().map(|member| member.text);
                assert_eq!(self.without_new_id(text), object(members));
            }
            false => assert_eq!(text, self.text),
            true => self.same_members(text, None),
        }
    }

    /// The members of the request in any order, or what they mean to Flask, with one of them set.
    fn same_members(&self, text: &str, set: Option<(&str, &str)>) {
        if self.scheme == Scheme::Flask {
            let mut expected = root(self.text);
            if let Some((name, value)) = set {
                let name = name.encode_utf16().collect();
                expected.insert(name, Node::read(value).expect("JSON"));
            }
            assert_eq!(
                flask_root(root(text)),
                Some(shown_to_flask(expected)),
                "{text}"
            );
            return;
        }
        let members = members(text).expect("an object");
        // Koa moves the end of a session.
        let is_koas = koa(&members).or(koa(&self.members)).is_some();
        let sorted = |members: &[Member<'_>]| {
            let members = last(members).into_iter().filter(|(key, _)| {
                let name = key.as_deref().ok();
                !(is_koas && name == Some("_expire"))
                    && set.is_none_or(|(set, _)| name != Some(set))
            });
            let mut members: Vec<_> = members
                .map(|(key, value)| (key, value.to_owned()))
                .collect();
            members.sort();
            members
        };
        assert_eq!(sorted(&members), sorted(&self.members));
    }

    fn verifies_again(&self, response: &Response, text: &str, config: &SessionConfig) {
        let again: Session = Session::from_headers(&sent_back(response.headers()), config);
        if is_over(self.scheme, text, clock::START) {
            assert_eq!(again.status(), Status::Rejected(Reason::AbsoluteTimeout));
            return;
        }
        assert_eq!(again.status(), Status::Valid);
        contents(&again, &members(text).expect("an object"));
    }

    /// One key set: the others stay byte for byte, and the peer reads what it is set to.
    pub fn change(&self, config: &SessionConfig, key: &Text, made_up: &Json) {
        let (key, value) = (key.to_json(), made_up.to_json());
        let Ok(name) = serde_json::from_str::<String>(&key) else {
            return;
        };
        let raw: Box<RawValue> = serde_json::from_str(&value).expect("made-up JSON is JSON");
        let mut session = self.load(config);
        session.insert(&name, raw);
        let len = session.encoded_len();
        let response = session.into_response();
        if response.status() != StatusCode::OK {
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(set_cookies(response.headers()), []);
            let not_representable = representable(self.scheme, &name, made_up).is_err();
            let too_large = len
                .as_ref()
                .is_ok_and(|len| may_be_too_long(self.scheme, *len));
            let inflated = self.text.len() + value.len() * 6 + key.len() > MAX_JSON;
            assert!(not_representable || too_large || inflated, "{len:?}");
            return;
        }
        let payload = written(self.scheme, response.headers());
        let text = payload.map(|payload| text(self.scheme, &payload).expect("an object"));
        match &text {
            Some(text) if !self.is_as_it_came(text, &name) => {
                self.is_changed(text, &name, &value);
            }
            // The key held just this.
            _ => {
                let held = last(&self.members)
                    .into_iter()
                    .find(|(known, _)| known.as_ref() == Ok(&name));
                let held = held.expect("no change, so the key was there").1;
                let [held, set] = [held, &value].map(|text| Node::read(text).expect("JSON"));
                assert_eq!(meaning(self.scheme, held), meaning(self.scheme, set));
            }
        }
        if let Some(text) = &text {
            self.verifies_again(&response, text, config);
        }
    }

    /// Whether a refresh wrote this, which may have given the session the id that Rails needs.
    fn is_as_it_came(&self, text: &str, set: &str) -> bool {
        let members = self.members.iter().map(|member| member.text);
        text == self.text
            || set != "session_id"
                && self.scheme.is_rails()
                && self.without_new_id(text) == object(members)
    }

    fn is_changed(&self, text: &str, name: &str, value: &str) {
        let escapes = matches!(
            self.scheme,
            Scheme::Flask | Scheme::Starlette | Scheme::Django
        );
        assert!(!escapes || !self.text.is_ascii() || text.is_ascii());
        let members = members(text).expect("an object");
        let is_rewritten =
            is_rewritten(self.scheme, &members) || is_rewritten(self.scheme, &self.members);
        if self.scheme == Scheme::Flask && is_rewritten {
            return self.same_members(text, Some((name, value)));
        }
        let new = members
            .iter()
            .rfind(|member| member.is(name))
            .expect("what was set");
        let [set, meant] = [new.value, value].map(|text| Node::read(text).expect("JSON"));
        // Koa sets the end again.
        let max_age = self.members.iter().rfind(|member| member.is("_maxAge"));
        let is_koas_end = self.scheme == Scheme::Express
            && name == "_expire"
            && milliseconds(value).is_some()
            && max_age.is_some_and(|max_age| milliseconds(max_age.value).is_some());
        assert!(is_koas_end || meaning(self.scheme, set.clone()) == meaning(self.scheme, meant));
        if is_rewritten {
            return self.same_members(text, Some((name, value)));
        }
        assert!(self.scheme != Scheme::Flask || flask_reads(&set));
        let [comma, colon] = self.scheme.separators();
        // In the place of the first of its name, or at the end.
        let mut expected = Vec::new();
        let mut place = None;
        for member in &self.members {
            if !member.is(name) {
                expected.push(member.text.to_owned());
            } else if place.is_none() {
                place = Some(member.key);
                expected.push([member.key, colon, new.value].concat());
            }
        }
        if place.is_none() {
            expected.push([new.key, colon, new.value].concat());
        }
        let expected = format!("{{{}}}", expected.join(comma));
        match name {
            "session_id" => assert_eq!(text, expected),
            _ => assert_eq!(self.without_new_id(text), expected),
        }
    }

    /// With the format as a fallback config, the session is rewritten in our own format.
    pub fn fallback_config(&self, config: &SessionConfig) {
        let session = self.load(config);
        assert_eq!(session.status(), Status::Fallback);
        contents(&session, &self.members);
        let len = session.encoded_len();
        // Ours has no white space.
        assert!(len.is_ok() || self.text.len() > MAX_JSON);
        let fits = len.is_ok_and(|len| len <= 4096);
        let response = session.into_response();
        assert_eq!(response.status(), StatusCode::OK);
        let set = set_cookies(response.headers());
        assert_eq!(set.is_empty(), !fits);
        if fits {
            let value = set[0].value.as_deref().expect("a value");
            let payload = Scheme::V1.unpack(&SECRET, "ours", value).0;
            let text = std::str::from_utf8(&payload).expect("UTF-8");
            assert_eq!(
                last(&members(text).expect("an object")),
                last(&self.members)
            );
            let ours: Session = Session::from_headers(&sent_back(response.headers()), config);
            assert_eq!(ours.status(), Status::Valid);
            contents(&ours, &self.members);
        }
    }
}
