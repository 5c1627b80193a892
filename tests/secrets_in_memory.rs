//! After a drop, neither a secret nor a key or MAC state that was derived from it is in the memory
//! of the process.
//!
//! On the heap and in statics, that is. On the stack, a value that was moved leaves a copy until
//! another call overwrites it.
//!
//! The searched bytes are masked wherever this test holds them. A process of its own derives them,
//! so that no copy of the derivation is in the memory that is searched.
#![cfg(all(target_os = "linux", target_endian = "little"))]
#![cfg(all(
    feature = "device-bound",
    feature = "django",
    feature = "encryption",
    feature = "express",
    feature = "flask",
    feature = "rails",
    feature = "react-router",
    feature = "starlette"
))]
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::env;
use std::fs::{self, File};
use std::hint::black_box;
use std::os::unix::fs::FileExt;
use std::process::Command;

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum_cookie_session::{
    Algorithm, ConfigError, DeviceBound, Key, Session, SessionConfig, SessionMap,
};
use common::bytes;
use hmac::{Hmac, KeyInit, Mac};
use memchr::memchr_iter;
use pbkdf2::pbkdf2_hmac;
use sha1::block_api::Sha1Core;
use sha1::digest::block_api::UpdateCore;
use sha1::digest::common::hazmat::SerializableState;
use sha1::{Digest, Sha1};
use sha2::Sha256;
use sha2::block_api::compress256;
use zeroize::Zeroizing;

const MASK: u8 = 0xa5;

/// The secret of a format, masked.
fn masked_secret(format: &str) -> Vec<u8> {
    let start = format
        .bytes()
        .fold(7_u8, |sum, byte| sum.wrapping_mul(31) ^ byte);
    (0..32_u8)
        .map(|at| start.wrapping_add(at.wrapping_mul(59)) ^ (at << 3))
        .collect()
}

fn unmasked(masked: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(masked.iter().map(|byte| byte ^ MASK).collect())
}

const FORMATS: [&str; 11] = [
    "version 1",
    "version 2",
    "version 3",
    "device-bound",
    "flask",
    "starlette",
    "express",
    "django",
    "react-router",
    "rails",
    "rails-sha1",
];

fn config(format: &str) -> Result<SessionConfig, ConfigError> {
    let secret = unmasked(&masked_secret(format));
    let key = Key::new(&*secret).unwrap();
    let native = |key| SessionConfig::builder(key);
    match format {
        "version 1" => native(key),
        "version 2" => native(key).algorithm(Algorithm::HmacSha256),
        "version 3" => native(key).algorithm(Algorithm::Aes256HmacSha256),
        "device-bound" => native(key).device_bound(DeviceBound::new()),
        "flask" => SessionConfig::flask(key),
        "starlette" => SessionConfig::starlette(key),
        "express" => SessionConfig::express(key),
        "django" => SessionConfig::django(key),
        "react-router" => SessionConfig::react_router(key),
        "rails" => SessionConfig::rails(key, "s"),
        "rails-sha1" => SessionConfig::rails_sha1(key, "s"),
        _ => panic!("{format}"),
    }
    .cookie_name("__Host-s")
    .build()
}

/// Writes and reads a session.
fn exercise(config: &SessionConfig) {
    let data = SessionMap::from_iter([("user", "ada")]);
    let cookie = config.encode(&data).unwrap();
    let value = HeaderValue::from_str(&cookie).unwrap();
    let session: Session = Session::from_headers(&HeaderMap::from_iter([(COOKIE, value)]), config);
    black_box(session.get::<String>("user"));
}

enum Hash {
    Sha1,
    Sha256,
}
use Hash::{Sha1 as S1, Sha256 as S256};

