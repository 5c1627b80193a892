//! What the compiler says to a newcomer. `tests/ui` has a program for each mistake, and next to it
//! what rustc prints; `tests/guide.rs` holds the guide `troubleshooting` to that.
//!
//! Another version of rustc or axum may word it differently. To take its words over, and see in the
//! diff whether they still help:
//!
//! ```sh
//! TRYBUILD=overwrite cargo test -p compile_errors
//! ```
