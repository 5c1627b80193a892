//! A second reader of JSON, written from the grammar (RFC 8259) alone.

use std::collections::BTreeMap;

use axum_cookie_session::SessionMap;
use serde_json::value::RawValue;

/// One member of an object, as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// With its quotes.
    pub key: &'a str,
    pub value: &'a str,
    /// From the key to the value.
    pub text: &'a str,
}

impl Member<'_> {
    /// The key; none where it is not Unicode text, which the library keeps and does not show.
    pub fn name(&self) -> Option<String> {
        String::from_utf16(&utf16(self.key)).ok()
    }

    pub fn is(&self, name: &str) -> bool {
        self.name().as_deref() == Some(name)
    }
}

/// The members of the object that `text` is; `None` if it is not a JSON object from end to end.
pub fn members(text: &str) -> Option<Vec<Member<'_>>> {
    let mut reader = Reader { text, at: 0 };
    let mut members = Vec::new();
    reader.space();
    reader.eat(b'{')?;
    reader.space();
    if reader.eat(b'}').is_none() {
        loop {
            let start = reader.at;
            let key = reader.name()?;
            let value = reader.value()?;
            members.push(Member {
                key,
                value,
                text: &text[start..reader.at],
            });
            reader.space();
            match reader.next()? {
                b',' => reader.space(),
                b'}' => break,
                _ => return None,
            }
        }
    }
    reader.space();
    (reader.at == text.len()).then_some(members)
}

/// What a JSON text means: text in UTF-16, numbers to their last digit, of a repeated key the last.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(Vec<u16>),
    Array(Vec<Self>),
    Object(BTreeMap<Vec<u16>, Self>),
}

impl Node {
    pub fn read(text: &str) -> Option<Self> {
        let mut reader = Reader { text, at: 0 };
        reader.space();
        let value = reader.value()?;
        reader.space();
        (reader.at == text.len()).then(|| Self::from_valid(value))
    }

    /// Reads a value whose grammar is right.
    fn from_valid(text: &str) -> Self {
        match text.as_bytes()[0] {
            b'n' => Self::Null,
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'"' => Self::Text(utf16(text)),
            b'{' => {
                let members = members(text).expect("an object");
                let members = members.iter();
                Self::Object(
                    members
                        .map(|member| (utf16(member.key), Self::from_valid(member.value)))
                        .collect(),
                )
            }
            b'[' => {
                let mut reader = Reader { text, at: 1 };
                let mut items = Vec::new();
                reader.space();
                while reader.peek() != Some(b']') {
                    items.push(Self::from_valid(reader.value().expect("an item")));
                    reader.space();
                    let _ = reader.eat(b',');
                    reader.space();
                }
                Self::Array(items)
            }
            _ => Self::Number(Decimal::from_valid(text)),
        }
    }
}

/// A number of any size: its digits, without zeros around them, and the power of ten of the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    digits: String,
    exponent: Result<i64, String>,
}

impl Decimal {
    /// Reads a number whose grammar is right.
    pub fn from_valid(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        let (mantissa, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
        let places = mantissa
            .split_once('.')
            .map_or(0, |(_, places)| places.len());
        let all: String = mantissa.chars().filter(char::is_ascii_digit).collect();
        let digits = all.trim_end_matches('0');
        if digits.is_empty() {
            return Self {
                negative: false,
                digits: String::new(),
                exponent: Ok(0),
            };
        }
        let shift = (all.len() - digits.len()) as i64 - places as i64;
        let exponent = exponent.parse::<i64>().ok();
        Self {
            negative: mantissa.starts_with('-'),
            digits: digits.trim_start_matches('0').to_owned(),
            exponent: exponent
                .and_then(|exponent| exponent.checked_add(shift))
                .ok_or(lower.clone()),
        }
    }

    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Whether a 64-bit float is this number, in its shortest digits.
    pub fn is_float(&self, text: &str) -> bool {
        let float: f64 = text.parse().expect("a number");
        float.is_finite() && Self::from_valid(&format!("{float:e}")) == *self
    }
}

/// What a dictionary means, key by key, without the id that Rails' sessions get. koa-session's end,
/// which moves with each write, is told by two keys together.
pub fn meaning(data: &SessionMap) -> BTreeMap<String, Node> {
    let node = |key: &str| {
        let raw: Box<RawValue> = data.get(key).expect("JSON");
        Node::read(raw.get()).expect("JSON")
    };
    let koa = data.contains_key("_maxAge");
    let keys = data
        .keys()
        .filter(|key| *key != "session_id" && (!koa || *key != "_expire"));
    keys.map(|key| (key.to_owned(), node(key))).collect()
}

/// The code units of a string whose grammar is right.
pub fn utf16(quoted: &str) -> Vec<u16> {
    let mut units = Vec::new();
    let mut chars = quoted[1..quoted.len() - 1].chars();
    while let Some(char) = chars.next() {
        let unit = match char {
            '\\' => match chars.next().expect("an escape") {
                'u' => {
                    let digits: String = chars.by_ref().take(4).collect();
                    u16::from_str_radix(&digits, 16).expect("four digits")
                }
                'b' => 8,
                't' => 9,
                'n' => 10,
                'f' => 12,
                'r' => 13,
                same => same as u16,
            },
            _ => {
                units.extend_from_slice(char.encode_utf16(&mut [0; 2]));
                continue;
            }
        };
        units.push(unit);
    }
    units
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn number(&mut self) -> Option<()> {
        let _ = self.eat(b'-');
        if self.eat(b'0').is_none() {
            self.digits()?;
        }
        if self.eat(b'.').is_some() {
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    fn string(&mut self) -> Option<&'a str> {
        let start = self.at;
        self.eat(b'"')?;
        loop {
            match self.next()? {
                b'"' => return Some(&self.text[start..self.at]),
                b'\\' => match self.next()? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    b'u' => {
                        for _ in 0..4 {
                            self.next()?.is_ascii_hexdigit().then_some(())?;
                        }
                    }
                    _ => return None,
                },
                0..0x20 => return None,
                _ => {}
            }
        }
    }

    /// A key and its colon.
    fn name(&mut self) -> Option<&'a str> {
        let name = self.string()?;
        self.space();
        self.eat(b':')?;
        self.space();
        Some(name)
    }

    fn scalar(&mut self) -> Option<()> {
        let rest = &self.text[self.at..];
        for literal in ["null", "true", "false"] {
            if rest.starts_with(literal) {
                self.at += literal.len();
                return Some(());
            }
        }
        match rest.starts_with('"') {
            true => self.string().map(|_| ()),
            false => self.number(),
        }
    }

    /// Without recursion, so that nesting costs no stack.
    fn value(&mut self) -> Option<&'a str> {
        let start = self.at;
        let mut open = Vec::new();
        loop {
            match self.peek()? {
                b'[' => {
                    self.at += 1;
                    self.space();
                    if self.eat(b']').is_none() {
                        open.push(b']');
                        continue;
                    }
                }
                b'{' => {
                    self.at += 1;
                    self.space();
                    if self.eat(b'}').is_none() {
                        open.push(b'}');
                        self.name()?;
                        continue;
                    }
                }
                _ => self.scalar()?,
            }
            loop {
                let Some(&close) = open.last() else {
                    return Some(&self.text[start..self.at]);
                };
                self.space();
                match self.next()? {
                    b',' => {
                        self.space();
                        if close == b'}' {
                            self.name()?;
                        }
                        break;
                    }
                    byte if byte == close => {
                        open.pop();
                    }
                    _ => return None,
                }
            }
        }
    }
}
