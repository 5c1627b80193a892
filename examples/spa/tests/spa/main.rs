//! What needs no browser, through the router.

#![allow(clippy::unwrap_used, reason = "a test")]

mod client;
mod layers;
mod requests;
mod socket;
