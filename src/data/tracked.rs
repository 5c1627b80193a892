//! A view, watched for changes since the request came in.

use std::sync::Arc;

use crate::data::object::Object;
use crate::data::typed::{Changes, SessionData, Since};
use crate::error::SessionError;

#[derive(Clone)]
pub(crate) struct Watched<T> {
    view: T,
    /// Whether what came in does not fit the view.
    misfit: bool,
    /// Whether the view was ever borrowed mutably.
    touched: bool,
    /// What the view was before that, where it does not note its changes itself.
    snapshot: Option<Object>,
}

impl<T: SessionData> Watched<T> {
    pub(crate) fn new(view: T) -> Self {
        Self {
            view,
            misfit: false,
            touched: false,
            snapshot: None,
        }
    }

    /// The view of a session that does not fit it.
    pub(crate) fn misfit() -> Self {
        Self {
            misfit: true,
            ..Self::new(T::empty())
        }
    }

    /// Empties the view, as if nothing had come in but for whether that fitted.
    pub(crate) fn restart(&mut self) {
        let misfit = self.misfit;
        *self = Self {
            misfit,
            ..Self::new(T::empty())
        };
    }

    pub(crate) fn is_misfit(&self) -> bool {
        self.misfit
    }

    pub(crate) fn view(&self) -> &T {
        &self.view
    }

    pub(crate) fn view_mut(&mut self) -> &mut T {
        if !self.touched {
            self.snapshot = self.view.snapshot();
            self.touched = true;
        }
        &mut self.view
    }

    /// What became of the view since `origin` came in. A view that was never borrowed mutably is
    /// not looked at.
    pub(crate) fn changes(
        &self,
        origin: Option<&Arc<Object>>,
    ) -> Result<Changes<'_>, SessionError> {
        if !self.touched {
            return Ok(Changes::default());
        }
        self.view.changes(Since {
            origin,
            snapshot: self.snapshot.as_ref(),
            misfit: self.misfit,
        })
    }
}
