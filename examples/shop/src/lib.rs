//! A shop whose carts, logins and messages live in one signed cookie. See README.md.

mod account;
mod cart;
mod cart_page;
mod config;
mod headers;
mod look;
mod message;
mod picture;
mod problem;
mod product;
mod product_page;
mod session_page;
mod shell;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{get, post};
use axum_cookie_session::SessionConfig;
use tower_http::csrf::CsrfLayer;

pub use config::sessions;

use problem::Problem;

/// The longest form: a note of 500 characters has at most 6000 bytes in it.
const MAX_FORM: usize = 16 * 1024;

/// The whole shop.
pub fn app(sessions: SessionConfig) -> Router {
    // README.md, "Cross-site requests", says why this is enough.
    let csrf = CsrfLayer::new().with_rejection_response(Problem::cross_site);
    Router::new()
        .route("/", get(product_page::all))
        .route("/pieces/{piece}", get(product_page::one))
        .route("/cart", get(cart_page::show))
        .route("/cart/{piece}", post(cart_page::change))
        .route("/cart/{piece}/add", post(cart_page::add))
        .route("/cart/{piece}/remove", post(cart_page::remove))
        .route("/order", post(cart_page::order))
        .route("/sign-in", get(account::form).post(account::sign_in))
        .route("/sign-out", post(account::sign_out))
        .route("/session", get(session_page::show))
        .route("/look", post(look::choose))
        .fallback(async || Problem::NO_PAGE)
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .layer(csrf)
        .layer(from_fn_with_state(sessions.clone(), problem::dress))
        .route("/style.css", get(headers::style))
        .layer(map_response(headers::secure))
        .with_state(sessions)
}
