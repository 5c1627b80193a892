//! A redis-server that the tests start on loopback, freeze, kill and empty, and sites that ask it.
//!
//! Without redis-server these tests fail. `harness` installs it, as root on Debian.

#![allow(clippy::unwrap_used, reason = "tests")]

mod ends;
mod faults;
mod list;
mod proxy;
mod servers;
mod site;
