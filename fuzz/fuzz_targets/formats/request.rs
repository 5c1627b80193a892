//! Made-up tokens, and changes of what they hold.

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use axum_cookie_session_fuzz::made_up::{Json, Mutation, Text, mutate, object};
use axum_cookie_session_fuzz::sign::Scheme;
use serde::Deserialize;

#[derive(Arbitrary, Debug)]
pub struct Input<'a> {
    pub scheme: u8,
    pub payload: Payload<'a>,
    pub deflate: bool,
    pub signer: u8,
    /// Seconds since it was issued.
    pub age: i32,
    pub key: Text,
    pub value: Json,
}

#[derive(Arbitrary, Debug)]
pub enum Payload<'a> {
    Bytes(&'a [u8]),
    Object(Vec<(Text, Json)>),
    /// What a real peer wrote, and a few changes.
    Vector(u8, Vec<Mutation>),
}

#[derive(Deserialize)]
pub struct Vector {
    payload_json: Option<String>,
}

pub fn vectors(lines: &str) -> Vec<String> {
    lines
        .lines()
        .map(|line| serde_json::from_str::<Vector>(line).expect("a vector"))
        .filter_map(|vector| vector.payload_json)
        .collect()
}

pub static VECTORS: LazyLock<[Vec<String>; 6]> = LazyLock::new(|| {
    [
        vectors(include_str!("../../../tests/vectors/flask.jsonl")),
        vectors(include_str!("../../../tests/vectors/starlette.jsonl")),
        vectors(include_str!("../../../tests/vectors/django.jsonl")),
        vectors(include_str!("../../../tests/vectors/express.jsonl")),
        vectors(include_str!("../../../tests/vectors/react_router.jsonl")),
        vectors(include_str!("../../../tests/vectors/rails.jsonl")),
    ]
});

pub const SCHEMES: [Scheme; 6] = [
    Scheme::Flask,
    Scheme::Starlette,
    Scheme::Django,
    Scheme::Express,
    Scheme::ReactRouter,
    Scheme::Rails,
];

impl Payload<'_> {
    /// Of the format at that place.
    pub fn bytes(&self, at: usize) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.to_vec(),
            Self::Object(members) => object(members).into_bytes(),
            Self::Vector(place, mutations) => {
                let vectors = &VECTORS[at];
                let payload = &vectors[usize::from(*place) % vectors.len()];
                let mut payload = payload.clone().into_bytes();
                mutate(&mut payload, mutations);
                payload
            }
        }
    }
}
