//! What is asked of each contender, and the words for what it answers.

use anyhow::{Context, Result, ensure};
use axum_cookie_session::SessionConfig;
use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::GeneralPurposeConfig;
use base64::engine::{DecodePaddingMode, GeneralPurpose};
use percent_encoding::percent_decode_str;

use crate::compare::app::{
    App, BAD, FORGET, GO, HAS_READ, LOGOUT, QUICK, REPORTED, Reply, SHOW, SLOW, TWO, USER, VISITS,
};
use crate::compare::contender::Contender;
use crate::compare::world::World;

type Probe = fn(&World, &Contender) -> Result<String>;

pub(crate) const PROBES: [(&str, Probe); 14] = [
    ("readable", readable),
    ("a visitor without one", stranger),
    ("attributes by default", attributes),
    ("3500 bytes in one key", |world, contender| {
        of_size(world, contender, "/big/3500")
    }),
    ("5000 bytes in one key", |world, contender| {
        of_size(world, contender, "/big/5000")
    }),
    ("a value that is no JSON", no_json),
    ("a change, not returned", forgotten),
    ("forged", forged),
    ("forged beside a valid one", forged_beside),
    ("time is over, sent again", expired),
    ("a copy, after the logout", copied),
    ("a new key, with the old one", rotated),
    ("two extractors, two keys", two_extractors),
    ("two requests, two keys", two_requests),
];

fn len(pair: &str) -> usize {
    pair.len() - "=".len()
}

/// A session of a visitor who signed in, as `name=value`.
fn signed_in(world: &World, app: &dyn App) -> Result<String> {
    let reply = world.send(app, USER, "")?;
    let pair = reply.pair().context("a login sets no cookie")?;
    Ok(pair.to_owned())
}

fn readable(world: &World, contender: &Contender) -> Result<String> {
    let cookie = signed_in(world, &*(contender.usual)(world))?;
    let (_, value) = cookie.split_once('=').context("the cookie is no pair")?;
    let value = percent_decode_str(value).collect::<Vec<u8>>();
    Ok(yes(
        shows(&value) || decoded(&value).any(|bytes| shows(&bytes))
    ))
}

fn shows(bytes: &[u8]) -> bool {
    bytes.windows(5).any(|window| window == b"\"ada\"")
}

/// Whatever in it could be base64, from any place to the next dot.
fn decoded(value: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engines = [&alphabet::STANDARD, &alphabet::URL_SAFE]
        .map(|alphabet| GeneralPurpose::new(alphabet, lenient));
    let places = (0..value.len()).flat_map(move |start| {
        let end = value[start..].iter().position(|byte| *byte == b'.');
        let piece = &value[start..end.map_or(value.len(), |end| start + end)];
        engines.clone().map(|engine| engine.decode(piece))
    });
    places.flatten()
}

fn stranger(world: &World, contender: &Contender) -> Result<String> {
    let reply = world.send(&*(contender.usual)(world), SHOW, "")?;
    Ok(match reply.set_cookies.len() {
        0 => "no cookie".to_owned(),
        count => format!("{count} `Set-Cookie`"),
    })
}

fn attributes(world: &World, contender: &Contender) -> Result<String> {
    let reply = world.send(&*(contender.usual)(world), USER, "")?;
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
        // Ciphertext varies by some bytes, in which it is percent-encoded.
        Some(len) if len > SessionConfig::MAX_COOKIE_LEN => {
            format!("{} kB: dropped", (len + 500) / 1000)
        }
        Some(_) => "kept".to_owned(),
        None => reply.status.to_string(),
    })
}

fn no_json(world: &World, contender: &Contender) -> Result<String> {
    let app = (contender.usual)(world);
    let reply = world.send(&*app, BAD, &signed_in(world, &*app)?)?;
    Ok(match (reply.status, &*reply.body) {
        (200, REPORTED) => "an error".to_owned(),
        (200, _) => "lost in silence".to_owned(),
        (status, _) => status.to_string(),
    })
}

fn forgotten(world: &World, contender: &Contender) -> Result<String> {
    let app = (contender.usual)(world);
    let cookie = signed_in(world, &*app)?;
    let reply = world.send(&*app, FORGET, &cookie)?;
    saved(world, &*app, &cookie, &reply, "a")
}

/// Whether the key is there, for a browser that had one cookie and got this reply.
fn saved(world: &World, app: &dyn App, cookie: &str, reply: &Reply, key: &str) -> Result<String> {
    let reply = world.send(app, SHOW, reply.pair().unwrap_or(cookie))?;
    Ok(match reply.body.split(' ').any(|found| found == key) {
        true => "kept".to_owned(),
        false => "lost".to_owned(),
    })
}

