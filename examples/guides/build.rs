//! Makes copies of the guides in which the blocks marked `rust,ignore` are doctests: the library has
//! not the crates that those blocks are written with, and this member has.

use std::env;
use std::fs;
use std::path::Path;

/// Each page that has such blocks, and how many: one that loses its mark is noticed.
const PAGES: [(&str, usize); 8] = [
    ("coming_from/actix_session.md", 3),
    ("coming_from/axum_session.md", 3),
    ("coming_from/axum_sessions.md", 3),
    ("coming_from/signed_cookie_jar.md", 3),
    ("coming_from/tower_sessions.md", 3),
    ("security.md", 1),
    ("testing.md", 1),
    ("websockets.md", 2),
];

const FOLDER: &str = "../../src/guide";

fn main() {
    println!("cargo::rerun-if-changed={FOLDER}");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    let mut pages = pages(Path::new(FOLDER));
    pages.sort();
    let mut modules = String::new();
    let mut found = Vec::new();
    for page in &pages {
        let text = fs::read_to_string(format!("{FOLDER}/{page}")).expect("a page");
        let (copy, blocks) = rewrite(&text);
        if blocks == 0 {
            continue;
        }
        found.push((page.as_str(), blocks));
        let name = page.replace('/', "_");
        let module = name.trim_end_matches(".md");
        fs::write(format!("{out}/{name}"), copy).expect("OUT_DIR is writable");
        modules += &format!("#[doc = include_str!({name:?})]\npub mod {module} {{}}\n");
    }
    assert_eq!(found, PAGES, "pages and their blocks marked rust,ignore");
    fs::write(format!("{out}/pages.rs"), modules).expect("OUT_DIR is writable");
}

/// The pages below a folder, by their paths from `FOLDER`.
fn pages(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder of pages");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => pages(&path),
            false => vec![
                path.strip_prefix(FOLDER)
                    .expect("below it")
                    .display()
                    .to_string(),
            ],
        })
        .filter(|path| path.ends_with(".md"))
        .collect()
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
