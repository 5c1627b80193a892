//! A typed session lacks `Deserialize`.
use axum::{Router, routing::get};
use axum_cookie_session::{Key, Session, SessionConfig};
use serde::Serialize;

#[derive(Default, Serialize)]
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
