//! Other sites, and the headers.

use axum::http::StatusCode;
use axum_cookie_session::Status;

use crate::visitor::Visitor;

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
async fn a_phone_without_tls_gets_a_plain_cookie() {
    let mut visitor = Visitor::insecure();
    visitor.post("/cart/plover/add", "quantity=4").await;
    assert!(visitor.cookie.as_ref().unwrap().starts_with("session=1."));
    assert!(visitor.get("/cart").await.text.contains("Plover"));
    assert_eq!(visitor.session().status(), Status::Valid);
}
