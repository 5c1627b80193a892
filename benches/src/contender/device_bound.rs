//! axum-cookie-session with a session that is bound to a device, and the device's proof.

#[path = "../../instructions/device.rs"]
mod device;

use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum_cookie_session::{DeviceBound, SessionConfig};

use crate::app::{self, Answer, App, Reply};
use crate::contender::ours::{key, router};
use crate::contender::{BeforeAndAfter, Measured, OLD, unchanged};
use crate::payload::NAME;

pub(super) static BOUND: Measured = Measured {
    is_bounded: true,
    ..Measured::on_axum("ours, bound to a device", |_, _| Some(apps()))
};

fn apps() -> BeforeAndAfter {
    // The proof has to stay good until everything is measured.
    let settings = DeviceBound::new().proof_lifetime(Duration::from_secs(60 * 60));
    let config = SessionConfig::builder(key(OLD))
        .cookie_name(NAME)
        .device_bound(settings)
        .build()
        .expect("the settings fit together");
    let routes = config.device_bound_routes();
    unchanged(Rc::new(Bound(router(config).merge(routes))))
}

/// The application, asked by a browser that binds each session it gets and keeps the proof.
struct Bound(Router);

impl App for Bound {
    fn send<'a>(&'a self, path: &'a str, cookies: &'a str) -> Answer<'a, Result<Reply>> {
        Box::pin(async move {
            if path.starts_with("/insert/") {
                let cookies = device::bind(&self.0, path, app::READ).await;
                return Ok(Reply {
                    status: 200,
                    set_cookies: cookies.split("; ").map(str::to_owned).collect(),
                    body: String::new(),
                });
            }
            let mut reply = self.0.send(path, cookies).await?;
            if !reply.set_cookies.is_empty() {
                let kept = cookies.split("; ").filter(|pair| pair.contains("-proof="));
                reply.set_cookies.extend(kept.map(str::to_owned));
            }
            Ok(reply)
        })
    }

    fn repeat<'a>(&'a self, path: &'a str, cookies: &'a str, times: u32) -> Answer<'a, ()> {
        self.0.repeat(path, cookies, times)
    }

    fn router(&self) -> Option<Router> {
        Some(self.0.clone())
    }
}
