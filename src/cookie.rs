//! Cookies: their attributes, those of a request, and those that a response sets.

pub(crate) mod attributes;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod same_site;
