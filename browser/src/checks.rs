//! What is checked: one file for each check, in the order of this table.

mod counter_attributes;
mod counter_counts;
mod counter_restart;
mod counter_tampering;
mod curl_counts;
mod curl_restart;
mod curl_tampering;
mod flask_migration;
mod login_back;
mod login_flow;

use anyhow::Result;

use crate::stage::Stage;
use crate::token::Part;

pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) play: fn(&Stage) -> Result<()>,
}

pub(crate) const CHECKS: &[Check] = &[
    Check {
        name: "counter: counts over reloads",
        play: counter_counts::play,
    },
    Check {
        name: "counter: counts on after a server restart",
        play: counter_restart::play,
    },
    Check {
        name: "counter: starts again where the cookie's payload is changed",
        play: |stage| counter_tampering::play(stage, Part::Payload),
    },
    Check {
        name: "counter: starts again where the cookie's times are changed",
        play: |stage| counter_tampering::play(stage, Part::Times),
    },
    Check {
        name: "counter: starts again where the cookie's MAC is changed",
        play: |stage| counter_tampering::play(stage, Part::Mac),
    },
    Check {
        name: "counter: the cookie is hidden from scripts and has its attributes",
        play: counter_attributes::play,
    },
    Check {
        name: "curl: counts over reloads",
        play: curl_counts::play,
    },
    Check {
        name: "curl: counts on after a server restart",
        play: curl_restart::play,
    },
    Check {
        name: "curl: starts again where any character of the cookie is changed",
        play: curl_tampering::play,
    },
    Check {
        name: "login: in, a private page, out from another path, each message once",
        play: login_flow::play,
    },
    Check {
        name: "login: what Back shows after signing out is gone with a reload",
        play: login_back::play,
    },
    Check {
        name: "flask_migration: one login for Flask and axum behind nginx",
        play: |stage| flask_migration::play(stage, false),
    },
    Check {
        name: "flask_migration: Flask's login goes on as ours once it is accepted",
        play: |stage| flask_migration::play(stage, true),
    },
];
