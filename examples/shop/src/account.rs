//! Signing in and out.

use askama::Template;
use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::response::{Html, Redirect};
use axum_cookie_session::{Session, SessionMap};
use serde::Deserialize;

use crate::cart::Cart;
use crate::look::Look;
use crate::message::{Kind, checked, say};
use crate::problem::Problem;
use crate::shell::{Seen, Shell, html};

const KEY: &str = "user";

/// The one account, which the page shows.
const NAME: &str = "ada";
const PASSWORD: &str = "low tide at seven";

/// Who is signed in.
pub(crate) fn user(session: &SessionMap) -> Option<String> {
    session.get(KEY)
}

#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
}

impl Credentials {
    /// A stand-in: look the name up in your database, and verify an Argon2 hash of the password.
    fn are_right(&self) -> bool {
        self.name.trim() == NAME && self.password == PASSWORD
    }
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    shell: Shell,
}

pub(crate) async fn form(seen: Seen, mut session: Session) -> (Session, Html<String>) {
    let shell = Shell::at("sign-in", seen, &mut session);
    let page = html(&SignIn { shell });
    (session, page)
}

pub(crate) async fn sign_in(
    mut session: Session,
    form: Result<Form<Credentials>, FormRejection>,
) -> Result<(Session, Redirect), Problem> {
    let Form(credentials) = form?;
    if !credentials.are_right() {
        say(
            &mut session,
            Kind::Bad,
            "That is not the name and password of the account below.",
        );
        return Ok((session, Redirect::to("/sign-in")));
    }
    // Nothing that was planted before comes along but a cart and a look, which the visitor sees.
    let (cart, look) = (Cart::from_map(&session), Look::from_map(&session));
    session.destroy();
    cart.insert_into(&mut session);
    look.insert_into(&mut session);
    session.insert(KEY, NAME);
    let mut session = checked(session)?;
    say(&mut session, Kind::Good, "You are signed in.");
    let next = if cart.is_empty() { "/" } else { "/cart" };
    Ok((session, Redirect::to(next)))
}

pub(crate) async fn sign_out(mut session: Session) -> (Session, Redirect) {
    // This removes all keys, including the cart, because the next user of this browser may be
    // another person. The page that shows the message removes the cookie itself.
    session.destroy();
    say(&mut session, Kind::Good, "You are signed out.");
    (session, Redirect::to("/"))
}
