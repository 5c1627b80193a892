//! What a visitor does between the two sides, written once for all peers.
//!
//! "There" is the peer, "here" is ours.

use std::rc::Rc;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::peer::{Family, USUAL};
use crate::server::{Server, Settings};
use crate::stage::Side::{Here, There};
use crate::stage::{Side, Stage};

pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) applies: fn(&Stage<'_>) -> bool,
    pub(crate) play: fn(&Stage<'_>) -> Result<()>,
}

const USER: &str = "renée";
const OLD: &str = "the old secret: an ümlaut and 32 bytes";
const NEW: &str = "the new secret: 32 bytes or more";

const NOW: Settings = Settings {
    secret: OLD,
    fallback: None,
    lifetime: None,
    clock: 0,
    variant: USUAL,
};

const ALL: fn(&Stage<'_>) -> bool = |_| true;

pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "log in there, read here, write here, read there, write there, read here",
        applies: ALL,
        play: |stage| back_and_forth(stage, There),
    },
    Scenario {
        name: "log in here, read there, write there, read here, write here, read there",
        applies: ALL,
        play: |stage| back_and_forth(stage, Here),
    },
    Scenario {
        name: "text of any script as keys and values, both ways",
        applies: ALL,
        play: text,
    },
    Scenario {
        name: "numbers, objects, arrays, booleans and null, both ways",
        applies: ALL,
        play: values,
    },
    Scenario {
        name: "values set there that Rust cannot hold are kept by a rewrite here",
        // Ruby cannot hold a lone surrogate either.
        applies: |stage| stage.peer.family != Family::Rails,
        play: foreign,
    },
    Scenario {
        name: "a read leaves the other side's session as it is",
        applies: ALL,
        play: reads_write_nothing,
    },
    Scenario {
        name: "what is set here, however odd, never breaks the session there",
        applies: ALL,
        play: odd,
    },
    Scenario {
        name: "a large session that does not compress",
        applies: ALL,
        play: large,
    },
    Scenario {
        name: "a large session that compresses",
        applies: ALL,
        play: repetitive,
    },
    Scenario {
        name: "log out there, logged out here",
        applies: ALL,
        play: |stage| logout(stage, There),
    },
    Scenario {
        name: "log out here, logged out there",
        applies: ALL,
        play: |stage| logout(stage, Here),
    },
    Scenario {
        name: "a cookie with any one character changed is refused by both",
        applies: ALL,
        play: tampered,
    },
    Scenario {
        name: "a new key here first, then there: nobody is logged out",
        applies: |stage| stage.peer.has_fallbacks,
        play: |stage| rotation(stage, Here),
    },
    Scenario {
        name: "a new key there first, then here: nobody is logged out",
        applies: |stage| stage.peer.has_fallbacks,
        play: |stage| rotation(stage, There),
    },
    Scenario {
        name: "a new key here first (no fallback keys there): a visit here carries a session over",
        applies: |stage| !stage.peer.has_fallbacks,
        play: carried_over,
    },
    Scenario {
        name: "a new key there first (no fallback keys there): both keys verify here, only the new one there",
        applies: |stage| !stage.peer.has_fallbacks,
        play: left_behind,
    },
    Scenario {
        name: "a session that expired as written there is refused by both",
        applies: |stage| stage.peer.expires,
        play: |stage| old(stage, There, ""),
    },
    Scenario {
        name: "a session that expired as written here is refused by both",
        applies: |stage| stage.peer.expires,
        play: |stage| old(stage, Here, ""),
    },
    Scenario {
        name: "sessions never expire, as documented: an old one is valid on both",
        applies: |stage| !stage.peer.expires,
        play: |stage| old(stage, There, USER).and_then(|()| old(stage, Here, USER)),
    },
    Scenario {
        name: "clocks apart: 1 s behind there, 30 s ahead there",
        // Flask and Starlette themselves refuse what is one second from the future.
        applies: |stage| stage.peer.expires && !stage.peers_only,
        play: clocks,
    },
    Scenario {
        name: "the login of its own is read here and kept by a rewrite, log out on either side",
        applies: |stage| stage.peer.auth_key.is_some(),
        play: own_login,
    },
    Scenario {
        name: "a Flask-Login made here",
        applies: |stage| stage.peer.auth_key == Some("_user_id"),
        play: own_login_from_here,
    },
    Scenario {
        name: "flash messages, both ways",
        applies: |stage| stage.peer.is_flask(),
        play: flashes,
    },
    Scenario {
        name: "what React Router shows once, both ways",
        applies: |stage| stage.peer.family == Family::ReactRouter && !stage.peers_only,
        play: shown_once,
    },
    Scenario {
        name: "the flash of Rails, both ways, and its CSRF token",
        applies: |stage| stage.peer.family == Family::Rails && !stage.peers_only,
        play: rails_flash,
    },
    Scenario {
        name: "values of types that JSON lacks are kept by a rewrite",
        applies: |stage| stage.peer.is_flask(),
        play: typed,
    },
];

