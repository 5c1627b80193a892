//! The cart's page, and what changes the cart.

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_cookie_session::{Session, SessionConfig};
use serde::Deserialize;

use crate::account;
use crate::cart::{self, Cart, LIMIT, MAX_NOTE, MAX_QUANTITY};
use crate::message::{Kind, say};
use crate::picture::Picture;
use crate::problem::Problem;
use crate::product::{self, Product, price};
use crate::shell::{Seen, Shell, html};

const FULL: &str = "That does not fit: a cart is a cookie, and this one is full. Shorten a note, \
                    or take a piece out. The cart is as it was.";

#[derive(Template)]
#[template(path = "cart.html")]
struct Page {
    shell: Shell,
    rows: Vec<Row>,
    total: String,
    /// Bytes of the cookie, which has other keys than the cart as well.
    used: usize,
    is_signed_in: bool,
}

struct Row {
    product: &'static Product,
    picture: Picture,
    quantity: u8,
    note: String,
    price: String,
}

pub(crate) async fn show(
    seen: Seen,
    cart: Session<Cart>,
    mut session: Session,
) -> (Session, Html<String>) {
    let mut total = 0;
    let rows = cart.lines().map(|(line, product)| {
        let cents = product.cents * u32::from(line.quantity);
        total += cents;
        Row {
            product,
            picture: Picture::beside_its_name(product),
            quantity: line.quantity,
            note: line.note.clone(),
            price: price(cents),
        }
    });
    let page = Page {
        rows: rows.collect(),
        total: price(total),
        shell: Shell::at("cart", seen, &mut session),
        used: session.encoded_len().unwrap_or_default(),
        is_signed_in: account::user(&session).is_some(),
    };
    (session, html(&page))
}

/// The fields of the forms, as they were typed.
#[derive(Deserialize)]
pub(crate) struct Wish {
    quantity: String,
    #[serde(default)]
    note: String,
    /// The box, if it was ticked.
    replace: Option<String>,
}

type Wished = Result<Form<Wish>, FormRejection>;

impl Wish {
    fn read(wished: Wished) -> Result<(u8, String), Problem> {
        let Form(Self { quantity, note, .. }) = wished?;
        let quantity = quantity.trim().parse().ok();
        let quantity = quantity.filter(|quantity| (1..=MAX_QUANTITY).contains(quantity));
        let quantity = quantity.ok_or(Problem::QUANTITY)?;
        // Forms end lines with CRLF, and JSON spells a control character in six bytes.
        let is_kept = |char: &char| *char == '\n' || !char.is_control();
        let note: String = note.trim().chars().filter(is_kept).collect();
        match note.chars().count() {
            ..=MAX_NOTE => Ok((quantity, note)),
            _ => Err(Problem::NOTE),
        }
    }
}

fn piece(slug: &str) -> Result<&'static Product, Problem> {
    product::find(slug).ok_or(Problem::NO_PIECE)
}

pub(crate) async fn add(
    cart: Session<Cart>,
    mut session: Session,
    Path(slug): Path<String>,
    wished: Wished,
) -> Result<Response, Problem> {
    let product = piece(&slug)?;
    let is_replaced = wished
        .as_ref()
        .is_ok_and(|Form(wish)| wish.replace.is_some());
    let (mut quantity, mut note) = Wish::read(wished)?;
    if let Some(line) = cart.line(product) {
        quantity = quantity.saturating_add(line.quantity);
    }
    if quantity > MAX_QUANTITY {
        let text = "Nine of a kind is as many as one kiln holds. The cart is as it was.";
        say(&mut session, Kind::Bad, text);
        return Ok((session, Redirect::to("/cart")).into_response());
    }
    let mut text = "It is in your cart.";
    if let Some(card) = cart.card_of(product) {
        if !is_replaced && !note.is_empty() && note != card {
            text =
                "It is in your cart, with the card that was there. You can change the card here.";
        }
        if !is_replaced || note.is_empty() {
            card.clone_into(&mut note);
        }
    }
    Ok(write(cart, session, text, |cart| {
        cart.put(product, quantity, note);
    }))
}

pub(crate) async fn change(
    cart: Session<Cart>,
    session: Session,
    Path(slug): Path<String>,
    wished: Wished,
) -> Result<Response, Problem> {
    let product = piece(&slug)?;
    let (quantity, note) = Wish::read(wished)?;
    let text = "Your cart is up to date.";
    Ok(write(cart, session, text, |cart| {
        cart.put(product, quantity, note);
    }))
}

pub(crate) async fn remove(
    cart: Session<Cart>,
    session: Session,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    let product = piece(&slug)?;
    let text = "It is out of your cart.";
    Ok(write(cart, session, text, |cart| cart.take_out(product)))
}

/// Orders what is in the cart, were this a shop.
pub(crate) async fn order(cart: Session<Cart>, mut session: Session) -> Response {
    if account::user(&session).is_none() {
        let text = "Sign in to order. Your cart comes along.";
        say(&mut session, Kind::Bad, text);
        return (session, Redirect::to("/sign-in")).into_response();
    }
    let text = "Thank you. This shop is a demonstration: nothing was ordered.";
    write(cart, session, text, Cart::clear)
}

/// Changes the cart if the change fits, and discards the change if not.
///
/// `encoded_len` measures each session as if it were returned alone. So the limit of the cart is
/// lower than the limit of the cookie, and the message in the other session has room.
fn write(
    mut cart: Session<Cart>,
    mut session: Session,
    text: &str,
    change: impl FnOnce(&mut Cart),
) -> Response {
    let back = Redirect::to("/cart");
    let before = cart::len(&cart);
    change(&mut cart);
    if cart::fits(&cart, before) {
        say(&mut session, Kind::Good, text);
        (cart, session, back).into_response()
    } else {
        cart.discard();
        say(&mut session, Kind::Bad, FULL);
        (session, back).into_response()
    }
}
