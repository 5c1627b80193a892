//! Every combination of attributes, as `build()` parts them. No check of its own.

use anyhow::{Result, ensure};

use crate::settings::Settings;

/// So many cookies that a request with all of them is not a burden; Chromium keeps 180 of a site.
pub(super) const BATCH: usize = 60;

/// What `build()` allows.
pub(super) fn allowed() -> Result<Vec<Settings>> {
    let (allowed, _) = parted();
    ensure!(allowed.len() == 440, "{} are allowed", allowed.len());
    Ok(allowed)
}

/// What `build()` refuses.
pub(super) fn refused() -> Result<Vec<Settings>> {
    let (_, refused) = parted();
    ensure!(refused.len() == 1096, "{} are refused", refused.len());
    Ok(refused)
}

fn parted() -> (Vec<Settings>, Vec<Settings>) {
    let every = Settings::every().into_iter();
    every.partition(|settings| settings.build().is_ok())
}
