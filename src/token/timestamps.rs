//! When a session was created, when its token was issued, and which binding it has.

use crate::token::base64;
use crate::token::binding::Binding;

/// How far ahead the clock of the instance that issued something may be, in seconds.
pub(crate) const LEEWAY: u64 = 60;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timestamps {
    pub(crate) created: u64,
    pub(crate) issued: u64,
    /// Only of a native token.
    pub(crate) binding: Option<Binding>,
}

impl Timestamps {
    const TIMES_LEN: usize = 8;
    const BOUND_LEN: usize = Self::TIMES_LEN + Binding::LEN;

    pub(crate) fn starting(now: u64) -> Self {
        Self {
            created: now,
            issued: now,
            binding: None,
        }
    }

    pub(crate) fn reissued(self, now: u64) -> Self {
        Self {
            issued: now.max(self.created),
            ..self
        }
    }

    /// Reads the third part of a native token: two times, and a binding if it is longer.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let mut bytes = [0; Self::BOUND_LEN];
        let len = base64::decode_url_slice(text, &mut bytes)?;
        let (times, binding) = bytes.split_first_chunk::<{ Self::TIMES_LEN }>()?;
        let binding = match len {
            Self::TIMES_LEN => None,
            Self::BOUND_LEN => Some(Binding::from_bytes(binding.try_into().ok()?)?),
            _ => return None,
        };
        let [c0, c1, c2, c3, i0, i1, i2, i3] = *times;
        Some(Self {
            created: u32::from_be_bytes([c0, c1, c2, c3]).into(),
            issued: u32::from_be_bytes([i0, i1, i2, i3]).into(),
            binding,
        })
    }

    pub(crate) fn encode(self, out: &mut String) {
        let mut bytes = [0; Self::BOUND_LEN];
        for (at, time) in [(0, self.created), (4, self.issued)] {
            let time = u32::try_from(time).unwrap_or(u32::MAX);
            bytes[at..at + 4].copy_from_slice(&time.to_be_bytes());
        }
        let Some(binding) = self.binding else {
            return base64::encode_url(&bytes[..Self::TIMES_LEN], out);
        };
        bytes[Self::TIMES_LEN..].copy_from_slice(&binding.to_bytes());
        base64::encode_url(&bytes, out);
    }
}
