//! Any bytes as a payload that is signed with the right key: anything but a JSON object is rejected
//! and never written back; a JSON object is kept byte for byte when another key changes. In each way
//! in which our own tokens hold a payload.
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

/// A way to hold a payload.
struct Kind {
    scheme: Scheme,
    compress: bool,
    /// The longest JSON that always fits.
    max_json: usize,
    config: SessionConfig,
}

impl Kind {
    fn new(scheme: Scheme, compress: bool, max_json: usize) -> Self {
        let builder = configs::builder(scheme);
        Self {
            scheme,
            compress,
            max_json,
            config: configs::build(match compress {
                true => builder.compress(true),
                false => builder,
            }),
        }
    }
}

static KINDS: LazyLock<[Kind; 3]> = LazyLock::new(|| {
    [
        Kind::new(Scheme::V1, false, 3039),
        Kind::new(Scheme::V1, true, 3039),
        Kind::new(Scheme::V3, false, 3008),
    ]
});

#[derive(Default, Clone, Serialize, Deserialize)]
#[serde(default)]
struct Typed {
    visits: u32,
}

fuzz_target!(|payload: &[u8]| {
    clock::set(clock::at(clock::START + 60));
    for kind in &*KINDS {
        if payload.len() <= kind.max_json {
            kind.check(payload);
        }
    }
});

impl Kind {
    fn check(&self, payload: &[u8]) {
        let cookie = |secret: [u8; 32]| {
            let times = [clock::START as u32; 2];
            let scheme = self.scheme;
            let signed = scheme.signed(&secret, NAME, payload, times, self.compress);
            headers([scheme.cookie(&secret, NAME, &signed).as_bytes()])
        };
        let request = Request {
            kind: self,
            headers: cookie(SECRET),
            old: cookie(FALLBACK),
        };
        // Blanks at the end are none of an encrypted text, and mean nothing in JSON.
        let blanks = payload.iter().rev().take_while(|byte| **byte == b' ');
        let payload = match self.scheme {
            Scheme::V3 => &payload[..payload.len() - blanks.count()],
            _ => payload,
        };
        let text = std::str::from_utf8(payload).ok();
        // Compressed, bytes in no order may be longer than a cookie.
        if self.compress && request.load::<SessionMap>(false).status() == TOO_LONG {
            return;
        }
        match text.and_then(|text| Some((text, members(text)?))) {
            Some((text, members)) => {
                request.contents(&members);
                request.refresh(text);
                request.change_of_another_key(&members);
                request.change_of_one_key(&members);
                request.typed(&members);
            }
            None => request.no_session(),
        }
    }

    /// The JSON text that a response sets; none where it removes the session, or sets nothing.
    fn returned<T: SessionData>(&self, session: Session<T>) -> (StatusCode, Option<String>) {
        let response = session.into_response();
        let set = set_cookies(response.headers());
        assert!(set.len() <= 1);
        let value = set.into_iter().next().and_then(|cookie| cookie.value);
        let text = value.map(|value| {
            assert!(self.scheme.is_signed(&SECRET, NAME, &value, ""));
            let (payload, _) = self.scheme.unpack(&SECRET, NAME, &value);
            String::from_utf8(payload).expect("UTF-8")
        });
        (response.status(), text)
    }

    /// `session` is returned with `expected` in it, or does not fit.
    fn assert_returned<T: SessionData>(&self, session: Session<T>, expected: String) {
        let returned = self.returned(session);
        let does_not_fit = (StatusCode::INTERNAL_SERVER_ERROR, None);
        match expected.len() <= self.max_json {
            true => assert_eq!(returned, (StatusCode::OK, Some(expected))),
            // Compressed, more fits.
            false if self.compress && returned != does_not_fit => {
                assert_eq!(returned, (StatusCode::OK, Some(expected)));
            }
            false => assert_eq!(returned, does_not_fit),
        }
    }
}

const TOO_LONG: Status = Status::Rejected(Reason::TooLong);

struct Request<'a> {
    kind: &'a Kind,
    headers: HeaderMap,
    /// Signed with the fallback key.
    old: HeaderMap,
}