/// Sessions that we refuse, as README.md says.
pub(crate) const REFUSALS: &[Scenario] = &[
    Scenario {
        name: "refused here, as documented: the sessions of this version",
        applies: |stage| refuses(stage, USUAL),
        play: |stage| refused(stage, USUAL),
    },
    Scenario {
        name: "refused here, as documented: signed with SHA-1",
        applies: |stage| refuses(stage, "sha1"),
        play: |stage| refused(stage, "sha1"),
    },
    Scenario {
        name: "refused here, as documented: signed with SHA-256",
        applies: |stage| refuses(stage, "sha256"),
        play: |stage| refused(stage, "sha256"),
    },
    Scenario {
        name: "refused here, as documented: signed with another salt",
        applies: |stage| refuses(stage, "salt"),
        play: |stage| refused(stage, "salt"),
    },
    Scenario {
        name: "refused here, as documented: pickled",
        applies: |stage| refuses(stage, "pickle"),
        play: |stage| refused(stage, "pickle"),
    },
    Scenario {
        name: "refused here, as documented: written by Marshal",
        applies: |stage| refuses(stage, "marshal"),
        play: |stage| refused(stage, "marshal"),
    },
    Scenario {
        name: "refused here, as documented: not signed",
        applies: |stage| refuses(stage, "unsigned"),
        play: |stage| refused(stage, "unsigned"),
    },
    Scenario {
        name: "refused here, as documented: a number that JSON lacks",
        applies: |stage| {
            stage.peer.family.is_python() && stage.peer.is_shared() && !stage.peers_only
        },
        play: not_a_number,
    },
];

fn refuses(stage: &Stage<'_>, variant: &str) -> bool {
    // A second server of the peer may read what we refuse.
    stage.peer.refused.contains(&variant) && !stage.peers_only
}

fn refused(stage: &Stage<'_>, variant: &'static str) -> Result<()> {
    let there = stage.server(There, Settings { variant, ..NOW })?;
    let browser = Browser::new();
    browser.login(&there, USER)?;
    counts_as_none(stage, &browser, &there)
}

fn not_a_number(stage: &Stage<'_>) -> Result<()> {
    let there = stage.server(There, NOW)?;
    let browser = Browser::new();
    browser.login(&there, USER)?;
    browser.is(&*stage.server(Here, NOW)?, USER)?;
    browser.post(&there, "/set", &[("key", "value"), ("value", "NaN")])?;
    counts_as_none(stage, &browser, &there)
}

/// The session counts as none here, a read leaves it alone, and a write replaces it.
fn counts_as_none(stage: &Stage<'_>, browser: &Browser, there: &Server) -> Result<()> {
    let here = stage.server(Here, NOW)?;
    browser.is(there, USER)?;
    let cookies = browser.is(&here, "")?.cookies;
    ensure!(cookies.is_empty(), "a read sets {cookies:?}");
    browser.is(there, USER)?;

    browser.counts(&here, 1)?;
    browser.counts(&here, 2)?;
    browser.is(there, "")?;
    Ok(())
}

