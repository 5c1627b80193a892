//! Every promise of README.md, through the router and a clock that the tests hold.
#![allow(clippy::unwrap_used, reason = "a test")]

mod visitor;

use axum::http::StatusCode;
use axum_cookie_session::{Data, Status};
use visitor::{DAY, PASSWORD, Visitor};

const LIMIT: usize = 4096;

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
async fn to_look_around_leaves_no_cookie() {
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
    assert_eq!(visitor.cart(), [("heron", 3, "For Ida")].map(visitor::line));
    visitor.post("/cart/heron", "quantity=5&note=For+Max").await;
    visitor.post("/cart/knot/add", "quantity=1").await;
    assert_eq!(
        visitor.cart(),
        [("heron", 5, "For Max"), ("knot", 1, "")].map(visitor::line)
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
    assert_eq!(visitor.cart(), [("plover", 4, "")].map(visitor::line));
    assert_eq!(after.created_at(), before.created_at() + DAY);
    assert_eq!(after.issued_at(), after.created_at());
}

#[tokio::test]
async fn a_wrong_password_changes_nothing_but_the_message() {
    let mut visitor = Visitor::new();
    visitor.post("/cart/plover/add", "quantity=4").await;
    let answer = visitor.sign_in("guess").await;
    assert_eq!(answer.location, "/sign-in");
    assert_eq!(visitor.session().get::<String>("user"), None);
    assert_eq!(visitor.cart(), [("plover", 4, "")].map(visitor::line));
    let page = visitor.get("/sign-in").await;
    assert!(page.text.contains("That is not the name and password"));
}

#[tokio::test]
async fn signing_out_takes_every_key_and_then_the_cookie() {
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
async fn to_order_takes_a_login_and_empties_the_cart() {
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
async fn a_full_cart_says_so_and_stays_as_it_was() {
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
async fn what_a_full_cart_leaves_is_enough_for_everything_else() {
    // Astral characters take most bytes; quotes and backslashes are escaped.
    for filler in ["n", "\u{1f3fa}", "\\", "\""] {
        let mut visitor = Visitor::new();
        let encode = |count: usize| {
            let note = filler.repeat(count);
            serde_urlencoded::to_string([("quantity", "1"), ("note", &note)]).unwrap()
        };
        for piece in visitor::PIECES {
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
            assert!(visitor.len() <= LIMIT, "{path}");
        }
        assert_eq!(visitor.session().get("user"), Some("ada".to_owned()));
        assert_eq!(visitor.get("/session").await.status, StatusCode::OK);
    }
}

/// A release with another catalogue, or larger carts, may have written it.
#[tokio::test]
async fn a_cart_of_another_release_is_shown_and_may_shrink() {
    let mut visitor = Visitor::new();
    let mut data = Data::default();
    data.insert(
        "cart",
        [
            visitor::line(("dodo", 3, "gone")),
            visitor::line(("heron", 200, &"n".repeat(2780))),
            visitor::line(("knot", 1, "")),
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
    assert_eq!(visitor.cart()[1], visitor::line(("heron", 1, "")));
}

#[tokio::test]
async fn a_cart_that_is_none_is_empty_and_can_be_filled() {
    let mut visitor = Visitor::new();
    let mut data = Data::default();
    data.insert("cart", "a text");
    data.insert("user", 7);
    data.insert("look", "purple");
    visitor.bring(&data);
    for path in ["/", "/cart", "/session"] {
        assert_eq!(visitor.get(path).await.status, StatusCode::OK);
    }
    visitor.post("/cart/knot/add", "quantity=1").await;
    assert_eq!(visitor.cart(), [("knot", 1, "")].map(visitor::line));
}

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
async fn the_session_page_tells_the_times_of_the_cookie_that_the_browser_keeps() {
    let mut visitor = Visitor::new();
    visitor.post("/cart/heron/add", "quantity=2").await;
    let began = visitor.session().created_at();
    // With a message, unchanged, and when a refresh is due.
    for (pass, issued_anew) in [(60, true), (3600, false), (2 * 24 * 3600, true)] {
        visitor.later(std::time::Duration::from_secs(pass));
        let page = visitor.get("/session").await;
        assert_eq!(page.set_cookie, issued_anew, "after {pass}");
        let session = visitor.session();
        assert_eq!(page.time("issued"), visitor::spelt(session.issued_at()));
        assert_eq!(
            page.time("idle"),
            visitor::spelt(session.issued_at() + 14 * DAY)
        );
        assert_eq!(page.time("absolute"), visitor::spelt(began + 90 * DAY));
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
    visitor.later(14 * DAY + std::time::Duration::from_secs(1));
    let page = visitor.get("/cart").await;
    assert!(page.text.contains("Nothing in it yet.") && page.text.contains("its time was over"));
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
        if *path != "/style.css" {
            assert!(
                answer.text.contains("<h1>") && answer.text.contains("</html>"),
                "{path} {what}"
            );
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
async fn what_a_visitor_types_is_escaped() {
    let mut visitor = Visitor::new();
    let note = "%3C%2Ftextarea%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%22%27%26";
    visitor
        .post("/cart/heron/add", &format!("quantity=1&note={note}"))
        .await;
    let mut pages = vec![visitor.get("/cart").await, visitor.get("/session").await];
    let mut data = Data::default();
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

#[tokio::test]
async fn a_post_of_another_site_is_refused() {
    let cases: &[(&[(&str, &str)], bool)] = &[
        (&[("sec-fetch-site", "same-origin")], true),
        (&[("sec-fetch-site", "none")], true),
        (&[("sec-fetch-site", "cross-site")], false),
        // A sibling host, which SameSite lets through.
        (&[("sec-fetch-site", "same-site")], false),
        (
            &[("origin", "http://shop.test"), ("host", "shop.test")],
            true,
        ),
        (
            &[("origin", "http://evil.test"), ("host", "shop.test")],
            false,
        ),
        (&[("origin", "null"), ("host", "shop.test")], false),
        // No browser.
        (&[], true),
    ];
    for (headers, passes) in cases {
        for path in [
            "/cart/heron/add",
            "/sign-in",
            "/sign-out",
            "/look",
            "/order",
        ] {
            let mut visitor = Visitor::new();
            visitor.post("/cart/plover/add", "quantity=4").await;
            let before = visitor.cookie.clone();
            let body = "quantity=1&name=ada&password=x&look=dark";
            let mut headers = headers.to_vec();
            headers.push(("content-type", "application/x-www-form-urlencoded"));
            let answer = visitor.send("POST", path, body, &headers).await;
            match passes {
                true => assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path} {headers:?}"),
                false => {
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
                    assert!(answer.text.contains("Sent by another site"));
                    assert_eq!(visitor.cookie, before);
                }
            }
        }
    }
}

#[tokio::test]
async fn every_response_has_the_security_headers_and_no_script() {
    let mut visitor = Visitor::new();
    visitor.post("/cart/plover/add", "quantity=4").await;
    for path in [
        "/",
        "/pieces/heron",
        "/cart",
        "/session",
        "/sign-in",
        "/nowhere",
        "/style.css",
    ] {
        let page = visitor.get(path).await;
        let header = |name: &str| page.headers[name].to_str().unwrap();
        assert!(
            header("content-security-policy").starts_with("default-src 'none'; style-src 'self'")
        );
        assert!(!header("content-security-policy").contains("unsafe"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("x-frame-options"), "DENY");
        match path {
            "/style.css" => assert_eq!(header("cache-control"), "public, max-age=300"),
            _ => assert_eq!(header("cache-control"), "no-store"),
        }
        for unwanted in ["<script", " style=", "javascript:", " onclick"] {
            assert!(!page.text.contains(unwanted), "{path}: {unwanted}");
        }
        for external in page.text.split("=\"http").skip(1) {
            assert!(
                external.starts_with("://www.w3.org/2000/svg"),
                "{path}: {external:.40}"
            );
        }
    }
    let answer = visitor.post("/look", "look=dark").await;
    assert_eq!(answer.headers["cache-control"], "no-store");
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
async fn a_phone_without_tls_gets_a_plain_cookie() {
    let mut visitor = Visitor::insecure();
    visitor.post("/cart/plover/add", "quantity=4").await;
    assert!(visitor.cookie.as_ref().unwrap().starts_with("session=1."));
    assert!(visitor.get("/cart").await.text.contains("Plover"));
    assert_eq!(visitor.session().status(), Status::Valid);
}
