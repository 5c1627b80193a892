//! Makes copies of the pages in which the blocks marked `rust,ignore` are doctests: the library has
//! not the crates that those blocks are written with, and this member has.

use std::env;
use std::fs;
use std::path::Path;

/// Each page, and how many such blocks it holds: a block that loses its mark is noticed.
const PAGES: [(&str, usize); 6] = [
    ("actix_session", 3),
    ("axum_session", 3),
    ("axum_sessions", 3),
    ("flask_and_rails", 0),
    ("signed_cookie_jar", 3),
    ("tower_sessions", 3),
];

const FOLDER: &str = "../../src/guide/coming_from";

fn main() {
    println!("cargo::rerun-if-changed={FOLDER}");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    let out = Path::new(&out);
    let files = fs::read_dir(FOLDER).expect("the pages").count();
    assert_eq!(files, PAGES.len(), "pages in {FOLDER}");
    let mut modules = String::new();
    for (page, expected) in PAGES {
        let text = fs::read_to_string(format!("{FOLDER}/{page}.md"));
        let (copy, blocks) = rewrite(&text.expect("a page"));
        assert_eq!(blocks, expected, "blocks marked rust,ignore in {page}.md");
        fs::write(out.join(page), copy).expect("OUT_DIR is writable");
        modules += &format!("#[doc = include_str!({page:?})]\npub mod {page} {{}}\n");
    }
    fs::write(out.join("pages.rs"), modules).expect("OUT_DIR is writable");
}

/// What is no such block belongs to the library's own doctests, and is no code here.
fn rewrite(text: &str) -> (String, usize) {
    let (mut copy, mut blocks, mut is_code) = (String::new(), 0, false);
    for line in text.lines() {
        let line = match line {
            "```" if is_code => "```",
            "```rust,ignore" => {
                blocks += 1;
                "```rust"
            }
            _ if line.starts_with("```") => "```text",
            _ => line,
        };
        if line.starts_with("```") {
            is_code = !is_code;
        }
        copy.push_str(line);
        copy.push('\n');
    }
    (copy, blocks)
}
