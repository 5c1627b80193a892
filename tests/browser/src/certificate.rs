//! The certificate of every host of the site.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, KeyPair, PublicKeyData, generate_simple_self_signed};
use sha2::{Digest, Sha256};

/// Made for one run, and signed by itself.
pub(crate) struct Certificate(CertifiedKey<KeyPair>);

impl Certificate {
    pub(crate) fn make(hosts: &[&str]) -> Result<Self> {
        let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
        Ok(Self(generate_simple_self_signed(hosts)?))
    }

    /// What Chromium is told to trust: a certificate that it merely put up with would keep pages out
    /// of its caches.
    pub(crate) fn fingerprint(&self) -> String {
        STANDARD.encode(Sha256::digest(self.0.signing_key.subject_public_key_info()))
    }

    pub(crate) fn certificate_der(&self) -> Vec<u8> {
        self.0.cert.der().to_vec()
    }

    pub(crate) fn key_der(&self) -> Vec<u8> {
        self.0.signing_key.serialize_der()
    }

    /// Writes the files that nginx reads: certificate and key.
    pub(crate) fn write(&self, dir: &Path) -> Result<[PathBuf; 2]> {
        let files = [dir.join("certificate.pem"), dir.join("key.pem")];
        fs::write(&files[0], self.0.cert.pem())?;
        fs::write(&files[1], self.0.signing_key.serialize_pem())?;
        Ok(files)
    }
}