/// The cookie with one character of its value changed, not the last, which may have spare bits.
fn forge(cookie: &str) -> String {
    let at = cookie.len() - 4;
    let other = if &cookie[at..=at] == "a" { "b" } else { "a" };
    format!("{}{other}{}", &cookie[..at], &cookie[at + 1..])
}

fn forged(world: &World, contender: &Contender) -> Result<String> {
    let app = (contender.usual)(world);
    let cookie = forge(&signed_in(world, &*app)?);
    let shown = world.send(&*app, SHOW, &cookie)?;
    ensure!(shown.body.is_empty(), "it is believed");
    let removed = match shown.set_cookies.is_empty() || shown.pair().is_some() {
        true => "",
        false => ", removed",
    };
    let reply = world.send(&*app, VISITS, &cookie)?;
    ensure!(reply.status == 200, "{VISITS} answers {}", reply.status);
    Ok(match reply.pair() == Some(&*cookie) {
        true => "a session of that id".to_owned(),
        false => format!("a new session{removed}"),
    })
}

fn forged_beside(world: &World, contender: &Contender) -> Result<String> {
    let app = (contender.usual)(world);
    let cookie = signed_in(world, &*app)?;
    let forged = forge(&cookie);
    let first = format!("{forged}; {cookie}");
    let second = format!("{cookie}; {forged}");
    let is_out = |both: &str| anyhow::Ok(login(&world.send(&*app, SHOW, both)?) == SIGNED_OUT);
    let answer = match [is_out(&first)?, is_out(&second)?] {
        [false, false] => SIGNED_IN,
        [true, false] => "signed out where it is the first",
        [false, true] => "signed out where it is the second",
        [true, true] => SIGNED_OUT,
    };
    Ok(answer.to_owned())
}

const SIGNED_IN: &str = "signed in";
const SIGNED_OUT: &str = "signed out";

fn login(reply: &Reply) -> &'static str {
    match reply.body.contains("user") {
        true => SIGNED_IN,
        false => SIGNED_OUT,
    }
}

fn expired(world: &World, contender: &Contender) -> Result<String> {
    let [before, after] = (contender.expired)(world);
    let fresh = signed_in(world, &*after)?;
    let fresh = valid(&world.send(&*after, SHOW, &fresh)?);
    ensure!(fresh == "valid", "a fresh session is {fresh}");
    let old = signed_in(world, &*before)?;
    Ok(valid(&world.send(&*after, SHOW, &old)?))
}

fn valid(reply: &Reply) -> String {
    match reply.body.contains("user") {
        true => "valid".to_owned(),
        false => "refused".to_owned(),
    }
}

fn copied(world: &World, contender: &Contender) -> Result<String> {
    let app = (contender.usual)(world);
    let cookie = signed_in(world, &*app)?;
    world.send(&*app, LOGOUT, &cookie)?;
    Ok(valid(&world.send(&*app, SHOW, &cookie)?))
}

fn rotated(world: &World, contender: &Contender) -> Result<String> {
    let Some([before, after]) = (contender.rotated)(world) else {
        return Ok("no key".to_owned());
    };
    let cookie = signed_in(world, &*before)?;
    Ok(login(&world.send(&*after, SHOW, &cookie)?).to_owned())
}

fn two_extractors(world: &World, contender: &Contender) -> Result<String> {
    let app = (contender.usual)(world);
    let cookie = signed_in(world, &*app)?;
    let reply = world.send(&*app, TWO, &cookie)?;
    let saved = |key| saved(world, &*app, &cookie, &reply, key);
    Ok(both(&[saved("a")?, saved("b")?]))
}

fn both(saved: &[String; 2]) -> String {
    match saved.iter().all(|saved| saved == "kept") {
        true => "both kept".to_owned(),
        false => "one is lost".to_owned(),
    }
}

/// One reads; the other reads, writes and is answered; then the first writes.
fn two_requests(world: &World, contender: &Contender) -> Result<String> {
    let app = (contender.usual)(world);
    let cookie = signed_in(world, &*app)?;
    let (last, first) = world.runtime.block_on(async {
        tokio::try_join!(app.send(SLOW, &cookie), async {
            HAS_READ.notified().await;
            let reply = app.send(QUICK, &cookie).await;
            GO.notify_one();
            reply
        })
    })?;
    // The browser keeps what came last.
    let newer = first.pair().unwrap_or(&cookie);
    let saved = |key| saved(world, &*app, newer, &last, key);
    Ok(both(&[saved("a")?, saved("b")?]))
}

/// Of name and value, for `{"visits":1}`.
pub(crate) fn bytes(world: &World, contender: &Contender) -> Result<usize> {
    let reply = world.send(&*(contender.usual)(world), VISITS, "")?;
    Ok(reply.pair().map_or(0, len))
}

fn yes(is_so: bool) -> String {
    if is_so { "yes" } else { "no" }.to_owned()
}