impl Request<'_> {
    fn load<T: SessionData>(&self, old: bool) -> Session<T> {
        let headers = if old { &self.old } else { &self.headers };
        Session::from_headers(headers, &self.kind.config)
    }

    fn no_session(&self) {
        let session: Session = self.load(false);
        assert!(session.is_empty());
        assert_eq!(session.status(), Status::Rejected(Reason::InvalidPayload));
        assert_eq!(session.created_at(), clock::now());
        assert_eq!(self.kind.returned(session), (StatusCode::OK, None));

        // Not by a refresh either.
        let session: Session = self.load(true);
        assert_eq!(self.kind.returned(session), (StatusCode::OK, None));
        let session: Session<Typed> = self.load(true);
        assert_eq!(session.status(), Status::Rejected(Reason::InvalidPayload));
        assert_eq!(self.kind.returned(session), (StatusCode::OK, None));

        let mut session: Session = self.load(false);
        session.insert("new", 1);
        let set = Some("{\"new\":1}".to_owned());
        assert_eq!(self.kind.returned(session), (StatusCode::OK, set));
        let mut session: Session<Typed> = self.load(false);
        session.visits = 7;
        let set = Some("{\"visits\":7}".to_owned());
        assert_eq!(self.kind.returned(session), (StatusCode::OK, set));
    }

    fn contents(&self, members: &[Member<'_>]) {
        let session: Session = self.load(false);
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
    fn refresh(&self, text: &str) {
        let session: Session = self.load(true);
        assert_eq!(
            self.kind.returned(session),
            (StatusCode::OK, Some(text.to_owned()))
        );
        let session: Session<Typed> = self.load(true);
        assert_eq!(
            self.kind.returned(session),
            (StatusCode::OK, Some(text.to_owned()))
        );
    }

    fn change_of_another_key(&self, members: &[Member<'_>]) {
        let mut name = "new".to_owned();
        while members.iter().any(|member| member.is(&name)) {
            name.push('w');
        }
        let mut session: Session = self.load(false);
        session.insert(&name, "é");
        let mut expected: Vec<_> = members
            .iter()
            .map(|member| member.text.to_owned())
            .collect();
        expected.push(format!("\"{name}\":\"é\""));
        self.kind.assert_returned(session, object(&expected));
    }

    fn change_of_one_key(&self, members: &[Member<'_>]) {
        self.replaced(members);
        let Some(name) = members.iter().rev().find_map(Member::name) else {
            return;
        };
        let mut session: Session = self.load(false);
        assert!(session.remove(&name));
        let others = members.iter().filter(|member| !member.is(&name));
        let others: Vec<_> = others.map(|member| member.text.to_owned()).collect();
        match others.is_empty() {
            true => assert_eq!(self.kind.returned(session), (StatusCode::OK, None)),
            false => self.kind.assert_returned(session, object(&others)),
        }

        // In the place of the first of its name.
        let mut session: Session = self.load(false);
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
            self.kind.assert_returned(session, object(&expected));
        }
    }

    /// The whole dictionary at once.
    fn replaced(&self, members: &[Member<'_>]) {
        // By itself.
        let mut session: Session = self.load(false);
        let copy: Session = self.load(false);
        *session = (*copy).clone();
        assert_eq!(self.kind.returned(session), (StatusCode::OK, None));
        // By nothing: a key that is not shown is kept, and only `clear` and `destroy` remove it.
        let hidden = members.iter().filter(|member| member.name().is_none());
        let hidden: Vec<_> = hidden.map(|member| member.text.to_owned()).collect();
        let kept = (!hidden.is_empty() && hidden.len() < members.len()).then(|| object(&hidden));
        let mut session: Session = self.load(false);
        *session = SessionMap::default();
        assert_eq!(self.kind.returned(session), (StatusCode::OK, kept));

        for end in [|session: &mut Session| session.clear(), Session::destroy] {
            let mut session: Session = self.load(false);
            end(&mut session);
            assert!(session.is_empty());
            assert_eq!(self.kind.returned(session), (StatusCode::OK, None));
        }
        // Also where a key is set afterwards.
        let mut session: Session = self.load(false);
        session.clear();
        session.insert("new", "é");
        let new = members.iter().find(|member| member.is("new"));
        if new.is_none() {
            self.kind
                .assert_returned(session, "{\"new\":\"é\"}".to_owned());
        }
    }

    fn typed(&self, members: &[Member<'_>]) {
        let mut session: Session<Typed> = self.load(false);
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
        self.kind.assert_returned(session, object(&expected));
    }
}

fn object(members: &[String]) -> String {
    format!("{{{}}}", members.join(","))
}
