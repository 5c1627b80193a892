//! Values of sessions, as a peer or we see them.
//!
//! Independent of serde_json and of the library. Texts are UTF-16, because Python and JavaScript
//! have lone surrogates, and numbers keep their digits.

use std::fmt::{self, Write};

use anyhow::{Context, Result, bail};

use super::rng::Rng;

/// UTF-16, perhaps with lone surrogates.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Text(pub(crate) Vec<u16>);

#[derive(Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// As JSON spells it.
    Number(String),
    Text(Text),
    List(Vec<Self>),
    Map(Vec<(Text, Self)>),
    // Flask's other types.
    Tuple(Vec<Self>),
    /// In hexadecimal.
    Bytes(String),
    Markup(Text),
    /// In hexadecimal.
    Uuid(String),
    /// As HTTP spells it.
    Date(String),
    /// Of Python, which simplejson writes as a number.
    Decimal(String),
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.encode_utf16().collect())
    }
}

impl Text {
    /// None if it is not Unicode.
    pub(crate) fn to_str(&self) -> Option<String> {
        String::from_utf16(&self.0).ok()
    }

    pub(crate) fn is(&self, text: &str) -> bool {
        text.encode_utf16().eq(self.0.iter().copied())
    }
}

/// As JSON in ASCII.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for unit in &self.0 {
            match char::from_u32((*unit).into()) {
                Some(special @ ('"' | '\\')) => write!(f, "\\{special}")?,
                Some(plain @ ' '..='~') => f.write_char(plain)?,
                _ => write!(f, "\\u{unit:04x}")?,
            }
        }
        f.write_char('"')
    }
}

/// As JSON in ASCII, with Flask's tags.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(bool) => write!(f, "{bool}"),
            Self::Number(number) | Self::Decimal(number) => f.write_str(number),
            Self::Text(text) => write!(f, "{text}"),
            Self::List(items) => write!(f, "[{}]", joined(items)),
            Self::Map(members) => {
                let members = members.iter().map(|(key, value)| format!("{key}: {value}"));
                write!(f, "{{{}}}", members.collect::<Vec<_>>().join(", "))
            }
            Self::Tuple(items) => write!(f, "{{\" t\": [{}]}}", joined(items)),
            Self::Bytes(hex) => write!(f, "{{\" b\": hex {hex}}}"),
            Self::Markup(text) => write!(f, "{{\" m\": {text}}}"),
            Self::Uuid(hex) => write!(f, "{{\" u\": \"{hex}\"}}"),
            Self::Date(date) => write!(f, "{{\" d\": \"{date}\"}}"),
        }
    }
}

fn joined(items: &[Value]) -> String {
    let items = items.iter().map(Value::to_string);
    items.collect::<Vec<_>>().join(", ")
}

impl Value {
    /// JSON, as it is given to `insert`: some texts with escapes, some maps with a key twice.
    pub(crate) fn spelt(&self, rng: &mut Rng) -> String {
        match self {
            Self::Text(text) => spelt(text, rng),
            Self::List(items) => {
                let items: Vec<_> = items.iter().map(|item| item.spelt(rng)).collect();
                format!("[{}]", items.join(rng.pick(&[",", " , "])))
            }
            Self::Map(members) => {
                let mut written = Vec::new();
                for (key, value) in members {
                    if rng.one_in(20) {
                        // The last one of a repeated key counts.
                        written.push(format!("{}:[0]", spelt(key, rng)));
                    }
                    written.push(format!("{}:{}", spelt(key, rng), value.spelt(rng)));
                }
                format!("{{{}}}", written.join(rng.pick(&[",", ",\n"])))
            }
            plain => plain.to_string(),
        }
    }

    /// The notation in which oracles send and take values: JSON in which each object has one key,
    /// the name of a type.
    pub(crate) fn noted(&self) -> String {
        let list = |items: &[Self]| {
            let items: Vec<_> = items.iter().map(Self::noted).collect();
            format!("[{}]", items.join(","))
        };
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => self.to_string(),
            Self::List(items) => list(items),
            Self::Map(members) => format!("{{\"d\":{}}}", noted(members)),
            Self::Tuple(items) => format!("{{\"t\":{}}}", list(items)),
            Self::Bytes(hex) => format!("{{\"b\":\"{hex}\"}}"),
            Self::Markup(text) => format!("{{\"m\":{text}}}"),
            Self::Uuid(hex) => format!("{{\"u\":\"{hex}\"}}"),
            Self::Date(date) => format!("{{\"w\":\"{date}\"}}"),
            Self::Decimal(number) => format!("{{\"n\":\"{number}\"}}"),
        }
    }

    /// Reads the notation, once it is parsed as JSON.
    pub(crate) fn denoted(self) -> Result<Self> {
        Ok(match self {
            Self::List(items) => Self::List(denoted(items)?),
            Self::Map(mut members) => {
                let (kind, value) = members.pop().context("an object without a type")?;
                let kind = kind.to_str().unwrap_or_default();
                match (kind.as_str(), value) {
                    ("d", Self::List(pairs)) => {
                        Self::Map(pairs.into_iter().map(pair).collect::<Result<_>>()?)
                    }
                    ("t", Self::List(items)) => Self::Tuple(denoted(items)?),
                    ("m", Self::Text(text)) => Self::Markup(text),
                    (kind, Self::Text(text)) => {
                        let text = text.to_str().context("a lone surrogate")?;
                        match kind {
                            "b" => Self::Bytes(text),
                            "u" => Self::Uuid(text),
                            "w" => Self::Date(text),
                            "n" => Self::Decimal(text),
                            _ => bail!("an unknown type {kind}"),
                        }
                    }
                    (kind, value) => bail!("{kind} of {value}"),
                }
            }
            plain => plain,
        })
    }

    /// How many levels it has.
    pub(crate) fn depth(&self) -> usize {
        let inner = match self {
            Self::List(items) | Self::Tuple(items) => items.iter().map(Self::depth).max(),
            Self::Map(members) => members.iter().map(|(_, value)| value.depth()).max(),
            _ => None,
        };
        1 + inner.unwrap_or(0)
    }

    /// Whether this or a value in it is so.
    pub(crate) fn any(&self, is: &dyn Fn(&Self) -> bool) -> bool {
        is(self)
            || match self {
                Self::List(items) | Self::Tuple(items) => items.iter().any(|item| item.any(is)),
                Self::Map(members) => members.iter().any(|(_, value)| value.any(is)),
                _ => false,
            }
    }
}

