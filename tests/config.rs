//! The settings of a config: their defaults, their effects, and the values that `build` refuses.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::HashSet;
use std::mem::discriminant;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::IntoResponse;
use axum_cookie_session::{
    Algorithm, ConfigError, Key, Reason, SameSite, Session, SessionConfig, SessionConfigBuilder,
    SessionMap, Status,
};
use axum_extra::extract::cookie::Cookie;
use common::{Clock, START, at, builder, cookie, headers, key, other_key, session};
use serde_json::json;

const DAY: u64 = 24 * 60 * 60;

type Setter = fn(SessionConfigBuilder) -> SessionConfigBuilder;

/// A setter with its argument, as a row of a table.
macro_rules! set {
    ($($setter:ident($argument:expr)),* $(,)?) => {
        &[$((|builder: SessionConfigBuilder| builder.$setter($argument)) as Setter),*]
    };
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A builder without setters, except for a clock that always shows `START`.
fn defaults() -> SessionConfigBuilder {
    SessionConfig::builder(key()).clock(|| at(START))
}

fn apply(builder: SessionConfigBuilder, setters: &[Setter]) -> SessionConfigBuilder {
    setters.iter().fold(builder, |builder, set| set(builder))
}

/// These setters in every order.
fn orders(setters: &[Setter]) -> Vec<Vec<Setter>> {
    let Some((first, rest)) = setters.split_first() else {
        return vec![Vec::new()];
    };
    orders(rest)
        .into_iter()
        .flat_map(|order| {
            (0..=order.len()).map(move |at| {
                let mut order = order.clone();
                order.insert(at, *first);
                order
            })
        })
        .collect()
}

/// The result of `build`, which is the same for every order of the calls.
#[track_caller]
fn build(setters: &[Setter]) -> Result<SessionConfig, ConfigError> {
    let mut outcomes: Vec<_> = orders(setters)
        .iter()
        .map(|order| apply(defaults(), order).build())
        .collect();
    let texts: HashSet<_> = outcomes
        .iter()
        .map(|outcome| format!("{outcome:?}"))
        .collect();
    assert_eq!(texts.len(), 1, "the order of the calls matters: {texts:?}");
    outcomes.remove(0)
}

/// The only `Set-Cookie` of a response that returns this session.
#[track_caller]
fn returned(session: Session) -> String {
    let response = session.into_response();
    let all: Vec<_> = response.headers().get_all(SET_COOKIE).iter().collect();
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].to_str().unwrap().to_owned()
}

/// The `Set-Cookie` of a new session, with `...` for the value.
#[track_caller]
fn set_cookie(config: &SessionConfig) -> String {
    let mut session: Session = Session::from_headers(&HeaderMap::new(), config);
    session.insert("visits", 1);
    let header = returned(session);
    let (name, rest) = header.split_once('=').unwrap();
    let (value, attributes) = rest.split_once("; ").unwrap();
    assert_eq!(value.split('.').count(), 4, "{header}");
    format!("{name}=...; {attributes}")
}

/// The `Set-Cookie` that removes a session, without its `Expires`, which is in the past.
#[track_caller]
fn removal(config: &SessionConfig) -> String {
    let mut session: Session = Session::from_headers(&HeaderMap::new(), config);
    session.destroy();
    let header = returned(session);
    let cookie = Cookie::parse(header.as_str()).unwrap();
    let expires = cookie.expires_datetime().unwrap().unix_timestamp();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    assert!(expires < now.as_secs() as i64, "{header}");
    let (kept, expires) = header.split_once("; Expires=").unwrap();
    assert!(expires.ends_with(" GMT"), "{header}");
    kept.to_owned()
}

#[track_caller]
fn max_age(header: &str) -> Option<u64> {
    let (_, age) = header.split_once("; Max-Age=")?;
    Some(age.parse().unwrap())
}

/// The `Max-Age` of a session that was created `age` seconds ago and is changed now.
#[track_caller]
fn max_age_after(age: u64, idle: u64, absolute: u64) -> Option<u64> {
    let at_age = |age| {
        builder()
            .idle_timeout(seconds(idle))
            .absolute_timeout(seconds(absolute))
            .clock(move || at(START + age))
            .build()
            .unwrap()
    };
    // Issue it again in between, so that it does not reach the idle timeout.
    let mut value = cookie(&at_age(0), json!({"step": 0}));
    for step in (0..age).step_by(idle as usize).chain([age]) {
        let mut session = session(&value, &at_age(step));
        assert_eq!(session.status(), Status::Valid, "after {step} s");
        session.insert("step", step + 1);
        let header = returned(session);
        if step == age {
            return max_age(&header);
        }
        value = header.split_once("; ").unwrap().0.to_owned();
    }
    unreachable!("the last step is `age`")
}

#[test]
fn every_default_is_as_documented() {
    let config = defaults().build().unwrap();
    assert_eq!(
        set_cookie(&config),
        "__Host-session=...; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600",
    );
    assert_eq!(
        removal(&config),
        "__Host-session=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0",
    );
    // Algorithm, keys, fallback configs.
    assert!(
        config
            .encode(&SessionMap::default())
            .unwrap()
            .starts_with("__Host-session=1.")
    );
    let foreign = SessionConfig::builder(other_key())
        .clock(|| at(START))
        .build()
        .unwrap();
    let status = session(&foreign.encode(&SessionMap::default()).unwrap(), &config).status();
    assert_eq!(status, Status::Rejected(Reason::BadSignature));
    let plain = builder().build().unwrap();
    let status = session(&plain.encode(&SessionMap::default()).unwrap(), &config).status();
    assert_eq!(status, Status::New);
}

