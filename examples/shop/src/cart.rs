//! The cart: the type of a typed session, and the limit of its size.

use axum_cookie_session::{Session, SessionConfig, SessionMap};
use serde::{Deserialize, Serialize};

use crate::product::{self, Product};

/// What a full cart leaves for the rest: the user's name, the look and one message.
pub(crate) const ROOM: usize = 400;
/// How long the cookie may become by what is put into the cart.
pub(crate) const LIMIT: usize = SessionConfig::MAX_COOKIE_LEN - ROOM;

pub(crate) const MAX_QUANTITY: u8 = 9;
/// In characters.
pub(crate) const MAX_NOTE: usize = 500;

const KEY: &str = "cart";

/// What the visitor wants to buy. Prices are the catalogue's, never the cookie's.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Cart {
    // An empty cart has no key, so that an empty session sets no cookie.
    #[serde(rename = "cart", skip_serializing_if = "Vec::is_empty")]
    lines: Vec<Line>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Line {
    piece: String,
    pub(crate) quantity: u8,
    /// Written by hand on a card that comes with the piece.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
}

impl Cart {
    /// The cart in the untyped session.
    pub(crate) fn from_map(session: &SessionMap) -> Self {
        let lines = session.get(KEY).unwrap_or_default();
        Self { lines }
    }

    pub(crate) fn insert_into(&self, session: &mut Session) {
        if !self.lines.is_empty() {
            session.insert(KEY, &self.lines);
        }
    }

    /// The lines, each with its product. A piece that is no longer made is not shown.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&Line, &'static Product)> {
        self.lines
            .iter()
            .filter_map(|line| Some((line, product::find(&line.piece)?)))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines().next().is_none()
    }

    pub(crate) fn pieces(&self) -> u32 {
        self.lines().map(|(line, _)| u32::from(line.quantity)).sum()
    }

    pub(crate) fn line(&self, product: &Product) -> Option<&Line> {
        self.lines.iter().find(|line| line.piece == product.slug)
    }

    pub(crate) fn card_of(&self, product: &Product) -> Option<&str> {
        let note = &self.line(product)?.note;
        (!note.is_empty()).then_some(note)
    }

    pub(crate) fn put(&mut self, product: &Product, quantity: u8, note: String) {
        let at = self
            .lines
            .iter()
            .position(|line| line.piece == product.slug);
        let line = Line {
            piece: product.slug.to_owned(),
            quantity,
            note,
        };
        match at {
            Some(at) => self.lines[at] = line,
            None => self.lines.push(line),
        }
    }

    pub(crate) fn take_out(&mut self, product: &Product) {
        self.lines.retain(|line| line.piece != product.slug);
    }

    pub(crate) fn clear(&mut self) {
        self.lines.clear();
    }
}

/// Whether the session with this cart may be written, after it had `before` bytes. To become
/// smaller is always allowed.
pub(crate) fn fits(cart: &Session<Cart>, before: usize) -> bool {
    len(cart) <= LIMIT.max(before)
}

/// Bytes of the cookie's name and value.
pub(crate) fn len(cart: &Session<Cart>) -> usize {
    // Texts and numbers are always JSON; what could not be measured would not fit.
    cart.encoded_len().unwrap_or(usize::MAX)
}
