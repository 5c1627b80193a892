//! Session data, tracked for changes since the request came in.

use std::sync::Arc;

use crate::data::object::Object;
use crate::data::typed::{Baseline, Changes, SessionData};
use crate::error::SessionError;

#[derive(Clone)]
pub(crate) struct Tracked<T> {
    data: T,
    /// Whether the session could not be read as `T`.
    type_mismatch: bool,
    borrowed_mut: bool,
    /// `T` before the first mutable borrow, if it does not record its changes itself. In a box,
    /// because a session is moved through several futures.
    snapshot: Option<Box<Object>>,
}

impl<T: SessionData> Tracked<T> {
    pub(crate) fn new(data: T) -> Self {
        Self {
            data,
            type_mismatch: false,
            borrowed_mut: false,
            snapshot: None,
        }
    }

    /// The data of a session that could not be read as `T`.
    pub(crate) fn mismatched() -> Self {
        Self {
            type_mismatch: true,
            ..Self::new(T::empty())
        }
    }

    /// Empties the data and forgets its changes.
    pub(crate) fn reset(&mut self) {
        *self = Self {
            type_mismatch: self.type_mismatch,
            ..Self::new(T::empty())
        };
    }

    pub(crate) fn is_type_mismatch(&self) -> bool {
        self.type_mismatch
    }

    pub(crate) fn get(&self) -> &T {
        &self.data
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        if !self.borrowed_mut {
            self.snapshot = self.data.snapshot().map(Box::new);
            self.borrowed_mut = true;
        }
        &mut self.data
    }

    /// The changes since `origin` came in. Data that was never borrowed mutably is not looked at.
    pub(crate) fn changes(
        &self,
        origin: Option<&Arc<Object>>,
    ) -> Result<Changes<'_>, SessionError> {
        if !self.borrowed_mut {
            return Ok(Changes::default());
        }
        self.data.changes(Baseline {
            origin,
            snapshot: self.snapshot.as_deref(),
            type_mismatch: self.type_mismatch,
        })
    }
}