#[test]
fn new_equals_the_builder_without_setters() {
    let (new, built) = (
        SessionConfig::new(key()),
        SessionConfig::builder(key()).build().unwrap(),
    );
    assert_eq!(format!("{new:?}"), format!("{built:?}"));
    assert_eq!(set_cookie(&new), set_cookie(&built));
    let encoded = new.encode(&SessionMap::default()).unwrap();
    assert_eq!(session(&encoded, &built).status(), Status::Valid);
}

#[test]
fn the_default_timeouts_are_14_days_idle_and_90_days_absolute() {
    let later = |seconds| {
        defaults()
            .clock(move || at(START + seconds))
            .build()
            .unwrap()
    };
    let mut value = later(0).encode(&SessionMap::default()).unwrap();
    let idle = |seconds| session(&value, &later(seconds)).status();
    assert_eq!(idle(14 * DAY), Status::Valid);
    assert_eq!(idle(14 * DAY + 1), Status::Rejected(Reason::IdleTimeout));

    for day in (14..=84).step_by(14) {
        let header = returned(session(&value, &later(day * DAY)));
        value = header.split_once("; ").unwrap().0.to_owned();
    }
    let absolute = |seconds| session(&value, &later(seconds)).status();
    assert_eq!(absolute(90 * DAY), Status::Valid);
    assert_eq!(
        absolute(90 * DAY + 1),
        Status::Rejected(Reason::AbsoluteTimeout)
    );
}

#[test]
fn the_default_clock_is_the_system_clock() {
    let now = SystemTime::now();
    let session: Session = Session::from_headers(&HeaderMap::new(), &SessionConfig::new(key()));
    let whole_second = seconds(1);
    assert!(session.created_at() + whole_second > now);
    assert!(session.created_at() <= SystemTime::now());

    let config = defaults().build().unwrap();
    let session: Session = Session::from_headers(&HeaderMap::new(), &config);
    assert_eq!(session.created_at(), at(START));
}

#[test]
fn a_clock_outside_32_bits_saturates() {
    let last = u32::MAX.into();
    for (now, then) in [
        (UNIX_EPOCH - seconds(1), at(0)),
        (UNIX_EPOCH, at(0)),
        (at(last), at(last)),
        (at(last + 1), at(last)),
        (at(last * 3), at(last)),
    ] {
        let config = builder().clock(move || now).build().unwrap();
        let encoded = cookie(&config, json!({"a": 1}));
        let session = session(&encoded, &config);
        assert_eq!(session.status(), Status::Valid, "{now:?}");
        assert_eq!(session.created_at(), then, "{now:?}");
        assert_eq!(session.issued_at(), then, "{now:?}");
    }
}

#[test]
fn each_setter_changes_the_set_cookie_header() {
    let table: &[(&[Setter], &str)] = &[
        (
            set![cookie_name("session")],
            "session=...; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600",
        ),
        (
            set![cookie_name("a!#$%&'*+-.^_`|~9"), path("/")],
            "a!#$%&'*+-.^_`|~9=...; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600",
        ),
        (
            set![cookie_name("session"), path("/shop")],
            "session=...; HttpOnly; SameSite=Lax; Secure; Path=/shop; Max-Age=1209600",
        ),
        (
            set![cookie_name("session"), path("/a b/c=d,e\"f/%C3%A9")],
            "session=...; HttpOnly; SameSite=Lax; Secure; Path=/a b/c=d,e\"f/%C3%A9; Max-Age=1209600",
        ),
        (
            set![cookie_name("session"), domain("example.com")],
            "session=...; HttpOnly; SameSite=Lax; Secure; Path=/; Domain=example.com; Max-Age=1209600",
        ),
        // RFC 6265, section 5.2.3: browsers ignore the leading dot.
        (
            set![cookie_name("session"), domain(".example.com")],
            "session=...; HttpOnly; SameSite=Lax; Secure; Path=/; Domain=example.com; Max-Age=1209600",
        ),
        (
            set![cookie_name("session"), secure(false)],
            "session=...; HttpOnly; SameSite=Lax; Path=/; Max-Age=1209600",
        ),
        (
            set![secure(true)],
            "__Host-session=...; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600",
        ),
        (
            set![http_only(false)],
            "__Host-session=...; SameSite=Lax; Secure; Path=/; Max-Age=1209600",
        ),
        (
            set![http_only(true)],
            "__Host-session=...; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600",
        ),
        (
            set![same_site(SameSite::Strict)],
            "__Host-session=...; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=1209600",
        ),
        (
            set![same_site(SameSite::Lax)],
            "__Host-session=...; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600",
        ),
        (
            set![same_site(SameSite::None)],
            "__Host-session=...; HttpOnly; SameSite=None; Secure; Path=/; Max-Age=1209600",
        ),
        (
            set![same_site(SameSite::None), partitioned(true)],
            "__Host-session=...; HttpOnly; SameSite=None; Partitioned; Secure; Path=/; Max-Age=1209600",
        ),
        (
            set![partitioned(false)],
            "__Host-session=...; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600",
        ),
        (
            set![persistent(false)],
            "__Host-session=...; HttpOnly; SameSite=Lax; Secure; Path=/",
        ),
        (
            set![persistent(true)],
            "__Host-session=...; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600",
        ),
        (
            set![algorithm(Algorithm::HmacSha1)],
            "__Host-session=...; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600",
        ),
        (
            set![idle_timeout(seconds(30 * 60))],
            "__Host-session=...; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1800",
        ),
        (
            set![absolute_timeout(seconds(60 * 60))],
            "__Host-session=...; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=3600",
        ),
        (
            set![
                cookie_name("__Secure-id"),
                path("/a"),
                domain("a.example"),
                http_only(false),
                same_site(SameSite::Strict),
                partitioned(true),
                idle_timeout(seconds(7)),
            ],
            "__Secure-id=...; SameSite=Strict; Partitioned; Secure; Path=/a; Domain=a.example; Max-Age=7",
        ),
    ];
    for (setters, expected) in table {
        let config = build(setters).unwrap();
        assert_eq!(set_cookie(&config), *expected);
        // A removal needs the same attributes, or the browser would keep the cookie.
        let (kept, age) = expected.split_once("; Max-Age=").unwrap_or((expected, ""));
        assert!(age.parse::<u64>().is_ok() || age.is_empty(), "{expected}");
        let expected = format!("{}; Max-Age=0", kept.replacen("...", "", 1));
        assert_eq!(removal(&config), expected);
    }
}

