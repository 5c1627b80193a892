//! Forged proofs, devices, challenges and JWTs, exhaustively: none is accepted.

use axum::Router;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64U;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::client::{
    jwk, quoted, refresh, refresh_jwt, register, registration_jwt, send, signed, signing_key,
};
use crate::common::{Clock, START};
use crate::session::bound_client;
use crate::{DEVICE, LEEWAY, NAME, PROOF, PROOF_LIFETIME, binding, bound, site};

const SECRET: [u8; 32] = {
    let mut secret = [0; 32];
    let mut at = 0;
    while at < 32 {
        secret[at] = at as u8;
        at += 1;
    }
    secret
};

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.chain_update(message).finalize().into_bytes().to_vec()
}

/// From the design alone: `body || MAC` of a kind, under the key for a cookie's name.
fn made(secret: &[u8], name: &str, kind: u8, body: &[u8]) -> String {
    let context = format!("axum-cookie-session device-bound {name}");
    let mac = hmac(&hmac(secret, context.as_bytes()), &[&[kind], body].concat());
    B64U.encode([body, &mac[..16]].concat())
}

fn stamp(kind: u8, time: u64, id: &[u8]) -> String {
    let body = [&u32::try_from(time).unwrap().to_be_bytes(), id].concat();
    made(&SECRET, NAME, kind, &body)
}

const REGISTER_KIND: u8 = 1;
const REFRESH_KIND: u8 = 2;
const PROOF_KIND: u8 = 3;
const DEVICE_KIND: u8 = 4;

/// What a thief has: the session alone. And the site, and the id in the session.
struct Theft {
    app: Router,
    session: String,
    id: Vec<u8>,
    proof: String,
    device: String,
}

async fn theft(clock: &Clock) -> Theft {
    let client = bound_client(clock).await;
    Theft {
        app: site(&bound(clock)),
        session: client.pair(NAME),
        id: binding(client.value(NAME).unwrap())[..8].to_vec(),
        proof: client.value(PROOF).unwrap().to_owned(),
        device: client.value(DEVICE).unwrap().to_owned(),
    }
}

impl Theft {
    async fn works_with(&self, proof: &str) -> bool {
        let cookies = format!("{}; {PROOF}={proof}", self.session);
        let reply = send(&self.app, "GET", "/", &cookies, &[]).await;
        reply.body.contains("ada")
    }

    /// Whether a refresh gives a proof.
    async fn refreshes_with(&self, device: &str, jwt: &str) -> bool {
        let reply = refresh(&self.app, &format!("{DEVICE}={device}"), Some(jwt)).await;
        !reply.set_cookies().is_empty()
    }

    async fn registers_with(&self, jwt: &str) -> bool {
        let reply = register(&self.app, jwt).await;
        assert!(reply.status == 200 || reply.status == 400, "{reply:?}");
        !reply.set_cookies().is_empty()
    }
}

/// Other spellings of a text, and texts with one bit changed.
fn changed(text: &str) -> Vec<String> {
    let mut all = vec![
        String::new(),
        format!("{text}="),
        format!("{text}=="),
        format!("{text}A"),
        format!("\"{text}\""),
        format!(" {text}x"),
        text[..text.len() - 1].to_owned(),
        text.to_uppercase(),
        text.repeat(2),
        text.replace('-', "+").replace('_', "/") + "+",
    ];
    let bytes = B64U.decode(text).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        all.push(B64U.encode(changed));
    }
    // Each character replaced, the spare bits of the last one too.
    for at in 0..text.len() {
        for byte in [b'A', b'_', b'.', b'*'] {
            let mut changed = text.as_bytes().to_vec();
            changed[at] = byte;
            all.push(String::from_utf8(changed).unwrap());
        }
    }
    if let Some(last) = text.chars().last() {
        const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let at = ALPHABET.find(last).unwrap();
        let near = (at & !3..=at | 3).filter(|it| *it != at);
        all.extend(near.map(|it| format!("{}{}", &text[..text.len() - 1], &ALPHABET[it..=it])));
    }
    all.retain(|it| it != text);
    all
}

#[tokio::test]
async fn a_token_is_read_as_the_format_describes_it() {
    let clock = Clock::new();
    let theft = theft(&clock).await;
    assert_eq!(theft.proof, stamp(PROOF_KIND, START, &theft.id));
    assert!(theft.works_with(&stamp(PROOF_KIND, START, &theft.id)).await);
    let key = signing_key(7);
    let point = key.verifying_key().to_sec1_point(true);
    let time = u32::try_from(START).unwrap().to_be_bytes();
    let body = [point.as_bytes(), &theft.id, &time].concat();
    assert_eq!(theft.device, made(&SECRET, NAME, DEVICE_KIND, &body));
    let jwt = refresh_jwt(&key, &stamp(REFRESH_KIND, START, &theft.id));
    assert!(theft.refreshes_with(&theft.device, &jwt).await);
    let jwt = registration_jwt(&key, &stamp(REGISTER_KIND, START, &theft.id));
    assert!(theft.registers_with(&jwt).await);
}

