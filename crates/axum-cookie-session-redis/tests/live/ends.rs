//! What ends a session, and what does not.

use axum_cookie_session::SessionMap;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::site::{Clock, REVOKED, Site, redis};

#[tokio::test]
async fn a_logout_of_a_user_ends_all_sessions_of_that_user_on_every_instance() {
    let redis = redis("user").await;
    let clock = Clock::new();
    let (here, there) = (Site::new(&redis, &clock), Site::new(&redis, &clock));
    let cookies = [here.sign_in("ada", "desk"), there.sign_in("ada", "phone")];
    let grace = here.sign_in("grace", "desk of hers");
    for site in [&here, &there] {
        for cookie in &cookies {
            assert_eq!(site.get(cookie).await, "ada");
        }
    }
    here.revocation.end_user("ada").await.unwrap();
    for site in [&here, &there] {
        for cookie in &cookies {
            assert_eq!(site.get(cookie).await, REVOKED);
        }
        assert_eq!(site.get(&grace).await, "grace");
    }
    clock.tick(1);
    let again = there.sign_in("ada", "desk, later");
    assert_eq!(here.get(&again).await, "ada");
}

#[tokio::test]
async fn one_login_ends_with_its_copies_and_the_others_of_the_user_live() {
    let redis = redis("login").await;
    let clock = Clock::new();
    let (here, there) = (Site::new(&redis, &clock), Site::new(&redis, &clock));
    let (desk, phone) = (here.sign_in("ada", "desk"), here.sign_in("ada", "phone"));
    here.revocation.end_login("desk").await.unwrap();
    for site in [&here, &there] {
        assert_eq!(site.get(&desk).await, REVOKED);
        assert_eq!(site.get(&phone).await, "ada");
    }
    // An id has no date: on another clock the session would have begun later.
    clock.tick(10);
    assert_eq!(there.get(&there.sign_in("ada", "desk")).await, REVOKED);
}

#[tokio::test]
async fn end_all_ends_every_login_and_leaves_anonymous_sessions() {
    let redis = redis("all").await;
    let clock = Clock::new();
    let (here, there) = (Site::new(&redis, &clock), Site::new(&redis, &clock));
    let cookies = [here.sign_in("ada", "desk"), here.sign_in("grace", "phone")];
    let anonymous = here.cookie(&SessionMap::from_iter([("cart", 7)]));
    here.revocation.end_all().await.unwrap();
    for cookie in &cookies {
        assert_eq!(there.get(cookie).await, REVOKED);
    }
    assert_eq!(there.get(&anonymous).await, "Valid");
    clock.tick(1);
    assert_eq!(there.get(&there.sign_in("ada", "desk")).await, "ada");
}

#[tokio::test]
async fn an_instance_whose_clock_is_behind_takes_no_logout_back() {
    let redis = redis("clock").await;
    let (clock, behind) = (Clock::new(), Clock::new());
    clock.tick(60);
    let (here, there) = (Site::new(&redis, &clock), Site::new(&redis, &behind));
    let cookie = here.sign_in("ada", "desk");
    here.revocation.end_user("ada").await.unwrap();
    there.revocation.end_user("ada").await.unwrap();
    assert_eq!(here.get(&cookie).await, REVOKED);
}

/// A user or login of any JSON type ends with its own value and with no other.
#[tokio::test]
async fn values_are_compared_as_json() {
    let redis = redis("values").await;
    let site = Site::new(&redis, &Clock::new());
    let cookie = |user: Value| site.cookie(&SessionMap::from_iter([("user", user)]));
    let (number, string) = (cookie(json!(7)), cookie(json!("7")));
    site.revocation.end_user(7).await.unwrap();
    assert_eq!(site.get(&number).await, REVOKED);
    assert_eq!(site.get(&string).await, "7");

    // A user is not a login, and a typed session may hold `null`.
    let user = cookie(json!("all"));
    site.revocation.end_login("all").await.unwrap();
    assert_eq!(site.get(&user).await, "all");
    assert_eq!(site.get(&cookie(Value::Null)).await, "null");
    let error = site.revocation.end_user(Value::Null).await.unwrap_err();
    assert!(error.is_serialize());
}

#[tokio::test]
async fn a_uuid_is_found_in_the_tag_that_flask_gives_it() {
    let redis = redis("uuid").await;
    let site = Site::new(&redis, &Clock::new());
    let login = Uuid::from_u128(0x0b6b_7a2e_5a2c_4d3f_9a55_2f1f_6f0c_9a11);
    let of_flask = json!({" u": login.simple().to_string()});
    let cookies = [json!(login), of_flask].map(|login| {
        site.cookie(&SessionMap::from_iter([
            ("user", json!("ada")),
            ("login", login),
        ]))
    });
    site.revocation.end_login(login).await.unwrap();
    for cookie in &cookies {
        assert_eq!(site.get(cookie).await, REVOKED);
    }
}
