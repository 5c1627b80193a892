//! Which of the cookies are meant.

use std::collections::HashMap;
use std::rc::Rc;

use indexmap::IndexSet;

use crate::cookies::{Cookies, Pair};
use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::token::{self, Guess};

/// A cookie that may be a session.
#[derive(Debug)]
pub(crate) struct Candidate<'a> {
    pub(crate) pair: &'a Pair,
    /// The values of second cookies, one of which may sign it.
    pub(crate) signatures: Rc<[&'a str]>,
    pub(crate) guess: Option<Guess>,
}

impl<'a> Candidate<'a> {
    fn new(pair: &'a Pair, signatures: &Signatures<'a>, format: Option<Format>) -> Self {
        let name = pair.name.as_deref();
        let signatures = name.and_then(|name| signatures.get(name));
        let signatures = signatures.cloned().unwrap_or_default();
        let guess = match format {
            None => token::guess(&pair.value, !signatures.is_empty()),
            Some(format) => token::read(&pair.value, format).map(Guess::sure),
        };
        let guess = guess.map(|guess| match format {
            None => guess.for_cookie(pair.name.as_deref()),
            Some(_) => guess,
        });
        Self {
            pair,
            signatures,
            guess,
        }
    }

    /// Whether it reads like a session beyond doubt.
    fn is_sure(&self) -> bool {
        self.guess
            .as_ref()
            .is_some_and(|guess| guess.doubt.is_none() || !guess.others.is_empty())
    }
}

/// The values of the cookies `NAME.sig`, by NAME.
type Signatures<'a> = HashMap<&'a str, Rc<[&'a str]>>;

fn signatures(cookies: &Cookies) -> Signatures<'_> {
    let mut signatures: HashMap<&str, Vec<&str>> = HashMap::new();
    for pair in &cookies.pairs {
        let signed = pair
            .name
            .as_ref()
            .and_then(|name| name.strip_suffix(".sig"));
        if let Some(name) = signed {
            signatures.entry(name).or_default().push(&pair.value);
        }
    }
    let signatures = signatures.into_iter();
    signatures
        .map(|(name, values)| (name, values.into()))
        .collect()
}

/// The cookies of the name, or those that look like sessions; of a single cookie, that one.
pub(crate) fn all<'a>(
    cookies: &'a Cookies,
    name: Option<&str>,
    format: Option<Format>,
) -> Result<Vec<Candidate<'a>>, Failure> {
    let signatures = signatures(cookies);
    let mut all: Vec<_> = cookies
        .pairs
        .iter()
        .filter(|pair| name == pair.name.as_deref() || !is_signature(pair))
        .map(|pair| Candidate::new(pair, &signatures, format))
        .collect();
    if let Some(name) = name {
        all.retain(|candidate| candidate.pair.name.as_deref().is_none_or(|own| own == name));
        return match all.is_empty() {
            true => Err(Failure::new(
                Kind::WhichCookie,
                format!("there is no cookie {name:?} among {}", names(cookies)),
            )),
            false => Ok(all),
        };
    }
    if all.len() > 1 {
        all.retain(|candidate| candidate.guess.is_some());
    }
    // Every base64 of a JSON object is one of Express's, perhaps; other cookies go before.
    if all.iter().any(Candidate::is_sure) {
        all.retain(Candidate::is_sure);
    }
    match all.is_empty() {
        true => Err(Failure::new(
            Kind::UnknownFormat,
            format!(
                "of the cookies {} each is of no known format",
                names(cookies)
            ),
        )),
        false => Ok(all),
    }
}

/// The cookies of one name: the given one, that of the format, or the only one there is.
pub(crate) fn one_name<'a>(
    cookies: &'a Cookies,
    name: Option<&str>,
    format: Option<Format>,
) -> Result<Vec<Candidate<'a>>, Failure> {
    let mut all = all(cookies, name, format)?;
    let first = all[0].pair.name.clone();
    if all.iter().any(|candidate| candidate.pair.name != first) {
        let usual = format.unwrap_or(Format::Native).default_name();
        all.retain(|candidate| candidate.pair.name.as_deref() == Some(usual));
        if all.is_empty() {
            return Err(Failure::new(
                Kind::WhichCookie,
                format!(
                    "several of {} may be the session: say which with --name",
                    names(cookies)
                ),
            ));
        }
    }
    Ok(all)
}

/// Why nothing is known about a cookie.
pub(crate) fn unknown(candidate: &Candidate<'_>, format: Option<Format>) -> Failure {
    let value = &candidate.pair.value;
    let why = match value.as_str() {
        "" | "\"\"" => "the cookie is empty, as a response leaves it that removes the session".to_owned(),
        "null" => "the cookie is `null`, as Starlette leaves it when it removes the session".to_owned(),
        quoted if quoted.starts_with('"') => {
            "the input is of no known format: there are quotes around the value, and the library takes values as they come".to_owned()
        }
        encoded if encoded.contains('%') => {
            "the input is of no known format: the value is percent-encoded, which React Router and Rails alone do, and the library takes values as they come".to_owned()
        }
        _ if format.is_some() => "the input is not of the format given with --format".to_owned(),
        other => match token::version(other) {
            Some("1" | "2") => "the input is of no known format: it begins like a token of axum-cookie-session, and was cut short or changed".to_owned(),
            Some(_) => "the input is of no known format: it looks like a token of axum-cookie-session of a version that this tool does not know".to_owned(),
            None => "the input is of no known format: it is no session cookie of axum-cookie-session, Flask, Starlette, Express, Koa, Django, React Router or Rails, or it was cut short".to_owned(),
        },
    };
    Failure::new(Kind::UnknownFormat, why)
}

fn is_signature(pair: &Pair) -> bool {
    let named = pair
        .name
        .as_ref()
        .is_some_and(|name| name.ends_with(".sig"));
    named && (token::is_signature(&pair.value) || pair.value.is_empty())
}

/// The names of the cookies for a sentence, of many the first ones.
fn names(cookies: &Cookies) -> String {
    const SHOWN: usize = 8;
    let names = cookies.pairs.iter().filter_map(|pair| pair.name.as_ref());
    let names: IndexSet<_> = names.collect();
    let shown = names.iter().take(SHOWN).map(|name| format!("{name:?}"));
    let shown = shown.collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
