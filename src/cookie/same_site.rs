//! When a cookie comes along.

/// When a browser sends the cookie along on requests that another site started (RFC 6265bis,
/// section 5.5.7). Hosts of one domain are one site: it holds back nothing that a sibling host
/// sends.
///
/// ```
/// use axum_cookie_session::{ConfigError, Key, SameSite, SessionConfig};
///
/// let error = SessionConfig::builder(Key::generate())
///     .cookie_name("session")
///     .same_site(SameSite::None)
///     .secure(false)
///     .build()
///     .unwrap_err();
/// assert!(matches!(error, ConfigError::SameSiteNoneWithoutSecure { .. }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the three values of the standard")]
pub enum SameSite {
    /// Never: a visitor who follows a link from elsewhere arrives signed out.
    Strict,
    /// On links that are followed and on forms that GET, but not on forms that POST, images or
    /// scripts. The default.
    Lax,
    /// Always; needs [`secure`](crate::SessionConfigBuilder::secure), and protection against
    /// cross-site requests of your own.
    None,
}
