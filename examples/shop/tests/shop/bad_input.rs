//! Requests that the shop's pages never send.

use axum::http::StatusCode;
use axum_cookie_session::SessionMap;

use tracing_subscriber::util::SubscriberInitExt;

use crate::visitor::{Visitor, line};

#[tokio::test]
async fn an_invalid_cart_is_empty_and_can_be_filled() {
    let mut visitor = Visitor::new();
    let mut data = SessionMap::default();
    data.insert("cart", "a text");
    data.insert("user", 7);
    data.insert("look", "purple");
    visitor.bring(&data);
    for path in ["/", "/cart", "/session"] {
        assert_eq!(visitor.get(path).await.status, StatusCode::OK);
    }
    // The library warns because the text under `cart` is replaced.
    let quiet = tracing_subscriber::fmt().with_writer(std::io::sink);
    let _quiet = quiet.finish().set_default();
    visitor.post("/cart/knot/add", "quantity=1").await;
    assert_eq!(visitor.cart(), [("knot", 1, "")].map(line));
}

#[tokio::test]
async fn a_forged_cookie_is_a_new_session_and_the_page_says_so() {
    let mut visitor = Visitor::new();
    visitor.post("/cart/heron/add", "quantity=2").await;
    visitor.get("/").await;
    let genuine = visitor.cookie.clone().unwrap();
    let (start, _) = genuine.split_at(genuine.len() - 1);
    let too_long = format!("__Host-session={}", "A".repeat(5000));
    for forged in [start, "__Host-session=junk", &too_long, "__Host-session="] {
        visitor.cookie = Some(forged.to_owned());
        for path in ["/", "/cart", "/session", "/nowhere"] {
            let page = visitor.get(path).await;
            assert!(page.text.contains("This is a new session."), "{path}");
            assert!(!page.text.contains("€296"), "{path}");
            assert_eq!(visitor.cookie.as_deref(), Some(forged), "{path}");
        }
        let answer = visitor.post("/cart/heron/add", "quantity=0").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    visitor.cookie = Some(genuine);
    assert!(visitor.get("/cart").await.text.contains("€296"));
}

#[tokio::test]
async fn absurd_forms_get_a_page_and_change_nothing() {
    let big = format!("quantity=1&note={}", "n".repeat(1024 * 1024));
    let long = format!("quantity=1&note={}", "n".repeat(501));
    let cases: &[(&str, &str, u16)] = &[
        ("/cart/heron/add", "quantity=-1", 422),
        ("/cart/heron/add", "quantity=0", 422),
        ("/cart/heron/add", "quantity=10", 422),
        (
            "/cart/heron/add",
            "quantity=1000000000000000000000000000000",
            422,
        ),
        ("/cart/heron/add", "quantity=1e3", 422),
        ("/cart/heron/add", "quantity=NaN", 422),
        ("/cart/heron/add", "quantity=", 422),
        ("/cart/heron/add", "quantity=1&quantity=2", 422),
        ("/cart/heron/add", "note=x", 422),
        ("/cart/heron/add", "", 422),
        ("/cart/heron/add", "quantity=%FF", 422),
        ("/cart/heron/add", &long, 422),
        ("/cart/heron/add", &big, 413),
        ("/cart/heron", "quantity=-1", 422),
        ("/cart/heron", &big, 413),
        ("/cart/dodo/add", "quantity=1", 404),
        ("/cart/dodo", "quantity=1", 404),
        ("/cart/dodo/remove", "", 404),
        ("/cart/%FF/remove", "", 400),
        ("/cart/%3Cscript%3E/add", "quantity=1", 404),
        ("/look", "look=purple", 422),
        ("/look", "", 422),
        ("/sign-in", "name=ada", 422),
        ("/sign-in", &big, 413),
        ("/nowhere", "", 404),
        ("/session", "", 405),
        ("/style.css", "", 405),
    ];
    let mut visitor = Visitor::new();
    visitor.post("/cart/plover/add", "quantity=4").await;
    let before = visitor.cookie.clone();
    for (path, body, status) in cases {
        let answer = visitor.post(path, body).await;
        let what = &body[..body.len().min(40)];
        assert_eq!(answer.status, *status, "{path} {what}");
        assert_eq!(visitor.cookie, before, "{path} {what}");
        match *path {
            "/style.css" => assert_eq!(answer.text, ""),
            _ => assert!(
                answer.text.contains("<h1>") && answer.text.contains("</html>"),
                "{path} {what}"
            ),
        }
    }
    let answer = visitor
        .send(
            "POST",
            "/cart/heron/add",
            "{}",
            &[("content-type", "application/json")],
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(answer.text.contains("<h1>"));
    // The message waits still: no error page has taken it.
    assert!(
        visitor
            .get("/cart")
            .await
            .text
            .contains("It is in your cart.")
    );
}

#[tokio::test]
async fn user_input_is_escaped() {
    let mut visitor = Visitor::new();
    let note = "%3C%2Ftextarea%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%22%27%26";
    visitor
        .post("/cart/heron/add", &format!("quantity=1&note={note}"))
        .await;
    let mut pages = vec![visitor.get("/cart").await, visitor.get("/session").await];
    let mut data = SessionMap::default();
    data.insert("user", "<script>alert(1)</script>");
    data.insert("<script>key</script>", "<script>alert(1)</script>");
    data.flash("<script>", "<script>alert(1)</script>");
    visitor.bring(&data);
    pages.push(visitor.get("/session").await);
    for page in pages {
        assert!(!page.text.contains("<script"), "{}", page.text);
        assert!(page.text.contains("&#60;script&#62;"));
    }
}

#[tokio::test]
async fn notes_are_kept_without_control_characters() {
    let mut visitor = Visitor::new();
    visitor
        .post("/cart/heron/add", "quantity=1&note=+a%0D%0Ab%00%07%1B+")
        .await;
    assert_eq!(visitor.note_of("heron").unwrap(), "a\nb");
}
