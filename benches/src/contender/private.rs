//! axum-extra's `PrivateCookieJar`.

use axum_extra::extract::cookie::{Cookie, PrivateCookieJar};

use crate::app::{App, AxumApp};
use crate::contender::jar::{Jar, router};
use crate::operation::Operation;
use crate::payload::Payload;
use crate::world::World;

pub(crate) fn app(world: &World, operation: Operation, payload: &Payload) -> Option<Box<dyn App>> {
    let router = router::<PrivateCookieJar>(operation, payload)?;
    Some(Box::new(AxumApp::new(&world.runtime, router)))
}

impl Jar for PrivateCookieJar {
    fn get(&self, name: &str) -> Option<Cookie<'static>> {
        self.get(name)
    }

    fn add(self, cookie: Cookie<'static>) -> Self {
        self.add(cookie)
    }
}
