//! The one page, and its script.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse};
use axum_cookie_session::Session;
use html_escape::encode_safe;

use crate::{App, login};

pub(crate) async fn home(State(app): State<Arc<App>>, session: Session) -> (Session, Html<String>) {
    let content = match login::account(&session, &app.accounts) {
        Some(account) => format!(
            r#"<h1>Hello, {}</h1>
<p id="passkeys">Passkeys: {}</p>
<p><button id="register">Add a passkey</button></p>
<form method="post" action="/sign-out"><button id="sign-out">Sign out</button></form>"#,
            encode_safe(&account.name),
            account.passkeys.len(),
        ),
        None => r#"<h1>Sign in</h1>
<p><label>Name <input id="name" autocomplete="username" maxlength="40"></label></p>
<p><button id="sign-in">Sign in</button> <button id="register">Create an account</button></p>"#
            .to_owned(),
    };
    let page = format!(
        "<!doctype html>
<html lang=\"en\">
<title>Passkeys</title>
{content}
<p id=\"problem\" role=\"alert\"></p>
<script src=\"/passkeys.js\"></script>
</html>
"
    );
    (session, Html(page))
}

pub(crate) async fn script() -> impl IntoResponse {
    let script = include_str!("passkeys.js");
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], script)
}