fn hmac(hash: &Hash, key: &[u8], message: &[u8]) -> Vec<u8> {
    fn run<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Vec<u8> {
        let mac = <M as KeyInit>::new_from_slice(key).unwrap();
        mac.chain_update(message).finalize().into_bytes().to_vec()
    }
    match hash {
        S1 => run::<Hmac<Sha1>>(key, message),
        S256 => run::<Hmac<Sha256>>(key, message),
    }
}

/// The two states of HMAC (RFC 2104) that has absorbed a key of at most 64 bytes.
fn states(hash: &Hash, key: &[u8]) -> [Vec<u8>; 2] {
    [0x36, 0x5c].map(|pad| {
        let mut block = [pad; 64];
        for (byte, key) in block.iter_mut().zip(key) {
            *byte ^= key;
        }
        match hash {
            S1 => {
                let mut core = Sha1Core::default();
                core.update_blocks(&[block.into()]);
                core.serialize()[..20].to_vec()
            }
            S256 => {
                // FIPS 180-4, section 5.3.3.
                let mut state = [
                    0x6a09_e667,
                    0xbb67_ae85,
                    0x3c6e_f372,
                    0xa54f_f53a,
                    0x510e_527f,
                    0x9b05_688c,
                    0x1f83_d9ab,
                    0x5be0_cd19,
                ];
                compress256(&mut state, &[block]);
                state.iter().flat_map(|word| word.to_ne_bytes()).collect()
            }
        }
    })
}