/// Both sides with the same settings: there, here.
fn sides(stage: &Stage<'_>, settings: Settings) -> Result<[Rc<Server>; 2]> {
    Ok([
        stage.server(There, settings)?,
        stage.server(Here, settings)?,
    ])
}

fn other(side: Side) -> Side {
    match side {
        Here => There,
        There => Here,
    }
}

fn back_and_forth(stage: &Stage<'_>, first: Side) -> Result<()> {
    let (one, two) = (stage.server(first, NOW)?, stage.server(other(first), NOW)?);
    let browser = Browser::new();
    browser.login(&one, USER)?;
    browser.is(&two, USER)?;
    browser.counts(&two, 1)?;
    browser.is(&one, USER)?;
    browser.counts(&one, 2)?;
    browser.reads(&two, "counter", &json!(2))?;
    for server in [&one, &two] {
        let dump = browser.get(server, "/dump", &[])?.json()?;
        ensure!(dump["user"] == USER && dump["counter"] == 2, "{dump}");
    }
    Ok(())
}

/// Each side writes all pairs, and then both read them.
fn carries(stage: &Stage<'_>, pairs: &[(&str, Value)]) -> Result<()> {
    for from in [There, Here] {
        let browser = Browser::new();
        for (key, value) in pairs {
            browser.writes(&*stage.server(from, NOW)?, key, value)?;
        }
        // The other side writes the whole session again.
        let to = stage.server(other(from), NOW)?;
        for step in 1..=2 {
            for server in &sides(stage, NOW)? {
                for (key, value) in pairs {
                    browser.reads(server, key, value)?;
                }
            }
            browser.counts(&to, step)?;
        }
    }
    Ok(())
}

fn text(stage: &Stage<'_>) -> Result<()> {
    let texts = [
        "é",
        "e\u{301}",
        "日本語",
        "👩‍🚀🏳️‍🌈\u{10ffff}",
        "שלום",
        "مرحبا",
        "\u{2028}\u{2029}\u{85}\u{feff}",
        "\"double\" 'single'",
        "back\\slash/",
        "\u{0}\u{1}\u{1f}\t\r\n\u{8}\u{c}\u{7f}",
        "",
        " spaces ",
        "<b>&amp;",
        "%41+/=;,",
        "10",
        "9",
    ];
    carries(stage, &texts.map(|text| (text, json!(text))))
}

fn values(stage: &Stage<'_>) -> Result<()> {
    let values = json!([
        0, 1, -1, 9_007_199_254_740_991_i64, 9_007_199_254_740_992_i64, -9_007_199_254_740_992_i64,
        1.0, -2.5, 0.1, 1e16, 1e21, 1e-7, true, false, null, "", [], {},
        [1, [2, [3, []]], {"a": null}],
        {"a": {"b": [{"c": 1.5}, true], "d": {}}, "é": "日本語"}
    ]);
    let values = values.as_array().cloned().unwrap_or_default();
    let keys: Vec<String> = (0..values.len()).map(|n| format!("key {n}")).collect();
    let pairs: Vec<(&str, Value)> = keys.iter().map(String::as_str).zip(values).collect();
    carries(stage, &pairs)
}

fn foreign(stage: &Stage<'_>) -> Result<()> {
    // A lone surrogate is not Unicode; the number is beyond 64 bits.
    let value = r#"["\ud800", 123456789012345678901234567890, 5e-324, -0.0, {"\udfff": 1.10}]"#;
    let [there, here] = sides(stage, NOW)?;
    let browser = Browser::new();
    browser.login(&there, USER)?;
    browser.post(&there, "/set", &[("key", "value"), ("value", value)])?;
    let before = browser.get(&there, "/get", &[("key", "value")])?.body;
    ensure!(before.contains("\\ud800"), "{before}");
    browser.is(&here, USER)?;
    browser.counts(&here, 1)?;
    let after = browser.get(&there, "/get", &[("key", "value")])?.body;
    ensure!(before == after, "{before} became {after}");
    Ok(())
}

