//! A typed session lacks `Serialize`.
use axum::{Router, routing::get};
use axum_cookie_session::{Key, Session, SessionConfig};
use serde::Deserialize;

#[derive(Default, Deserialize)]
struct Cart {
    items: Vec<u32>,
}

async fn cart(cart: Session<Cart>) -> (Session<Cart>, &'static str) {
    (cart, "cart")
}

fn main() {
    let _: Router = Router::new()
        .route("/", get(cart))
        .with_state(SessionConfig::new(Key::generate()));
}
