use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::cache::{Cache, Page, STORABLE, User, is_hit};
use crate::stage::Stage;

type Start = fn(&Stage) -> Result<Cache>;

const RANGE: &str = "Range: bytes=0-10";
const IF_NONE_MATCH: &str = "If-None-Match: \"1\"";

/// Pages that only read their session, and return it.
pub(super) fn read(stage: &Stage, start: Start) -> Result<()> {
    let cache = start(stage)?;
    let users = [
        User::signed_in(stage, "ada")?,
        User::signed_in(stage, "bob")?,
    ];
    let nobody = User::anonymous(stage, "nobody");
    for below in cache.paths() {
        for cache_control in STORABLE.into_iter().chain(["no-cache"]) {
            let url = cache.url(&Page::new(below, cache_control), "read");
            for round in 0..2 {
                for user in &users {
                    let answer = user.asks(&url, "read", &[])?;
                    user.is_answered(&answer, &[200]).context(url.clone())?;
                    // It is a cache.
                    let is_stored = round == 1 && cache_control != "no-cache";
                    ensure!(
                        !is_stored || is_hit(&answer),
                        "not stored: {url} {answer:?}"
                    );
                }
                let answer = nobody.asks(&url, "read", &[])?;
                ensure!(
                    answer.body.starts_with("page of nobody"),
                    "{url} {answer:?}"
                );
            }
            // The cache answers a part of the page, or that it has not changed. nginx does not store
            // `no-cache`, and asks for the whole page.
            let is_stored = cache_control != "no-cache";
            for user in &users {
                for (header, status) in [(RANGE, 206), (IF_NONE_MATCH, 304)] {
                    let statuses = if is_stored {
                        &[status][..]
                    } else {
                        &[status, 200]
                    };
                    let answer = user.asks(&url, "read", &[header])?;
                    user.is_answered(&answer, statuses).context(url.clone())?;
                }
            }
        }
    }
    Ok(())
}

/// Pages that set the cookie: whole, in parts, and not modified.
pub(super) fn written(stage: &Stage, start: Start) -> Result<()> {
    let cache = start(stage)?;
    let users = [
        User::signed_in(stage, "ada")?,
        User::signed_in(stage, "bob")?,
    ];
    for below in cache.paths().chain(cache.blind.iter().copied()) {
        for cache_control in STORABLE.into_iter().chain(["no-cache"]) {
            for (round, headers, statuses) in [
                ("whole", &[][..], &[200][..]),
                // Without the location for parts, nginx asks for the whole page.
                ("part", &[RANGE], &[206, 200]),
                ("unchanged", &[IF_NONE_MATCH], &[304, 200]),
            ] {
                let url = cache.url(&Page::new(below, cache_control), round);
                for _ in 0..2 {
                    for user in &users {
                        let answer = user.asks(&url, "count", headers)?;
                        user.is_answered(&answer, statuses).context(url.clone())?;
                        ensure!(!is_hit(&answer), "stored: {url} {answer:?}");
                    }
                    for name in ["eve", "zoe"] {
                        let user = User::anonymous(stage, name);
                        let answer = user.asks(&url, "sign-in", headers)?;
                        user.is_answered(&answer, statuses).context(url.clone())?;
                        ensure!(!is_hit(&answer), "stored: {url} {answer:?}");
                    }
                    // Does not sign another user out.
                    User::anonymous(stage, "sam").asks(&url, "destroy", headers)?;
                }
            }
        }
    }
    Ok(())
}

