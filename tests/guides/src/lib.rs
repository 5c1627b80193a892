//! Compiles and runs what the guides show of other crates, with those crates: `cargo test -p guides
//! --doc`.

mod visitor;

pub use visitor::{Visitor, walk, walk_actix, walk_axum_06, walk_logins};

include!(concat!(env!("OUT_DIR"), "/pages.rs"));