#[test]
fn the_last_call_of_a_setter_wins() {
    let config = defaults()
        .cookie_name("first")
        .cookie_name("second")
        .path("/first")
        .path("/second")
        .domain("first.example")
        .domain("second.example")
        .secure(false)
        .secure(true)
        .http_only(true)
        .http_only(false)
        .same_site(SameSite::None)
        .same_site(SameSite::Strict)
        .partitioned(true)
        .partitioned(false)
        .persistent(false)
        .persistent(true)
        .absolute_timeout(seconds(5))
        .absolute_timeout(seconds(500))
        .idle_timeout(seconds(5000))
        .idle_timeout(seconds(50))
        .build()
        .unwrap();
    assert_eq!(
        set_cookie(&config),
        "second=...; SameSite=Strict; Secure; Path=/second; Domain=second.example; Max-Age=50",
    );
}

#[test]
fn build_refuses_settings_that_browsers_refuse_or_that_conflict() {
    use ConfigError::*;
    let name = || "__Host-session".to_owned();
    let table: Vec<(&[Setter], ConfigError, &str)> = vec![
        (
            set![secure(false)],
            HostPrefixWithoutSecure { name: name() },
            "cookie name \"__Host-session\": the prefix `__Host-` needs a Secure cookie; leave `secure(false)` out or choose a `cookie_name` without the prefix",
        ),
        (
            set![domain("example.com")],
            HostPrefixWithDomain {
                name: name(),
                domain: "example.com".to_owned(),
            },
            "cookie name \"__Host-session\": the prefix `__Host-` allows no Domain and it is \"example.com\"; leave `domain` out or choose a `cookie_name` that begins with `__Secure-`",
        ),
        (
            set![path("/shop")],
            HostPrefixWithPath {
                name: name(),
                path: "/shop".to_owned(),
            },
            "cookie name \"__Host-session\": the prefix `__Host-` needs the path \"/\" and it is \"/shop\"; leave `path` out or choose a `cookie_name` without the prefix",
        ),
        (
            set![cookie_name("__Host-"), path("//")],
            HostPrefixWithPath {
                name: "__Host-".to_owned(),
                path: "//".to_owned(),
            },
            "cookie name \"__Host-\": the prefix `__Host-` needs the path \"/\" and it is \"//\"; leave `path` out or choose a `cookie_name` without the prefix",
        ),
        (
            set![cookie_name("__host-id"), secure(false)],
            HostPrefixWithoutSecure {
                name: "__host-id".to_owned(),
            },
            "cookie name \"__host-id\": the prefix `__Host-` needs a Secure cookie; leave `secure(false)` out or choose a `cookie_name` without the prefix",
        ),
        (
            set![cookie_name("__hOST-id"), domain("example.com")],
            HostPrefixWithDomain {
                name: "__hOST-id".to_owned(),
                domain: "example.com".to_owned(),
            },
            "cookie name \"__hOST-id\": the prefix `__Host-` allows no Domain and it is \"example.com\"; leave `domain` out or choose a `cookie_name` that begins with `__Secure-`",
        ),
        (
            set![cookie_name("__HOST-id"), path("/a")],
            HostPrefixWithPath {
                name: "__HOST-id".to_owned(),
                path: "/a".to_owned(),
            },
            "cookie name \"__HOST-id\": the prefix `__Host-` needs the path \"/\" and it is \"/a\"; leave `path` out or choose a `cookie_name` without the prefix",
        ),
        (
            set![cookie_name("__Secure-id"), secure(false)],
            SecurePrefixWithoutSecure {
                name: "__Secure-id".to_owned(),
            },
            "cookie name \"__Secure-id\": the prefix `__Secure-` needs a Secure cookie; leave `secure(false)` out or choose a `cookie_name` without the prefix",
        ),
        (
            set![
                cookie_name("__SECURE-id"),
                secure(false),
                path("/a"),
                domain("a.example"),
            ],
            SecurePrefixWithoutSecure {
                name: "__SECURE-id".to_owned(),
            },
            "cookie name \"__SECURE-id\": the prefix `__Secure-` needs a Secure cookie; leave `secure(false)` out or choose a `cookie_name` without the prefix",
        ),
        (
            set![cookie_name("__Http-id"), secure(false)],
            HttpPrefixWithoutSecure {
                name: "__Http-id".to_owned(),
            },
            "cookie name \"__Http-id\": the prefix `__Http-` needs a Secure cookie; leave `secure(false)` out or choose a `cookie_name` without the prefix",
        ),
        (
            set![cookie_name("__http-id"), secure(false), http_only(false)],
            HttpPrefixWithoutSecure {
                name: "__http-id".to_owned(),
            },
            "cookie name \"__http-id\": the prefix `__Http-` needs a Secure cookie; leave `secure(false)` out or choose a `cookie_name` without the prefix",
        ),
        (
            set![cookie_name("__Http-id"), http_only(false)],
            HttpPrefixWithoutHttpOnly {
                name: "__Http-id".to_owned(),
            },
            "cookie name \"__Http-id\": its prefix needs an HttpOnly cookie; leave `http_only(false)` out or choose a `cookie_name` without `Http-`",
        ),
        (
            set![cookie_name("__Host-Http-id"), http_only(false)],
            HttpPrefixWithoutHttpOnly {
                name: "__Host-Http-id".to_owned(),
            },
            "cookie name \"__Host-Http-id\": its prefix needs an HttpOnly cookie; leave `http_only(false)` out or choose a `cookie_name` without `Http-`",
        ),
        (
            set![cookie_name("__HOST-HTTP-id"), http_only(false)],
            HttpPrefixWithoutHttpOnly {
                name: "__HOST-HTTP-id".to_owned(),
            },
            "cookie name \"__HOST-HTTP-id\": its prefix needs an HttpOnly cookie; leave `http_only(false)` out or choose a `cookie_name` without `Http-`",
        ),
        (
            set![cookie_name("__Host-Http-id"), secure(false)],
            HostPrefixWithoutSecure {
                name: "__Host-Http-id".to_owned(),
            },
            "cookie name \"__Host-Http-id\": the prefix `__Host-` needs a Secure cookie; leave `secure(false)` out or choose a `cookie_name` without the prefix",
        ),
        (
            set![cookie_name("__Host-Http-id"), domain("a.example")],
            HostPrefixWithDomain {
                name: "__Host-Http-id".to_owned(),
                domain: "a.example".to_owned(),
            },
            "cookie name \"__Host-Http-id\": the prefix `__Host-` allows no Domain and it is \"a.example\"; leave `domain` out or choose a `cookie_name` that begins with `__Secure-`",
        ),
        (
            set![
                cookie_name("session"),
                secure(false),
                same_site(SameSite::None),
            ],
            SameSiteNoneWithoutSecure {
                name: "session".to_owned(),
            },
            "cookie name \"session\": `SameSite=None` needs a Secure cookie; leave `secure(false)` out or use `SameSite::Lax`",
        ),
        (
            set![cookie_name("session"), secure(false), partitioned(true)],
            PartitionedWithoutSecure {
                name: "session".to_owned(),
            },
            "cookie name \"session\": a partitioned cookie has to be Secure; leave `secure(false)` or `partitioned(true)` out",
        ),
        // If several settings are wrong, the order of the calls does not decide which one is named.
        (
            set![
                secure(false),
                same_site(SameSite::None),
                partitioned(true),
                domain("a.example"),
                path("/a"),
            ],
            HostPrefixWithoutSecure { name: name() },
            "cookie name \"__Host-session\": the prefix `__Host-` needs a Secure cookie; leave `secure(false)` out or choose a `cookie_name` without the prefix",
        ),
        (
            set![
                cookie_name("session"),
                secure(false),
                same_site(SameSite::None),
                partitioned(true),
            ],
            SameSiteNoneWithoutSecure {
                name: "session".to_owned(),
            },
            "cookie name \"session\": `SameSite=None` needs a Secure cookie; leave `secure(false)` out or use `SameSite::Lax`",
        ),
        (
            set![idle_timeout(seconds(0))],
            IdleTimeoutTooShort { idle: seconds(0) },
            "idle timeout 0ns: use at least one second",
        ),
        (
            set![idle_timeout(Duration::from_millis(999))],
            IdleTimeoutTooShort {
                idle: Duration::from_millis(999),
            },
            "idle timeout 999ms: use at least one second",
        ),
        (
            set![absolute_timeout(seconds(0))],
            AbsoluteTimeoutTooShort {
                absolute: seconds(0),
            },
            "absolute timeout 0ns: use at least one second",
        ),
        (
            set![
                absolute_timeout(Duration::from_nanos(999_999_999)),
                idle_timeout(seconds(9)),
            ],
            AbsoluteTimeoutTooShort {
                absolute: Duration::from_nanos(999_999_999),
            },
            "absolute timeout 999.999999ms: use at least one second",
        ),
        (
            set![idle_timeout(seconds(90 * DAY + 1))],
            IdleTimeoutTooLong {
                idle: seconds(90 * DAY + 1),
                absolute: seconds(90 * DAY),
            },
            "idle timeout 7776001s is longer than the absolute timeout 7776000s: shorten `idle_timeout` or lengthen `absolute_timeout`",
        ),
        (
            set![
                idle_timeout(seconds(14 * DAY)),
                absolute_timeout(seconds(DAY)),
                persistent(false),
            ],
            IdleTimeoutTooLong {
                idle: seconds(14 * DAY),
                absolute: seconds(DAY),
            },
            "idle timeout 1209600s is longer than the absolute timeout 86400s: shorten `idle_timeout` or lengthen `absolute_timeout`",
        ),
    ];
    for (setters, expected, text) in &table {
        let error = build(setters).unwrap_err();
        assert_eq!(error, *expected);
        assert_eq!(error.to_string(), *text);
    }
    let seen: HashSet<_> = table
        .iter()
        .map(|(_, error, _)| discriminant(error))
        .collect();
    assert_eq!(seen.len(), 11, "and 4 that are about single texts, below");
}

