//! `SessionData`: what a session can be read as, and how its changes are found.

#![expect(
    unnameable_types,
    reason = "the trait that seals `SessionData` cannot be named"
)]
#![expect(missing_debug_implementations, reason = "values never reach Debug")]

use std::any::type_name;
use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::data::SessionMap;
use crate::data::change::Change;
use crate::data::object::Object;
use crate::data::recorder;
use crate::error::SessionError;
use crate::log;
use crate::status::Reason;

/// Data that a [`Session`](crate::Session) can hold: [`SessionMap`], or a type of yours.
///
/// It is implemented for every `T: Serialize + DeserializeOwned + Default`, and you cannot
/// implement it yourself. `T` must serialize as a JSON object, so it is a struct, a map, or an
/// `Option` of one.
///
/// Use an `Option` for a login. `None` means that the user is not signed in: a session that lacks
/// the fields is not an error then, and its status stays [`Status::Valid`](crate::Status::Valid).
/// Setting `None` removes the keys that `Some` had. The struct in the `Option` must have a required
/// field: with `#[serde(default)]`, every user with a session would be signed in as the default
/// user. Debug builds warn about that.
///
/// ```
/// use axum::http::HeaderMap;
/// use axum_cookie_session::{Key, Session, SessionConfig};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Login {
///     user_id: i64,
/// }
///
/// let config = SessionConfig::new(Key::generate());
/// let mut session: Session<Option<Login>> = Session::from_headers(&HeaderMap::new(), &config);
/// assert!(session.is_none());
/// *session = Some(Login { user_id: 7 });
/// assert!(session.encoded_len().is_ok());
/// ```
///
/// Without an `Option`, put `#[serde(default)]` on the struct, so that a session that lacks a field
/// can still be read. The default must not be a user: with `user_id: i64`, every anonymous user is
/// user 0. A field's `#[serde(alias)]` does not rename the key in cookies that browsers already
/// have.
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
    message = "`{Self}` cannot be the data of a session",
    label = "not `SessionMap`, and not `Serialize + DeserializeOwned + Default`",
    note = "derive the three: `#[derive(Default, serde::Serialize, serde::Deserialize)]`, and put `#[serde(default)]` on the struct",
    note = "`SessionData` is implemented for every such type; it cannot be implemented by hand"
)]
pub trait SessionData: Sealed {}

#[diagnostic::do_not_recommend]
impl<T: Sealed> SessionData for T {}

/// The operations of a session on its data. This trait cannot be named outside, which seals
/// [`SessionData`].
#[doc(hidden)]
pub trait Sealed: Sized {
    /// Reads what came with the request, or says why it cannot be read.
    fn read(origin: Option<&Arc<Object>>) -> Result<Self, Reason>;

    /// The data of a session without keys.
    fn empty() -> Self;

    /// A copy to compare with later. `None` if the type records its changes itself.
    fn snapshot(&self) -> Option<Object>;

    fn changes(&self, baseline: Baseline<'_>) -> Result<Changes<'_>, SessionError>;

    /// Whether `merged`, which is what the next request brings, can be read as this value's type.
    fn is_readable_from(&self, merged: &Arc<Object>) -> bool;

    /// All of the data as a JSON object.
    fn object(&self) -> Result<Object, SessionError>;
}

/// The state that changes are relative to.
#[derive(Clone, Copy)]
pub struct Baseline<'a> {
    /// The session of the request.
    pub(crate) origin: Option<&'a Arc<Object>>,
    /// The result of [`Sealed::snapshot`] before the first mutable borrow.
    pub(crate) snapshot: Option<&'a Object>,
    /// Whether `origin` could not be read as this type.
    pub(crate) type_mismatch: bool,
}

/// The changes of one session value.
#[derive(Default)]
pub struct Changes<'a> {
    pub(crate) made: Cow<'a, [Change<'a>]>,
    /// All keys of a typed session, which have to be there for it to be read again.
    pub(crate) needed: Option<Object>,
}

