//! Compiles and runs what the pages of `guide::coming_from` show of other crates, with those
//! crates: `cargo test -p coming_from --doc`.

mod visitor;

pub use visitor::{Visitor, walk, walk_actix, walk_axum_06};

macro_rules! pages {
    ($($page:ident)*) => {
        $(
            #[doc = include_str!(concat!(env!("OUT_DIR"), "/", stringify!($page), ".md"))]
            pub mod $page {}
        )*
    };
}

pages! {
    signed_cookie_jar
    tower_sessions
    axum_session
    axum_sessions
    actix_session
}
