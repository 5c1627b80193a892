//! Survivors that are known: those that no test can notice, each with the reason, and those that
//! still need a test.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

pub(crate) struct Accepted(BTreeMap<String, Survivor>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Survivor {
    Accepted,
    Open,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    accepted: Vec<Entry>,
    #[serde(default)]
    open: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    mutants: Vec<String>,
    reason: String,
}

impl Accepted {
    pub(crate) fn read(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text).context("accepted.toml")?;
        let mut survivors = BTreeMap::new();
        let mut add = |mutant: String, survivor| {
            ensure!(
                survivors.insert(mutant.clone(), survivor).is_none(),
                "accepted.toml: {mutant} is there twice"
            );
            Ok(())
        };
        for Entry { mutants, reason } in file.accepted {
            ensure!(
                !reason.trim().is_empty(),
                "accepted.toml: {mutants:?} has no reason"
            );
            for mutant in mutants {
                add(mutant, Survivor::Accepted)?;
            }
        }
        for mutant in file.open {
            add(mutant, Survivor::Open)?;
        }
        Ok(Self(survivors))
    }

    pub(crate) fn get(&self, mutant: &str) -> Option<Survivor> {
        self.0.get(mutant).copied()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutant_is_accepted_or_open_or_unknown() {
        let accepted = "open = ['c']\n[[accepted]]\nmutants = ['a', 'b']\nreason = 'same'\n";
        let accepted = Accepted::read(accepted).unwrap();
        assert_eq!(accepted.get("b"), Some(Survivor::Accepted));
        assert_eq!(accepted.get("c"), Some(Survivor::Open));
        assert_eq!(accepted.get("d"), None);
        assert_eq!(accepted.names().collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn nothing_is_accepted_without_a_reason() {
        for text in [
            "[[accepted]]\nmutants = ['a']\nreason = ' '\n",
            "[[accepted]]\nmutants = ['a']\n",
            "[[accepted]]\nmutants = ['a', 'a']\nreason = 'same'\n",
            "open = ['a']\n[[accepted]]\nmutants = ['a']\nreason = 'same'\n",
        ] {
            assert!(Accepted::read(text).is_err(), "{text}");
        }
    }
}
