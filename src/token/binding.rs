//! Which device-bound session a token belongs to.

#[cfg(feature = "device-bound")]
use crate::token::random::OPERATING_SYSTEM;

/// The device that the session of a token is bound to, or will be bound to.
///
/// Configs without device-bound sessions keep it, so that servers with and without them can run
/// side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Binding {
    /// Drawn at random when the session starts.
    pub(crate) id: [u8; Self::ID_LEN],
    pub(crate) bound: bool,
}

impl Binding {
    pub(crate) const ID_LEN: usize = 8;
    /// The id and a byte of flags.
    pub(crate) const LEN: usize = Self::ID_LEN + 1;
    const BOUND: u8 = 1;

    /// That of a session that starts. Without random bytes there is none, and no device is bound.
    #[cfg(feature = "device-bound")]
    pub(crate) fn starting() -> Option<Self> {
        let mut id = [0; Self::ID_LEN];
        OPERATING_SYSTEM(&mut id).ok()?;
        Some(Self { id, bound: false })
    }

    /// Flags that are not known yet are refused, so that a later version can give them a meaning.
    pub(crate) fn from_bytes(bytes: [u8; Self::LEN]) -> Option<Self> {
        let [id @ .., flags] = bytes;
        (flags & !Self::BOUND == 0).then_some(Self {
            id,
            bound: flags == Self::BOUND,
        })
    }

    pub(crate) fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..Self::ID_LEN].copy_from_slice(&self.id);
        bytes[Self::ID_LEN] = if self.bound { Self::BOUND } else { 0 };
        bytes
    }
}
