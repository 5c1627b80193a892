//! Random sessions, odd on purpose, and smaller ones of the same kind.

use std::fmt;

use serde_json::value::RawValue;

use super::rng::Rng;
use super::value::{Text, Value};
use crate::peer::Family;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// We write, and the peer reads.
    HereToThere,
    /// The peer writes, and we read.
    ThereToHere,
    /// The peer writes, we change one key, and the peer reads.
    ThereAndBack,
}

impl Direction {
    pub(crate) const ALL: [Self; 3] = [Self::HereToThere, Self::ThereToHere, Self::ThereAndBack];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HereToThere => "from here to there",
            Self::ThereToHere => "from there to here",
            Self::ThereAndBack => "from there, changed here, and back",
        }
    }
}

/// The input of one round trip.
#[derive(Clone, PartialEq)]
pub(crate) struct Case {
    pub(crate) direction: Direction,
    pub(crate) session: Vec<(Text, Value)>,
    /// Category, or name, and message, which the peer flashes.
    pub(crate) flashes: Vec<(Text, Value)>,
    /// A lifetime of this session alone, which Django and Koa have.
    pub(crate) expiry: Option<Expiry>,
    pub(crate) change: Option<Change>,
    /// Whether the client sends the values of cookies in quotes, as aiohttp does.
    pub(crate) quoted: bool,
    /// Seed of what JSON leaves open.
    pub(crate) spelling: u64,
}

/// A change of ours.
#[derive(Clone, PartialEq)]
pub(crate) enum Change {
    Set(Text, Value),
    Remove(Text),
    Flash(Text, Text),
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Expiry {
    /// Seconds for Django, milliseconds for Koa.
    Number(&'static str),
    /// A date, so many seconds from now.
    Date(u32),
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |pairs: &[(Text, Value)]| {
            let pairs = pairs.iter().map(|(key, value)| format!("{key}: {value}"));
            pairs.collect::<Vec<_>>().join(", ")
        };
        write!(f, "{{{}}}", list(&self.session))?;
        if !self.flashes.is_empty() {
            write!(f, ", flashed {}", list(&self.flashes))?;
        }
        if self.quoted {
            f.write_str(", cookies in quotes")?;
        }
        match self.expiry {
            Some(Expiry::Number(number)) => write!(f, ", lifetime {number}")?,
            Some(Expiry::Date(seconds)) => write!(f, ", until a date in {seconds} s")?,
            None => {}
        }
        match &self.change {
            Some(Change::Set(key, value)) => write!(f, ", then {key} set to {value}"),
            Some(Change::Remove(key)) => write!(f, ", then {key} removed"),
            Some(Change::Flash(category, message)) => {
                write!(f, ", then flashed {category}: {message}")
            }
            None => Ok(()),
        }
    }
}

impl Case {
    pub(crate) fn new(direction: Direction, family: Family, rng: &mut Rng) -> Self {
        let mut maker = Maker {
            rng,
            family,
            ours: direction == Direction::HereToThere,
        };
        let session = maker.session();
        let mut case = Self {
            direction,
            session,
            flashes: Vec::new(),
            expiry: None,
            change: None,
            quoted: false,
            spelling: maker.rng.next(),
        };
        if direction == Direction::HereToThere {
            return case;
        }
        let has_flashes = case.session.iter().any(|(key, _)| key.is("_flashes"));
        let flashes = matches!(family, Family::Flask | Family::ReactRouter | Family::Rails);
        if flashes && !has_flashes && maker.rng.one_in(4) {
            for _ in 0..=maker.rng.below(3) {
                let message = match maker.rng.one_in(3) {
                    true => maker.value(1),
                    false => Value::Text(maker.text()),
                };
                case.flashes.push((maker.text(), message));
            }
        }
        if maker.rng.one_in(4) {
            case.expiry = maker.expiry();
        }
        match direction {
            Direction::ThereAndBack => case.change = Some(maker.change(&case.session)),
            _ => case.quoted = maker.rng.one_in(25),
        }
        case
    }

