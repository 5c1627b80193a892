//! Who is signed in: the row whose id the session holds.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum_cookie_session::Session;
use uuid::Uuid;

use crate::{AppState, return_to};

pub(crate) const LOGIN: &str = "login";

pub(crate) struct Account {
    pub(crate) session: Session,
    pub(crate) login: Uuid,
    pub(crate) user: String,
}

/// Sends all others to the page for signing in.
impl FromRequestParts<AppState> for Account {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let Ok(mut session) = <Session>::from_request_parts(parts, state).await;
        let Some(login) = session.get::<Uuid>(LOGIN) else {
            return_to::keep(&mut session, parts);
            return Err((session, Redirect::to("/sign-in")).into_response());
        };
        match state.notes.user(login).await {
            Ok(Some(user)) => Ok(Self {
                session,
                login,
                user,
            }),
            // Somebody signed out everywhere.
            Ok(None) => {
                session.destroy();
                return_to::keep(&mut session, parts);
                Err((session, Redirect::to("/sign-in")).into_response())
            }
            Err(error) => Err((session, Down::from(error)).into_response()),
        }
    }
}

/// The database failed. A session that is returned with it unchanged stays as it was.
pub(crate) struct Down(sqlx::Error);

impl From<sqlx::Error> for Down {
    fn from(error: sqlx::Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Down {
    fn into_response(self) -> Response {
        // Only for the log: visitors must not see what a database says.
        tracing::error!(error = %self.0, "database failed");
        let page = "Your notes cannot be reached at the moment. Please try again in a minute.\n";
        (StatusCode::SERVICE_UNAVAILABLE, page).into_response()
    }
}
