//! What is asked of each contender, and the words for the answers.

use anyhow::{Context, Result, ensure};
use axum_cookie_session::SessionConfig;
use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::GeneralPurposeConfig;
use base64::engine::{DecodePaddingMode, GeneralPurpose};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::app::{
    App, BAD, FORGET, FROM_ANOTHER_SITE, GO, HAS_READ, INCREMENT, LOGOUT, REPORTED, Reply, SHOW,
    SLOW, TWO,
};
use crate::contender::Contender;
use crate::operation::forge;
use crate::world::World;

type Probe = fn(&World, &Contender) -> Result<String>;

pub(crate) const PROBES: [(&str, Probe); 15] = [
    ("readable", readable),
    ("an anonymous user", anonymous),
    ("attributes by default", attributes),
    ("3500 bytes in one key", |world, contender| {
        of_size(world, contender, "/insert/3500")
    }),
    ("5000 bytes in one key", |world, contender| {
        of_size(world, contender, "/insert/5000")
    }),
    ("a value that is not JSON", not_json),
    ("a change that is not returned", not_returned),
    ("forged", forged),
    ("forged next to a valid one", forged_beside),
    ("expired, and sent again", expired),
    ("a form of another site", from_another_site),
    ("a copy after the logout", copied),
    ("after a change of the key", rotated),
    ("two extractors, two keys", two_extractors),
    ("two requests, two keys", two_requests),
];

const INSERT_USER: &str = "/insert/user";
const INSERT_B: &str = "/insert/b";

const KEPT: &str = "kept";
const LOST: &str = "lost";
const SIGNED_IN: &str = "signed in";
const SIGNED_OUT: &str = "signed out";

fn len(pair: &str) -> usize {
    pair.len() - "=".len()
}

/// The session of a user who signed in, as `name=value`.
fn signed_in(world: &World, app: &dyn App) -> Result<String> {
    let reply = world.send(app, INSERT_USER, "")?;
    let pair = reply.pair().context("a login sets no cookie")?;
    Ok(pair.to_owned())
}

/// Whether the user of [`signed_in`] is still signed in.
fn has_user(world: &World, app: &dyn App, cookies: &str) -> Result<bool> {
    holds(&world.send(app, SHOW, cookies)?, "user")
}

/// Whether the session that [`SHOW`] shows has the key.
fn holds(shown: &Reply, key: &str) -> Result<bool> {
    let session: Map<String, Value> = serde_json::from_str(&shown.body)?;
    Ok(session.contains_key(key))
}

fn readable(world: &World, contender: &Contender) -> Result<String> {
    let cookie = signed_in(world, &*(contender.usual)(world))?;
    let (_, value) = cookie.split_once('=').context("the cookie is no pair")?;
    let value = percent_decode_str(value).collect::<Vec<u8>>();
    let is_shown = shows(&value) || decoded(&value).any(|bytes| shows(&bytes));
    Ok(if is_shown { "yes" } else { "no" }.to_owned())
}

fn shows(bytes: &[u8]) -> bool {
    bytes.windows(5).any(|window| window == b"\"ada\"")
}

/// Everything in the value that decodes as base64, from any position to the next dot.
fn decoded(value: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engines = [&alphabet::STANDARD, &alphabet::URL_SAFE]
        .map(|alphabet| GeneralPurpose::new(alphabet, lenient));
    let decoded = (0..value.len()).flat_map(move |start| {
        let end = value[start..].iter().position(|byte| *byte == b'.');
        let piece = &value[start..end.map_or(value.len(), |end| start + end)];
        engines.clone().map(|engine| engine.decode(piece))
    });
    decoded.flatten()
}

fn anonymous(world: &World, contender: &Contender) -> Result<String> {
    let reply = world.send(&*(contender.usual)(world), SHOW, "")?;
    Ok(match reply.set_cookies.len() {
        0 => "no cookie".to_owned(),
        count => format!("{count} `Set-Cookie`"),
    })
}

/// Whether the answer to another site's form would replace the session of the user.
fn from_another_site(world: &World, contender: &Contender) -> Result<String> {
    let path = format!("{INSERT_USER}{FROM_ANOTHER_SITE}");
    let reply = world.send(&*(contender.usual)(world), &path, "")?;
    Ok(if reply.set_cookies.is_empty() {
        "writes nothing"
    } else {
        "replaces the session"
    }
    .to_owned())
}

fn attributes(world: &World, contender: &Contender) -> Result<String> {
    let reply = world.send(&*(contender.usual)(world), INSERT_USER, "")?;
    let cookie = reply.set_cookie().context("a login sets no cookie")?;
    let found = ["Secure", "HttpOnly", "SameSite=Lax", "SameSite=Strict"];
    let found = found
        .into_iter()
        .filter(|attribute| cookie.contains(attribute));
    let found = found.map(|attribute| attribute.trim_start_matches("SameSite="));
    let found = found.collect::<Vec<_>>().join(", ");
    Ok(if found.is_empty() {
        "none".to_owned()
    } else {
        found
    })
}

fn of_size(world: &World, contender: &Contender, path: &str) -> Result<String> {
    let reply = world.send(&*(contender.usual)(world), path, "")?;
    Ok(match reply.pair().map(len) {
        // The length of percent-encoded ciphertext varies by some bytes.
        Some(len) if len > SessionConfig::MAX_COOKIE_LEN => {
            format!("{} kB: dropped", (len + 500) / 1000)
        }
        Some(_) => KEPT.to_owned(),
        None => reply.status.to_string(),
    })
}

