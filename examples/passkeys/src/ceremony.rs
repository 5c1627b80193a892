//! Registration and sign-in. Each is a ceremony of two requests: one for the options that the
//! browser hands to the passkey, and one with the passkey's answer.
//!
//! What the server has to remember in between is stored in a [`OneTime`](crate::OneTime), and the
//! session holds the id. It is taken out before the answer is checked, so an answer counts once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum_cookie_session::Session;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use webauthn_rs::prelude::{
    CreationChallengeResponse, Passkey, PasskeyAuthentication, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, RequestChallengeResponse,
};

use crate::account::Account;
use crate::problem::Problem;
use crate::{App, login};

/// Keys of the session.
const REGISTRATION: &str = "registration";
const SIGN_IN: &str = "sign_in";

/// Of one account, so that it does not grow without end.
pub const MAX_PASSKEYS: usize = 10;

pub(crate) struct Registration {
    account: Uuid,
    name: String,
    state: PasskeyRegistration,
}

pub(crate) struct SignIn {
    account: Uuid,
    state: PasskeyAuthentication,
}

#[derive(Deserialize)]
pub(crate) struct Name {
    name: String,
}

type Body<T> = Result<Json<T>, JsonRejection>;
/// What `Session::attempt` gives: the session comes back on both paths.
type Answer<T> = (Session, Result<Json<T>, Problem>);

#[derive(Serialize)]
pub(crate) struct Done {}

/// For a new account, or for one more passkey of the account that is signed in.
pub(crate) async fn start_registration(
    State(app): State<Arc<App>>,
    session: Session,
    body: Body<Name>,
) -> Answer<CreationChallengeResponse> {
    session
        .attempt(async |session| {
            let Json(Name { name }) = body?;
            let account = match login::account(session, &app.accounts) {
                Some(account) => account,
                None => new_account(&app, name.trim())?,
            };
            if account.passkeys.len() >= MAX_PASSKEYS {
                return Err(Problem::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "This account has ten passkeys, and that is the limit.",
                ));
            }
            let known = account.passkeys.iter().map(Passkey::cred_id).cloned();
            let (options, state) = app
                .webauthn
                .start_passkey_registration(
                    account.id,
                    &account.name,
                    &account.name,
                    Some(known.collect()),
                )
                .map_err(|error| Problem::internal(&error))?;
            let id = app.registrations.put(Registration {
                account: account.id,
                name: account.name,
                state,
            });
            session.insert(REGISTRATION, id);
            Ok(Json(options))
        })
        .await
}

fn new_account(app: &App, name: &str) -> Result<Account, Problem> {
    if name.is_empty() || name.chars().count() > 40 {
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "A name has 1 to 40 characters.",
        ));
    }
    // Otherwise anyone could add a passkey of theirs to this account.
    if app.accounts.named(name).is_some() {
        return Err(taken());
    }
    Ok(Account {
        id: Uuid::new_v4(),
        name: name.to_owned(),
        passkeys: Vec::new(),
    })
}

fn taken() -> Problem {
    let text = "This name or this passkey belongs to an account already.";
    Problem::new(StatusCode::CONFLICT, text)
}

pub(crate) async fn finish_registration(
    State(app): State<Arc<App>>,
    session: Session,
    body: Body<RegisterPublicKeyCredential>,
) -> Answer<Done> {
    session
        .attempt(async |session| {
            let Json(credential) = body?;
            let id = session.get::<Uuid>(REGISTRATION);
            let Some(registration) = id.and_then(|id| app.registrations.take(id)) else {
                return Err(Problem::over());
            };
            let Registration {
                account,
                name,
                state,
            } = registration;
            let passkey = app
                .webauthn
                .finish_passkey_registration(&credential, &state)
                .map_err(|error| Problem::refused(&error))?;
            // The name may have been taken since the start.
            if !app.accounts.add(account, &name, passkey) {
                return Err(taken());
            }
            login::sign_in(session, account);
            Ok(Json(Done {}))
        })
        .await
}

pub(crate) async fn start_sign_in(
    State(app): State<Arc<App>>,
    session: Session,
    body: Body<Name>,
) -> Answer<RequestChallengeResponse> {
    session
        .attempt(async |session| {
            let Json(Name { name }) = body?;
            let Some(account) = app.accounts.named(name.trim()) else {
                return Err(Problem::new(
                    StatusCode::NOT_FOUND,
                    "There is no account of this name.",
                ));
            };
            let (options, state) = app
                .webauthn
                .start_passkey_authentication(&account.passkeys)
                .map_err(|error| Problem::internal(&error))?;
            let id = app.sign_ins.put(SignIn {
                account: account.id,
                state,
            });
            session.insert(SIGN_IN, id);
            Ok(Json(options))
        })
        .await
}

pub(crate) async fn finish_sign_in(
    State(app): State<Arc<App>>,
    session: Session,
    body: Body<PublicKeyCredential>,
) -> Answer<Done> {
    session
        .attempt(async |session| {
            let Json(credential) = body?;
            let id = session.get::<Uuid>(SIGN_IN);
            let Some(SignIn { account, state }) = id.and_then(|id| app.sign_ins.take(id)) else {
                return Err(Problem::over());
            };
            let result = app
                .webauthn
                .finish_passkey_authentication(&credential, &state)
                .map_err(|error| Problem::refused(&error))?;
            app.accounts.used(account, &result);
            login::sign_in(session, account);
            Ok(Json(Done {}))
        })
        .await
}
