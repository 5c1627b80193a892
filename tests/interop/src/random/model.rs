//! The values that a peer has to see, and those that may be refused, as the library documents them.

use super::value::{Text, Value, parse};
use crate::peer::Family;

/// Nesting that the library writes for sure.
const DEPTH: usize = 100;
/// Digits of an integer that Python reads.
const DIGITS: usize = 4300;

/// Keys of `Object.prototype` and of the sessions of cookie-session and koa-session, old and new.
/// Which of the two reads the session cannot be told.
const JAVASCRIPT: &[&str] = &[
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "_ctx",
    "_expire",
    "_json",
    "_maxAge",
    "_requireSave",
    "_sessCtx",
    "_session",
    "_validateSession",
    "changed",
    "commit",
    "constructor",
    "externalKey",
    "hasOwnProperty",
    "inspect",
    "isChanged",
    "isNew",
    "isPopulated",
    "isPrototypeOf",
    "length",
    "manuallyCommit",
    "maxAge",
    "populated",
    "propertyIsEnumerable",
    "save",
    "toJSON",
    "toLocaleString",
    "toString",
    "valueOf",
];

impl Family {
    /// Whether a session with this pair may be refused.
    pub(crate) fn may_refuse(self, key: &Text, value: &Value) -> bool {
        let is_bad = |value: &Value| match value {
            Value::Number(number) => !self.holds(number),
            _ => false,
        };
        // To Ruby's parser the session is a level itself.
        let is_deep = value.depth() >= DEPTH - usize::from(self == Self::Rails);
        is_deep
            || value.any(&is_bad)
            || match self {
                Self::Flask => untagged(value.clone()).is_none(),
                Self::Django => key.is("_session_expiry"),
                Self::Express | Self::Koa => JAVASCRIPT.iter().any(|name| key.is(name)),
                Self::Rails => !rails_reads(key, value),
                Self::Starlette | Self::ReactRouter => false,
            }
    }

    /// Keys that the peer may drop when it reads.
    pub(crate) fn dropped(self) -> &'static [&'static str] {
        match self {
            Self::Express | Self::Koa => JAVASCRIPT,
            _ => &[],
        }
    }

    /// Whether the peer takes a key with this value for one that is not there.
    pub(crate) fn hides(self, value: &Value) -> bool {
        self == Self::Rails && *value == Value::Null
    }

    /// Keys that a write adds.
    pub(crate) fn added(self) -> &'static [&'static str] {
        match self {
            Self::Rails => &["session_id"],
            _ => &[],
        }
    }

    /// Whether packages for JavaScript, some or all, have a property of this name. The library
    /// refuses those that are dropped or fail in the newest ones, and the guide names the others.
    pub(crate) fn is_own_name(self, key: &Text) -> bool {
        self.dropped().iter().any(|name| key.is(name))
    }

    /// Whether integers are another type than floats, and have as many digits as they like.
    fn tells_integers(self) -> bool {
        self.is_python() || self == Self::Rails
    }

    /// Whether the number stays what it is when the peer reads and writes it.
    fn holds(self, number: &str) -> bool {
        let float: f64 = number.parse().unwrap_or(f64::INFINITY);
        if self.tells_integers() {
            return match is_integer(number) {
                true => number.len() <= DIGITS || self == Self::Rails,
                false => float.is_finite(),
            };
        }
        // An integer that JavaScript writes with an exponent is not an integer to Rust.
        let is_long = is_integer(number) && float.abs() >= 1e21;
        float.is_finite() && !is_long && decimal(number) == decimal(&format!("{float:e}"))
    }

    /// The value that the peer has to see for JSON that we wrote; for Flask, with its tags read.
    pub(crate) fn read(self, json: Value) -> Value {
        match self {
            Self::Flask => untagged(json.clone()).unwrap_or(json),
            _ => json,
        }
    }

    /// Whether both are the same to the peer.
    pub(crate) fn is_same(self, one: &Value, other: &Value) -> bool {
        self.compare(one, other, false)
    }

    /// Whether both are the same, and no number has lost a digit.
    pub(crate) fn is_exactly(self, one: &Value, other: &Value) -> bool {
        self.compare(one, other, true)
    }

    /// Whether we show a flash message as we should: a text as it is, anything else as its JSON.
    pub(crate) fn is_message(self, message: &Value, shown: &str) -> bool {
        match message {
            Value::Text(text) | Value::Markup(text) => text.is(shown),
            Value::Number(number) if is_integer(number) => {
                is_integer(shown) && decimal(shown) == decimal(number)
            }
            // The peer has written the digits of a float.
            Value::Number(number) => {
                let float: f64 = number.parse().unwrap_or(f64::NAN);
                !is_integer(shown) && decimal(shown) == decimal(&format!("{float:e}"))
            }
            Value::Decimal(number) => number == shown,
            other => parse(shown).is_ok_and(|shown| self.is_same(&self.read(shown), other)),
        }
    }

    fn compare(self, one: &Value, other: &Value, exactly: bool) -> bool {
        let all = |ones: &[Value], others: &[Value]| {
            ones.len() == others.len()
                && ones
                    .iter()
                    .zip(others)
                    .all(|(one, other)| self.compare(one, other, exactly))
        };
        match (one, other) {
            (Value::Number(one), Value::Number(other)) => {
                self.same_number(one, other) && (!exactly || decimal(one) == decimal(other))
            }
            // Flask writes it as a text, unless it uses simplejson.
            (Value::Text(text), Value::Decimal(number)) => text.is(number),
            (Value::Number(one), Value::Decimal(other)) => one == other,
            (Value::List(ones), Value::List(others)) => all(ones, others),
            (Value::Tuple(ones), Value::Tuple(others)) => all(ones, others),
            (Value::Map(ones), Value::Map(others)) => {
                let find = |key: &Text| others.iter().find(|(other, _)| other == key);
                ones.len() == others.len()
                    && ones.iter().all(|(key, one)| {
                        find(key).is_some_and(|(_, other)| self.compare(one, other, exactly))
                    })
            }
            _ => one == other,
        }
    }

    fn same_number(self, one: &str, other: &str) -> bool {
        let [a, b] = [one, other].map(|number| number.parse().unwrap_or(f64::NAN));
        match self.tells_integers() {
            // JavaScript's own writer drops the sign of zero.
            false => a == b,
            true if is_integer(one) && is_integer(other) => decimal(one) == decimal(other),
            true => is_integer(one) == is_integer(other) && a.to_bits() == b.to_bits(),
        }
    }
}