#[test]
fn build_refuses_a_name_that_is_not_a_token() {
    let mut names: Vec<String> = [
        "", " ", "a b", "a\t", "sëssion", "名前", "a\0", "a\u{7f}", "a\r\nb",
    ]
    .map(str::to_owned)
    .to_vec();
    names.extend(
        r#"()<>@,;:\"/[]?={}"#
            .chars()
            .map(|separator| format!("a{separator}b")),
    );
    for name in names {
        let error = defaults().cookie_name(&name).build().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "cookie name {name:?}: use at most 1024 ASCII letters, digits and any of !#$%&'*+-.^_`|~"
            ),
        );
        assert_eq!(error, ConfigError::InvalidName { name });
    }
}

#[test]
fn build_accepts_every_token_character_in_a_name() {
    for name in ('!'..='~').filter(|byte| !r#"()<>@,;:\"/[]?={}"#.contains(*byte)) {
        let config = defaults().cookie_name(name).build().unwrap();
        let encoded = config.encode(&SessionMap::default()).unwrap();
        assert!(encoded.starts_with(&format!("{name}=1.")), "{encoded}");
        assert_eq!(session(&encoded, &config).status(), Status::Valid, "{name}");
    }
}

#[test]
fn build_refuses_a_path_that_does_not_begin_with_a_slash() {
    for path in ["", "shop", "./", " /", "\\", "*", "https://example.com/"] {
        for name in ["session", "__Host-session"] {
            let error = defaults().path(path).cookie_name(name).build().unwrap_err();
            let text = format!("path {path:?}: let it begin with \"/\"");
            assert_eq!(error.to_string(), text);
            let path = path.to_owned();
            assert_eq!(error, ConfigError::RelativePath { path });
        }
    }
}

