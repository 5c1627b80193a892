//! Sessions for axum that live entirely in one signed cookie.

mod base64;
mod builder;
mod config;
mod config_error;
mod cookie;
mod data;
mod error;
mod extract;
mod flash;
mod format;
mod guard;
mod incoming;
mod json;
mod key;
mod lifetime;
mod log;
mod mac;
mod outgoing;
mod session;
mod status;
mod view;
mod watched;

pub use builder::SessionConfigBuilder;
pub use config::SessionConfig;
pub use config_error::ConfigError;
pub use cookie::SameSite;
pub use data::Data;
pub use error::SessionError;
pub use flash::Flash;
pub use key::{Key, KeyError};
pub use mac::Algorithm;
pub use session::Session;
pub use status::{Reason, Status};
pub use view::View;
