//! A browser that binds sessions to a key, as Chromium 156 does.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::COOKIE;
use axum_extra::extract::cookie::Cookie;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64U;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::common::{Clock, Reply};

pub const REGISTER: &str = "/dbsc/register";
pub const REFRESH: &str = "/dbsc/refresh";

#[derive(Clone)]
pub struct Stored {
    pub value: String,
    path: String,
    ends: u64,
}

/// What the browser keeps of a registration.
#[derive(Clone)]
pub struct Registration {
    pub id: String,
    pub refresh_url: String,
    pub proof_cookie: String,
    /// Sent again until a new challenge comes.
    pub jwt: Option<String>,
}

#[derive(Clone)]
pub struct Client {
    app: Router,
    clock: Clock,
    pub key: SigningKey,
    pub jar: BTreeMap<String, Stored>,
    pub registration: Option<Registration>,
    /// Whether it can bind sessions.
    pub supports: bool,
    /// How many requests it sent to the two routes.
    pub calls: usize,
}

pub fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

/// A JWT with this header and these claims.
pub fn signed(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let text = format!(
        "{}.{}",
        B64U.encode(header.to_string()),
        B64U.encode(claims.to_string())
    );
    let signature: Signature = key.sign(text.as_bytes());
    format!("{text}.{}", B64U.encode(signature.to_bytes()))
}

pub fn jwk(key: &SigningKey) -> Value {
    let point = key.verifying_key().to_sec1_point(false);
    json!({
        "crv": "P-256",
        "kty": "EC",
        "x": B64U.encode(&point.as_bytes()[1..33]),
        "y": B64U.encode(&point.as_bytes()[33..]),
    })
}

pub fn registration_jwt(key: &SigningKey, challenge: &str) -> String {
    let header = json!({"alg": "ES256", "jwk": jwk(key), "typ": "dbsc+jwt"});
    signed(key, &header, &json!({"jti": challenge}))
}

pub fn refresh_jwt(key: &SigningKey, challenge: &str) -> String {
    let header = json!({"alg": "ES256", "typ": "dbsc+jwt"});
    signed(key, &header, &json!({"jti": challenge}))
}

/// The text between the quotes after `name=`, or at the beginning.
pub fn quoted(header: &str, name: &str) -> String {
    let rest = header.split_once(name).unwrap().1;
    rest.split('"').nth(1).unwrap().to_owned()
}

impl Client {
    pub fn new(app: &Router, clock: &Clock) -> Self {
        Self {
            app: app.clone(),
            clock: clock.clone(),
            key: signing_key(7),
            jar: BTreeMap::new(),
            registration: None,
            supports: true,
            calls: 0,
        }
    }

    /// The same browser in front of another server.
    pub fn use_app(&mut self, app: &Router) {
        self.app = app.clone();
    }

    /// Opens a page: refreshes the proof first where it is due, and registers where that is asked.
    pub async fn get(&mut self, path: &str) -> Reply {
        self.refresh_if_due().await;
        let cookies = self.cookies_for(path);
        let reply = self.send("GET", path, &cookies, &[]).await;
        self.store(&reply);
        if let Some(header) = reply.all("secure-session-registration").first()
            && self.supports
        {
            self.register(&quoted(header, "challenge="), &quoted(header, "path="))
                .await;
        }
        reply
    }

    async fn register(&mut self, challenge: &str, path: &str) {
        self.calls += 1;
        let jwt = registration_jwt(&self.key, challenge);
        // After a sign-in by way of another site it comes without Lax cookies.
        let reply = self
            .send("POST", path, "", &[("secure-session-response", &jwt)])
            .await;
        assert_eq!(reply.status, 200, "{reply:?}");
        self.store(&reply);
        let instructions: Value = serde_json::from_str(&reply.body).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        self.registration = Some(Registration {
            id: text(&instructions["session_identifier"]),
            refresh_url: text(&instructions["refresh_url"]),
            proof_cookie: text(&instructions["credentials"][0]["name"]),
            jwt: None,
        });
    }

    async fn refresh_if_due(&mut self) {
        let Some(registration) = self.registration.clone() else {
            return;
        };
        if self.value(&registration.proof_cookie).is_none() {
            self.refresh().await;
        }
    }

    pub async fn refresh(&mut self) {
        for _ in 0..5 {
            let Some(registration) = self.registration.clone() else {
                return;
            };
            self.calls += 1;
            let cookies = self.cookies_for(&registration.refresh_url);
            let mut headers = vec![("sec-secure-session-id", registration.id.as_str())];
            if let Some(jwt) = &registration.jwt {
                headers.push(("secure-session-response", jwt));
            }
            let url = &registration.refresh_url;
            let reply = self.send("POST", url, &cookies, &headers).await;
            self.store(&reply);
            match (reply.status.as_u16(), reply.body.contains("false")) {
                (200, false) => return,
                (403, _) => {
                    let header = reply.all("secure-session-challenge")[0];
                    assert_eq!(quoted(header, ";id="), registration.id);
                    let jwt = refresh_jwt(&self.key, &quoted(header, ""));
                    self.registration.as_mut().unwrap().jwt = Some(jwt);
                }
                (500.., _) => return,
                _ => break,
            }
        }
        self.registration = None;
    }

    pub fn value(&self, name: &str) -> Option<&str> {
        let now = self.clock.now();
        let stored = self.jar.get(name).filter(|stored| stored.ends > now);
        stored.map(|stored| stored.value.as_str())
    }

    pub fn pair(&self, name: &str) -> String {
        format!("{name}={}", self.value(name).expect(name))
    }

    pub fn cookies_for(&self, path: &str) -> String {
        let sent = self
            .jar
            .iter()
            .filter(|(name, stored)| {
                let below = stored.path == "/" || path.starts_with(&format!("{}/", stored.path));
                below && self.value(name).is_some()
            })
            .map(|(name, stored)| format!("{name}={}", stored.value));
        sent.collect::<Vec<_>>().join("; ")
    }

    pub fn store(&mut self, reply: &Reply) {
        for header in reply.set_cookies() {
            let cookie = Cookie::parse(header.to_owned()).unwrap();
            let age = cookie.max_age().map_or(i64::MAX, |age| age.whole_seconds());
            let stored = Stored {
                value: cookie.value().to_owned(),
                path: cookie.path().unwrap().to_owned(),
                ends: self.clock.now().saturating_add(age.try_into().unwrap()),
            };
            self.jar.insert(cookie.name().to_owned(), stored);
        }
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        cookies: &str,
        headers: &[(&str, &str)],
    ) -> Reply {
        send(&self.app, method, path, cookies, headers).await
    }
}

pub async fn send(
    app: &Router,
    method: &str,
    path: &str,
    cookies: &str,
    headers: &[(&str, &str)],
) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    if !cookies.is_empty() {
        request = request.header(COOKIE, cookies);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    Reply::of(app.clone().oneshot(request).await.unwrap()).await
}

/// One request to the refresh route.
pub async fn refresh(app: &Router, device: &str, jwt: Option<&str>) -> Reply {
    let mut headers = vec![("sec-secure-session-id", "session")];
    headers.extend(jwt.map(|jwt| ("secure-session-response", jwt)));
    send(app, "POST", REFRESH, device, &headers).await
}

/// One request to the registration route.
pub async fn register(app: &Router, jwt: &str) -> Reply {
    let headers = [("secure-session-response", jwt)];
    send(app, "POST", REGISTER, "", &headers).await
}
