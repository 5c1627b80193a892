//! Three instances and one Redis, visited by people who sign out, while Redis fails.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use harness::{Keeps, Redis};

use crate::client::Client;
use crate::instance::Instance;
use crate::{KEY, dir, initialize};

/// What the pages say.
const NOBODY: &str = "Nobody is signed in: New.";
const REVOKED: &str = "Nobody is signed in: Rejected(Revoked).";
const UNKNOWN: &str = "Nobody is signed in: Rejected(RevocationUnknown).";

/// After that long no instance lets through what was ended: an instance keeps an answer for a
/// second, and waits for one for a quarter of a second.
const IN_FORCE: Duration = Duration::from_millis(1250);

/// What the answer of an instance may take: waiting for Redis, and a loaded machine.
const ANSWER: Duration = Duration::from_secs(1);

struct Stage {
    redis: Redis,
    instances: Vec<Instance>,
    /// One more that shows sessions while Redis does not answer.
    open: Instance,
    client: Client,
}

pub(crate) fn run() -> Result<()> {
    let redis = Redis::start(dir("check")?, Keeps::Everything)?;
    initialize(&redis.url())?;
    println!("{}", Redis::version()?);
    let start = |fail_open| Instance::start(&redis.url(), KEY, fail_open);
    let mut stage = Stage {
        instances: vec![start(false)?, start(false)?, start(false)?],
        open: start(true)?,
        redis,
        client: Client::new(),
    };
    let ended = [
        end_one_session(&stage).context("one session is ended")?,
        log_out_everywhere(&stage).context("a user is logged out everywhere")?,
    ]
    .concat();
    freeze(&stage).context("Redis freezes")?;
    outage(&mut stage, &ended).context("Redis is killed")?;
    loss(&mut stage, &ended).context("Redis is empty")?;
    println!("passed");
    Ok(())
}

fn end_one_session(stage: &Stage) -> Result<Vec<String>> {
    let (desk, phone) = (stage.sign_in(0, "ada")?, stage.sign_in(1, "ada")?);
    let copy = desk.clone();
    // Every instance has a fresh answer for both, which is the worst case.
    stage.all_show(&copy, "Signed in as ada")?;
    stage.all_show(&phone, "Signed in as ada")?;

    let since = Instant::now();
    let reply = stage.post(0, "/sign-out", &desk)?;
    ensure!(reply.status == 303, "sign-out answers {}", reply.status);
    ensure!(reply.cookie.as_deref() == Some("__Host-session="));
    let took = stage.dies_everywhere(&copy, since)?;
    println!(
        "ok a copied cookie died with its session on 3 instances within {took:.0?} ({IN_FORCE:?} allowed)"
    );
    stage.all_show(&phone, "Signed in as ada")?;
    println!("ok the other session of that user lives");
    Ok(vec![copy])
}

fn log_out_everywhere(stage: &Stage) -> Result<Vec<String>> {
    let copies = [
        stage.sign_in(0, "ada")?,
        stage.sign_in(1, "ada")?,
        stage.sign_in(2, "ada")?,
    ];
    let grace = stage.sign_in(0, "grace")?;
    // What is written since the login does not save a copy.
    let changed = stage.post(1, "/visit", &copies[1])?.cookie;
    let changed = changed.context("a change is written")?;
    for cookie in copies.iter().chain([&grace, &changed]) {
        stage.all_show(cookie, "Signed in as")?;
    }
    let since = Instant::now();
    let reply = stage.post(2, "/sign-out-everywhere", &copies[2])?;
    ensure!(reply.status == 303, "sign-out answers {}", reply.status);
    let mut took = Duration::ZERO;
    for cookie in copies.iter().chain([&changed]) {
        took = took.max(stage.dies_everywhere(cookie, since)?);
    }
    println!(
        "ok all 4 cookies of a user died on 3 instances within {took:.0?} ({IN_FORCE:?} allowed)"
    );
    stage.all_show(&grace, "Signed in as grace")?;
    println!("ok the session of another user lives");
    // The login of that very second would be over too.
    thread::sleep(Duration::from_secs(1).saturating_sub(since.elapsed()));
    let again = stage.sign_in(1, "ada")?;
    stage.all_show(&again, "Signed in as ada")?;
    println!("ok a login of the next second lives");
    Ok([&copies[..], &[changed]].concat())
}

/// It does not refuse; it does not answer.
fn freeze(stage: &Stage) -> Result<()> {
    let cookie = stage.sign_in(0, "grace")?;
    stage.all_show(&cookie, "Signed in as grace")?;
    stage.redis.freeze()?;
    thread::sleep(IN_FORCE);
    let since = Instant::now();
    let shown = stage.all_show(&cookie, UNKNOWN);
    let took = since.elapsed() / 3;
    stage.redis.thaw()?;
    shown?;
    ensure!(took < ANSWER, "an answer took {took:?}");
    stage.all_show(&cookie, "Signed in as grace")?;
    println!("ok Redis frozen: 3 instances show a new session; {took:.0?} an answer");
    Ok(())
}

