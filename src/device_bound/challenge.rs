//! Texts that prove themselves: challenges, proofs and device cookies, each under a MAC of its
//! kind.

use std::sync::Arc;
use std::time::Duration;

use crate::device_bound::signature::PublicKey;
use crate::token::base64;
use crate::token::binding::Binding;
use crate::token::key::Key;
use crate::token::keyring::{KeyRing, SIGNING_KEY};
use crate::token::mac::{Hash, hmac};
use crate::token::timestamps::LEEWAY;

pub(crate) type Id = [u8; Binding::ID_LEN];

const MAC_LEN: usize = 16;
const STAMP_LEN: usize = 4 + Binding::ID_LEN;
const DEVICE_LEN: usize = 33 + Binding::ID_LEN + 4;

/// The purpose of a text. It is part of what is signed and not of the text, so that none can be
/// taken for one of another kind.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Register = 1,
    Refresh = 2,
    Proof = 3,
    Device = 4,
}

/// A challenge or a proof: when it was made, and for which session.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) time: u64,
    pub(crate) id: Id,
}

impl Stamp {
    pub(crate) fn is_fresh(&self, now: u64, lifetime: Duration) -> bool {
        let oldest = now.saturating_sub(lifetime.as_secs().saturating_add(LEEWAY));
        (oldest..=now.saturating_add(LEEWAY)).contains(&self.time)
    }
}

/// The contents of a device cookie.
#[derive(Clone, Copy)]
pub(crate) struct Device {
    pub(crate) key: PublicKey,
    pub(crate) id: Id,
    pub(crate) created: u64,
}

/// The keys that sign for a config and verify, also those of its fallback configs.
pub(crate) struct DeviceKeys {
    own: Arc<KeyRing>,
    fallback: Vec<Arc<KeyRing>>,
}

impl DeviceKeys {
    pub(crate) fn new<'a>(
        cookie_name: &str,
        keys: &[Key],
        fallback: impl Iterator<Item = &'a Self>,
    ) -> Self {
        let context = format!("axum-cookie-session device-bound {cookie_name}");
        let own = KeyRing::new(keys, |secret| {
            let derived = hmac(Hash::Sha256, secret).tag(&[context.as_bytes()]);
            hmac(Hash::Sha256, &derived)
        });
        Self {
            own: Arc::new(own),
            fallback: fallback.map(|keys| Arc::clone(&keys.own)).collect(),
        }
    }

    pub(crate) fn stamp(&self, kind: Kind, stamp: Stamp) -> String {
        let mut body = [0; STAMP_LEN];
        body[..4].copy_from_slice(&to_u32(stamp.time).to_be_bytes());
        body[4..].copy_from_slice(&stamp.id);
        self.sign(kind, &body)
    }

    pub(crate) fn read_stamp(&self, kind: Kind, text: impl AsRef<[u8]>) -> Option<Stamp> {
        let bytes: [u8; STAMP_LEN + MAC_LEN] = base64::decode_url_array(text)?;
        let (body, mac) = bytes.split_first_chunk::<STAMP_LEN>()?;
        self.verify(kind, body, mac)?;
        let (time, id) = body.split_first_chunk()?;
        Some(Stamp {
            time: u32::from_be_bytes(*time).into(),
            id: id.try_into().ok()?,
        })
    }

    pub(crate) fn device(&self, device: &Device) -> String {
        let mut body = [0; DEVICE_LEN];
        body[..33].copy_from_slice(&device.key);
        body[33..41].copy_from_slice(&device.id);
        body[41..].copy_from_slice(&to_u32(device.created).to_be_bytes());
        self.sign(Kind::Device, &body)
    }

    /// A device, and whether the key verified it that signs.
    pub(crate) fn read_device(&self, text: impl AsRef<[u8]>) -> Option<(Device, bool)> {
        let bytes: [u8; DEVICE_LEN + MAC_LEN] = base64::decode_url_array(text)?;
        let (body, mac) = bytes.split_first_chunk::<DEVICE_LEN>()?;
        let by_signing_key = self.verify(Kind::Device, body, mac)?;
        let (key, rest) = body.split_first_chunk()?;
        let (id, created) = rest.split_first_chunk()?;
        let device = Device {
            key: *key,
            id: *id,
            created: u32::from_be_bytes(created.try_into().ok()?).into(),
        };
        Some((device, by_signing_key))
    }

    fn sign(&self, kind: Kind, body: &[u8]) -> String {
        let mac = self.own.sign(&[&[kind as u8], body]);
        let mut text = String::with_capacity(82);
        base64::encode_url(&[body, &mac[..MAC_LEN]].concat(), &mut text);
        text
    }

    /// Whether the key verified it that signs; `None` if no key did.
    fn verify(&self, kind: Kind, body: &[u8], mac: &[u8]) -> Option<bool> {
        let message: [&[u8]; 2] = [&[kind as u8], body];
        if let Some(key) = self.own.verify(&message, mac) {
            return Some(key == SIGNING_KEY);
        }
        let mut fallback = self.fallback.iter();
        fallback
            .any(|keys| keys.verify(&message, mac).is_some())
            .then_some(false)
    }
}

fn to_u32(time: u64) -> u32 {
    u32::try_from(time).unwrap_or(u32::MAX)
}