fn reads_write_nothing(stage: &Stage<'_>) -> Result<()> {
    let value = json!({"z": "é", "a": [1.0, 1e21, "\u{2028}\u{7f}"]});
    for from in [There, Here] {
        let writer = stage.server(from, NOW)?;
        let reader = stage.server(other(from), NOW)?;
        let browser = Browser::new();
        browser.writes(&writer, "value", &value)?;
        let page = browser.reads(&reader, "value", &value)?;
        if reader.name == stage.peer.name && stage.peer.resends {
            continue;
        }
        let (at, cookies) = (&reader.name, page.cookies);
        ensure!(cookies.is_empty(), "a read at {at} sets {cookies:?}");
    }
    Ok(())
}

fn odd(stage: &Stage<'_>) -> Result<()> {
    // Flask's tags, with what its readers cannot read; what JavaScript rounds; names that
    // JavaScript's objects have.
    let values = [
        json!({" t": 1}),
        json!({" t": [1, 2]}),
        json!({" b": 5}),
        json!({" b": "%"}),
        json!({" u": "no UUID"}),
        json!({" d": "no date"}),
        json!({" m": 1}),
        json!({" di": {}}),
        json!({" di": {" t__": 1}}),
        json!([{" t": {" b": 1}}]),
        json!(9_007_199_254_740_993_i64),
        json!(u64::MAX),
    ];
    let names = [
        "__proto__",
        "constructor",
        "toString",
        "toJSON",
        "isNew",
        "_ctx",
        "hasOwnProperty",
    ];
    let odd = values.map(|value| ("value", value));
    let odd = odd.into_iter().chain(names.map(|name| (name, json!(1))));

    let [there, here] = sides(stage, NOW)?;
    for (key, value) in odd {
        let browser = Browser::new();
        browser.login(&there, USER)?;
        let query = [("key", key), ("value", &value.to_string())];
        // An error is an answer too: then the session stays as it was.
        let status = browser.try_post(&here, "/set", &query)?.status;
        let still = || {
            browser.is(&there, USER)?;
            browser.counts(&there, 1)?;
            browser.is(&here, USER)?;
            browser.counts(&here, 2)
        };
        still().map_err(|error| error.context(format!("{key}: {value} was answered {status}")))?;
    }
    Ok(())
}

/// A session of text, written by either side, and how long its cookie is.
fn long(stage: &Stage<'_>, text: &str) -> Result<Vec<usize>> {
    let mut lengths = Vec::new();
    for from in [There, Here] {
        let browser = Browser::new();
        let page = browser.writes(&*stage.server(from, NOW)?, "text", &json!(text))?;
        lengths.extend(page.cookies.iter().map(String::len).max());
        let to = stage.server(other(from), NOW)?;
        browser.reads(&to, "text", &json!(text))?;
        browser.counts(&to, 1)?;
        browser.reads(&*stage.server(from, NOW)?, "text", &json!(text))?;
    }
    Ok(lengths)
}

fn large(stage: &Stage<'_>) -> Result<()> {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut state = 1_u64;
    let noise = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(letters[(state >> 58) as usize])
    });
    let length = match stage.peer.family {
        // Base64 twice, and percent-encoding.
        Family::Rails => 1700,
        _ if stage.peer.deflates => 3400,
        _ => 2550,
    };
    let lengths = long(stage, &noise.take(length).collect::<String>())?;
    let near = lengths.iter().all(|length| (3400..3700).contains(length));
    ensure!(near, "the cookies have {lengths:?} bytes");
    Ok(())
}