/// What a config of `format` derives from its secret, each with a name.
fn derived(format: &str) -> Vec<(&'static str, Vec<u8>)> {
    let secret = unmasked(&masked_secret(format));
    let native = |hash: &Hash, context: &str| hmac(hash, &secret, context.as_bytes());
    let mut all = vec![("secret", secret.to_vec())];
    let mut mac = |hash: Hash, key: Vec<u8>| {
        let [inner, outer] = states(&hash, &key);
        let names = ["inner state", "outer state"];
        all.extend(names.into_iter().zip([inner, outer]));
        if key != *secret {
            all.push(("derived key", key));
        }
    };
    match format {
        "version 1" => mac(S1, native(&S1, "axum-cookie-session v1 __Host-s")),
        "version 2" => mac(S256, native(&S256, "axum-cookie-session v2 __Host-s")),
        "version 3" => {
            mac(S256, native(&S256, "axum-cookie-session v3 __Host-s"));
            let key = native(&S256, "axum-cookie-session v3 encryption __Host-s");
            // The expanded key begins with the key (FIPS 197, section 5.2).
            all.push(("expanded key", key));
        }
        "device-bound" => {
            mac(S1, native(&S1, "axum-cookie-session v1 __Host-s"));
            mac(
                S256,
                native(&S256, "axum-cookie-session device-bound __Host-s"),
            );
        }
        "flask" => mac(S1, native(&S1, "cookie-session")),
        "starlette" => {
            let text = [b"itsdangerous.Signersigner", &secret[..]].concat();
            mac(S1, Sha1::digest(text).to_vec());
        }
        "express" => mac(S1, secret.to_vec()),
        "django" => {
            let salt = b"django.contrib.sessions.backends.signed_cookiessigner";
            mac(S256, Sha256::digest([salt, &secret[..]].concat()).to_vec());
        }
        "react-router" => mac(S256, secret.to_vec()),
        "rails" | "rails-sha1" => {
            let mut key = vec![0; 32];
            let salt = b"authenticated encrypted cookie";
            match format {
                "rails" => pbkdf2_hmac::<Sha256>(&secret, salt, 1000, &mut key),
                _ => pbkdf2_hmac::<Sha1>(&secret, salt, 1000, &mut key),
            }
            all.push(("expanded key", key));
        }
        _ => panic!("{format}"),
    }
    all
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// In a process of its own: prints what is to be searched, masked.
#[test]
#[ignore = "the other test runs it"]
fn derive() {
    for format in FORMATS {
        for (name, bytes) in derived(format) {
            let masked: Vec<u8> = bytes.iter().map(|byte| byte ^ MASK).collect();
            println!("needle,{format},{name},{}", hex(&masked));
        }
    }
}

struct Needle {
    format: String,
    name: String,
    masked: Vec<u8>,
}

fn needles() -> Vec<Needle> {
    let child = Command::new(env::current_exe().unwrap())
        .args(["derive", "--exact", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    assert!(child.status.success(), "{child:?}");
    let text = String::from_utf8(child.stdout).unwrap();
    let lines = text.lines().filter_map(|line| line.split_once("needle,"));
    lines
        .map(|(_, line)| {
            let [format, name, hex] = line.split(',').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            Needle {
                format: format.to_owned(),
                name: name.to_owned(),
                masked: bytes(hex),
            }
        })
        .collect()
}

/// Reads the memory of this process that can be written, through one buffer.
struct Memory {
    file: File,
    buffer: Vec<u8>,
}

impl Memory {
    /// How often each needle is there, and in which mappings.
    fn count(&mut self, needles: &[Needle]) -> Vec<Vec<String>> {
        const OVERLAP: usize = 64;
        let mut found = vec![Vec::new(); needles.len()];
        let own = self.buffer.as_ptr() as usize;
        let own = own..own + self.buffer.len();
        for line in fs::read_to_string("/proc/self/maps").unwrap().lines() {
            let mut words = line.split_whitespace();
            let (range, rights) = (words.next().unwrap(), words.next().unwrap());
            let name = words.nth(3).unwrap_or("anonymous");
            if !rights.starts_with("rw") || name == "[vvar]" {
                continue;
            }
            let (start, end) = range.split_once('-').unwrap();
            let address = |hex| usize::from_str_radix(hex, 16).unwrap();
            let (mut at, end) = (address(start), address(end));
            while at < end {
                let len = self.buffer.len().min(end - at);
                let len = self
                    .file
                    .read_at(&mut self.buffer[..len], at as u64)
                    .unwrap();
                assert!(len > 0, "{line}");
                for (needle, found) in needles.iter().zip(&mut found) {
                    for place in places(&self.buffer[..len], &needle.masked) {
                        if !own.contains(&(at + place)) {
                            found.push(format!("{name} {:x}", at + place));
                        }
                    }
                }
                self.buffer[..len].fill(0);
                at += if at + len < end { len - OVERLAP } else { len };
            }
        }
        found
    }
}

fn places(bytes: &[u8], masked: &[u8]) -> Vec<usize> {
    let is_there = |at: &usize| {
        let window = &bytes[*at..];
        window.len() >= masked.len()
            && window
                .iter()
                .zip(masked)
                .all(|(byte, masked)| byte ^ MASK == *masked)
    };
    memchr_iter(masked[0] ^ MASK, bytes)
        .filter(is_there)
        .collect()
}

/// Calls of other functions overwrite what moved values left on the stack.
#[inline(never)]
fn other_work() {
    black_box([0_u8; 1 << 18]);
}

#[test]
fn nothing_of_a_secret_is_in_memory_after_a_drop() {
    let needles = needles();
    let mut memory = Memory {
        file: File::open("/proc/self/mem").unwrap(),
        buffer: vec![0; 1 << 20],
    };
    let mut left = Vec::new();
    for format in FORMATS {
        let config = config(format).unwrap();
        exercise(&config);
        let alive = memory.count(&needles);
        drop(config);
        other_work();
        let dropped = memory.count(&needles);
        for ((needle, alive), dropped) in needles.iter().zip(alive).zip(dropped) {
            if needle.format != format {
                continue;
            }
            let Needle { name, .. } = needle;
            if name.ends_with("state") || name == "expanded key" {
                assert!(!alive.is_empty(), "{format}: the search misses the {name}");
            }
            if !dropped.is_empty() {
                left.push(format!("{format}: {name} at {dropped:?}"));
            }
        }
    }
    assert!(left.is_empty(), "{left:#?}");
}
