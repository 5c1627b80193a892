//! The cart that is full.

use axum::http::StatusCode;
use axum_cookie_session::{SessionConfig, SessionMap};

use crate::visitor::{PASSWORD, PIECES, Visitor, line};

#[tokio::test]
async fn a_full_cart_says_so_and_stays_unchanged() {
    let mut visitor = Visitor::new();
    let note = "n".repeat(500);
    for piece in ["heron", "plover", "avocet", "dunlin", "egret"] {
        visitor
            .follow(
                &format!("/cart/{piece}/add"),
                &format!("quantity=1&note={note}"),
            )
            .await;
    }
    let before = visitor.cart();
    assert_eq!(before.len(), 5);
    let answer = visitor
        .post("/cart/curlew/add", &format!("quantity=1&note={note}"))
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(visitor.cart(), before);
    let page = visitor.get("/cart").await;
    assert!(page.text.contains("That does not fit"));

    // A line may become shorter, and another then fits.
    visitor.follow("/cart/heron", "quantity=1&note=").await;
    let note = &note[..400];
    visitor
        .follow("/cart/curlew/add", &format!("quantity=1&note={note}"))
        .await;
    assert_eq!(visitor.cart().len(), 6);
}

/// With a cart as full as it gets, all else that the shop writes has room.
#[tokio::test]
async fn a_full_cart_leaves_enough_room_for_everything_else() {
    // Astral characters take most bytes; quotes and backslashes are escaped.
    for filler in ["n", "\u{1f3fa}", "\\", "\""] {
        let mut visitor = Visitor::new();
        let encode = |count: usize| {
            let note = filler.repeat(count);
            serde_urlencoded::to_string([("quantity", "1"), ("note", &note)]).unwrap()
        };
        for piece in PIECES {
            // The longest note that fits, to the character.
            let (mut fits, mut fails) = (0, 501);
            while fails - fits > 1 {
                let middle = (fits + fails) / 2;
                visitor
                    .follow(&format!("/cart/{piece}"), &encode(middle))
                    .await;
                let note = visitor.note_of(piece).unwrap_or_default();
                match note.chars().count() == middle {
                    true => fits = middle,
                    false => fails = middle,
                }
            }
        }
        let cart = visitor.cart();
        let full = visitor.len();
        assert!((3640..=3696).contains(&full), "{filler}: {full}");

        let rest = [
            ("/look", "look=light"),
            ("/order", ""),
            ("/cart/heron/add", "quantity=9&note="),
            ("/cart/heron", &encode(500)),
            ("/sign-in", "name=ada&password=guess"),
            (
                "/sign-in",
                &format!("name=ada&password={}", PASSWORD.replace(' ', "+")),
            ),
            ("/look", "look=system"),
            ("/look", "look=light"),
        ];
        for (path, body) in rest {
            let answer = visitor.post(path, body).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path} {body}");
            assert_eq!(visitor.cart(), cart, "{path}");
            assert!(visitor.len() <= SessionConfig::MAX_COOKIE_LEN, "{path}");
        }
        assert_eq!(visitor.session().get("user"), Some("ada".to_owned()));
        assert_eq!(visitor.get("/session").await.status, StatusCode::OK);

        // The whole session is more than the cart may fill, and the page does not mix them up.
        let page = visitor.get("/cart").await;
        let used = visitor.len();
        assert!(used > 3696, "{filler}: {used}");
        let says = format!("{used} bytes</a> of 4096 are in use; the cart stops growing at 3696.");
        assert!(page.text.contains(&says), "{}", page.text);
    }
}

/// A release with another catalogue, or larger carts, may have written it.
#[tokio::test]
async fn a_cart_of_another_release_is_shown_and_may_shrink() {
    let mut visitor = Visitor::new();
    let mut data = SessionMap::default();
    data.insert(
        "cart",
        [
            line(("dodo", 3, "gone")),
            line(("heron", 200, &"n".repeat(2780))),
            line(("knot", 1, "")),
        ],
    );
    visitor.bring(&data);
    assert!(visitor.len() > 3696);
    let page = visitor.get("/cart").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Heron") && !page.text.contains("dodo"));
    let answer = visitor.post("/cart/knot/remove", "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(visitor.cart().len(), 2);
    visitor.post("/cart/heron", "quantity=1&note=").await;
    assert_eq!(visitor.cart()[1], line(("heron", 1, "")));
}

/// Nothing that this release writes comes near it.
#[tokio::test]
async fn a_session_that_is_full_to_the_byte_can_be_emptied() {
    let mut visitor = Visitor::new();
    let mut data = SessionMap::default();
    // 3033 bytes of JSON are the most.
    let empty = line(("heron", 1, "n")).to_string().len() + r#"{"cart":[]}"#.len() - 1;
    let note = "n".repeat(3033 - empty);
    data.insert("cart", [line(("heron", 1, &note))]);
    visitor.bring(&data);
    assert!(
        visitor.len() >= SessionConfig::MAX_COOKIE_LEN - 1,
        "base64 has no 4096"
    );
    let before = visitor.cookie.clone();
    for (path, status) in [
        ("/look", 422),
        ("/sign-in", 422),
        ("/order", 303),
        ("/cart/knot/add", 303),
    ] {
        let form = format!("look=dark&name=ada&password={PASSWORD}&quantity=1");
        let answer = visitor.post(path, &form).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(visitor.cookie, before, "{path}");
    }
    visitor.post("/cart/heron/remove", "").await;
    assert!(visitor.cart().is_empty());
}
