//! JSON values spelt as Python's and JavaScript's own writers spell them.

#[cfg(any(feature = "starlette", feature = "django"))]
use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::data::object::Object;
#[cfg(any(feature = "starlette", feature = "django"))]
use crate::token::Dialect;
use crate::token::Unspeakable;

/// Python gives up at about a thousand levels, serde_json's values at 128.
const MAX_DEPTH: usize = 100;

/// How a writer spells what JSON leaves open.
pub(crate) struct Spelling {
    pub(crate) comma: &'static str,
    pub(crate) colon: &'static str,
    /// Whether characters beyond printable ASCII are escaped.
    pub(crate) ascii: bool,
    pub(crate) number: fn(&str) -> Result<String, Unspeakable>,
}

/// Spells an object of members that are spelt, keys with their quotes.
pub(crate) type ObjectHook<'a> = &'a dyn Fn(Vec<(String, String)>) -> Result<String, Unspeakable>;

impl Spelling {
    /// Spells `json` anew; `object` is asked about each object, with its members spelt.
    pub(crate) fn value(&self, json: &str, object: ObjectHook<'_>) -> Result<String, Unspeakable> {
        self.nested(json, object, MAX_DEPTH)
    }

    pub(crate) fn object(&self, members: &[(String, String)]) -> String {
        let members: Vec<_> = members
            .iter()
            .map(|(key, value)| [key, self.colon, value].concat())
            .collect();
        format!("{{{}}}", members.join(self.comma))
    }

    pub(crate) fn string(&self, text: &str) -> String {
        let json = serde_json::to_string(text).expect("every text is a JSON string");
        match self.ascii {
            true => ascii(&json),
            false => json,
        }
    }

    fn respelt(&self, quoted: &str) -> String {
        // A lone surrogate is no Rust text, and ASCII already.
        serde_json::from_str(quoted)
            .map_or_else(|_| quoted.to_owned(), |text: String| self.string(&text))
    }

    fn nested(
        &self,
        json: &str,
        object: ObjectHook<'_>,
        depth: usize,
    ) -> Result<String, Unspeakable> {
        let depth = depth.checked_sub(1).ok_or("it is nested too deeply")?;
        let json = json.trim_ascii();
        match json.as_bytes().first() {
            Some(b'{') => {
                let written = Object::new(json.to_owned());
                // Each key once, with the value that counts: so many members Python sees.
                let mut members: Vec<(String, &str)> = Vec::new();
                for (key, value) in written.written() {
                    let key = self.respelt(key);
                    match members.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, last)) => *last = value,
                        None => members.push((key, value)),
                    }
                }
                let members = members
                    .into_iter()
                    .map(|(key, value)| Ok((key, self.nested(value, object, depth)?)));
                object(members.collect::<Result<_, Unspeakable>>()?)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
                let items = items
                    .iter()
                    .map(|item| self.nested(item.get(), object, depth));
                let items: Vec<_> = items.collect::<Result<_, _>>()?;
                Ok(format!("[{}]", items.join(self.comma)))
            }
            Some(b'"') => Ok(self.respelt(json)),
            Some(b't' | b'f' | b'n') => Ok(json.to_owned()),
            _ => (self.number)(json),
        }
    }
}

/// JSON as Python's writer spells it, with separators of the framework's choice.
#[cfg(any(feature = "starlette", feature = "django"))]
pub(crate) struct Python {
    pub(crate) name: &'static str,
    pub(crate) comma: &'static str,
    pub(crate) colon: &'static str,
}

#[cfg(any(feature = "starlette", feature = "django"))]
impl Python {
    fn spelling(&self) -> Spelling {
        Spelling {
            comma: self.comma,
            colon: self.colon,
            ascii: true,
            number: python_number,
        }
    }
}

