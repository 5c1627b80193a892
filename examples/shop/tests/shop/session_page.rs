//! The page that shows what the cookie holds.

use std::time::Duration;

use crate::visitor::{DAY, PASSWORD, Visitor, rfc3339};

#[tokio::test]
async fn the_session_page_adds_up_to_the_cookie() {
    let mut visitor = Visitor::new();
    visitor
        .post("/cart/heron/add", "quantity=2&note=%22%F0%9F%8F%BA%22")
        .await;
    visitor.post("/look", "look=dark").await;
    visitor.sign_in(PASSWORD).await;
    let page = visitor.get("/session").await;
    let number = |text: &str| text.split('<').next().unwrap().parse::<usize>().unwrap();
    let total = number(page.text.split("id=\"total\">").nth(1).unwrap());
    let cells = page.text.split("<td class=\"number\">").skip(1);
    let bytes: Vec<usize> = cells.map(number).collect();
    assert_eq!(total, visitor.len());
    assert_eq!(bytes.iter().sum::<usize>(), total);
    assert_eq!(bytes.len(), 4, "around, cart, look, user");
    let text = page.text.replace("&#34;", "\"");
    assert!(
        text.contains(r#"[{"piece":"heron","quantity":2,"note":"\"🏺\""}]"#),
        "{text}"
    );
    assert!(
        !page.text.contains("_flashes"),
        "taken before it is measured"
    );
}

#[tokio::test]
async fn the_session_page_shows_the_times_of_the_cookie_in_the_browser() {
    let mut visitor = Visitor::new();
    visitor.post("/cart/heron/add", "quantity=2").await;
    let began = visitor.session().created_at();
    // With a message, unchanged, and when a refresh is due.
    for (pass, issued_anew) in [(60, true), (3600, false), (2 * 24 * 3600, true)] {
        visitor.later(Duration::from_secs(pass));
        let page = visitor.get("/session").await;
        assert_eq!(page.set_cookie, issued_anew, "after {pass}");
        let session = visitor.session();
        assert_eq!(page.time("issued"), rfc3339(session.issued_at()));
        assert_eq!(page.time("idle"), rfc3339(session.issued_at() + 14 * DAY));
        assert_eq!(page.time("absolute"), rfc3339(began + 90 * DAY));
    }
    // Near its end the absolute timeout is the one that counts.
    for _ in 0..8 {
        visitor.later(10 * DAY);
        visitor.get("/").await;
    }
    let page = visitor.get("/session").await;
    assert_eq!(page.time("idle"), page.time("absolute"));
}

#[tokio::test]
async fn a_session_ends_when_the_page_said_it_would() {
    let mut visitor = Visitor::new();
    visitor.post("/cart/heron/add", "quantity=2").await;
    visitor.later(14 * DAY);
    assert!(visitor.get("/cart").await.text.contains("Heron"));
    visitor.later(14 * DAY + Duration::from_secs(1));
    let page = visitor.get("/cart").await;
    assert!(page.text.contains("Nothing in it yet.") && page.text.contains("its time was over"));
}