#[test]
fn build_refuses_a_path_that_a_header_cannot_contain() {
    let long = format!("/{}", "a".repeat(1024));
    for path in [
        "/a;b",
        "/;",
        "/a\r\nSet-Cookie: b=c",
        "/\0",
        "/\u{7f}",
        &long,
    ] {
        let error = builder().path(path).build().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("path {path:?}: use at most 1024 bytes of printable ASCII without `;`"),
        );
        let path = path.to_owned();
        assert_eq!(error, ConfigError::InvalidPath { path });
    }
    assert!(builder().path(&long[..1024]).build().is_ok());
}

/// Browsers drop a cookie whose Domain does not match their host, so the session would never start.
#[test]
fn build_refuses_a_domain_that_is_not_a_host_name() {
    let long = format!("{}.example", "a".repeat(246));
    for domain in [
        "",
        "a;b",
        "; Path=/",
        "a\nb",
        "a\0",
        "\u{7f}",
        "..example.com",
        "example..com",
        "example.com.",
        "example .com",
        "example.com:443",
        "https://example.com",
        "*.example.com",
        &long,
    ] {
        let error = builder().domain(domain).build().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "domain {domain:?}: use the name of a host, such as \"example.com\", or leave `domain` out for this host alone"
            ),
        );
        let domain = domain.to_owned();
        assert_eq!(error, ConfigError::InvalidDomain { domain });
    }
    for domain in [&long[1..], ".example.com", "a_b-c.example", "127.0.0.1"] {
        assert!(builder().domain(domain).build().is_ok(), "{domain:?}");
    }
}

/// The error about a Path says that printable ASCII is allowed, and the error about a Domain says
/// that it has to be a host name.
#[test]
fn build_refuses_tabs_and_non_ascii_text_in_path_and_domain() {
    for text in ["/caf\u{e9}", "/日本", "/a\tb", "/\t"] {
        let outcome = builder().path(text).build();
        let path = text.to_owned();
        assert_eq!(outcome.err(), Some(ConfigError::InvalidPath { path }));
    }
    for text in ["bücher.example", "a\t.example"] {
        let outcome = builder().domain(text).build();
        let domain = text.to_owned();
        assert_eq!(outcome.err(), Some(ConfigError::InvalidDomain { domain }));
    }
}

/// The number of `Set-Cookie`s that two views leave in one response: the second view has to find
/// the `Set-Cookie` of the first. `None` if `build` refuses the settings, which is fine too.
fn count_set_cookies_of_two_views(path: &str, domain: Option<&str>) -> Option<usize> {
    let builder = builder().path(path);
    let builder = match domain {
        Some(domain) => builder.domain(domain),
        None => builder,
    };
    let config = builder.build().ok()?;
    let session_with = |key: &str| {
        let mut session: Session = Session::from_headers(&HeaderMap::new(), &config);
        session.insert(key, 1);
        session
    };
    let response = (session_with("first"), session_with("second"), ()).into_response();
    Some(response.headers().get_all(SET_COOKIE).iter().count())
}

