//! Our own tokens, opened by Python: `tests/golden/open.py` knows the design alone.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result};
use axum_cookie_session::{Algorithm, Key, SessionConfig};
use serde_json::{Map, Value, json};

use crate::peer::{Language, Packages};
use crate::random::rng::Rng;
use crate::setup::Tools;

const PACKAGES: Packages = Packages {
    language: Language::Python,
    folder: "native",
    names: &["cryptography"],
};

const NOW: u64 = 1_700_000_000;

/// Encodes so many random sessions of each kind, and has Python open them. Whether it could.
pub(crate) fn run(cases: u64, seed: u64) -> Result<bool> {
    println!("seed {seed}");
    let tools = Tools::set_up_one(&PACKAGES)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden/open.py");
    let mut command = tools.interpreter(&PACKAGES);
    let mut python = command.arg(script).stdin(Stdio::piped()).spawn()?;
    let mut tokens = python.stdin.take().context("no standard input")?;
    let (mut passed, mut failed) = (0, 0);
    for number in 0..cases {
        let mut rng = Rng::new(seed, "native", number);
        for (algorithm, name, compress) in [
            (Algorithm::HmacSha1, "sha1", false),
            (Algorithm::HmacSha256, "sha256", false),
            (Algorithm::HmacSha1, "sha1", true),
            (Algorithm::HmacSha256, "sha256", true),
            (Algorithm::Aes256HmacSha256, "aes256", false),
        ] {
            let secret: Vec<u8> = (0..32 + rng.below(60))
                .map(|_| rng.below(256) as u8)
                .collect();
            let cookie_name = rng.pick(&["session", "__Host-session", "a"]);
            let created = NOW + rng.below(1 << 30) as u64;
            let config = SessionConfig::builder(Key::new(&secret)?)
                .cookie_name(cookie_name)
                .algorithm(algorithm)
                .compress(compress)
                .clock(move || UNIX_EPOCH + Duration::from_secs(created))
                .build()?;
            let session = session(&mut rng, compress);
            let cookie = config.encode(&session)?;
            let (_, cookie_value) = cookie.split_once('=').context("no value")?;
            let token = json!({
                "secret_hex": hex(&secret),
                "cookie_name": cookie_name,
                "algorithm": name,
                "cookie_value": cookie_value,
                "created": created,
                "issued": created,
                "payload": session.to_string(),
            });
            // It stops at the first that it cannot open.
            match writeln!(tokens, "{token}") {
                Ok(()) => passed += 1,
                Err(_) => failed += 1,
            }
        }
    }
    drop(tokens);
    let opened = python.wait()?.success();
    if !opened {
        (passed, failed) = (0, passed + failed);
    }
    println!("\n{passed} passed, {failed} failed");
    Ok(opened && failed == 0)
}

/// Of up to 2800 bytes, or of more if that compresses well.
fn session(rng: &mut Rng, compress: bool) -> Value {
    let mut session = Map::new();
    for key in 0..rng.below(12) {
        let value = match rng.below(5) {
            0 => json!(rng.below(1 << 40)),
            1 => json!("é🦀 \"\\\n".repeat(rng.below(8))),
            2 => json!([null, true, {"deep": [rng.below(9)]}]),
            _ if compress => json!("axum tower hyper ".repeat(rng.below(70))),
            _ => json!("x".repeat(rng.below(200))),
        };
        session.insert(format!("key {key}"), value);
    }
    Value::Object(session)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
