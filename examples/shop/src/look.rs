//! Light or dark, where the visitor does not want what the system says.

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::response::Redirect;
use axum_cookie_session::{Session, SessionMap};
use serde::{Deserialize, Serialize};

use crate::message::checked;
use crate::problem::Problem;

const KEY: &str = "look";

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Look {
    #[default]
    System,
    Light,
    Dark,
}

impl Look {
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub(crate) fn from_map(session: &SessionMap) -> Self {
        session.get(KEY).unwrap_or_default()
    }

    pub(crate) fn insert_into(self, session: &mut Session) {
        match self {
            // A key that says nothing would cost bytes.
            Self::System => {
                session.remove(KEY);
            }
            look => session.insert(KEY, look),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        self == other
    }
}

#[derive(Deserialize)]
pub(crate) struct Choice {
    look: Look,
}

pub(crate) async fn choose(
    mut session: Session,
    form: Result<Form<Choice>, FormRejection>,
) -> Result<(Session, Redirect), Problem> {
    let Form(Choice { look }) = form?;
    look.insert_into(&mut session);
    Ok((checked(session)?, Redirect::to("/session")))
}
