//! Random bytes of the operating system.

/// Fills a buffer, or says that it cannot.
#[cfg(any(
    feature = "device-bound",
    feature = "encryption",
    feature = "rails",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub(crate) type RandomSource = fn(&mut [u8]) -> Result<(), RandomError>;

/// The random source failed.
#[derive(Debug)]
pub(crate) struct RandomError;

/// The random source of the operating system.
#[cfg(any(
    feature = "device-bound",
    feature = "encryption",
    feature = "rails",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub(crate) const OPERATING_SYSTEM: RandomSource =
    |bytes| getrandom::fill(bytes).map_err(|_| RandomError);