impl Sealed for SessionMap {
    fn read(origin: Option<&Arc<Object>>) -> Result<Self, Reason> {
        Ok(Self::new(origin.cloned()))
    }

    fn empty() -> Self {
        Self::default()
    }

    fn snapshot(&self) -> Option<Object> {
        None
    }

    fn changes(&self, baseline: Baseline<'_>) -> Result<Changes<'_>, SessionError> {
        Ok(Changes {
            made: self.changes_since(baseline.origin)?,
            needed: None,
        })
    }

    fn is_readable_from(&self, _merged: &Arc<Object>) -> bool {
        true
    }

    fn object(&self) -> Result<Object, SessionError> {
        self.to_object()
    }
}

const NULL: &str = "null";

/// The default of an optional type if `T` is one: its JSON is `null`, as that of `Option<Login>`.
fn optional_default<T: Serialize + Default>() -> Option<T> {
    let default = T::default();
    let json = serde_json::to_string(&default).ok()?;
    (json == NULL).then_some(default)
}

/// Whether a session without keys is `Some` of an optional type, so that every visitor is signed
/// in.
fn is_somebody_from_nothing<T: Serialize + DeserializeOwned + Default>() -> bool {
    optional_default::<T>().is_some()
        && serde_json::from_str::<T>("{}")
            .is_ok_and(|data| serde_json::to_string(&data).is_ok_and(|json| json != NULL))
}

impl<T: Serialize + DeserializeOwned + Default> Sealed for T {
    fn read(origin: Option<&Arc<Object>>) -> Result<Self, Reason> {
        if cfg!(debug_assertions) && is_somebody_from_nothing::<Self>() {
            log::somebody_from_nothing(type_name::<Self>());
        }
        let Some(origin) = origin else {
            return Ok(Self::default());
        };
        // serde reads a struct from an array too, but an array is not a session.
        let data = origin
            .text()
            .trim_ascii_start()
            .starts_with('{')
            .then(|| serde_json::from_str(origin.text()).ok())
            .flatten();
        if let Some(data) = data {
            return Ok(data);
        }
        if !origin.is_valid() {
            return Err(Reason::InvalidPayload);
        }
        optional_default().ok_or(Reason::TypeMismatch)
    }

    fn empty() -> Self {
        Self::default()
    }

    fn snapshot(&self) -> Option<Object> {
        recorder::write(self).ok()
    }

    fn changes(&self, baseline: Baseline<'_>) -> Result<Changes<'_>, SessionError> {
        let now = self.object()?;
        let before = baseline.snapshot.unwrap_or(Object::empty());
        if let Some(origin) = baseline.origin {
            origin.share_index(before);
        }
        let mut made = now.changes_since(before);
        if baseline.type_mismatch && !made.is_empty() {
            made = now.changes_since(Object::empty());
        }
        Ok(Changes {
            made: made.into_iter().map(Change::into_owned).collect(),
            needed: Some(now),
        })
    }

    fn is_readable_from(&self, merged: &Arc<Object>) -> bool {
        // `None` fits whatever is there.
        let is_none = || self.object().is_ok_and(|object| object.is_empty());
        serde_json::from_str::<Self>(merged.text()).is_ok()
            || optional_default::<Self>().is_some() && is_none()
    }

    fn object(&self) -> Result<Object, SessionError> {
        // serde_json's own text is dropped: it may quote a value.
        let object = recorder::write(self).map_err(|_| {
            SessionError::typed(type_name::<Self>(), "it cannot be written as JSON")
        })?;
        if object.text() == NULL && optional_default::<Self>().is_some() {
            return Ok(Object::default());
        }
        if !object.is_valid() {
            return Err(SessionError::typed(
                type_name::<Self>(),
                "it is not a JSON object: use a struct with named fields or a map with string keys",
            ));
        }
        Ok(object)
    }
}
