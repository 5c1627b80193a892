//! The accounts and their passkeys. In memory here, in your database elsewhere.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;
use webauthn_rs::prelude::{AuthenticationResult, Passkey};

#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) passkeys: Vec<Passkey>,
}

#[derive(Default)]
pub(crate) struct Accounts(Mutex<HashMap<Uuid, Account>>);

impl Accounts {
    pub(crate) fn get(&self, id: Uuid) -> Option<Account> {
        self.all().get(&id).cloned()
    }

    pub(crate) fn named(&self, name: &str) -> Option<Account> {
        let all = self.all();
        all.values().find(|account| account.name == name).cloned()
    }

    /// Adds a passkey, and the account if it is new. `false` if another account has that name, or
    /// any account has that passkey.
    pub(crate) fn add(&self, id: Uuid, name: &str, passkey: Passkey) -> bool {
        let mut all = self.all();
        let conflicts = |account: &Account| {
            (account.name == name && account.id != id) || account.passkeys.contains(&passkey)
        };
        if all.values().any(conflicts) {
            return false;
        }
        let account = all.entry(id).or_insert_with(|| Account {
            id,
            name: name.to_owned(),
            passkeys: Vec::new(),
        });
        account.passkeys.push(passkey);
        true
    }

    /// Remembers how often a passkey was used, because a lower number at the next login tells of a
    /// copy of it.
    pub(crate) fn used(&self, id: Uuid, result: &AuthenticationResult) {
        if let Some(account) = self.all().get_mut(&id) {
            for passkey in &mut account.passkeys {
                // Changes the one that was used, and leaves the others as they are.
                passkey.update_credential(result);
            }
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Uuid, Account>> {
        // Nothing in here panics halfway through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
