//! Typed sessions, and several views of one session in one handler and across middlewares.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum_cookie_session::{Reason, Session, SessionConfig, SessionMap, Status};
use common::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Cart {
    items: Vec<u32>,
    coupon: String,
}

/// Every field is required.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Strict {
    name: String,
    count: u32,
}

async fn add_item(mut cart: Session<Cart>) -> Session<Cart> {
    cart.items.push(7);
    cart
}

#[tokio::test]
async fn a_typed_session_reads_and_writes_its_own_keys() {
    let reply = run(
        &config(),
        &encoded(r#"{"items":[1],"coupon":"x"}"#),
        add_item,
    )
    .await;
    assert_eq!(reply.payload(), r#"{"items":[1,7],"coupon":"x"}"#);
}

#[tokio::test]
async fn keys_that_the_type_does_not_know_are_preserved_byte_for_byte() {
    let token = encoded(
        r#"{ "z" : 1.0e0, "items":[1], "\u00e9\n":"\u00e9", "big":123456789012345678901234567890, "deep":{"b": 1, "a":[ ]}, "coupon":"" }"#,
    );
    let reply = run(&config(), &token, add_item).await;
    assert_eq!(
        reply.payload(),
        r#"{"z" : 1.0e0,"items":[1,7],"\u00e9\n":"\u00e9","big":123456789012345678901234567890,"deep":{"b": 1, "a":[ ]},"coupon":""}"#
    );

    let reply = run(&config(), &token, async |mut session: Session| {
        session.insert("é\n", 1);
        session.remove("deep");
        session.insert("new", 2);
        session
    })
    .await;
    assert_eq!(
        reply.payload(),
        r#"{"z" : 1.0e0,"items":[1],"\u00e9\n":1,"big":123456789012345678901234567890,"coupon":"","new":2}"#
    );
}

#[tokio::test]
async fn a_mutable_borrow_without_a_change_sets_no_cookie() {
    // The spelling of the cookie does not matter, because the struct is compared with itself.
    let token = encoded(r#"{"coupon":"\u0061", "items":[ 1 ], "count": 1}"#);
    let reply = run(&config(), &token, async |mut cart: Session<Cart>| {
        assert_eq!(cart.coupon, "a");
        cart.items.push(2);
        cart.items.pop();
        cart
    })
    .await;
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn a_typed_session_that_was_never_borrowed_mutably_is_not_serialized() {
    #[derive(Default, Deserialize)]
    struct Unwritable;
    impl Serialize for Unwritable {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("the value is hunter2"))
        }
    }
    let read = run(&config(), "", async |session: Session<Unwritable>| session).await;
    assert_eq!(read.status, StatusCode::OK);

    let written = run(&config(), "", async |mut session: Session<Unwritable>| {
        *session = Unwritable;
        let error = session.encoded_len().unwrap_err();
        assert!(error.is_serialize());
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        session
    })
    .await;
    assert_eq!(written.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn the_first_change_fills_in_the_keys_that_the_type_needs() {
    let config = config();
    let reply = run(
        &config,
        &encoded(r#"{"other":1}"#),
        async |mut strict: Session<Strict>| {
            assert_eq!(strict.status(), Status::Rejected(Reason::TypeMismatch));
            strict.count = 1;
            strict
        },
    )
    .await;
    assert_eq!(reply.payload(), r#"{"other":1,"name":"","count":1}"#);
    let again: Session<Strict> = Session::from_set_cookie(&reply.headers, &config);
    assert_eq!(again.status(), Status::Valid);
    assert_eq!(again.count, 1);

    let reply = run(&config, "", async |mut strict: Session<Strict>| {
        strict.count = 1;
        strict
    })
    .await;
    assert_eq!(reply.payload(), r#"{"count":1,"name":""}"#);
}

#[tokio::test]
async fn a_type_mismatch_shows_the_default_and_keeps_the_keys() {
    let config = config();
    let token = encoded(r#"{"name":5,"count":3,"other":1}"#);
    let untouched = run(&config, &token, async |mut strict: Session<Strict>| {
        assert_eq!(*strict, Strict::default());
        assert_eq!(strict.status(), Status::Rejected(Reason::TypeMismatch));
        // Borrowed mutably but not changed.
        strict.count = 0;
        strict
    });
    untouched.await.assert_no_set_cookie();

    let changed = run(&config, &token, async |mut strict: Session<Strict>| {
        strict.count = 9;
        strict
    })
    .await;
    assert_eq!(changed.payload(), r#"{"name":"","count":9,"other":1}"#);
}

#[tokio::test]
async fn a_type_mismatch_stays_one_when_the_session_is_destroyed() {
    let token = encoded(r#"{"name":5}"#);
    let reply = run(&config(), &token, async |mut strict: Session<Strict>| {
        strict.destroy();
        assert_eq!(strict.status(), Status::Rejected(Reason::TypeMismatch));
        strict.count = 1;
        assert_eq!(strict.status(), Status::Rejected(Reason::TypeMismatch));
        strict
    })
    .await;
    assert_eq!(reply.payload(), r#"{"name":"","count":1}"#);
}

#[tokio::test]
async fn an_array_is_not_a_session_even_if_serde_reads_a_struct_from_it() {
    run(
        &config(),
        &encoded(r#"["ada",3]"#),
        async |strict: Session<Strict>| {
            assert_eq!(strict.status(), Status::Rejected(Reason::InvalidPayload));
            assert_eq!(*strict, Strict::default());
            strict
        },
    )
    .await
    .assert_no_set_cookie();
}

#[tokio::test]
async fn a_type_that_is_not_a_json_object_causes_a_500() {
    for reply in [
        run(&config(), "", async |mut number: Session<u32>| {
            *number = 5;
            (number, "body")
        })
        .await,
        run(&config(), "", async |mut list: Session<Vec<u32>>| {
            list.push(5);
            (list, "body")
        })
        .await,
    ] {
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(reply.body, "");
        reply.assert_no_set_cookie();
    }
}

#[tokio::test]
async fn maps_and_json_values_work_as_session_types() {
    let token = encoded(r#"{"a":1,"b":2}"#);
    let reply = run(
        &config(),
        &token,
        async |mut map: Session<BTreeMap<String, u32>>| {
            map.remove("a");
            map.insert("c".to_owned(), 3);
            map
        },
    )
    .await;
    assert_eq!(reply.payload(), r#"{"b":2,"c":3}"#);

    let reply = run(&config(), "", async |mut value: Session<Value>| {
        *value = json!({"a": [1]});
        value
    })
    .await;
    assert_eq!(reply.payload(), r#"{"a":[1]}"#);
}

#[tokio::test]
async fn replacing_the_whole_value_is_compared_key_by_key() {
    let reply = run(
        &config(),
        &encoded(r#"{"items":[1],"coupon":"x","other":1}"#),
        async |mut cart: Session<Cart>| {
            *cart = Cart {
                items: vec![1],
                ..Cart::default()
            };
            cart
        },
    )
    .await;
    assert_eq!(reply.payload(), r#"{"items":[1],"coupon":"","other":1}"#);

    let reply = run(
        &config(),
        &encoded(r#"{"a":1,"b":2}"#),
        async |mut session: Session| {
            let mut data = SessionMap::default();
            data.insert("b", 3);
            *session = data;
            session
        },
    )
    .await;
    assert_eq!(reply.payload(), r#"{"b":3}"#);

    let reply = run(
        &config(),
        &encoded(r#"{"a":1}"#),
        async |mut session: Session| {
            *session = SessionMap::default();
            session
        },
    )
    .await;
    assert_eq!(reply.set_cookie().value(), "");
}

#[tokio::test]
async fn a_field_that_is_no_longer_serialized_is_removed() {
    #[derive(Default, Serialize, Deserialize)]
    #[serde(default)]
    struct Login {
        #[serde(skip_serializing_if = "Option::is_none")]
        user: Option<String>,
    }
    let reply = run(
        &config(),
        &encoded(r#"{"user":"ada","theme":"dark"}"#),
        async |mut login: Session<Login>| {
            login.user = None;
            login
        },
    )
    .await;
    assert_eq!(reply.payload(), r#"{"theme":"dark"}"#);
}

#[tokio::test]
async fn two_views_of_one_handler_are_merged() {
    let token = encoded(r#"{"items":[1],"visits":1}"#);
    let reply = run(
        &config(),
        &token,
        async |mut cart: Session<Cart>, mut session: Session| {
            cart.items.push(2);
            session.insert("visits", 2);
            (cart, session, "body")
        },
    )
    .await;
    assert_eq!(reply.payload(), r#"{"items":[1,2],"visits":2,"coupon":""}"#);
    assert_eq!(reply.body, "body");
}

#[tokio::test]
async fn the_later_return_wins_on_the_same_key() {
    let token = encoded(r#"{"a":0,"b":0}"#);
    let reply = run(
        &config(),
        &token,
        async |mut first: Session, mut second: Session| {
            first.insert("a", 1);
            first.insert("b", 1);
            second.insert("a", 2);
            (first, second, ())
        },
    )
    .await;
    assert_eq!(reply.payload(), r#"{"a":2,"b":1}"#);

    let reply = run(
        &config(),
        &token,
        async |mut first: Session, mut second: Session| {
            first.remove("a");
            first.insert("b", 1);
            second.insert("a", 2);
            second.remove("b");
            (second, first, ())
        },
    )
    .await;
    assert_eq!(reply.payload(), r#"{"b":1}"#);
}

#[tokio::test]
async fn without_a_body_the_last_view_is_applied_first() {
    let reply = run(
        &config(),
        "",
        async |mut first: Session, mut second: Session| {
            first.insert("a", 1);
            second.insert("a", 2);
            (first, second)
        },
    )
    .await;
    assert_eq!(reply.payload(), r#"{"a":1}"#);
}

#[tokio::test]
async fn a_view_without_changes_keeps_the_changes_of_another_view() {
    for order in [false, true] {
        let reply = run(
            &config(),
            &encoded(r#"{"a":0}"#),
            async move |mut changed: Session, unchanged: Session| match order {
                true => (changed_a(&mut changed), (changed, unchanged))
                    .1
                    .into_response(),
                false => (changed_a(&mut changed), (unchanged, changed))
                    .1
                    .into_response(),
            },
        )
        .await;
        assert_eq!(reply.payload(), r#"{"a":1}"#);
    }

    fn changed_a(session: &mut Session) {
        session.insert("a", 1);
    }
}

/// Wraps a handler in a middleware that counts and one that stores the last page.
fn stacked<H, T>(config: &SessionConfig, handler: H) -> Router
where
    H: axum::handler::Handler<T, SessionConfig>,
    T: 'static,
{
    async fn count(mut session: Session, request: Request, next: Next) -> (Session, Response) {
        let count = session.get("count").unwrap_or(0) + 1;
        session.insert("count", count);
        (session, next.run(request).await)
    }
    async fn last(mut session: Session, request: Request, next: Next) -> (Session, Response) {
        let response = next.run(request).await;
        session.insert("last", "/");
        (session, response)
    }
    Router::new()
        .route("/", get(handler))
        .layer(from_fn_with_state(config.clone(), count))
        .layer(from_fn_with_state(config.clone(), last))
        .with_state(config.clone())
}

#[tokio::test]
async fn a_handler_and_two_middlewares_change_one_session() {
    let config = config();
    let app = stacked(&config, add_item);
    let reply = send(&app, "/", &[&encoded(r#"{"other":1}"#)]).await;
    assert_eq!(
        reply.payload(),
        r#"{"other":1,"items":[7],"coupon":"","count":1,"last":"/"}"#
    );
}

#[tokio::test]
async fn a_middleware_does_not_bring_back_a_session_that_the_handler_ended() {
    let config = config();
    let app = stacked(&config, async |mut session: Session| {
        session.destroy();
        session
    });
    let reply = send(&app, "/", &[&encoded(r#"{"user":"ada"}"#)]).await;
    assert_eq!(reply.payload(), r#"{"count":1,"last":"/"}"#);

    // A typed session around it fills in missing keys from its default, not from the old session.
    #[derive(Default, Serialize, Deserialize)]
    #[serde(default)]
    struct Visitor {
        user: Option<String>,
        pages: u32,
    }
    async fn pages(mut session: Session<Visitor>, request: Request, next: Next) -> Response {
        session.pages += 1;
        let response = next.run(request).await;
        (session, response).into_response()
    }
    for sign_out in [Session::destroy, |session: &mut Session| {
        session.remove("user");
    }] {
        let app = Router::new()
            .route(
                "/",
                get(async move |mut session: Session| {
                    sign_out(&mut session);
                    session
                }),
            )
            .layer(from_fn_with_state(config.clone(), pages))
            .with_state(config.clone());
        let reply = send(&app, "/", &[&encoded(r#"{"user":"ada","pages":1}"#)]).await;
        let after: Session<Visitor> = Session::from_set_cookie(&reply.headers, &config);
        assert_eq!(after.status(), Status::Valid);
        assert_eq!((&after.user, after.pages), (&None, 2));
    }
}

#[tokio::test]
async fn a_middleware_that_changes_nothing_keeps_the_removal() {
    let config = config();
    async fn read(session: Session, request: Request, next: Next) -> (Session, Response) {
        (session, next.run(request).await)
    }
    async fn renew(mut session: Session, request: Request, next: Next) -> (Session, Response) {
        session.renew();
        (session, next.run(request).await)
    }
    for token in [encoded(r#"{"user":"ada"}"#), "session=expired".to_owned()] {
        let handler = get(async |mut session: Session| {
            session.destroy();
            session
        });
        let app = Router::new()
            .route("/", handler)
            .layer(from_fn_with_state(config.clone(), read))
            .layer(from_fn_with_state(config.clone(), renew))
            .with_state(config.clone());
        let reply = send(&app, "/", &[&token]).await;
        assert_eq!(reply.set_cookie().value(), "");
    }
}

#[tokio::test]
async fn destroy_in_a_later_return_ends_the_session_that_an_earlier_return_set() {
    let reply = run(
        &config(),
        &encoded(r#"{"a":1}"#),
        async |mut first: Session, mut second: Session| {
            first.insert("b", 2);
            second.destroy();
            (first, second, ())
        },
    )
    .await;
    assert_eq!(reply.set_cookie().value(), "");

    let reply = run(
        &config(),
        "",
        async |mut first: Session, mut second: Session| {
            first.insert("b", 2);
            second.destroy();
            second.insert("c", 3);
            (first, second, ())
        },
    )
    .await;
    assert_eq!(reply.payload(), r#"{"c":3}"#);
}

#[tokio::test]
async fn the_session_is_removed_only_if_all_views_together_leave_it_empty() {
    let reply = run(
        &config(),
        &encoded(r#"{"a":1,"b":2}"#),
        async |mut first: Session, mut second: Session| {
            first.remove("a");
            second.remove("b");
            (first, second, ())
        },
    )
    .await;
    assert_eq!(reply.set_cookie().value(), "");

    let reply = run(
        &config(),
        &encoded(r#"{"a":1}"#),
        async |mut first: Session, mut second: Session| {
            first.remove("a");
            second.insert("b", 2);
            (first, second, ())
        },
    )
    .await;
    assert_eq!(reply.payload(), r#"{"b":2}"#);
}

#[tokio::test]
async fn a_change_keeps_the_renewal_of_another_view() {
    let config = builder().clock(|| at(START + 600)).build().unwrap();
    for flip in [false, true] {
        let reply = run(
            &config,
            &encoded(r#"{"a":1}"#),
            async move |mut renewed: Session, mut changed: Session| {
                renewed.renew();
                changed.insert("a", 2);
                match flip {
                    true => (changed, renewed).into_response(),
                    false => (renewed, changed).into_response(),
                }
            },
        )
        .await;
        assert_eq!(reply.payload(), r#"{"a":2}"#);
        let after: Session = Session::from_set_cookie(&reply.headers, &config);
        assert_eq!(after.created_at(), at(START + 600));
    }
}

#[tokio::test]
async fn two_views_refresh_the_session_once() {
    let config = builder()
        .clock(|| at(START + 5 * 24 * 60 * 60))
        .build()
        .unwrap();
    let app = stacked(&config, async |a: Session, b: Session<Cart>| (a, b));
    let token = encoded(r#"{"last":"/","count":0}"#);
    let reply = send(&app, "/", &[&token]).await;
    assert_eq!(reply.payload(), r#"{"last":"/","count":1}"#);

    let reply = run(&config, &token, async |a: Session, b: Session<Cart>| (a, b)).await;
    assert_eq!(reply.payload(), r#"{"last":"/","count":0}"#);
}

#[tokio::test]
async fn the_last_of_repeated_keys_is_read_and_a_change_writes_it_once() {
    let token = encoded(r#"{"a":1,"b":0,"a":2}"#);
    let reply = run(&config(), &token, async |mut session: Session| {
        assert_eq!(session.get("a"), Some(2));
        assert_eq!(session.len(), 2);
        assert_eq!(session.keys().collect::<Vec<_>>(), ["a", "b"]);
        session.insert("b", 1);
        session
    })
    .await;
    assert_eq!(reply.payload(), r#"{"a":1,"b":1,"a":2}"#);

    let reply = run(&config(), &token, async |mut session: Session| {
        session.insert("a", 3);
        session
    })
    .await;
    assert_eq!(reply.payload(), r#"{"a":3,"b":0}"#);

    let reply = run(&config(), &token, async |mut session: Session| {
        session.remove("a");
        session
    })
    .await;
    assert_eq!(reply.payload(), r#"{"b":0}"#);
}

#[tokio::test]
async fn a_later_return_that_leaves_nothing_takes_back_the_set_cookie() {
    #[derive(Serialize, Deserialize)]
    struct Draft {
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    }
    impl Default for Draft {
        fn default() -> Self {
            Self {
                text: Some(String::new()),
            }
        }
    }
    let reply = run(
        &config(),
        "",
        async |mut session: Session, mut draft: Session<Draft>| {
            session.insert("text", "hello");
            draft.text = None;
            (session, draft, ())
        },
    )
    .await;
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn after_destroy_the_cookie_holds_the_values_that_the_handler_saw() {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(1);

    /// A default that differs each time, such as a CSRF token.
    #[derive(Serialize, Deserialize)]
    struct Guarded {
        csrf: u32,
        user: String,
    }
    impl Default for Guarded {
        fn default() -> Self {
            Self {
                csrf: NEXT.fetch_add(1, Ordering::SeqCst),
                user: String::new(),
            }
        }
    }
    let reply = run(
        &config(),
        &encoded(r#"{"csrf":77,"user":"planted"}"#),
        async |mut session: Session<Guarded>| {
            session.destroy();
            session.user = "ada".to_owned();
            let shown = session.csrf.to_string();
            (session, shown)
        },
    )
    .await;
    let after: Session<Guarded> = Session::from_set_cookie(&reply.headers, &config());
    assert_eq!(
        (after.csrf.to_string(), after.user.as_str()),
        (reply.body, "ada")
    );
}

/// A counter that can be changed through a shared reference.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Counted {
    hits: std::sync::atomic::AtomicU32,
    name: String,
}

#[tokio::test]
async fn a_change_through_a_shared_reference_is_not_seen_before_a_mutable_borrow() {
    use std::sync::atomic::Ordering::Relaxed;

    // As documented: the baseline is what the type serialized to before the first mutable borrow.
    let token = encoded(r#"{"hits":5,"name":"a"}"#);
    let reply = run(&config(), &token, async |mut session: Session<Counted>| {
        session.hits.fetch_add(1, Relaxed);
        session.name.push('x');
        session
    })
    .await;
    assert_eq!(reply.payload(), r#"{"hits":5,"name":"ax"}"#);

    let reply = run(&config(), &token, async |mut session: Session<Counted>| {
        session.name.push('x');
        session.hits.fetch_add(1, Relaxed);
        session
    })
    .await;
    assert_eq!(reply.payload(), r#"{"hits":6,"name":"ax"}"#);

    // Without a mutable borrow nothing is compared at all.
    let reply = run(&config(), &token, async |session: Session<Counted>| {
        session.hits.fetch_add(1, Relaxed);
        session
    })
    .await;
    reply.assert_no_set_cookie();
}