    /// The same with one thing left out, or with one value or text replaced.
    pub(crate) fn smaller(&self) -> Vec<Self> {
        let mut cases = Vec::new();
        let mut push = |change: &dyn Fn(&mut Self)| {
            let mut case = self.clone();
            change(&mut case);
            cases.push(case);
        };
        for at in 0..self.session.len() {
            push(&|case| drop(case.session.remove(at)));
        }
        for at in 0..self.flashes.len() {
            push(&|case| drop(case.flashes.remove(at)));
        }
        push(&|case| case.expiry = None);
        push(&|case| case.quoted = false);
        cases.extend(self.replaced(&|_| vec![zero()], &|_| vec![Text::from("a")]));
        self.lighter(cases)
    }

    /// The same with something inside a value or text left out or replaced.
    pub(crate) fn simpler(&self) -> Vec<Self> {
        self.lighter(self.replaced(&smaller, &smaller_texts))
    }

    fn lighter(&self, mut cases: Vec<Self>) -> Vec<Self> {
        let weight = self.weight();
        cases.retain(|case| case.weight() < weight);
        cases
    }

    /// Each value and text in turn replaced by each of those that the functions make of it.
    fn replaced(
        &self,
        values: &dyn Fn(&Value) -> Vec<Value>,
        texts: &dyn Fn(&Text) -> Vec<Text>,
    ) -> Vec<Self> {
        let mut cases = Vec::new();
        let mut push = |change: &dyn Fn(&mut Self)| {
            let mut case = self.clone();
            change(&mut case);
            cases.push(case);
        };
        for (at, (key, value)) in self.session.iter().enumerate() {
            for value in values(value) {
                push(&|case| case.session[at].1 = value.clone());
            }
            for key in texts(key) {
                if self.session.iter().all(|(known, _)| *known != key) {
                    push(&|case| case.session[at].0 = key.clone());
                }
            }
        }
        for (at, (category, message)) in self.flashes.iter().enumerate() {
            for message in values(message) {
                push(&|case| case.flashes[at].1 = message.clone());
            }
            for category in texts(category) {
                push(&|case| case.flashes[at].0 = category.clone());
            }
        }
        match &self.change {
            Some(Change::Set(key, value)) => {
                for value in values(value) {
                    push(&|case| case.change = Some(Change::Set(key.clone(), value.clone())));
                }
                for key in texts(key) {
                    push(&|case| case.change = Some(Change::Set(key.clone(), value.clone())));
                }
            }
            Some(Change::Flash(category, message)) => {
                for text in texts(message) {
                    push(&|case| case.change = Some(Change::Flash(category.clone(), text.clone())));
                }
                for text in texts(category) {
                    push(&|case| case.change = Some(Change::Flash(text.clone(), message.clone())));
                }
            }
            Some(Change::Remove(_)) | None => {}
        }
        cases
    }

    /// Plain letters and small numbers are the lightest.
    fn weight(&self) -> usize {
        let text = self.to_string();
        text.chars()
            .map(|char| match char {
                'a' | '0' => 1,
                '1' | '8' => 2,
                _ => 3,
            })
            .sum()
    }
}

fn zero() -> Value {
    Value::Number("0".to_owned())
}

fn smaller(value: &Value) -> Vec<Value> {
    let mut values = Vec::new();
    let without = |items: &[Value], at: usize| {
        let mut items = items.to_vec();
        items.remove(at);
        items
    };
    match value {
        Value::Text(text) => values.extend(smaller_texts(text).into_iter().map(Value::Text)),
        Value::Number(number) => {
            for at in 0..number.len().min(40) {
                let mut number = number.clone();
                number.remove(at);
                // Not every text without one character is a number.
                if serde_json::from_str::<&RawValue>(&number).is_ok() {
                    values.push(Value::Number(number));
                }
            }
        }
        Value::List(items) => {
            values.extend(items.iter().cloned());
            values.extend((0..items.len()).map(|at| Value::List(without(items, at))));
            for (at, item) in items.iter().enumerate() {
                for item in [zero()].into_iter().chain(smaller(item)) {
                    let mut items = items.clone();
                    items[at] = item;
                    values.push(Value::List(items));
                }
            }
        }
        Value::Tuple(items) => {
            values.push(Value::List(items.clone()));
            values.extend((0..items.len()).map(|at| Value::Tuple(without(items, at))));
        }
        Value::Map(members) => {
            values.extend(members.iter().map(|(_, value)| value.clone()));
            for (at, (key, value)) in members.iter().enumerate() {
                let mut push = |pair: Option<(Text, Value)>| {
                    let mut members = members.clone();
                    members.splice(at..=at, pair);
                    values.push(Value::Map(members));
                };
                push(None);
                for value in [zero()].into_iter().chain(smaller(value)) {
                    push(Some((key.clone(), value)));
                }
                for key in smaller_texts(key) {
                    if members.iter().all(|(known, _)| *known != key) {
                        push(Some((key, value.clone())));
                    }
                }
            }
        }
        _ => {}
    }
    values
}

fn smaller_texts(text: &Text) -> Vec<Text> {
    let units = &text.0;
    let mut texts = Vec::new();
    if units.len() > 12 {
        let half = units.len() / 2;
        texts.extend([&units[..half], &units[half..]].map(|half| Text(half.to_vec())));
        texts.push(Text(units[1..].to_vec()));
    } else {
        for at in 0..units.len() {
            let mut without = units.clone();
            without.remove(at);
            texts.push(Text(without));
            // One of the same kind.
            let mut simpler = units.clone();
            simpler[at] = match units[at] {
                0xd800..=0xdbff => 0xd800,
                0xdc00..=0xdfff => 0xd800,
                _ => u16::from(b'a'),
            };
            texts.push(Text(simpler));
        }
    }
    texts
}

struct Maker<'a> {
    rng: &'a mut Rng,
    family: Family,
    /// Whether we write: then keys are Rust texts, and values have Flask's tags and no other types.
    ours: bool,
}