/// Whether Rails opens a session with this pair.
fn rails_reads(key: &Text, value: &Value) -> bool {
    match (key.to_str().as_deref(), value) {
        (Some("session_id"), Value::Text(id)) => !id.is(""),
        (Some("session_id"), _) => false,
        (Some("_csrf_token"), value) => {
            let text = match value {
                Value::Text(text) => text.to_str().unwrap_or_default(),
                _ => String::new(),
            };
            bytes(&text.replace('-', "+").replace('_', "/")).is_some_and(|hex| hex.len() == 64)
        }
        (Some("flash"), Value::Map(members)) => {
            let get = |name| members.iter().find(|(key, _)| key.is(name));
            matches!(get("flashes"), Some((_, Value::Map(_))))
                && matches!(get("discard"), None | Some((_, Value::List(_))))
        }
        _ => true,
    }
}

/// Whether this value is a text, or has a key, that Rust's texts cannot hold.
pub(crate) fn is_not_unicode(value: &Value) -> bool {
    match value {
        Value::Text(text) | Value::Markup(text) => text.to_str().is_none(),
        Value::Map(members) => members.iter().any(|(key, _)| key.to_str().is_none()),
        _ => false,
    }
}

fn is_integer(number: &str) -> bool {
    !number.contains(['.', 'e', 'E'])
}

/// Sign, digits without zeros at either end, and the power of ten. Zero has no sign.
fn decimal(number: &str) -> (bool, String, i64) {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let exponent: i64 = exponent.parse().unwrap_or(i64::MAX / 2);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_negative = whole.starts_with('-');
    let digits = [whole.trim_start_matches('-'), fraction].concat();
    let digits = digits.trim_start_matches('0');
    let bare = digits.trim_end_matches('0');
    if bare.is_empty() {
        return (false, String::new(), 0);
    }
    let zeros = (digits.len() - bare.len()) as i64;
    let exponent = exponent - fraction.len() as i64 + zeros;
    (is_negative, bare.to_owned(), exponent)
}

/// Reads Flask's tags. None if Flask could not read one of them.
pub(crate) fn untagged(json: Value) -> Option<Value> {
    let inside = |members: Vec<(Text, Value)>| {
        let members = members.into_iter();
        let members = members.map(|(key, value)| Some((key, untagged(value)?)));
        members.collect::<Option<Vec<_>>>()
    };
    Some(match json {
        Value::List(items) => Value::List(items.into_iter().map(untagged).collect::<Option<_>>()?),
        Value::Map(mut members) if members.len() == 1 => {
            let (key, value) = members.remove(0);
            match (key.to_str().as_deref(), value) {
                (Some(" t"), Value::List(items)) => {
                    Value::Tuple(items.into_iter().map(untagged).collect::<Option<_>>()?)
                }
                (Some(" m"), Value::Text(text)) => Value::Markup(text),
                (Some(" d"), Value::Text(date)) => {
                    Value::Date(date.to_str().filter(|date| is_date(date))?)
                }
                (Some(" b"), Value::Text(base64)) => Value::Bytes(bytes(&base64.to_str()?)?),
                (Some(" u"), Value::Text(uuid)) => Value::Uuid(uuid_of(&uuid.to_str()?)?),
                (Some(" di"), Value::Map(inner)) if is_escaped(&inner) => {
                    let mut inner = inside(inner)?;
                    for (key, _) in &mut inner {
                        key.0.truncate(key.0.len() - 2);
                    }
                    Value::Map(inner)
                }
                (_, value) => Value::Map(vec![(key, untagged(value)?)]),
            }
        }
        Value::Map(members) => Value::Map(inside(members)?),
        plain => plain,
    })
}