fn repetitive(stage: &Stage<'_>) -> Result<()> {
    let times = match stage.peer.family {
        Family::Rails => 212,
        _ if stage.peer.deflates => 1000,
        _ => 320,
    };
    let lengths = long(stage, &"a short ".repeat(times))?;
    let fits = if stage.peer.deflates {
        0..500
    } else {
        3400..3700
    };
    ensure!(
        lengths.iter().all(|length| fits.contains(length)),
        "the cookies have {lengths:?} bytes"
    );
    Ok(())
}

fn logout(stage: &Stage<'_>, side: Side) -> Result<()> {
    let [there, here] = sides(stage, NOW)?;
    let browser = Browser::new();
    browser.login(&there, USER)?;
    browser.counts(&here, 1)?;
    browser.logout(&*stage.server(side, NOW)?)?;
    for server in [&there, &here] {
        browser.is(server, "")?;
        browser.reads(server, "counter", &Value::Null)?;
    }
    // A new session can begin, on either side.
    browser.login(&there, "ada")?;
    browser.is(&here, "ada")?;
    browser.logout(&*stage.server(side, NOW)?)?;
    browser.login(&here, "ada")?;
    browser.is(&there, "ada")?;
    Ok(())
}

fn tampered(stage: &Stage<'_>) -> Result<()> {
    let [there, here] = sides(stage, NOW)?;
    for writer in [&there, &here] {
        let browser = Browser::new();
        browser.login(writer, USER)?;
        let cookies = browser.cookies();
        for (which, cookie) in cookies.iter().enumerate() {
            let value = cookie.find('=').map_or(0, |at| at + 1);
            for at in value..cookie.len() {
                let mut changed = cookies.clone();
                changed[which].replace_range(at..=at, another(cookie.as_bytes()[at]));
                for server in [&there, &here] {
                    Browser::holding(&changed, server)?
                        .is(server, "")
                        .map_err(|error| error.context(format!("with {changed:?}")))?;
                }
            }
        }
        for server in [&there, &here] {
            Browser::holding(&cookies, server)?.is(server, USER)?;
        }
    }
    Ok(())
}

/// A character that differs in the highest bit of its base64: the lowest bits of a last one may
/// mean nothing.
fn another(character: u8) -> &'static str {
    match character {
        b'A'..=b'Z' | b'a'..=b'f' => "z",
        _ => "A",
    }
}

/// Both sides learn to verify with the new key before either signs with it.
fn rotation(stage: &Stage<'_>, first: Side) -> Result<()> {
    let with = |secret, fallback| Settings {
        secret,
        fallback,
        ..NOW
    };
    let one = stage.server(first, NOW)?;
    let two = stage.server(other(first), NOW)?;
    let browser = Browser::new();
    browser.login(&two, USER)?;
    browser.counts(&one, 1)?;
    let before = browser.cookies();

    let one = stage.server(first, with(NEW, Some(OLD)))?;
    let two = stage.server(other(first), with(OLD, Some(NEW)))?;
    browser.is(&one, USER)?;
    browser.counts(&one, 2)?;
    browser.is(&two, USER)?;
    browser.counts(&two, 3)?;
    browser.is(&one, USER)?;
    browser.counts(&one, 4)?;

    let two = stage.server(other(first), with(NEW, Some(OLD)))?;
    browser.is(&two, USER)?;
    browser.counts(&two, 5)?;
    browser.is(&one, USER)?;

    for server in &sides(stage, with(NEW, None))? {
        browser.is(server, USER)?;
        Browser::holding(&before, server)?.is(server, "")?;
    }
    Ok(())
}

/// Our side verifies with the old key and signs with the new one, so that the peer can change to it.
fn carried_over(stage: &Stage<'_>) -> Result<()> {
    let moved = Settings {
        secret: NEW,
        fallback: Some(OLD),
        ..NOW
    };
    let old = stage.server(There, NOW)?;
    let new = stage.server(There, Settings { secret: NEW, ..NOW })?;
    // The peer ignores the fallback key, so that it cannot play our part.
    let (here, peers_only) = (stage.server(Here, moved)?, stage.peers_only);
    let browser = Browser::new();
    browser.login(&old, USER)?;
    let before = browser.cookies();
    browser.is(&here, if peers_only { "" } else { USER })?;
    if !peers_only {
        // A copy: Django replaces a session that it cannot read.
        Browser::holding(&browser.cookies(), &old)?.is(&old, "")?;
        browser.is(&new, USER)?;
    }
    Browser::holding(&before, &new)?.is(&new, "")?;
    Ok(())
}