#[tokio::test]
async fn no_made_up_proof_is_accepted() {
    let clock = Clock::new();
    let theft = theft(&clock).await;
    let mut tried = changed(&theft.proof);
    for kind in (0..=255).filter(|kind| *kind != PROOF_KIND) {
        tried.push(stamp(kind, START, &theft.id));
    }
    let body = [&u32::try_from(START).unwrap().to_be_bytes()[..], &theft.id].concat();
    tried.push(made(&[0xff; 32], NAME, PROOF_KIND, &body));
    for name in ["session", "__Host-session-proof", "__Secure-session", ""] {
        tried.push(made(&SECRET, name, PROOF_KIND, &body));
    }
    let whole = [&[PROOF_KIND], &body[..]].concat();
    tried.push(B64U.encode([&body[..], &hmac(&SECRET, &whole)[..16]].concat()));
    for id in [[0; 8], [0xff; 8], *b"device-1"] {
        tried.push(stamp(PROOF_KIND, START, &id));
    }
    for time in [
        0,
        START - PROOF_LIFETIME - LEEWAY - 1,
        START + LEEWAY + 1,
        u32::MAX.into(),
    ] {
        tried.push(stamp(PROOF_KIND, time, &theft.id));
    }
    tried.push(theft.device.clone());
    for proof in &tried {
        assert!(!theft.works_with(proof).await, "{proof}");
    }
    println!("{} proofs", tried.len());
    for time in [START - PROOF_LIFETIME - LEEWAY, START + LEEWAY] {
        assert!(theft.works_with(&stamp(PROOF_KIND, time, &theft.id)).await);
    }
}

#[tokio::test]
async fn no_made_up_device_is_accepted() {
    let clock = Clock::new();
    let theft = theft(&clock).await;
    let jwt = refresh_jwt(&signing_key(7), &stamp(REFRESH_KIND, START, &theft.id));
    let mine = refresh_jwt(&signing_key(8), &stamp(REFRESH_KIND, START, &theft.id));
    let key = signing_key(8);
    let point = key.verifying_key().to_sec1_point(true);
    let time = u32::try_from(START).unwrap().to_be_bytes();
    let body = [point.as_bytes(), &theft.id, &time].concat();
    let mut tried = changed(&theft.device);
    for kind in (0..=255).filter(|kind| *kind != DEVICE_KIND) {
        tried.push(made(&SECRET, NAME, kind, &body));
    }
    tried.push(made(&[0xff; 32], NAME, DEVICE_KIND, &body));
    tried.push(made(&SECRET, "session", DEVICE_KIND, &body));
    // A key swapped under the MAC of another.
    let bytes = B64U.decode(&theft.device).unwrap();
    tried.push(B64U.encode([&body[..], &bytes[45..]].concat()));
    tried.push(theft.proof.clone());
    for device in &tried {
        for jwt in [&jwt, &mine] {
            assert!(!theft.refreshes_with(device, jwt).await, "{device}");
        }
    }
    println!("{} devices", 2 * tried.len());
    // Somebody else's key does not refresh this device either.
    assert!(!theft.refreshes_with(&theft.device, &mine).await);
}

#[tokio::test]
async fn no_made_up_challenge_is_accepted() {
    let clock = Clock::new();
    let theft = theft(&clock).await;
    let key = signing_key(7);
    let mut tried = 0;
    for (right, lifetime) in [(REGISTER_KIND, 300), (REFRESH_KIND, 120)] {
        let good = stamp(right, START, &theft.id);
        let mut challenges = changed(&good);
        for kind in (0..=255).filter(|kind| *kind != right) {
            challenges.push(stamp(kind, START, &theft.id));
        }
        for time in [
            0,
            START - lifetime - LEEWAY - 1,
            START + LEEWAY + 1,
            u32::MAX.into(),
        ] {
            challenges.push(stamp(right, time, &theft.id));
        }
        challenges.extend([theft.proof.clone(), theft.device.clone()]);
        if right == REFRESH_KIND {
            // Of another session: the device is bound to one.
            challenges.push(stamp(right, START, b"device-1"));
        }
        for challenge in &challenges {
            let accepted = match right {
                REGISTER_KIND => {
                    theft
                        .registers_with(&registration_jwt(&key, challenge))
                        .await
                }
                _ => {
                    theft
                        .refreshes_with(&theft.device, &refresh_jwt(&key, challenge))
                        .await
                }
            };
            assert!(!accepted, "{right} {challenge}");
            tried += 1;
        }
    }
    println!("{tried} challenges");
}

