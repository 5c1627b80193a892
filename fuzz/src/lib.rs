//! What the fuzz targets share: a clock, a browser's side of HTTP, made-up JSON, and second
//! implementations of what the library does, written from its documentation alone.

pub mod clock;
pub mod configs;
pub mod http;
pub mod json;
pub mod made_up;
pub mod sign;