#[test]
fn two_views_leave_one_set_cookie_for_every_path_and_domain() {
    for (path, domain) in [
        ("/", None),
        ("/a b/c=d,e\"f", None),
        ("/shop", Some("Example.COM")),
        ("/", Some(".example.com")),
    ] {
        let count = count_set_cookies_of_two_views(path, domain);
        assert_eq!(count, Some(1), "path {path:?}, domain {domain:?}");
    }
}

/// Browsers trim spaces around an attribute and ignore an empty Domain (RFC 6265, section 5.2).
#[test]
fn spaces_around_path_or_domain_and_a_bare_dot_do_not_set_a_second_cookie() {
    let mut doubled = Vec::new();
    for (path, domain) in [
        ("/shop ", None),
        ("/ ", None),
        ("/", Some("example.com ")),
        ("/", Some(" example.com")),
        ("/", Some(" ")),
        ("/", Some(".")),
        ("/", Some("..")),
        ("/", Some("..example.com")),
    ] {
        if !matches!(count_set_cookies_of_two_views(path, domain), None | Some(1)) {
            doubled.push((path, domain));
        }
    }
    assert_eq!(doubled, []);
}

#[test]
fn build_accepts_settings_that_browsers_accept() {
    let table: &[&[Setter]] = &[
        set![],
        set![path("/")],
        set![cookie_name("__host-id"), path("/")],
        set![cookie_name("__Host-Http-id")],
        set![cookie_name("__Host-Http-id"), http_only(true), secure(true)],
        set![cookie_name("__Http-id"), path("/a"), domain("a.example")],
        set![cookie_name("__Secure-id"), path("/a"), domain("a.example")],
        set![cookie_name("__Secure-id"), http_only(false)],
        set![cookie_name("__Secure-Http-id"), http_only(false)],
        set![cookie_name("__Host-HttpId"), http_only(false)],
        // These are not the prefixes.
        set![cookie_name("__Host"), secure(false), path("/a")],
        set![cookie_name("_Host-id"), secure(false), domain("a.example")],
        set![cookie_name("__Hosts-id"), secure(false), path("/a")],
        set![cookie_name("a__Host-id"), secure(false), path("/a")],
        set![cookie_name("__Secure"), secure(false)],
        set![cookie_name("__Https-id"), secure(false), http_only(false)],
        set![same_site(SameSite::None), partitioned(true)],
        set![partitioned(true), same_site(SameSite::Strict)],
        set![cookie_name("id"), secure(false), same_site(SameSite::Lax)],
        set![
            cookie_name("id"),
            secure(false),
            same_site(SameSite::Strict)
        ],
        set![
            cookie_name("id"),
            secure(false),
            http_only(false),
            path("/")
        ],
        set![idle_timeout(seconds(1))],
        set![idle_timeout(seconds(90 * DAY))],
        set![absolute_timeout(seconds(1))],
        set![absolute_timeout(seconds(1)), idle_timeout(seconds(1))],
        set![
            absolute_timeout(Duration::MAX),
            idle_timeout(Duration::MAX),
            secure(true),
        ],
    ];
    for (row, setters) in table.iter().enumerate() {
        let config = build(setters).unwrap_or_else(|error| panic!("row {row}: {error}"));
        // The config reads its own cookie.
        let header = set_cookie(&config);
        let encoded = config.encode(&SessionMap::default()).unwrap();
        assert_eq!(
            session(&encoded, &config).status(),
            Status::Valid,
            "{header}"
        );
    }
}

#[test]
fn an_unset_idle_timeout_follows_a_shorter_absolute_timeout() {
    let table: &[(&[Setter], u64)] = &[
        (set![absolute_timeout(seconds(60))], 60),
        (set![absolute_timeout(seconds(14 * DAY - 1))], 14 * DAY - 1),
        (set![absolute_timeout(seconds(14 * DAY))], 14 * DAY),
        (set![absolute_timeout(seconds(14 * DAY + 1))], 14 * DAY),
        (set![absolute_timeout(seconds(400 * DAY))], 14 * DAY),
        (set![absolute_timeout(Duration::MAX)], 14 * DAY),
        (
            set![absolute_timeout(seconds(60)), idle_timeout(seconds(30))],
            30,
        ),
        (
            set![absolute_timeout(seconds(60)), idle_timeout(seconds(60))],
            60,
        ),
    ];
    for (setters, idle) in table {
        let config = build(setters).unwrap();
        assert_eq!(max_age(&set_cookie(&config)), Some(*idle));
        let encoded = cookie(&config, json!({"a": 1}));
        let later = |seconds: u64| {
            let config = apply(defaults(), setters)
                .clock(move || at(START + seconds))
                .build()
                .unwrap();
            session(&encoded, &config).status()
        };
        assert_eq!(later(*idle), Status::Valid);
        assert_eq!(later(idle + 1), Status::Rejected(Reason::IdleTimeout));
    }
}

#[test]
fn max_age_is_the_idle_timeout_or_the_rest_of_the_absolute_timeout() {
    for (age, idle, absolute, expected) in [
        (0, 60, 100, 60),
        (39, 60, 100, 60),
        (40, 60, 100, 60),
        (41, 60, 100, 59),
        (99, 60, 100, 1),
        // A session at its timeout is still valid, and the browser keeps it for at least a second.
        (100, 60, 100, 1),
        (0, 100, 100, 100),
        (1, 100, 100, 99),
        (0, 1, 1, 1),
        (1, 1, 1, 1),
    ] {
        assert_eq!(
            max_age_after(age, idle, absolute),
            Some(expected),
            "after {age} s with {idle} s and {absolute} s",
        );
    }
}