#[tokio::test]
async fn no_made_up_jwt_is_accepted() {
    let clock = Clock::new();
    let theft = theft(&clock).await;
    let key = signing_key(7);
    let register_claims = json!({"jti": stamp(REGISTER_KIND, START, &theft.id)});
    let refresh_claims = json!({"jti": stamp(REFRESH_KIND, START, &theft.id)});
    let good_header = json!({"alg": "ES256", "jwk": jwk(&key), "typ": "dbsc+jwt"});
    let with = |name: &str, value: Value| {
        let mut header = good_header.clone();
        header[name] = value;
        header
    };
    let with_jwk = |name: &str, value: Value| {
        let mut header = good_header.clone();
        header["jwk"][name] = value;
        header
    };
    let mut headers: Vec<Value> = ["none", "HS256", "RS256", "ES384", "es256", ""]
        .into_iter()
        .map(|alg| with("alg", json!(alg)))
        .collect();
    headers.extend([
        with("alg", json!(null)),
        with("alg", json!(["ES256"])),
        with("typ", json!("JWT")),
        with("typ", json!(null)),
        with("crit", json!(["exp"])),
        json!([]),
        json!("x"),
        json!({}),
    ]);
    let both = headers.len();
    headers.extend([
        with("jwk", json!(null)),
        with("jwk", json!("x")),
        with("jwk", json!({})),
        with("jwk", jwk(&signing_key(8))),
        with_jwk("kty", json!("RSA")),
        with_jwk("crv", json!("P-384")),
        with_jwk("crv", json!("secp256k1")),
        with_jwk("x", json!("")),
        with_jwk("x", json!("A".repeat(43))),
        with_jwk("x", json!("_".repeat(43))),
        with_jwk("y", json!(jwk(&signing_key(8))["y"])),
        with_jwk("x", json!(format!("{}=", jwk(&key)["x"].as_str().unwrap()))),
    ]);
    let mut tried = 0;
    for (at, header) in headers.iter().enumerate() {
        let jwt = signed(&key, header, &register_claims);
        assert!(!theft.registers_with(&jwt).await, "{header}");
        if at < both {
            let jwt = signed(&key, header, &refresh_claims);
            assert!(!theft.refreshes_with(&theft.device, &jwt).await, "{header}");
        }
        tried += 1;
    }
    for claims in [
        json!({}),
        json!([]),
        json!({"jti": null}),
        json!({"jti": 1}),
        json!("x"),
    ] {
        assert!(
            !theft
                .registers_with(&signed(&key, &good_header, &claims))
                .await
        );
        let jwt = signed(&key, &json!({"alg": "ES256", "typ": "dbsc+jwt"}), &claims);
        assert!(!theft.refreshes_with(&theft.device, &jwt).await);
        tried += 2;
    }
    let jwt = refresh_jwt(&key, refresh_claims["jti"].as_str().unwrap());
    let (text, signature) = jwt.rsplit_once('.').unwrap();
    for signature in changed(signature) {
        let forged = format!("{text}.{signature}");
        assert!(
            !theft.refreshes_with(&theft.device, &forged).await,
            "{forged}"
        );
        tried += 1;
    }
    // Signatures that are not numbers below the order: zero, and all ones.
    for bytes in [[0; 64], [0xff; 64]] {
        let forged = format!("{text}.{}", B64U.encode(bytes));
        assert!(!theft.refreshes_with(&theft.device, &forged).await);
    }
    for text in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        &"a".repeat(5000),
        &format!("{text}.x.y"),
    ] {
        assert!(!theft.refreshes_with(&theft.device, text).await);
        assert!(!theft.registers_with(text).await);
        tried += 2;
    }
    println!("{tried} JWTs");
}

#[tokio::test]
async fn high_s_is_accepted() {
    let clock = Clock::new();
    let theft = theft(&clock).await;
    let key = signing_key(7);
    let jwt = refresh_jwt(&key, &stamp(REFRESH_KIND, START, &theft.id));
    let (text, signature) = jwt.rsplit_once('.').unwrap();
    let signature = B64U.decode(signature).unwrap();
    let signature = p256::ecdsa::Signature::from_slice(&signature).unwrap();
    let (r, s) = (signature.r(), signature.s());
    let other = p256::ecdsa::Signature::from_scalars(r.to_bytes(), (-*s).to_bytes()).unwrap();
    let other = format!("{text}.{}", B64U.encode(other.to_bytes()));
    assert_ne!(other, jwt);
    for jwt in [jwt, other] {
        assert!(theft.refreshes_with(&theft.device, &jwt).await);
    }
}

#[tokio::test]
async fn a_key_of_ones_own_cannot_be_registered_for_somebody_elses_session() {
    let clock = Clock::new();
    let theft = theft(&clock).await;
    let mine = signing_key(8);
    // The challenge of one's own sign-in is for one's own session.
    let login = send(&theft.app, "GET", "/login", "", &[]).await;
    let challenge = quoted(login.all("secure-session-registration")[0], "challenge=");
    let reply = register(&theft.app, &registration_jwt(&mine, &challenge)).await;
    let proof = reply.set_cookies()[1].split(['=', ';']).nth(1).unwrap();
    assert!(!theft.works_with(proof).await);
    // And the stolen session gets none, also with its proof.
    let cookies = format!("{}; {PROOF}={}", theft.session, theft.proof);
    for path in ["/", "/count"] {
        let reply = send(&theft.app, "GET", path, &cookies, &[]).await;
        assert!(!reply.headers.contains_key("secure-session-registration"));
    }
}