fn not_json(world: &World, contender: &Contender) -> Result<String> {
    let app = (contender.usual)(world);
    let reply = world.send(&*app, BAD, &signed_in(world, &*app)?)?;
    Ok(match (reply.status, &*reply.body) {
        (200, REPORTED) => "an error".to_owned(),
        (200, _) => "lost silently".to_owned(),
        (status, _) => status.to_string(),
    })
}

fn not_returned(world: &World, contender: &Contender) -> Result<String> {
    let app = (contender.usual)(world);
    let cookie = signed_in(world, &*app)?;
    let reply = world.send(&*app, FORGET, &cookie)?;
    saved(world, &*app, &cookie, &reply, "a")
}

/// Whether the session has the key, for a browser that had one cookie and got this reply.
fn saved(world: &World, app: &dyn App, cookie: &str, reply: &Reply, key: &str) -> Result<String> {
    let reply = world.send(app, SHOW, reply.pair().unwrap_or(cookie))?;
    Ok(if holds(&reply, key)? { KEPT } else { LOST }.to_owned())
}

fn forged(world: &World, contender: &Contender) -> Result<String> {
    let app = (contender.usual)(world);
    let cookie = forge(&signed_in(world, &*app)?);
    let shown = world.send(&*app, SHOW, &cookie)?;
    ensure!(shown.body == "{}", "it's accepted");
    let is_removed = !shown.set_cookies.is_empty() && shown.pair().is_none();
    let reply = world.send(&*app, INCREMENT, &cookie)?;
    ensure!(reply.status == 200, "{INCREMENT} answers {}", reply.status);
    let answer = if reply.pair() == Some(&*cookie) {
        "a session with that id"
    } else if is_removed {
        "a new session, removed"
    } else {
        "a new session"
    };
    Ok(answer.to_owned())
}

fn forged_beside(world: &World, contender: &Contender) -> Result<String> {
    let app = (contender.usual)(world);
    let cookie = signed_in(world, &*app)?;
    let forged = forge(&cookie);
    let first = format!("{forged}; {cookie}");
    let second = format!("{cookie}; {forged}");
    let is_in = |both: &str| has_user(world, &*app, both);
    let answer = match [is_in(&first)?, is_in(&second)?] {
        [true, true] => SIGNED_IN,
        [false, true] => "signed out if it comes first",
        [true, false] => "signed out if it comes second",
        [false, false] => SIGNED_OUT,
    };
    Ok(answer.to_owned())
}

fn expired(world: &World, contender: &Contender) -> Result<String> {
    let [before, after] = (contender.expired)(world);
    let fresh = signed_in(world, &*after)?;
    ensure!(
        has_user(world, &*after, &fresh)?,
        "a new session is refused"
    );
    let old = signed_in(world, &*before)?;
    valid(world, &*after, &old)
}

fn valid(world: &World, app: &dyn App, cookies: &str) -> Result<String> {
    let is_valid = has_user(world, app, cookies)?;
    Ok(if is_valid { "valid" } else { "refused" }.to_owned())
}

fn copied(world: &World, contender: &Contender) -> Result<String> {
    let app = (contender.usual)(world);
    let cookie = signed_in(world, &*app)?;
    world.send(&*app, LOGOUT, &cookie)?;
    valid(world, &*app, &cookie)
}

fn rotated(world: &World, contender: &Contender) -> Result<String> {
    let Some([before, after]) = (contender.rotated)(world) else {
        return Ok("no key".to_owned());
    };
    let cookie = signed_in(world, &*before)?;
    let is_in = has_user(world, &*after, &cookie)?;
    Ok(if is_in { SIGNED_IN } else { SIGNED_OUT }.to_owned())
}

fn two_extractors(world: &World, contender: &Contender) -> Result<String> {
    let app = (contender.usual)(world);
    let cookie = signed_in(world, &*app)?;
    let reply = world.send(&*app, TWO, &cookie)?;
    let saved = |key| saved(world, &*app, &cookie, &reply, key);
    Ok(both(&[saved("a")?, saved("b")?]))
}

fn both(saved: &[String; 2]) -> String {
    let is_kept = saved.iter().all(|saved| saved == KEPT);
    if is_kept { "both kept" } else { "one is lost" }.to_owned()
}

/// One request reads, another one reads, writes and is answered, and then the first one writes.
fn two_requests(world: &World, contender: &Contender) -> Result<String> {
    let app = (contender.usual)(world);
    let cookie = signed_in(world, &*app)?;
    let (last, first) = world.runtime.block_on(async {
        tokio::try_join!(app.send(SLOW, &cookie), async {
            HAS_READ.notified().await;
            let reply = app.send(INSERT_B, &cookie).await;
            GO.notify_one();
            reply
        })
    })?;
    // The browser keeps the last one.
    let newer = first.pair().unwrap_or(&cookie);
    let saved = |key| saved(world, &*app, newer, &last, key);
    Ok(both(&[saved("a")?, saved("b")?]))
}

/// Bytes of name and value of the cookie of `{"visits":1}`.
pub(crate) fn bytes(world: &World, contender: &Contender) -> Result<usize> {
    let reply = world.send(&*(contender.usual)(world), INCREMENT, "")?;
    Ok(reply.pair().map_or(0, len))
}
