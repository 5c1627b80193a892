//! What is checked, in the order of this table: a function for each check, a file for each subject.

mod back_forward;
mod build_refuses;
mod cache;
mod cache_stores;
mod cookie_removed;
mod cookie_stored;
mod counter_attributes;
mod counter_counts;
mod counter_restart;
mod counter_tampering;
mod cross_site;
mod cross_site_forms;
mod cross_site_link;
mod cross_site_unmarked;
mod cross_site_worker;
mod curl_counts;
mod curl_restart;
mod curl_tampering;
mod device_bound;
mod every_config;
mod flask_migration;
mod host_prefix;
mod http_only;
mod login_back;
mod login_cross_site;
mod login_flow;
mod openid;
mod passkeys;
mod places;
mod proxy_path;
mod proxy_sizes;
mod proxy_tls;
mod rails_migration;
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
mod shopper;
mod size_limit;
mod spa;
mod tossed;
mod tossed_flood;
mod tossed_host;
mod tossed_plain;

use anyhow::Result;

use self::cache::Cache;
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
        name: "login: forms of another site leave the user signed in",
        play: login_cross_site::play,
    },
    Check {
        name: "passkeys: an account, out and in again, and a second passkey",
        play: passkeys::signs_in,
    },
    Check {
        name: "passkeys: an answer counts once, even with the cookie of before",
        play: passkeys::replayed,
    },
    Check {
        name: "passkeys: an answer that was given on another origin is refused",
        play: passkeys::from_elsewhere,
    },
    Check {
        name: "passkeys: a copy that was used less often than the passkey is refused",
        play: passkeys::copied,
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
        name: "rails_migration: one login for Rails and axum behind nginx",
        play: rails_migration::plain,
    },
    Check {
        name: "rails_migration: the same over TLS, with a Secure cookie",
        play: rails_migration::over_tls,
    },
    Check {
        name: "rails_migration: Rails' login goes on as ours once Rails is the fallback config",
        play: rails_migration::moved,
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
        name: "spa: a page of another origin signs in, posts, and gets events",
        play: spa::other_origin,
    },
    Check {
        name: "spa: the same page on the origin of the API",
        play: spa::one_origin,
    },
    Check {
        name: "spa: a panic and a timeout are errors in JSON, and the session stays",
        play: spa::faults,
    },
    Check {
        name: "spa: a page of an origin that is not trusted reads, changes and opens nothing",
        play: spa::refused,
    },
    Check {
        name: "spa: the same page on another site gets no session",
        play: spa::other_site,
    },
    Check {
        name: "openid: in, and out at the provider, which ends a copy of the cookie too",
        play: openid::in_and_out,
    },
    Check {
        name: "openid: a logout at the provider ends the session by its back channel",
        play: openid::back_channel,
    },
    Check {
        name: "openid: two tabs, and a refusal in one leaves the session of the other",
        play: openid::tabs,
    },
    Check {
        name: "openid: a sign-in survives a restart, and its answer is used once",
        play: openid::answers,
    },
    Check {
        name: "openid: a provider that is down or another gets a page and leaves the session",
        play: openid::provider_down,
    },
    Check {
        name: "openid: form_post comes with SameSite=None and without Lax",
        play: openid::form_post,
    },
    Check {
        name: "openid: form_post that is posted again comes with Lax, also without scripts",
        play: openid::form_post_twice,
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
        name: "another site: its forms leave a Lax and a Strict session alone",
        play: cross_site_forms::withheld,
    },
    Check {
        name: "another site: its forms without a referrer leave the session alone",
        play: cross_site_forms::without_referrer,
    },
    Check {
        name: "another site: under SameSite=None its forms change the user's own session",
        play: cross_site_forms::carried,
    },
    Check {
        name: "another site: with allow_cross_site_writes its forms replace the session",
        play: cross_site_forms::allowed,
    },
    Check {
        name: "another site: a callback with a checked state is written",
        play: cross_site_forms::checked,
    },
    Check {
        name: "another site: the shop's own forms are written",
        play: cross_site_forms::own,
    },
    Check {
        name: "another site: its link leaves a Strict session alone, and changes a Lax one",
        play: cross_site_link::signed_in,
    },
    Check {
        name: "another site: its link starts a Lax session, and no Strict one",
        play: cross_site_link::landing,
    },
    Check {
        name: "another site: a service worker hands its forms on, and the session is left alone",
        play: cross_site_worker::handed_on,
    },
    Check {
        name: "another site: a service worker makes its forms the shop's own",
        play: cross_site_worker::made_again,
    },
    Check {
        name: "another site: a proxy strips Sec-Fetch-Site, and its forms replace the session",
        play: cross_site_unmarked::stripped,
    },
    Check {
        name: "another site: without TLS its forms replace the session",
        play: cross_site_unmarked::without_tls,
    },
    Check {
        name: "place: the counter goes on after a change",
        play: places::counts_on,
    },
    Check {
        name: "place: one write leaves one cookie, if a fallback config names the old place",
        play: places::one_is_left,
    },
    Check {
        name: "place: signing out signs out, if a fallback config names the old place",
        play: places::signs_out,
    },
    Check {
        name: "place: without a fallback config the old cookie comes back, as documented",
        play: places::comes_back,
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
        name: "sibling: under a plain name a valid one of the attacker's is shown if it is newer",
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
        name: "Apache's cache: pages that only read are each user's own",
        play: |stage| cache_stores::read(stage, Cache::apache),
    },
    Check {
        name: "nginx's cache: pages that only read are each user's own",
        play: |stage| cache_stores::read(stage, Cache::nginx),
    },
    Check {
        name: "Apache's cache: pages that set the cookie are not stored",
        play: |stage| cache_stores::written(stage, Cache::apache),
    },
    Check {
        name: "nginx's cache: pages that set the cookie are not stored",
        play: |stage| cache_stores::written(stage, Cache::nginx),
    },
    Check {
        name: "Apache's cache: a 304 that sets the cookie does not end up in the stored page",
        play: |stage| cache_stores::revalidated(stage, Cache::apache),
    },
    Check {
        name: "nginx's cache: a 304 that sets the cookie does not end up in the stored page",
        play: |stage| cache_stores::revalidated(stage, Cache::nginx),
    },
    Check {
        name: "Apache's cache: a refresh stays out of pages that are stored",
        play: |stage| cache_stores::refreshed(stage, Cache::apache),
    },
    Check {
        name: "nginx's cache: a refresh stays out of pages that are stored",
        play: |stage| cache_stores::refreshed(stage, Cache::nginx),
    },
    Check {
        name: "Apache's cache: no page is stored with no_store",
        play: |stage| cache_stores::no_store(stage, Cache::apache),
    },
    Check {
        name: "nginx's cache: no page is stored with no_store",
        play: |stage| cache_stores::no_store(stage, Cache::nginx),
    },
    Check {
        name: "Apache's cache: a Cache-Control after the session, or of a layer, leaks, as documented",
        play: |stage| cache_stores::unseen(stage, Cache::apache),
    },
    Check {
        name: "nginx's cache: a Cache-Control after the session, or of a layer, leaks, as documented",
        play: |stage| cache_stores::unseen(stage, Cache::nginx),
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
    Check {
        name: "device-bound: a copied cookie is worth nothing, and with its proof for minutes",
        play: device_bound::stolen,
    },
    Check {
        name: "device-bound: copies of before the sign-out die, and a second login is bound",
        play: device_bound::signed_out,
    },
    Check {
        name: "device-bound: restarts of server and browser, and new keys, end no binding",
        play: device_bound::restarted,
    },
    Check {
        name: "device-bound: a link from another site, and a sign-in by way of it",
        play: device_bound::from_elsewhere,
    },
    Check {
        name: "device-bound: parallel requests, a form's body, and a static file",
        play: device_bound::requests,
    },
    Check {
        name: "device-bound: a 500 costs one page, a 429 the binding, and neither the sign-in",
        play: device_bound::faults,
    },
];