fn denoted(items: Vec<Value>) -> Result<Vec<Value>> {
    items.into_iter().map(Value::denoted).collect()
}

fn pair(pair: Value) -> Result<(Text, Value)> {
    match pair {
        Value::List(pair) => match <[Value; 2]>::try_from(pair) {
            Ok([Value::Text(key), value]) => Ok((key, value.denoted()?)),
            _ => bail!("not a pair of a text and a value"),
        },
        _ => bail!("not a pair"),
    }
}

/// Pairs in the notation.
pub(crate) fn noted(pairs: &[(Text, Value)]) -> String {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(key, value)| format!("[{key},{}]", value.noted()))
        .collect();
    format!("[{}]", pairs.join(","))
}

fn spelt(text: &Text, rng: &mut Rng) -> String {
    match (text.to_str(), rng.below(3)) {
        // A lone surrogate needs its escape.
        (None, _) | (_, 0) => text.to_string(),
        (Some(text), _) => serde_json::to_string(&text).expect("every text is a JSON string"),
    }
}

/// Reads JSON.
pub(crate) fn parse(json: &str) -> Result<Value> {
    let mut parser = Parser { json, at: 0 };
    let value = parser
        .value()
        .with_context(|| format!("no JSON at byte {}", parser.at))?;
    parser.space();
    match parser.at == json.len() {
        true => Ok(value),
        false => bail!("more than a JSON value at byte {}", parser.at),
    }
}

struct Parser<'a> {
    json: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.json.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Whether this comes next; if so, it is passed.
    fn takes(&mut self, token: &str) -> bool {
        self.space();
        let is_next = self.json[self.at..].starts_with(token);
        if is_next {
            self.at += token.len();
        }
        is_next
    }

    fn value(&mut self) -> Option<Value> {
        self.space();
        Some(match self.peek()? {
            b'"' => Value::Text(self.text()?),
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                while !self.takes("]") {
                    if !items.is_empty() && !self.takes(",") {
                        return None;
                    }
                    items.push(self.value()?);
                }
                Value::List(items)
            }
            b'{' => {
                self.at += 1;
                let mut members: Vec<(Text, Value)> = Vec::new();
                while !self.takes("}") {
                    if !members.is_empty() && !self.takes(",") {
                        return None;
                    }
                    self.space();
                    let key = self.text()?;
                    if !self.takes(":") {
                        return None;
                    }
                    let value = self.value()?;
                    // The last one of a repeated key counts.
                    match members.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, last)) => *last = value,
                        None => members.push((key, value)),
                    }
                }
                Value::Map(members)
            }
            b'-' | b'0'..=b'9' => {
                let rest = &self.json[self.at..];
                let is_digit = |char: char| "+-.eE0123456789".contains(char);
                let end = rest.find(|char| !is_digit(char)).unwrap_or(rest.len());
                self.at += end;
                Value::Number(rest[..end].to_owned())
            }
            _ if self.takes("null") => Value::Null,
            _ if self.takes("true") => Value::Bool(true),
            _ if self.takes("false") => Value::Bool(false),
            _ => return None,
        })
    }

    fn text(&mut self) -> Option<Text> {
        if self.peek()? != b'"' {
            return None;
        }
        self.at += 1;
        let mut units = Vec::new();
        loop {
            let char = self.json[self.at..].chars().next()?;
            self.at += char.len_utf8();
            match char {
                '"' => return Some(Text(units)),
                '\\' => {
                    let escape = self.peek()?;
                    self.at += 1;
                    units.push(match escape {
                        b'b' => 8,
                        b'f' => 12,
                        b'n' => 10,
                        b'r' => 13,
                        b't' => 9,
                        b'u' => {
                            let hex = self.json.get(self.at..self.at + 4)?;
                            self.at += 4;
                            u16::from_str_radix(hex, 16).ok()?
                        }
                        b'"' | b'\\' | b'/' => escape.into(),
                        _ => return None,
                    });
                }
                _ => units.extend(char.encode_utf16(&mut [0; 2]).iter()),
            }
        }
    }
}