/// Names with a meaning to a peer, and keys with an odd spelling.
const KEYS: [&str; 62] = [
    "",
    "a",
    "user",
    "counter",
    "__proto__",
    "constructor",
    "toString",
    "toJSON",
    "hasOwnProperty",
    "valueOf",
    "isNew",
    "isChanged",
    "isPopulated",
    "length",
    "populated",
    "save",
    "changed",
    "inspect",
    "maxAge",
    "externalKey",
    "commit",
    "_ctx",
    "_sessCtx",
    "_json",
    "_requireSave",
    "_expire",
    "_maxAge",
    "_session",
    "_permanent",
    "_permanent",
    "_flashes",
    "_user_id",
    "_fresh",
    "_id",
    "_session_expiry",
    "_auth_user_id",
    "10",
    "9",
    "01",
    "0",
    "-1",
    "1e3",
    "4294967294",
    "4294967295",
    "4294967296",
    " t",
    " di",
    " b",
    " m",
    " u",
    " d",
    " t__",
    " di__",
    "\\ud800",
    "\\\\",
    "\u{0}",
    "é",
    "e\u{301}",
    "👩‍🚀",
    "\u{2028}",
    "\"",
    "a b=;,",
];

/// Names with a meaning to React Router: what `flash` leaves, and what is nearly so.
const REACT_ROUTER: [&str; 4] = ["__flash_a__", "__flash_user__", "__flash___", "__flash__"];

/// Names with a meaning to Rails.
const RAILS: [&str; 3] = ["session_id", "_csrf_token", "flash"];

/// Tokens of Rails' forms, in both alphabets, and what is nearly so.
const TOKENS: [&str; 5] = [
    "Q0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0M=",
    "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=",
    "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s=",
    "Q0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0M",
    "Q0NDQw==",
];

const TAGS: [&str; 6] = [" t", " di", " b", " m", " u", " d"];

