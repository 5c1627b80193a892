//! Who is signed in: the account whose id the session holds.

use axum_cookie_session::Session;
use uuid::Uuid;

use crate::account::{Account, Accounts};

const ACCOUNT: &str = "account";

/// `None` too if the account is gone.
pub(crate) fn account(session: &Session, accounts: &Accounts) -> Option<Account> {
    accounts.get(session.get::<Uuid>(ACCOUNT)?)
}

pub(crate) fn sign_in(session: &mut Session, account: Uuid) {
    // Also removes keys that an attacker planted before.
    session.destroy();
    session.insert(ACCOUNT, account);
}
