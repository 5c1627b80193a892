//! Forms that sign in and out. Each answer shows the status of the session that the form met.

use axum::Form;
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::http::header::ORIGIN;
use axum::response::{Html, IntoResponse, Response};
use axum_cookie_session::Session;
use serde::Deserialize;

use super::with;
use crate::settings::Settings;

pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// The `state` that an identity provider sends back.
pub(crate) const STATE: &str = "the state of this sign-in";

#[derive(Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    user: String,
    password: String,
    state: String,
}

impl Default for Fields {
    fn default() -> Self {
        Self {
            user: "mallory".to_owned(),
            password: String::new(),
            state: String::new(),
        }
    }
}

pub(super) async fn login(
    Query(settings): Query<Settings>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    answer(&settings, &headers, |session| {
        if fields.password == PASSWORD {
            session.destroy();
            session.insert("user", fields.user);
        } else {
            session.flash("error", "Wrong password.");
        }
    })
}

pub(super) async fn logout(Query(settings): Query<Settings>, headers: HeaderMap) -> Response {
    answer(&settings, &headers, Session::destroy)
}

/// The callback of an identity provider that uses `response_mode=form_post`. The handler of a real
/// application refuses an unknown `state`; this one tries to sign in nevertheless.
pub(super) async fn callback(
    Query(settings): Query<Settings>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    answer(&settings, &headers, |session| {
        if fields.state == STATE {
            session.allow_cross_site();
        }
        session.destroy();
        session.insert("user", fields.user);
    })
}

fn answer(settings: &Settings, headers: &HeaderMap, change: impl FnOnce(&mut Session)) -> Response {
    with(settings, headers, |mut session| {
        let status = session.status();
        change(&mut session);
        let origin = headers.get(ORIGIN).map(|origin| origin.to_str());
        let page = Html(format!(
            "<!doctype html><title>answer</title><h1>{status:?}</h1><p>{origin:?}</p>"
        ));
        (session, page).into_response()
    })
}
