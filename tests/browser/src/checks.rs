//! What is checked, in the order of this table: a function for each check, a file for each subject.

mod back_forward;
mod build_refuses;
mod cookie_removed;
mod cookie_stored;
mod counter_attributes;
mod counter_counts;
mod counter_restart;
mod counter_tampering;
mod cross_site;
mod curl_counts;
mod curl_restart;
mod curl_tampering;
mod every_config;
mod flask_migration;
mod host_prefix;
mod http_only;
mod login_back;
mod login_flow;
mod proxy_path;
mod proxy_sizes;
mod proxy_tls;
mod shared_cache;
mod shop;
mod shop_cross_site;
mod shop_forged;
mod shop_forms;
mod shop_full;
mod shop_phone;
mod shop_pictures;
mod shop_session;
mod shop_visit;
mod size_limit;
mod tossed;
mod tossed_flood;
mod tossed_host;
mod tossed_plain;

use anyhow::Result;

use crate::stage::Stage;
use crate::token::Part;

pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) play: fn(&Stage) -> Result<()>,
}

pub(crate) const CHECKS: &[Check] = &[
    Check {
        name: "counter: counts over reloads",
        play: counter_counts::play,
    },
    Check {
        name: "counter: counts on after a server restart",
        play: counter_restart::play,
    },
    Check {
        name: "counter: starts again where the cookie's payload is changed",
        play: |stage| counter_tampering::play(stage, Part::Payload),
    },
    Check {
        name: "counter: starts again where the cookie's times are changed",
        play: |stage| counter_tampering::play(stage, Part::Times),
    },
    Check {
        name: "counter: starts again where the cookie's MAC is changed",
        play: |stage| counter_tampering::play(stage, Part::Mac),
    },
    Check {
        name: "counter: the cookie is hidden from scripts and has its attributes",
        play: counter_attributes::play,
    },
    Check {
        name: "curl: counts over reloads",
        play: curl_counts::play,
    },
    Check {
        name: "curl: counts on after a server restart",
        play: curl_restart::play,
    },
    Check {
        name: "curl: starts again where any character of the cookie is changed",
        play: curl_tampering::play,
    },
    Check {
        name: "login: in, a private page, out from another path, each message once",
        play: login_flow::play,
    },
    Check {
        name: "login: what Back shows after signing out is gone with a reload",
        play: login_back::play,
    },
    Check {
        name: "flask_migration: one login for Flask and axum behind nginx",
        play: |stage| flask_migration::play(stage, false),
    },
    Check {
        name: "flask_migration: Flask's login goes on as ours once Flask is the fallback config",
        play: |stage| flask_migration::play(stage, true),
    },
    Check {
        name: "shop: a whole visit, and the cart survives the sign-in",
        play: shop_visit::play,
    },
    Check {
        name: "shop: a full cart says so and stays as it was",
        play: shop_full::play,
    },
    Check {
        name: "shop: the session page adds up to what Chromium holds",
        play: shop_session::play,
    },
    Check {
        name: "shop: a forged cookie is a new session, and the genuine one goes on",
        play: shop_forged::play,
    },
    Check {
        name: "shop: absurd forms get a page and change nothing",
        play: shop_forms::play,
    },
    Check {
        name: "shop: a POST of another site or port is refused",
        play: shop_cross_site::play,
    },
    Check {
        name: "shop: no page scrolls sideways on a phone, and none has a script",
        play: shop_phone::play,
    },
    Check {
        name: "shop: pictures for its README",
        play: shop_pictures::play,
    },
    Check {
        name: "cookie: every config that build() allows is stored as sent",
        play: cookie_stored::play,
    },
    Check {
        name: "cookie: every config that build() allows is removed by clear and by destroy",
        play: cookie_removed::play,
    },
    Check {
        name: "cookie: every combination that build() refuses is dropped",
        play: build_refuses::combinations,
    },
    Check {
        name: "cookie: a name that build() refuses is dropped, altered, or beyond RFC 6265 or our limit",
        play: build_refuses::names,
    },
    Check {
        name: "cookie: a Path that build() refuses is dropped, altered, or beyond RFC 6265",
        play: build_refuses::paths,
    },
    Check {
        name: "cookie: a Domain that build() refuses is dropped or altered",
        play: build_refuses::domains,
    },
    Check {
        name: "cookie: a lifetime that build() refuses is none",
        play: build_refuses::no_lifetime,
    },
    Check {
        name: "cookie: __Host- keeps out a Domain, another Path, and what is not Secure",
        play: host_prefix::play,
    },
    Check {
        name: "cookie: 4096 bytes are kept, and 4097 dropped",
        play: size_limit::play,
    },
    Check {
        name: "cookie: HttpOnly hides it from scripts",
        play: http_only::play,
    },
    Check {
        name: "cross-site: a POST comes without Lax and Strict",
        play: cross_site::post,
    },
    Check {
        name: "cross-site: a link comes with Lax and without Strict",
        play: cross_site::link,
    },
    Check {
        name: "cross-site: a page in a frame comes without Lax and Strict",
        play: cross_site::embedded,
    },
    Check {
        name: "cross-origin: a fetch without credentials comes without cookies",
        play: cross_site::fetch,
    },
    Check {
        name: "cross-site: a sibling host is no other site",
        play: cross_site::sibling,
    },
    Check {
        name: "sibling: no cookie of it reaches a __Host- session",
        play: tossed_host::play,
    },
    Check {
        name: "sibling: a flood of its cookies signs out, and no more",
        play: tossed_flood::play,
    },
    Check {
        name: "sibling: under a plain name a forged cookie logs nobody out",
        play: tossed_plain::forged,
    },
    Check {
        name: "sibling: under a plain name a valid one of the attacker's may come first",
        play: tossed_plain::valid,
    },
    Check {
        name: "back and forward: a page with no-store is asked for anew",
        play: back_forward::no_store,
    },
    Check {
        name: "back and forward: a returned session has pages asked for anew",
        play: back_forward::returned,
    },
    Check {
        name: "back and forward: a page that was kept alive has the new visitor's session",
        play: back_forward::kept_alive,
    },
    Check {
        name: "shared cache: pages that read and return their session are each visitor's own",
        play: shared_cache::read,
    },
    Check {
        name: "shared cache: pages that set the cookie are not kept",
        play: shared_cache::written,
    },
    Check {
        name: "shared cache: a page that does not return its session leaks, as documented",
        play: shared_cache::not_returned,
    },
    Check {
        name: "proxy: TLS that ends at nginx keeps a Secure cookie",
        play: proxy_tls::ended,
    },
    Check {
        name: "proxy: without TLS a Secure cookie is kept of localhost alone",
        play: proxy_tls::missing,
    },
    Check {
        name: "proxy: a large session is a 502 of nginx's default buffer",
        play: proxy_sizes::response,
    },
    Check {
        name: "proxy: three large sessions are a 400 of nginx's default buffers",
        play: proxy_sizes::request,
    },
    Check {
        name: "proxy: a Path that the visitor does not see loses the session",
        play: proxy_path::moved,
    },
    Check {
        name: "proxy: a Path that nginx rewrites loses a __Host- session",
        play: proxy_path::rewritten,
    },
];
