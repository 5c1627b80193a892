//! Published test vectors, run through the crate's own source of MACs and signatures.
//!
//! The two files use nothing else of the crate, so they are modules of this test.
#![cfg(feature = "device-bound")]
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;
#[allow(dead_code, unreachable_pub, reason = "a file of the library")]
#[path = "../src/token/mac.rs"]
mod mac;
#[allow(dead_code, unreachable_pub, reason = "a file of the library")]
#[path = "../src/device_bound/signature.rs"]
mod signature;

use common::bytes;
use mac::{Hash, hmac};
use serde::Deserialize;
use signature::{Signature, public_key};

fn lines<'a, T: Deserialize<'a>>(file: &'a str) -> Vec<T> {
    let lines = file.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn assert_tag(hash: Hash, key: &[u8], message: &[u8], tag: &str) {
    let mac = hmac(hash, key);
    let tag = bytes(tag);
    assert_eq!(mac.tag(&[message])[..tag.len()], tag);
    // The same message in parts.
    for at in [0, message.len() / 2, message.len()] {
        let (start, end) = message.split_at(at);
        assert!(mac.verify(&[start, end], &tag));
    }
}

#[test]
fn hmac_sha1_gives_the_tags_of_rfc_2202() {
    // Section 3.
    for (key, message, tag) in [
        (
            vec![0x0b; 20],
            b"Hi There".to_vec(),
            "b617318655057264e28bc0b6fb378c8ef146be00",
        ),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?".to_vec(),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        ),
        (
            vec![0xaa; 20],
            vec![0xdd; 50],
            "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
        ),
        (
            (1..=25).collect(),
            vec![0xcd; 50],
            "4c9007f4026250c6bc8414f9bf50c86c2d7235da",
        ),
        (
            vec![0x0c; 20],
            b"Test With Truncation".to_vec(),
            "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04",
        ),
        (
            vec![0xaa; 80],
            b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112",
        ),
        (
            vec![0xaa; 80],
            b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data".to_vec(),
            "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
        ),
    ] {
        assert_tag(Hash::Sha1, &key, &message, tag);
    }
}

#[test]
fn hmac_sha256_gives_the_tags_of_rfc_4231() {
    // Section 4.
    let large = b"This is a test using a larger than block-size key and a larger than block-size \
        data. The key needs to be hashed before being used by the HMAC algorithm.";
    for (key, message, tag) in [
        (
            vec![0x0b; 20],
            b"Hi There".to_vec(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?".to_vec(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            vec![0xaa; 20],
            vec![0xdd; 50],
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        ),
        (
            (1..=25).collect(),
            vec![0xcd; 50],
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
        ),
        (
            vec![0x0c; 20],
            b"Test With Truncation".to_vec(),
            "a3b6167473100ee06e0c796c2955552b",
        ),
        (
            vec![0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            vec![0xaa; 131],
            large.to_vec(),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ] {
        assert_tag(Hash::Sha256, &key, &message, tag);
    }
}

#[derive(Deserialize)]
struct MacVector<'a> {
    id: u32,
    key: &'a str,
    message: &'a str,
    tag: &'a str,
    valid: bool,
}

#[test]
fn hmac_accepts_the_valid_tags_of_wycheproof_and_no_other() {
    for (hash, file, count) in [
        (
            Hash::Sha1,
            include_str!("vectors/wycheproof/hmac_sha1.jsonl"),
            170,
        ),
        (
            Hash::Sha256,
            include_str!("vectors/wycheproof/hmac_sha256.jsonl"),
            174,
        ),
    ] {
        let vectors: Vec<MacVector<'_>> = lines(file);
        assert_eq!(vectors.len(), count);
        for vector in vectors {
            let (message, tag) = (bytes(vector.message), bytes(vector.tag));
            let mac = hmac(hash, &bytes(vector.key));
            let MacVector { id, valid, .. } = vector;
            assert_eq!(mac.verify(&[&message], &tag), valid, "test {id}");
            assert_eq!(mac.tag(&[&message])[..tag.len()] == tag, valid, "test {id}");
        }
    }
}

#[derive(Deserialize)]
struct SignatureVector<'a> {
    id: u32,
    key: &'a str,
    message: &'a str,
    signature: &'a str,
    valid: bool,
}

#[test]
fn ecdsa_accepts_the_valid_signatures_of_wycheproof_and_no_other() {
    let vectors: Vec<SignatureVector<'_>> =
        lines(include_str!("vectors/wycheproof/ecdsa_p256.jsonl"));
    assert_eq!(vectors.len(), 262);
    let mut accepted = 0;
    for vector in vectors {
        let point = bytes(vector.key);
        let (x, y) = point[1..].split_at(32);
        let key = public_key(x.try_into().unwrap(), y.try_into().unwrap()).unwrap();
        // A signature of another length does not reach the check.
        let signature = <[u8; 64]>::try_from(bytes(vector.signature)).ok();
        let is_good = signature.is_some_and(|signature| {
            Signature::from_bytes(&signature)
                .is_some_and(|signature| signature.verify(&key, &bytes(vector.message)))
        });
        assert_eq!(is_good, vector.valid, "test {}", vector.id);
        accepted += u32::from(is_good);
    }
    assert!(accepted > 100, "{accepted}");
}
