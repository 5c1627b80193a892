//! A field of a typed session is of a type that serde does not know.
use axum_cookie_session::Session;
use serde::{Deserialize, Serialize};

#[derive(Default)]
struct Item;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Cart {
    items: Vec<Item>,
}

async fn cart(cart: Session<Cart>) -> Session<Cart> {
    cart
}

fn main() {}
