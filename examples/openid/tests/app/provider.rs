//! A provider that answers what a test wants.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use url::Url;

pub(crate) const CLIENT: &str = "example";
pub(crate) const SECRET: &str = "a secret of the tests";

/// Where no program listens.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:1";

#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) issuer: String,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    /// Codes that can be exchanged, each once.
    grants: HashMap<String, Grant>,
    /// How many there have been.
    count: usize,
    /// What the ID token and the metadata have in place of the usual; `null` leaves a claim out.
    claims: Value,
    metadata: Value,
    /// What the token endpoint answers in place of tokens.
    refusal: Option<(StatusCode, Value)>,
}

struct Grant {
    challenge: String,
    nonce: String,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            inner: Arc::default(),
        };
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/jwks", get(async || Json(json!({ "keys": [] }))))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async { axum::serve(listener, app).await });
        provider
    }

    pub(crate) fn claims(&self, claims: Value) {
        self.inner.lock().unwrap().claims = claims;
    }

    pub(crate) fn metadata(&self, metadata: Value) {
        self.inner.lock().unwrap().metadata = metadata;
    }

    pub(crate) fn refuse(&self, status: StatusCode, body: Value) {
        self.inner.lock().unwrap().refusal = Some((status, body));
    }

    /// What the provider's page does when the user agrees: the fields of its answer.
    pub(crate) fn agree(&self, location: &str) -> String {
        let url = Url::parse(location).unwrap();
        let asked: HashMap<_, _> = url.query_pairs().into_owned().collect();
        assert!(location.starts_with(&format!("{}/authorize?", self.issuer)));
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["client_id"], CLIENT);
        assert_eq!(asked["redirect_uri"], "https://shop.example/callback");
        assert!(asked["state"].len() >= 22 && asked["nonce"].len() >= 22);
        let mut inner = self.inner.lock().unwrap();
        inner.count += 1;
        let code = format!("code-{}", inner.count);
        let grant = Grant {
            challenge: asked["code_challenge"].clone(),
            nonce: asked["nonce"].clone(),
        };
        inner.grants.insert(code.clone(), grant);
        let state = &asked["state"];
        fields(&[("state", state), ("code", &code), ("iss", &self.issuer)])
    }

    /// A token of this provider with these claims besides.
    pub(crate) fn sign(&self, typ: &str, claims: &Value) -> String {
        sign(SECRET, typ, &merged(self.usual(), claims))
    }

    fn usual(&self) -> Value {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        json!({
            "iss": self.issuer, "aud": CLIENT, "sub": "7", "sid": "s7",
            "iat": now.as_secs(), "exp": now.as_secs() + 60,
        })
    }
}

async fn metadata(State(provider): State<Provider>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", provider.issuer);
    let usual = json!({
        "issuer": provider.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"),
        "end_session_endpoint": at("/end"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["HS256"],
    });
    Json(merged(usual, &provider.inner.lock().unwrap().metadata))
}

async fn token(
    State(provider): State<Provider>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let mut inner = provider.inner.lock().unwrap();
    if let Some((status, body)) = &inner.refusal {
        return (*status, Json(body.clone())).into_response();
    }
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
    let grant = inner.grants.remove(&form["code"]);
    let Some(grant) = grant.filter(|grant| grant.challenge == challenge) else {
        let body = Json(json!({ "error": "invalid_grant" }));
        return (StatusCode::BAD_REQUEST, body).into_response();
    };
    let name = json!({ "nonce": grant.nonce, "name": "<Ada>" });
    let claims = merged(merged(provider.usual(), &name), &inner.claims);
    Json(json!({
        "access_token": "an access token",
        "token_type": "Bearer",
        "id_token": sign(SECRET, "JWT", &claims),
    }))
    .into_response()
}

/// A JSON Web Token with HS256.
pub(crate) fn sign(secret: &str, typ: &str, claims: &Value) -> String {
    let header = json!({ "alg": "HS256", "typ": typ });
    let parts = [&header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let signed = parts.join(".");
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    let mac = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{signed}.{mac}")
}

pub(crate) fn fields(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

fn merged(mut usual: Value, others: &Value) -> Value {
    for (key, value) in others.as_object().into_iter().flatten() {
        usual[key] = value.clone();
    }
    usual
        .as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    usual
}