fn left_behind(stage: &Stage<'_>) -> Result<()> {
    let prepared = Settings {
        fallback: Some(NEW),
        ..NOW
    };
    let old = stage.server(There, NOW)?;
    let new = stage.server(There, Settings { secret: NEW, ..NOW })?;
    let (here, peers_only) = (stage.server(Here, prepared)?, stage.peers_only);
    let browser = Browser::new();
    browser.login(&old, USER)?;
    browser.is(&here, USER)?;
    browser.is(&new, "")?;
    browser.login(&new, "ada")?;
    browser.is(&here, if peers_only { "" } else { "ada" })?;
    Ok(())
}

const LIFETIME: u32 = 60;

/// A session of two lifetimes ago. It was valid on both sides then; now they see `user`.
fn old(stage: &Stage<'_>, writer: Side, user: &str) -> Result<()> {
    let now = Settings {
        lifetime: Some(LIFETIME),
        ..NOW
    };
    let then = Settings {
        clock: -2 * LIFETIME as i32,
        ..now
    };
    // A cookie that is old by the browser's clock would not be sent.
    let there = stage.server(There, then)?;
    let page = Browser::new().login(&there, USER)?;
    let browser = Browser::holding(&page.cookies, &there)?;
    let page = browser.counts(&*stage.server(writer, then)?, 1)?;
    for (settings, user) in [(then, USER), (now, user)] {
        for server in &sides(stage, settings)? {
            Browser::holding(&page.cookies, server)?.is(server, user)?;
        }
    }
    Ok(())
}

fn clocks(stage: &Stage<'_>) -> Result<()> {
    let here = stage.server(Here, NOW)?;
    for (clock, writer) in [(-1, Here), (30, There)] {
        let there = stage.server(There, Settings { clock, ..NOW })?;
        let (writer, reader) = match writer {
            Here => (&here, &there),
            There => (&there, &here),
        };
        let browser = Browser::new();
        browser.login(writer, USER)?;
        browser.is(reader, USER)?;
    }
    Ok(())
}

fn own_login(stage: &Stage<'_>) -> Result<()> {
    let [there, here] = sides(stage, NOW)?;
    let key = stage.peer.auth_key.unwrap_or_default();
    let browser = Browser::new();
    browser.post(&there, "/auth-login", &[("user", "7")])?;
    let me = browser.get(&there, "/auth-whoami", &[])?.body;
    ensure!(me.contains('7'), "logged in as {me}");
    browser.reads(&here, key, &json!("7"))?;
    browser.counts(&here, 1)?;
    browser.shows(&there, "/auth-whoami", &me)?;
    browser.counts(&there, 2)?;

    browser.post(&there, "/auth-logout", &[])?;
    browser.reads(&here, key, &Value::Null)?;

    browser.post(&there, "/auth-login", &[("user", "7")])?;
    browser.logout(&here)?;
    let nobody = browser.get(&there, "/auth-whoami", &[])?.json()?;
    ensure!(nobody["user"].is_null(), "still logged in as {nobody}");
    Ok(())
}

fn own_login_from_here(stage: &Stage<'_>) -> Result<()> {
    let [there, here] = sides(stage, NOW)?;
    let browser = Browser::new();
    browser.writes(&here, "_user_id", &json!("7"))?;
    browser.writes(&here, "_fresh", &json!(true))?;
    let me = browser.get(&there, "/auth-whoami", &[])?.json()?;
    ensure!(me["user"] == "7", "logged in as {me}");
    Ok(())
}