#[test]
fn max_age_counts_whole_seconds_and_stays_within_32_bits() {
    for (idle, expected) in [
        (Duration::from_millis(1_000), 1),
        (Duration::from_millis(1_999), 1),
        (Duration::from_millis(2_001), 2),
        (seconds(u32::MAX.into()), u32::MAX),
        (Duration::MAX, u32::MAX),
    ] {
        let config = builder()
            .absolute_timeout(Duration::MAX)
            .idle_timeout(idle)
            .build()
            .unwrap();
        let age = max_age(&set_cookie(&config));
        assert_eq!(age, Some(expected.into()), "{idle:?}");
    }
}

#[test]
fn a_cookie_that_is_not_persistent_still_has_timeouts() {
    let config = |age| {
        builder()
            .persistent(false)
            .idle_timeout(seconds(60))
            .absolute_timeout(seconds(100))
            .clock(move || at(START + age))
            .build()
            .unwrap()
    };
    let encoded = cookie(&config(0), json!({"a": 1}));
    let header = returned(session(&encoded, &config(60)));
    assert!(header.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/"));
    let status = session(&encoded, &config(61)).status();
    assert_eq!(status, Status::Rejected(Reason::IdleTimeout));
    let (encoded, _) = header.split_once("; ").unwrap();
    assert_eq!(session(encoded, &config(100)).status(), Status::Valid);
    let status = session(encoded, &config(101)).status();
    assert_eq!(status, Status::Rejected(Reason::AbsoluteTimeout));
}

#[test]
fn a_fallback_key_verifies_and_never_signs() {
    let third = || Key::new([3; 32]).unwrap();
    let signed_with = |key| {
        let config = SessionConfig::builder(key)
            .cookie_name("session")
            .clock(|| at(START))
            .build()
            .unwrap();
        cookie(&config, json!({"a": 1}))
    };
    let config = builder()
        .fallback_key(other_key())
        .fallback_key(third())
        .build()
        .unwrap();
    for old in [other_key(), third()] {
        let session = session(&signed_with(old), &config);
        assert_eq!(session.status(), Status::Valid);
        // A refresh is due at once, and it uses the key that signs.
        let header = returned(session);
        let (encoded, _) = header.split_once("; ").unwrap();
        assert_eq!(encoded, signed_with(key()));
    }
    assert_eq!(cookie(&config, json!({"a": 1})), signed_with(key()));
    let stranger = signed_with(Key::new([4; 32]).unwrap());
    let status = session(&stranger, &config).status();
    assert_eq!(status, Status::Rejected(Reason::BadSignature));
}

#[test]
fn fallback_configs_are_tried_in_the_order_of_the_calls() {
    let named = |name| builder().cookie_name(name).build().unwrap();
    let (a, b) = (named("a"), named("b"));
    let both = format!(
        "{}; {}",
        cookie(&a, json!({"from": "a"})),
        cookie(&b, json!({"from": "b"})),
    );
    for (first, second, from) in [(&a, &b, "a"), (&b, &a, "b")] {
        let config = builder()
            .fallback_config(first.clone())
            .fallback_config(second.clone())
            .build()
            .unwrap();
        let session = session(&both, &config);
        assert_eq!(session.status(), Status::Fallback);
        assert_eq!(session.get::<String>("from").as_deref(), Some(from));
        assert!(returned(session).starts_with("session=1."));
        let ours = cookie(&config, json!({"from": "session"}));
        let status = common::session(&format!("{both}; {ours}"), &config).status();
        assert_eq!(status, Status::Valid, "ours comes first");
    }
    // The fallback configs of a fallback config are not followed.
    let chain = builder()
        .cookie_name("c")
        .fallback_config(a.clone())
        .build();
    let config = builder().fallback_config(chain.unwrap()).build().unwrap();
    let status = session(&cookie(&a, json!({"a": 1})), &config).status();
    assert_eq!(status, Status::New);
}

#[test]
fn both_configs_timeouts_bind_a_fallback_session() {
    let config = |name: &str, idle, age| {
        builder()
            .cookie_name(name)
            .idle_timeout(seconds(idle))
            .clock(move || at(START + age))
    };
    for (ours, theirs) in [(10, 100), (100, 10)] {
        let old = config("old", theirs, 0).build().unwrap();
        let encoded = cookie(&old, json!({"a": 1}));
        let status = |age| {
            let new = config("new", ours, age)
                .fallback_config(old.clone())
                .build();
            session(&encoded, &new.unwrap()).status()
        };
        assert_eq!(status(10), Status::Fallback);
        assert_eq!(status(11), Status::Rejected(Reason::IdleTimeout));
    }
}

#[test]
fn the_config_chooses_the_token_version() {
    let first = builder().algorithm(Algorithm::HmacSha1).build().unwrap();
    let encoded = first.encode(&SessionMap::default()).unwrap();
    assert!(encoded.starts_with("session=1."));
    assert_eq!(
        encoded,
        builder()
            .build()
            .unwrap()
            .encode(&SessionMap::default())
            .unwrap()
    );
    #[cfg(feature = "sha256")]
    {
        let second = builder().algorithm(Algorithm::HmacSha256).build().unwrap();
        let resealed = second.encode(&SessionMap::default()).unwrap();
        assert!(resealed.starts_with("session=2."));
        let unknown = Status::Rejected(Reason::UnknownVersion);
        assert_eq!(session(&encoded, &second).status(), unknown);
        assert_eq!(session(&resealed, &first).status(), unknown);
        let both = builder()
            .algorithm(Algorithm::HmacSha256)
            .fallback_config(first)
            .build()
            .unwrap();
        assert_eq!(session(&encoded, &both).status(), Status::Fallback);
        assert_eq!(session(&resealed, &both).status(), Status::Valid);
    }
}

#[test]
fn debug_shows_the_settings_but_not_the_key() {
    let secrets = [
        "correct-horse-battery-staple-and-more",
        "tr0ub4dor-and-3-was-the-one-before-it",
        "yet-another-secret-of-the-old-website",
    ];
    let [ours, fallback, old] = secrets.map(|secret| Key::new(secret).unwrap());
    let old = SessionConfig::builder(old).cookie_name("old").build();
    let builder = SessionConfig::builder(ours.clone())
        .fallback_key(fallback)
        .fallback_config(old.unwrap())
        .cookie_name("__Secure-shop")
        .domain("shop.example");
    let mut texts = vec![format!("{builder:?}"), format!("{builder:#?}")];
    let config = builder.build().unwrap();
    texts.extend([format!("{config:?}"), format!("{config:#?}")]);
    for text in &texts {
        assert!(text.contains("__Secure-shop"), "{text}");
        assert!(text.contains("shop.example"), "{text}");
    }

    let session: Session = Session::from_headers(&HeaderMap::new(), &config);
    texts.extend([format!("{session:?}"), format!("{session:#?}")]);
    texts.extend([format!("{ours:?}"), format!("{ours:#?}")]);
    let short = Key::new(&secrets[0][..20]).unwrap_err();
    texts.extend([format!("{short:?}"), short.to_string()]);
    for text in &texts {
        let text = text.split_whitespace().collect::<String>();
        for secret in secrets {
            for spelling in spellings(secret) {
                assert!(!text.contains(&spelling), "{spelling:?} in {text}");
            }
        }
    }
}

/// The forms in which part of a secret could appear: text, hexadecimal, base64, a list of bytes.
fn spellings(secret: &str) -> [String; 5] {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let part = &secret.as_bytes()[..6];
    let hex: String = part.iter().map(|byte| format!("{byte:02x}")).collect();
    let list: Vec<_> = part.iter().map(u8::to_string).collect();
    [
        secret[..6].to_owned(),
        hex.to_uppercase(),
        hex,
        STANDARD.encode(part),
        list.join(","),
    ]
}

#[test]
fn build_errors_do_not_show_the_key() {
    let secret = "correct-horse-battery-staple-and-more";
    let error = SessionConfig::builder(Key::new(secret).unwrap())
        .secure(false)
        .build()
        .unwrap_err();
    for text in [
        format!("{error:?}"),
        format!("{error:#?}"),
        error.to_string(),
    ] {
        let text = text.split_whitespace().collect::<String>();
        assert!(text.contains("__Host-session"), "{text}");
        for spelling in spellings(secret) {
            assert!(!text.contains(&spelling), "{spelling:?} in {text}");
        }
    }
}

#[test]
fn two_configs_from_a_cloned_builder_read_each_others_cookies() {
    let common = builder().fallback_key(other_key());
    let short = common
        .clone()
        .absolute_timeout(seconds(60))
        .build()
        .unwrap();
    let long = common.build().unwrap();
    assert_eq!(max_age(&set_cookie(&short)), Some(60));
    assert_eq!(max_age(&set_cookie(&long)), Some(14 * 24 * 60 * 60));
    for (writer, reader) in [(&short, &long), (&long, &short)] {
        let cookie = cookie(writer, json!({ "user": "ada" }));
        assert_eq!(session(&cookie, reader).status(), Status::Valid);
    }
}

#[test]
fn now_reads_the_clock_of_the_config() {
    let clock = Clock::new();
    let config = builder().clock(clock.read()).build().unwrap();
    assert_eq!(config.now(), at(START));
    clock.advance(7);
    assert_eq!(config.now(), at(START + 7));
}

#[test]
fn clones_of_a_config_share_one_allocation() {
    assert_eq!(size_of::<SessionConfig>(), size_of::<usize>());
    let probe = Arc::new(());
    let held = Arc::clone(&probe);
    let config = builder()
        .clock(move || {
            let _ = &held;
            at(START)
        })
        .build()
        .unwrap();
    let clones = vec![config.clone(); 100];
    assert_eq!(Arc::strong_count(&probe), 2);
    drop(config);
    assert_eq!(Arc::strong_count(&probe), 2);
    let encoded = clones[99].encode(&SessionMap::default()).unwrap();
    assert_eq!(session(&encoded, &clones[0]).status(), Status::Valid);
    drop(clones);
    assert_eq!(Arc::strong_count(&probe), 1);
}

#[test]
fn the_set_cookie_header_is_marked_sensitive() {
    let config = builder().build().unwrap();
    let mut session = Session::from_headers(&headers("a=b"), &config);
    SessionMap::insert(&mut session, "a", 1);
    let response = session.into_response();
    assert!(
        response
            .headers()
            .get_all(SET_COOKIE)
            .iter()
            .all(HeaderValue::is_sensitive)
    );
}