/// A stored page is found unchanged by a request that sets the cookie.
pub(super) fn revalidated(stage: &Stage, start: Start) -> Result<()> {
    const STALE: [&str; 4] = ["max-age=1", "public, max-age=1", "s-maxage=1", "no-cache"];
    let cache = start(stage)?;
    let urls: Vec<_> = cache
        .paths()
        .flat_map(|below| STALE.map(|cache_control| Page::new(below, cache_control)))
        .map(|page| cache.url(&page, "stale"))
        .collect();
    for url in &urls {
        let nobody = User::anonymous(stage, "nobody");
        let answer = nobody.asks(url, "read", &[])?;
        ensure!(
            answer.body.starts_with("page of nobody"),
            "{url} {answer:?}"
        );
    }
    thread::sleep(Duration::from_millis(2_100));
    for url in &urls {
        for name in ["eve", "zoe"] {
            let user = User::anonymous(stage, name);
            let answer = user.asks(url, "sign-in", &[])?;
            let holds = user.holds()?;
            // nginx drops the headers of the 304: the write is lost, and does not reach another user.
            let is_own = holds == name || is_hit(&answer) && holds == "nothing";
            ensure!(is_own, "{name} holds {holds}: {url} {answer:?}");
        }
        for _ in 0..2 {
            let nobody = User::anonymous(stage, "nobody");
            let answer = nobody.asks(url, "read", &[])?;
            ensure!(nobody.holds()? == "nothing", "leaked: {url} {answer:?}");
            ensure!(!answer.body.contains("eve"), "leaked: {url} {answer:?}");
        }
    }
    Ok(())
}

/// The cookie is old enough for a refresh, which no handler has asked for.
pub(super) fn refreshed(stage: &Stage, start: Start) -> Result<()> {
    let cache = start(stage)?;
    for below in cache.paths() {
        for cache_control in STORABLE.into_iter().chain(["no-cache"]) {
            let users = [
                User::signed_in(stage, "ada")?,
                User::signed_in(stage, "bob")?,
            ];
            let page = Page {
                later: 2 * 24 * 60 * 60,
                ..Page::new(below, cache_control)
            };
            let url = cache.url(&page, "refresh");
            let is_shared = cache_control.contains("public") || cache_control.contains("s-maxage");
            for user in &users {
                let answer = user.asks(&url, "read", &[])?;
                user.is_answered(&answer, &[200]).context(url.clone())?;
                let is_refreshed = answer.header("Set-Cookie").is_some();
                ensure!(is_refreshed != is_shared, "refresh: {url} {answer:?}");
            }
            let nobody = User::anonymous(stage, "nobody");
            let answer = nobody.asks(&url, "read", &[])?;
            ensure!(nobody.holds()? == "nothing", "leaked: {url} {answer:?}");
        }
    }
    Ok(())
}

/// Under `no_store` the cache keeps nothing, not even a page that only read its session.
pub(super) fn no_store(stage: &Stage, start: Start) -> Result<()> {
    let cache = start(stage)?;
    let users = [
        User::signed_in(stage, "ada")?,
        User::signed_in(stage, "bob")?,
    ];
    for below in cache.paths().chain(cache.blind.iter().copied()) {
        for cache_control in STORABLE {
            let page = Page {
                order: "no-store",
                ..Page::new(below, cache_control)
            };
            let url = cache.url(&page, "no-store");
            for act in ["read", "read", "count", "read"] {
                for user in &users {
                    let answer = user.asks(&url, act, &[])?;
                    user.is_answered(&answer, &[200]).context(url.clone())?;
                    ensure!(!is_hit(&answer), "stored: {url} {answer:?}");
                    let header = answer.header("Cache-Control");
                    ensure!(header == Some("no-store"), "{url} {answer:?}");
                }
            }
        }
    }
    Ok(())
}

/// The library cannot see a header that the application sets after the session, or in a layer: the
/// cache stores the cookie, and the next user gets it. Documented, and shown here as it is.
pub(super) fn unseen(stage: &Stage, start: Start) -> Result<()> {
    let cache = start(stage)?;
    for below in cache.careless {
        for order in ["after", "layer"] {
            for cache_control in STORABLE {
                let page = Page {
                    order,
                    ..Page::new(below, cache_control)
                };
                let url = cache.url(&page, "unseen");
                let eve = User::anonymous(stage, "eve");
                eve.is_answered(&eve.asks(&url, "sign-in", &[])?, &[200])?;
                for name in ["zoe", "sam"] {
                    let user = User::anonymous(stage, name);
                    let answer = user.asks(&url, "sign-in", &[])?;
                    let holds = user.holds()?;
                    let is_leaked = is_hit(&answer) && holds == "eve";
                    ensure!(
                        is_leaked,
                        "no leak: {url}, {name} holds {holds}: {answer:?}"
                    );
                }
            }
        }
    }
    Ok(())
}
