//! Survivors that are no fault of the tests, each with the reason.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

pub(crate) struct Accepted(BTreeMap<String, String>);

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    accepted: Vec<Entry>,
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
        let mut reasons = BTreeMap::new();
        for entry in file.accepted {
            if entry.reason.trim().is_empty() {
                bail!("accepted.toml: {:?} has no reason", entry.mutants);
            }
            for mutant in entry.mutants {
                if reasons
                    .insert(mutant.clone(), entry.reason.clone())
                    .is_some()
                {
                    bail!("accepted.toml: {mutant} is there twice");
                }
            }
        }
        Ok(Self(reasons))
    }

    pub(crate) fn reason(&self, mutant: &str) -> Option<&str> {
        self.0.get(mutant).map(String::as_str)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mutant_has_the_reason_of_its_entry() {
        let accepted = "[[accepted]]\nmutants = ['a', 'b']\nreason = 'same'\n";
        let accepted = Accepted::read(accepted).unwrap();
        assert_eq!(accepted.reason("b"), Some("same"));
        assert_eq!(accepted.reason("c"), None);
        assert_eq!(accepted.names().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn nothing_is_accepted_without_a_reason() {
        for text in [
            "[[accepted]]\nmutants = ['a']\nreason = ' '\n",
            "[[accepted]]\nmutants = ['a']\n",
            "[[accepted]]\nmutants = ['a', 'a']\nreason = 'same'\n",
        ] {
            assert!(Accepted::read(text).is_err(), "{text}");
        }
    }
}
