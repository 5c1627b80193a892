//! What `T` must be, and how the changes of a view are found.

#![expect(unnameable_types, reason = "what cannot be named seals `SessionData`")]
#![expect(missing_debug_implementations, reason = "values never reach Debug")]

use std::any::type_name;
use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::data::SessionMap;
use crate::data::change::Change;
use crate::data::object::Object;
use crate::error::SessionError;
use crate::status::Reason;

/// What a [`Session`](crate::Session) can show its contents as: [`SessionMap`], or a type of yours.
///
/// Implemented for every `T: Serialize + DeserializeOwned + Default`; it cannot be implemented
/// by hand. The JSON of `T` has to be an object, so `T` is a struct or a map.
///
/// Put `#[serde(default)]` on the struct: a session that lacks a field then still fits. A field's
/// `#[serde(alias)]` does not rename the key that is already in visitors' cookies.
///
/// ```
/// use axum_cookie_session::{Key, SessionConfig};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Default, Serialize, Deserialize)]
/// #[serde(default)]
/// struct Cart {
///     items: Vec<u32>,
/// }
///
/// let config = SessionConfig::new(Key::generate());
/// let cookie = config.encode(&Cart { items: vec![7] })?;
/// assert!(cookie.starts_with("__Host-session=1."));
/// # Ok::<(), axum_cookie_session::SessionError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the view of a session",
    label = "not `SessionMap`, and not `Serialize + DeserializeOwned + Default`",
    note = "derive the three: `#[derive(Default, serde::Serialize, serde::Deserialize)]`, and put `#[serde(default)]` on the struct",
    note = "`SessionData` is implemented for every such type; it cannot be implemented by hand"
)]
pub trait SessionData: Contents {}

#[diagnostic::do_not_recommend]
impl<T: Contents> SessionData for T {}

/// What a view does for its session; not nameable outside, which seals [`SessionData`].
#[doc(hidden)]
pub trait Contents: Sized {
    /// The view of what came in, or why it cannot be had.
    fn read(origin: Option<&Arc<Object>>) -> Result<Self, Reason>;

    /// The view of a session without keys.
    fn empty() -> Self;

    /// What to compare with later; none for a view that notes its changes itself.
    fn snapshot(&self) -> Option<Object>;

    fn changes(&self, since: Since<'_>) -> Result<Changes<'_>, SessionError>;

    /// The whole view as a JSON object.
    fn object(&self) -> Result<Object, SessionError>;
}

/// How a view began.
#[derive(Clone, Copy)]
pub struct Since<'a> {
    /// What came in with the request.
    pub(crate) origin: Option<&'a Arc<Object>>,
    /// What [`Contents::snapshot`] gave before the view was first borrowed mutably.
    pub(crate) snapshot: Option<&'a Object>,
    /// Whether what came in did not fit the view.
    pub(crate) misfit: bool,
}

/// What became of a view.
#[derive(Default)]
pub struct Changes<'a> {
    pub(crate) made: Cow<'a, [Change<'a>]>,
    /// All keys of a typed view, which it needs to be read again.
    pub(crate) needed: Option<Object>,
}

impl Contents for SessionMap {
    fn read(origin: Option<&Arc<Object>>) -> Result<Self, Reason> {
        Ok(Self::new(origin.cloned()))
    }

    fn empty() -> Self {
        Self::default()
    }

    fn snapshot(&self) -> Option<Object> {
        None
    }

    fn changes(&self, since: Since<'_>) -> Result<Changes<'_>, SessionError> {
        Ok(Changes {
            made: self.changes_since(since.origin)?,
            needed: None,
        })
    }

    fn object(&self) -> Result<Object, SessionError> {
        self.to_object()
    }
}

impl<T: Serialize + DeserializeOwned + Default> Contents for T {
    fn read(origin: Option<&Arc<Object>>) -> Result<Self, Reason> {
        let Some(origin) = origin else {
            return Ok(Self::default());
        };
        // serde reads a struct from an array as well, and an array is no session.
        let view = origin
            .text()
            .trim_ascii_start()
            .starts_with('{')
            .then(|| serde_json::from_str(origin.text()).ok())
            .flatten();
        view.ok_or_else(|| match origin.is_valid() {
            true => Reason::TypeMismatch,
            false => Reason::InvalidPayload,
        })
    }

    fn empty() -> Self {
        Self::default()
    }

    fn snapshot(&self) -> Option<Object> {
        serde_json::to_string(self).ok().map(Object::new)
    }

    fn changes(&self, since: Since<'_>) -> Result<Changes<'_>, SessionError> {
        let now = self.object()?;
        let nothing = Object::default();
        let mut made = now.changes_since(since.snapshot.unwrap_or(&nothing));
        if since.misfit && !made.is_empty() {
            made = now.changes_since(&nothing);
        }
        Ok(Changes {
            made: made.into_iter().map(Change::into_owned).collect(),
            needed: Some(now),
        })
    }

    fn object(&self) -> Result<Object, SessionError> {
        // serde's own text is dropped: it may quote a value.
        let text = serde_json::to_string(self)
            .map_err(|_| SessionError::view(type_name::<Self>(), "it cannot be written as JSON"))?;
        let object = Object::new(text);
        match object.is_valid() {
            true => Ok(object),
            false => Err(SessionError::view(
                type_name::<Self>(),
                "it is no JSON object; use a struct with named fields or a map with text keys",
            )),
        }
    }
}