fn flashes(stage: &Stage<'_>) -> Result<()> {
    let messages = json!([["info", "Gespeichert ✓"], ["error", "\"x\" < 1"]]);
    for from in [There, Here] {
        let writer = stage.server(from, NOW)?;
        let reader = stage.server(other(from), NOW)?;
        let browser = Browser::new();
        browser.login(&reader, USER)?;
        for pair in messages.as_array().into_iter().flatten() {
            let [category, message] = [0, 1].map(|at| pair[at].as_str().unwrap_or_default());
            let query = [("category", category), ("message", message)];
            browser.post(&writer, "/flash", &query)?;
        }
        let shown = browser.get(&reader, "/flashes", &[])?.json()?;
        ensure!(shown == messages, "{} shows {shown}", reader.name);
        for server in [&writer, &reader] {
            let shown = browser.get(server, "/flashes", &[])?.json()?;
            ensure!(shown == json!([]), "{} shows {shown} again", server.name);
            browser.is(server, USER)?;
        }
    }
    Ok(())
}

fn typed(stage: &Stage<'_>) -> Result<()> {
    let [there, here] = sides(stage, NOW)?;
    let browser = Browser::new();
    browser.post(&there, "/typed", &[])?;
    let typed = browser.get(&there, "/typed", &[])?.body;
    ensure!(typed.contains("UUID"), "{typed}");
    browser.counts(&here, 1)?;
    browser.shows(&there, "/typed", &typed)?;
    Ok(())
}

fn shown_once(stage: &Stage<'_>) -> Result<()> {
    let [there, here] = sides(stage, NOW)?;
    let browser = Browser::new();
    browser.login(&here, USER)?;
    let message = "Gespeichert \u{2713}";
    for taker in [&here, &there] {
        let query = [("category", "notice"), ("message", message)];
        browser.post(&there, "/flash", &query)?;
        // Looking does not use it up here.
        browser.reads(&here, "notice", &json!(message))?;
        let takes = |value: &Value| -> Result<()> {
            let taken = browser.get(taker, "/take", &[("key", "notice")])?.json()?;
            ensure!(taken == *value, "{} takes {taken}", taker.name);
            Ok(())
        };
        takes(&json!(message))?;
        takes(&Value::Null)?;

        browser.writes(&here, "__flash_notice__", &json!(message))?;
        takes(&json!(message))?;
        takes(&Value::Null)?;
        browser.is(taker, USER)?;
    }
    Ok(())
}

fn rails_flash(stage: &Stage<'_>) -> Result<()> {
    let [there, here] = sides(stage, NOW)?;
    let browser = Browser::new();
    browser.login(&here, USER)?;
    let message = "Gespeichert \u{2713}";
    let shows = |server: &Server, path: &str, shown: &Value| -> Result<()> {
        let page = browser.get(server, path, &[])?.json()?;
        ensure!(page == *shown, "{} shows {page}", server.name);
        Ok(())
    };
    browser.get(&there, "/form", &[])?;
    let secret = browser
        .get(&here, "/get", &[("key", "_csrf_token")])?
        .json()?;
    ensure!(secret.is_string(), "the CSRF token is {secret}");
    for _ in 0..2 {
        browser.post(
            &there,
            "/flash",
            &[("category", "notice"), ("message", message)],
        )?;
        shows(&here, "/notes", &json!({ "notice": message }))?;
        shows(&here, "/notes", &json!({}))?;
        shows(&there, "/flashes", &json!([]))?;

        let flash = json!({"discard": [], "flashes": {"notice": message}});
        browser.writes(&here, "flash", &flash)?;
        shows(&there, "/flashes", &json!([["notice", message]]))?;
        shows(&there, "/flashes", &json!([]))?;
        shows(&here, "/notes", &json!({}))?;
    }
    browser.reads(&here, "_csrf_token", &secret)?;
    browser.is(&there, USER).map(|_| ())
}
