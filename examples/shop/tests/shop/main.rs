//! Every promise of README.md, through the router and a clock that the tests hold.
#![allow(clippy::unwrap_used, reason = "a test")]

mod bad_input;
mod limit;
mod protection;
mod session_page;
mod visit;
mod visitor;
