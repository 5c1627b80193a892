//! What a visitor does, from the first page to the last.

use axum::http::StatusCode;

use crate::visitor::{DAY, PASSWORD, Visitor, line};

#[tokio::test]
async fn the_shop_shows_twelve_pieces_each_with_a_page() {
    let mut visitor = Visitor::new();
    let home = visitor.get("/").await;
    let paths: Vec<&str> = home
        .text
        .split("href=\"/pieces/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(paths.len(), 12);
    for path in paths {
        let page = visitor.get(&format!("/pieces/{path}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.text.matches("<h1>").count(), 1);
        assert!(page.text.contains("<svg class=\"picture\""));
    }
}

#[tokio::test]
async fn looking_around_sets_no_cookie() {
    let mut visitor = Visitor::new();
    for path in [
        "/",
        "/pieces/heron",
        "/cart",
        "/sign-in",
        "/session",
        "/nowhere",
    ] {
        visitor.get(path).await;
        assert_eq!(visitor.cookie, None, "{path}");
    }
}

#[tokio::test]
async fn a_piece_goes_into_the_cart_changes_and_leaves_it() {
    let mut visitor = Visitor::new();
    let answer = visitor
        .post("/cart/heron/add", "quantity=2&note=For+Ida")
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location, "/cart");
    let cart = visitor.get("/cart").await;
    assert!(cart.text.contains("It is in your cart."));
    assert!(cart.text.contains("€296") && cart.text.contains("For Ida"));

    visitor.post("/cart/heron/add", "quantity=1&note=").await;
    assert_eq!(visitor.cart(), [("heron", 3, "For Ida")].map(line));
    visitor.post("/cart/heron", "quantity=5&note=For+Max").await;
    visitor.post("/cart/knot/add", "quantity=1").await;
    assert_eq!(
        visitor.cart(),
        [("heron", 5, "For Max"), ("knot", 1, "")].map(line)
    );

    visitor.post("/cart/heron/remove", "").await;
    visitor.post("/cart/knot/remove", "").await;
    let cart = visitor.get("/cart").await;
    assert!(cart.text.contains("Nothing in it yet."));
    assert_eq!(visitor.cookie, None, "an empty session is no cookie");
}

#[tokio::test]
async fn a_message_is_shown_once_and_never_piles_up() {
    let mut visitor = Visitor::new();
    for _ in 0..100 {
        visitor.post("/cart/heron", "quantity=2").await;
        visitor.post("/order", "").await;
    }
    let page = visitor.get("/").await;
    assert_eq!(page.text.matches("<p class=\"message").count(), 1);
    assert!(page.text.contains("Sign in to order."));
    let page = visitor.get("/").await;
    assert!(!page.text.contains("<p class=\"message"));
}

#[tokio::test]
async fn the_cart_survives_a_sign_in_which_restarts_the_times() {
    let mut visitor = Visitor::new();
    visitor.post("/cart/plover/add", "quantity=4").await;
    let before = visitor.session();
    visitor.later(DAY);
    let answer = visitor.sign_in(PASSWORD).await;
    assert_eq!(answer.location, "/cart");
    let after = visitor.session();
    assert_eq!(after.get("user"), Some("ada".to_owned()));
    assert_eq!(visitor.cart(), [("plover", 4, "")].map(line));
    assert_eq!(after.created_at(), before.created_at() + DAY);
    assert_eq!(after.issued_at(), after.created_at());
}

#[tokio::test]
async fn a_sign_in_keeps_the_cart_and_the_look_and_nothing_else() {
    let mut visitor = Visitor::new();
    visitor.post("/cart/plover/add", "quantity=4").await;
    visitor.post("/look", "look=dark").await;
    let mut planted = (*visitor.session()).clone();
    planted.insert("discount", 100);
    visitor.bring(&planted);
    visitor.sign_in(PASSWORD).await;
    visitor.get("/").await;
    let session = visitor.session();
    assert_eq!(session.keys().collect::<Vec<_>>(), ["cart", "look", "user"]);
    assert_eq!(session.get("look"), Some("dark".to_owned()));
    assert_eq!(visitor.cart(), [("plover", 4, "")].map(line));
}

#[tokio::test]
async fn a_second_card_replaces_the_first_only_when_asked() {
    let mut visitor = Visitor::new();
    let asks = "name=\"replace\"";
    assert!(!visitor.get("/pieces/heron").await.text.contains(asks));
    visitor
        .post("/cart/heron/add", "quantity=1&note=For+Max")
        .await;
    assert!(visitor.get("/pieces/heron").await.text.contains(asks));

    let answer = visitor
        .follow("/cart/heron/add", "quantity=1&note=For+Ida")
        .await;
    assert!(answer.text.contains("with the card that was there"));
    assert_eq!(visitor.cart(), [("heron", 2, "For Max")].map(line));
    visitor
        .post("/cart/heron/add", "quantity=1&note=&replace=on")
        .await;
    assert_eq!(visitor.cart(), [("heron", 3, "For Max")].map(line));
    let answer = visitor
        .follow("/cart/heron/add", "quantity=1&note=For+Ida&replace=on")
        .await;
    assert!(!answer.text.contains("with the card that was there"));
    assert_eq!(visitor.cart(), [("heron", 4, "For Ida")].map(line));
}

#[tokio::test]
async fn a_wrong_password_changes_nothing_but_the_message() {
    let mut visitor = Visitor::new();
    visitor.post("/cart/plover/add", "quantity=4").await;
    let answer = visitor.sign_in("guess").await;
    assert_eq!(answer.location, "/sign-in");
    assert_eq!(visitor.session().get::<String>("user"), None);
    assert_eq!(visitor.cart(), [("plover", 4, "")].map(line));
    let page = visitor.get("/sign-in").await;
    assert!(page.text.contains("That is not the name and password"));
}

#[tokio::test]
async fn signing_out_removes_every_key_and_then_the_cookie() {
    let mut visitor = Visitor::new();
    visitor.post("/cart/plover/add", "quantity=4").await;
    visitor.post("/look", "look=dark").await;
    visitor.sign_in(PASSWORD).await;
    let answer = visitor.post("/sign-out", "").await;
    assert_eq!(answer.location, "/");
    assert_eq!(visitor.session().keys().collect::<Vec<_>>(), ["_flashes"]);
    let page = visitor.get("/").await;
    assert!(page.text.contains("You are signed out."));
    assert_eq!(visitor.cookie, None);
}

#[tokio::test]
async fn an_order_needs_a_login_and_empties_the_cart() {
    let mut visitor = Visitor::new();
    visitor.post("/cart/plover/add", "quantity=4").await;
    let answer = visitor.post("/order", "").await;
    assert_eq!(answer.location, "/sign-in");
    assert_eq!(visitor.cart().len(), 1);
    visitor.sign_in(PASSWORD).await;
    visitor.post("/order", "").await;
    assert!(visitor.cart().is_empty());
    let page = visitor.get("/cart").await;
    assert!(page.text.contains("nothing was ordered"));
}

#[tokio::test]
async fn the_look_is_a_key_that_comes_and_goes() {
    let mut visitor = Visitor::new();
    visitor.post("/look", "look=dark").await;
    for path in ["/", "/nowhere"] {
        assert!(visitor.get(path).await.text.contains("data-look=\"dark\""));
    }
    visitor.post("/look", "look=system").await;
    assert_eq!(visitor.cookie, None);
}

#[tokio::test]
async fn a_prefetched_page_does_not_take_messages() {
    let mut visitor = Visitor::new();
    visitor.sign_in("wrong").await;
    for (method, purpose) in [
        ("HEAD", ""),
        ("GET", "prefetch"),
        ("GET", "prefetch;prerender"),
    ] {
        for path in ["/", "/pieces/heron", "/cart", "/session", "/sign-in"] {
            let headers = [("sec-purpose", purpose)];
            let page = visitor.send(method, path, "", &headers).await;
            assert!(!page.set_cookie, "{method} {purpose} {path}");
        }
    }
    let page = visitor.get("/sign-in").await;
    assert!(page.text.contains("That is not the name and password"));
}