fn is_escaped(inner: &[(Text, Value)]) -> bool {
    let underscores = Text::from("__").0;
    matches!(inner, [(key, _)] if key.0.ends_with(&underscores))
}

/// Such as `Wed, 02 Oct 2024 23:59:58 GMT`; the generator makes no others that are nearly right.
fn is_date(text: &str) -> bool {
    let shape = text.bytes().map(|byte| match byte {
        b'0'..=b'9' => '9',
        b'A'..=b'Z' => 'A',
        b'a'..=b'z' => 'a',
        other => other.into(),
    });
    let shape: String = shape.collect();
    shape == "Aaa, 99 Aaa 9999 99:99:99 AAA" && !text.starts_with("Wed, 99")
}

/// Canonical base64, in hexadecimal.
fn bytes(base64: &str) -> Option<String> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if !base64.len().is_multiple_of(4) {
        return None;
    }
    let digits = base64.trim_end_matches('=');
    let mut hex = String::new();
    let (mut bits, mut count) = (0u32, 0);
    for digit in digits.bytes() {
        bits = bits << 6 | DIGITS.iter().position(|known| *known == digit)? as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            hex.push_str(&format!("{:02x}", bits >> count & 0xff));
            bits &= (1 << count) - 1;
        }
    }
    let padding = base64.len() - digits.len();
    (bits == 0 && padding == (4 - digits.len() % 4) % 4 && digits.len() % 4 != 1).then_some(hex)
}

fn uuid_of(text: &str) -> Option<String> {
    let hex = text.replace("urn:", "").replace("uuid:", "");
    let hex = hex.trim_matches(['{', '}']).replace('-', "");
    let is_uuid = hex.len() == 32 && hex.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_uuid.then(|| hex.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(json: &str) -> Value {
        parse(json).expect("JSON")
    }

    fn is_same(family: Family, one: &str, other: &str) -> bool {
        family.is_same(&json(one), &json(other))
    }

    #[test]
    fn python_tells_integers_from_floats() {
        assert!(is_same(Family::Django, "1.50", "1.5"));
        assert!(is_same(Family::Django, "-0", "0"));
        assert!(!is_same(Family::Django, "1.0", "1"));
        assert!(!is_same(Family::Django, "-0.0", "0.0"));
        let [odd, even] = ["9007199254740993", "9007199254740992"];
        assert!(!is_same(Family::Django, odd, even));
        assert!(is_same(Family::Express, "1.0", "1"));
        assert!(is_same(Family::Express, "-0.0", "0"));
    }

    #[test]
    fn a_lost_digit_is_seen() {
        let [long, short] = ["0.1234567890123456789", "0.12345678901234568"].map(json);
        assert!(Family::Flask.is_same(&long, &short));
        assert!(!Family::Flask.is_exactly(&long, &short));
        assert!(Family::Flask.is_exactly(&json("1E+5"), &json("100000.0")));
        let key = Text::from("a");
        assert!(Family::Express.may_refuse(&key, &long));
        assert!(!Family::Express.may_refuse(&key, &short));
    }

    #[test]
    fn a_message_has_the_digits_of_the_peer() {
        let shows = |number, shown| Family::Flask.is_message(&json(number), shown);
        assert!(shows("1e5", "100000.0"));
        assert!(shows("7e23", "7e+23"));
        assert!(!shows("7e23", "6.999999999999999e+23"));
        assert!(!shows("18446744073709551617", "1.8446744073709552e19"));
    }

    #[test]
    fn maps_have_no_order_and_tell_unicode_from_its_escapes() {
        let one = r#"{"a": [1, null], "\\ud800": "\ud83d\ude80"}"#;
        let [same, other] =
            ["\\\\ud800", "\\ud800"].map(|key| format!(r#"{{"{key}": "🚀", "a": [1, null]}}"#));
        assert!(is_same(Family::Koa, one, &same));
        assert!(!is_same(Family::Koa, one, &other));
    }

    #[test]
    fn tags_are_read_as_flask_reads_them() {
        let read = |text| untagged(json(text));
        let map = Some(json(r#"{" t": 1}"#));
        assert!(read(r#"{" t": 1}"#) == map);
        assert!(read(r#"{" di": {" t__": 1}}"#) == map);
        assert!(read(r#"{" b": "AP8="}"#) == Some(Value::Bytes("00ff".to_owned())));
        assert!(read(r#"[{" t": [{" m": ""}]}]"#).is_some_and(|value| value.depth() == 3));
        for unreadable in [
            r#"{" b": "AP8"}"#,
            r#"{" u": "ab"}"#,
            r#"{" d": "no date"}"#,
        ] {
            assert!(read(unreadable).is_none(), "{unreadable}");
        }
    }
}