#[cfg(any(feature = "starlette", feature = "django"))]
impl Dialect for Python {
    fn name(&self) -> &'static str {
        self.name
    }

    fn value<'a>(&self, json: &'a str) -> Result<Cow<'a, str>, Unspeakable> {
        let spelling = self.spelling();
        spelling
            .value(json, &|members| Ok(spelling.object(&members)))
            .map(Cow::Owned)
    }

    fn key(&self, key: &str) -> Result<String, Unspeakable> {
        Ok(self.spelling().string(key))
    }

    fn comma(&self) -> &'static str {
        self.comma
    }

    fn colon(&self) -> &'static str {
        self.colon
    }
}

/// Escapes what is beyond printable ASCII, as Python's `ensure_ascii` does: in UTF-16, lower case.
/// Control characters are white space here: in JSON's strings they are escaped already.
pub(crate) fn ascii(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for char in json.chars() {
        match char {
            ..='~' => escaped.push(char),
            _ => {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    escaped.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    escaped
}

/// A number as Python's `repr` spells it.
#[cfg(any(feature = "flask", feature = "starlette", feature = "django"))]
pub(crate) fn python_number(json: &str) -> Result<String, Unspeakable> {
    /// Python reads no longer one.
    const MAX_DIGITS: usize = 4300;
    if is_integer(json) {
        return match json.len() {
            ..=MAX_DIGITS => Ok(json.to_owned()),
            _ => Err("it is an integer of more digits than Python reads"),
        };
    }
    let decimal = Decimal::of(json)?;
    Ok(match decimal.exponent {
        -4..16 => {
            let digits = decimal.positional();
            let point = if digits.contains('.') { "" } else { ".0" };
            format!("{}{digits}{point}", decimal.sign)
        }
        exponent => {
            let sign = if exponent < 0 { '-' } else { '+' };
            let digits = decimal.scientific();
            format!("{}{digits}e{sign}{:02}", decimal.sign, exponent.abs())
        }
    })
}

/// A number as ECMAScript's `Number::toString` spells it (ECMA-262, section 6.1.6.1.20).
#[cfg(feature = "express")]
pub(crate) fn javascript_number(json: &str) -> Result<String, Unspeakable> {
    let decimal = Decimal::of(json)?;
    let spelt = match decimal.exponent {
        _ if decimal.digits == "0" => "0".to_owned(),
        -6..21 => format!("{}{}", decimal.sign, decimal.positional()),
        exponent => {
            let digits = decimal.scientific();
            format!("{}{digits}e{exponent:+}", decimal.sign)
        }
    };
    match is_integer(json) && spelt != json && json != "-0" {
        true => Err("JavaScript rounds such an integer beyond 2^53: insert it as a text"),
        false => Ok(spelt),
    }
}

fn is_integer(json: &str) -> bool {
    !json.contains(['.', 'e', 'E'])
}

/// The shortest digits that read as a 64-bit float, and the power of ten of the first.
struct Decimal {
    sign: &'static str,
    digits: String,
    exponent: i32,
}

impl Decimal {
    fn of(json: &str) -> Result<Self, Unspeakable> {
        let float: f64 = json.parse().unwrap_or(f64::INFINITY);
        if float.is_infinite() {
            return Err("it is a number beyond the range of a 64-bit float");
        }
        let shortest = format!("{:e}", float.abs());
        let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
        Ok(Self {
            sign: if float.is_sign_negative() { "-" } else { "" },
            digits: digits.replace('.', ""),
            exponent: exponent.parse().unwrap_or(0),
        })
    }

    fn positional(&self) -> String {
        let digits = &self.digits;
        match usize::try_from(self.exponent) {
            Ok(exponent) if exponent + 1 >= digits.len() => {
                format!("{digits:0<width$}", width = exponent + 1)
            }
            Ok(exponent) => {
                let (whole, fraction) = digits.split_at(exponent + 1);
                format!("{whole}.{fraction}")
            }
            Err(_) => {
                let zeros = self.exponent.unsigned_abs() as usize - 1;
                format!("0.{}{digits}", "0".repeat(zeros))
            }
        }
    }

    fn scientific(&self) -> String {
        match self.digits.split_at(1) {
            (first, "") => first.to_owned(),
            (first, rest) => format!("{first}.{rest}"),
        }
    }
}