/// Tags with contents that Flask reads, and with others.
const TAGGED: [(&str, &str); 17] = [
    (" d", "Wed, 02 Oct 2024 23:59:58 GMT"),
    (" d", "Thu, 01 Jan 1970 00:00:00 GMT"),
    (" d", "Wed, 99 Oct 2024 23:59:58 GMT"),
    (" d", "no date"),
    (" d", ""),
    (" b", ""),
    (" b", "AP8="),
    (" b", "AP8"),
    (" b", "%"),
    (" u", "00000000000000000000000000000000"),
    (" u", "urn:uuid:12345678-1234-5678-1234-567812345678"),
    (" u", "{12345678123456781234567812345678}"),
    (" u", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"),
    (" u", "ab"),
    (" m", ""),
    (" m", "<b>é</b>"),
    (" t", "[]"),
];

const NUMBERS: [&str; 53] = [
    "0",
    "-0",
    "-0.0",
    "0.0",
    "1",
    "-1",
    "10",
    "1.0",
    "1.50",
    "100.00",
    "0.1",
    "-2.5",
    "1e5",
    "1E+5",
    "1e16",
    "1e15",
    "1e21",
    "1e20",
    "1e-5",
    "1e-7",
    "0.0001",
    "0.000001",
    "123456789012345680000.0",
    "123456789012345680000",
    "9007199254740991",
    "9007199254740992",
    "9007199254740993",
    "-9007199254740993",
    "9007199254740994",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "18446744073709551617",
    "1000000000000000000000",
    "123456789012345678901234567890",
    "1e400",
    "-1e400",
    "1E400",
    "1e-400",
    "5e-324",
    "2.2250738585072014e-308",
    "1.7976931348623157e308",
    "1.7976931348623159e308",
    "0.1234567890123456789012345678",
    "0.10000000000000001",
    "0.30000000000000004",
    "3.0000000000000000000000000001",
    "100000000000000000000000.5",
    "1.0000000000000002",
    "3960000.0000000005",
    "4294967296",
];

const TEXTS: [&str; 17] = [
    "",
    "a",
    "ada",
    "é",
    "e\u{301}",
    "日本語",
    "👩‍🚀\u{10ffff}",
    "\u{2028}\u{2029}\u{85}\u{feff}\u{fffe}\u{ffff}",
    "\"'\\/",
    "\u{0}\u{1}\u{1f}\t\r\n\u{8}\u{c}\u{7f}\u{80}\u{9f}",
    "</script><b>&amp;",
    "%41+/=;,",
    "null",
    "\\ud800",
    "NaN",
    " ",
    "1.50",
];

impl Maker<'_> {
    fn session(&mut self) -> Vec<(Text, Value)> {
        let mut session: Vec<(Text, Value)> = Vec::new();
        for _ in 0..self.rng.below(6) + usize::from(!self.rng.one_in(20)) {
            let key = self.session_key();
            if session.iter().all(|(known, _)| *known != key) {
                let value = self.session_value(&key);
                session.push((key, value));
            }
        }
        session
    }

    fn session_value(&mut self, key: &Text) -> Value {
        if key.is("_flashes") && !self.rng.one_in(4) {
            let pair = |maker: &mut Self| {
                let message = maker.value(1);
                Value::List(vec![Value::Text(maker.text()), message])
            };
            return Value::List((0..self.rng.below(3)).map(|_| pair(self)).collect());
        }
        if self.family == Family::Rails && !self.rng.one_in(4) {
            match key.to_str().as_deref() {
                Some("flash") => return self.rails_flash(),
                Some("session_id") => return Value::Text(self.text()),
                Some("_csrf_token") => return Value::Text(Text::from(self.rng.pick(&TOKENS))),
                _ => {}
            }
        }
        self.value(0)
    }

    /// As Rails keeps it, and nearly so.
    fn rails_flash(&mut self) -> Value {
        let mut members = Vec::new();
        if !self.rng.one_in(4) {
            members.push((Text::from("discard"), Value::List(self.items(1))));
        }
        let flashes = match self.rng.one_in(6) {
            true => self.value(1),
            false => {
                let mut flashes: Vec<(Text, Value)> = Vec::new();
                for _ in 0..self.rng.below(3) {
                    let (key, message) = (self.key(), self.value(2));
                    if flashes.iter().all(|(known, _)| *known != key) {
                        flashes.push((key, message));
                    }
                }
                Value::Map(flashes)
            }
        };
        members.push((Text::from("flashes"), flashes));
        Value::Map(members)
    }

    /// A key of the session itself.
    fn session_key(&mut self) -> Text {
        let taken: &[&str] = match self.family {
            // koa-session keeps its own values under these names.
            Family::Koa => &["_expire", "_session", "_requireSave"],
            // Rails writes them with values of its own.
            Family::Rails if !self.ours => &RAILS,
            _ => &[],
        };
        loop {
            let key = self.key();
            if !taken.iter().any(|name| key.is(name)) {
                return key;
            }
        }
    }

    fn key(&mut self) -> Text {
        let own: &[&str] = match self.family {
            Family::ReactRouter => &REACT_ROUTER,
            Family::Rails => &RAILS,
            _ => &[],
        };
        match self.rng.below(20) {
            8..15 if !own.is_empty() && self.rng.one_in(4) => Text::from(self.rng.pick(own)),
            0..8 => Text::from(self.rng.pick(&["a", "b", "c", "user", "cart", "theme"])),
            8..15 => Text::from(self.rng.pick(&KEYS)),
            _ => self.text(),
        }
    }

    fn change(&mut self, session: &[(Text, Value)]) -> Change {
        let known: Vec<&Text> = session.iter().map(|(key, _)| key).collect();
        let known: Vec<&Text> = known
            .into_iter()
            .filter(|key| key.to_str().is_some())
            .collect();
        let is_known = !known.is_empty();
        // What we write has no types but JSON's, and keys that are Rust texts.
        let mut ours = Maker {
            rng: self.rng,
            family: self.family,
            ours: true,
        };
        match ours.rng.below(8) {
            0 if is_known => Change::Remove(ours.rng.pick(&known).clone()),
            1 if ours.family == Family::Flask => Change::Flash(ours.text(), ours.text()),
            2..5 if is_known => {
                let key = ours.rng.pick(&known).clone();
                let value = ours.session_value(&key);
                Change::Set(key, value)
            }
            _ => {
                let key = ours.session_key();
                let value = ours.session_value(&key);
                Change::Set(key, value)
            }
        }
    }

    fn expiry(&mut self) -> Option<Expiry> {
        let numbers: &[&'static str] = match self.family {
            Family::Django => &["0", "1", "300", "259200", "1209600", "5000000"],
            Family::Koa => &[
                "60000",
                "86400000",
                "60000.5",
                "3960000.0000000005",
                "5000000000",
                "1e7",
            ],
            _ => return None,
        };
        Some(match self.family == Family::Django && self.rng.one_in(3) {
            true => Expiry::Date(self.rng.pick(&[300, 259_200, 5_000_000])),
            false => Expiry::Number(self.rng.pick(numbers)),
        })
    }

    fn value(&mut self, depth: usize) -> Value {
        if depth == 0 && self.rng.one_in(60) {
            return self.deep();
        }
        let limit = if depth < 4 { 20 } else { 11 };
        match self.rng.below(limit) {
            0 => Value::Null,
            1 => Value::Bool(self.rng.one_in(2)),
            2..6 => Value::Number(self.number()),
            6..11 => Value::Text(self.text()),
            11..14 => Value::List(self.items(depth)),
            14 if !self.ours && self.family == Family::Flask => self.typed(depth),
            14..17 if self.family == Family::Flask => self.tag(depth),
            _ => {
                let mut members: Vec<(Text, Value)> = Vec::new();
                for _ in 0..self.rng.below(4) {
                    let key = self.key();
                    if members.iter().all(|(known, _)| *known != key) {
                        members.push((key, self.value(depth + 1)));
                    }
                }
                Value::Map(members)
            }
        }
    }

    fn items(&mut self, depth: usize) -> Vec<Value> {
        let count = self.rng.below(4);
        (0..count).map(|_| self.value(depth + 1)).collect()
    }

    /// A map whose only key is the name of a tag.
    fn tag(&mut self, depth: usize) -> Value {
        let pair = match self.rng.below(3) {
            0 => {
                let (tag, value) = self.rng.pick(&TAGGED);
                (Text::from(tag), Value::Text(Text::from(value)))
            }
            1 => {
                let escaped = format!("{}__", self.rng.pick(&TAGS));
                let inner = (Text::from(escaped.as_str()), self.value(depth + 1));
                (Text::from(" di"), Value::Map(vec![inner]))
            }
            _ => (Text::from(self.rng.pick(&TAGS)), self.value(depth + 1)),
        };
        Value::Map(vec![pair])
    }

    /// A value of a type that JSON lacks.
    fn typed(&mut self, depth: usize) -> Value {
        match self.rng.below(7) {
            0 | 1 => Value::Tuple(self.items(depth)),
            6 => Value::Decimal(self.rng.pick(&["1.50", "0.10", "100"]).to_owned()),
            2 => Value::Bytes(self.rng.pick(&["", "00ff", "3c623e"]).to_owned()),
            3 => Value::Markup(self.text()),
            4 => Value::Uuid("12345678123456781234567812345678".to_owned()),
            _ => Value::Date("Wed, 02 Oct 2024 23:59:58 GMT".to_owned()),
        }
    }

    fn number(&mut self) -> String {
        match self.rng.below(12) {
            0 if self.rng.one_in(3) => {
                // Any finite number, with the 17 digits that name it.
                let float = f64::from_bits(self.rng.next());
                match float.is_finite() {
                    true => format!("{float:.16e}"),
                    false => "1".to_owned(),
                }
            }
            1 => {
                let float = f64::from_bits(self.rng.next());
                match float.is_finite() {
                    true => format!("{float:e}"),
                    false => "1".to_owned(),
                }
            }
            2 => self.rng.next().to_string(),
            3 => (self.rng.next() >> 40).to_string(),
            4 if self.rng.one_in(20) => "7".repeat(self.rng.pick(&[400, 4300, 4301])),
            _ => self.rng.pick(&NUMBERS).to_owned(),
        }
    }

    fn text(&mut self) -> Text {
        if self.rng.one_in(60) {
            return self.long();
        }
        if self.rng.one_in(3) {
            return Text::from(self.rng.pick(&TEXTS));
        }
        let mut units = Vec::new();
        for _ in 0..self.rng.below(13) {
            self.character(&mut units);
        }
        Text(units)
    }

    fn character(&mut self, units: &mut Vec<u16>) {
        let code = match self.rng.below(12) {
            0..5 => self.rng.below(0x7f - 0x20) + 0x20,
            5 => self.rng.below(0x20),
            6 => self.rng.pick(&[0x22, 0x27, 0x5c, 0x2f, 0x7f]),
            7 => self.rng.below(0x100) + 0x80,
            8 => self
                .rng
                .pick(&[0x301, 0x200d, 0xfe0f, 0x2028, 0x2029, 0xfeff, 0xfffe]),
            9 => self.rng.below(0x10_0000) + 0x1_0000,
            // Lone surrogates, which Ruby's texts cannot hold, or by chance a pair of them.
            10 if !self.ours && self.family != Family::Rails && self.rng.one_in(6) => {
                units.push(0xd800 + self.rng.below(0x800) as u16);
                return;
            }
            _ => self.rng.below(0xd800),
        };
        let char = char::from_u32(code as u32).unwrap_or('a');
        units.extend(char.encode_utf16(&mut [0; 2]).iter());
    }

    /// A text that compresses, or one that does not.
    fn long(&mut self) -> Text {
        if self.rng.one_in(3) {
            let count = self.rng.below(1200);
            let letters = (0..count).map(|_| 0x41 + self.rng.below(26) as u16);
            return Text(letters.collect());
        }
        let piece = self.rng.pick(&["a", "a short ", "é", "👩‍🚀", "\u{0}", "\""]);
        let times = match self.rng.one_in(4) {
            true => 70_000,
            false => 3000,
        };
        Text::from(
            piece
                .repeat(self.rng.below(times) / piece.len() + 1)
                .as_str(),
        )
    }

    fn deep(&mut self) -> Value {
        let levels = self
            .rng
            .pick(&[20, 98, 99, 100, 101, 102, 126, 127, 128, 129, 200]);
        let mut value = Value::Number("1".to_owned());
        for _ in 0..levels {
            value = match self.rng.one_in(2) {
                true => Value::List(vec![value]),
                false => Value::Map(vec![(Text::from("a"), value)]),
            };
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(seed: u64) -> Case {
        let mut rng = Rng::new(seed, "", 7);
        Case::new(Direction::ThereAndBack, Family::Flask, &mut rng)
    }

    #[test]
    fn the_seed_makes_the_case() {
        assert!(case(1) == case(1));
        assert!(case(1) != case(2));
    }

    #[test]
    fn every_smaller_case_is_lighter() {
        for case in (0..50).map(case) {
            for smaller in case.smaller() {
                assert!(smaller.weight() < case.weight(), "{smaller}");
            }
        }
    }
}