fn outage(stage: &mut Stage, ended: &[String]) -> Result<()> {
    let cookie = stage.sign_in(0, "grace")?;
    let cookie = stage.post(1, "/visit", &cookie)?.cookie;
    let cookie = cookie.context("a visit is written")?;
    stage.all_show(&cookie, "Signed in as grace, 1 visits")?;
    stage.redis.kill()?;
    thread::sleep(IN_FORCE);

    let mut slowest = Duration::ZERO;
    for at in 0..stage.instances.len() {
        let since = Instant::now();
        stage.shows(at, &cookie, UNKNOWN)?;
        for (path, form) in [("/visit", ""), ("/sign-in", "user=ada")] {
            let reply = stage
                .client
                .post(stage.instances[at].address, path, &cookie, form)?;
            ensure!(reply.status == 500, "{path} answers {}", reply.status);
            ensure!(reply.cookie.is_none(), "{path} sets a cookie");
            ensure!(reply.body.is_empty(), "{path} says {}", reply.body);
        }
        slowest = slowest.max(since.elapsed() / 3);
        stage.shows(at, "", NOBODY)?;
    }
    ensure!(slowest < ANSWER, "an answer took {slowest:?}");
    println!(
        "ok Redis killed: 3 instances show a new session, a change is a 500 without a Set-Cookie; {slowest:.0?} an answer"
    );

    let open = stage.open.address;
    let reply = stage.client.get(open, &cookie)?;
    ensure!(reply.body.contains("Signed in as grace, 1 visits"));
    ensure!(reply.cookie.is_none());
    let reply = stage.client.post(open, "/visit", &cookie, "")?;
    ensure!(reply.status == 500 && reply.cookie.is_none());
    println!("ok Redis killed: an instance that fails open shows the session and writes nothing");

    let reply = stage.post(0, "/sign-out", &cookie)?;
    ensure!(reply.status == 503, "sign-out answers {}", reply.status);
    ensure!(reply.cookie.as_deref() == Some("__Host-session="));
    println!("ok Redis killed: a sign-out removes the cookie and says that it could do no more");

    stage.redis.restart()?;
    let since = Instant::now();
    while stage
        .all_show(&cookie, "Signed in as grace, 1 visits")
        .is_err()
    {
        ensure!(
            since.elapsed() < ANSWER * 5,
            "the sessions do not come back"
        );
        thread::sleep(Duration::from_millis(20));
    }
    let took = since.elapsed();
    let reply = stage.post(2, "/visit", &cookie)?;
    ensure!(reply.status == 303 && reply.cookie.is_some());
    println!("ok Redis restarted: the same cookie is good on 3 instances after {took:.0?}");
    for cookie in ended {
        stage.all_show(cookie, REVOKED)?;
    }
    println!(
        "ok Redis restarted: the {} ended cookies stay so",
        ended.len()
    );
    Ok(())
}

/// An empty Redis in the place of a full one would let all ended sessions in.
fn loss(stage: &mut Stage, ended: &[String]) -> Result<()> {
    let cookie = stage.sign_in(0, "grace")?;
    stage.all_show(&cookie, "Signed in as grace")?;
    stage.redis.replace_with_empty()?;
    thread::sleep(IN_FORCE);
    for cookie in ended.iter().chain([&cookie]) {
        stage.all_show(cookie, UNKNOWN)?;
    }
    println!("ok Redis emptied: 3 instances notice, and show a new session");
    initialize(&stage.redis.url())?;
    stage.all_show(&cookie, "Signed in as grace")?;
    println!("ok Redis initialized: the same cookie is good on 3 instances");
    Ok(())
}

impl Stage {
    fn sign_in(&self, at: usize, user: &str) -> Result<String> {
        let at = self.instances[at].address;
        let form = format!("user={user}");
        let reply = self.client.post(at, "/sign-in", "", &form)?;
        ensure!(reply.status == 303, "sign-in answers {}", reply.status);
        reply.cookie.context("a login sets a cookie")
    }

    fn post(&self, at: usize, path: &str, cookie: &str) -> Result<crate::client::Reply> {
        let at = self.instances[at].address;
        self.client.post(at, path, cookie, "")
    }

    fn shows(&self, at: usize, cookie: &str, text: &str) -> Result<()> {
        let reply = self.client.get(self.instances[at].address, cookie)?;
        ensure!(reply.cookie.is_none(), "instance {at} sets a cookie");
        ensure!(
            reply.body.contains(text),
            "instance {at} shows no {text:?} but {}",
            reply.body
        );
        Ok(())
    }

    fn all_show(&self, cookie: &str, text: &str) -> Result<()> {
        (0..self.instances.len()).try_for_each(|at| self.shows(at, cookie, text))
    }

    /// How long after `since` the last instance still let it through.
    fn dies_everywhere(&self, cookie: &str, since: Instant) -> Result<Duration> {
        let mut took = Duration::ZERO;
        for at in 0..self.instances.len() {
            while let Err(error) = self.shows(at, cookie, REVOKED) {
                took = since.elapsed();
                ensure!(took < IN_FORCE, "after {took:?}: {error}");
                thread::sleep(Duration::from_millis(5));
            }
        }
        Ok(took)
    }
}
