//! The pages of the products.

use askama::Template;
use axum::extract::Path;
use axum::response::Html;
use axum_cookie_session::Session;

use crate::cart::{Cart, MAX_NOTE, MAX_QUANTITY};
use crate::picture::Picture;
use crate::problem::Problem;
use crate::product::{self, PRODUCTS, Product, price};
use crate::shell::{Seen, Shell, html};

#[derive(Template)]
#[template(path = "shop.html")]
struct All {
    shell: Shell,
    cards: Vec<Card>,
}

struct Card {
    product: &'static Product,
    picture: Picture,
    price: String,
}

#[derive(Template)]
#[template(path = "piece.html")]
struct One {
    shell: Shell,
    product: &'static Product,
    picture: Picture,
    price: String,
    /// Whether one is in the cart, and a second text would replace it.
    has_card: bool,
}

pub(crate) async fn all(seen: Seen, mut session: Session) -> (Session, Html<String>) {
    let cards = PRODUCTS.iter().map(|product| Card {
        product,
        picture: Picture::beside_its_name(product),
        price: price(product.cents),
    });
    let page = All {
        cards: cards.collect(),
        shell: Shell::at("shop", seen, &mut session),
    };
    (session, html(&page))
}

pub(crate) async fn one(
    seen: Seen,
    mut session: Session,
    Path(slug): Path<String>,
) -> Result<(Session, Html<String>), Problem> {
    let product = product::find(&slug).ok_or(Problem::NO_PIECE)?;
    let page = One {
        product,
        picture: Picture::alone(product),
        price: price(product.cents),
        has_card: Cart::from_map(&session).card_of(product).is_some(),
        shell: Shell::at("piece", seen, &mut session),
    };
    Ok((session, html(&page)))
}
