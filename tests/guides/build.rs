//! Makes copies of the guides in which the blocks marked `rust,ignore` are doctests: the library has
//! not the crates that those blocks are written with, and this member has.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;

/// Each page that has such blocks, and how many: one that loses its mark is noticed.
const PAGES: [(&str, usize); 13] = [
    ("coming_from/actix_session.md", 3),
    ("coming_from/axum_login.md", 1),
    ("coming_from/axum_session.md", 3),
    ("coming_from/axum_sessions.md", 3),
    ("coming_from/signed_cookie_jar.md", 3),
    ("coming_from/tower_sessions.md", 3),
    ("integrations.md", 3),
    ("passkeys.md", 1),
    ("revocation.md", 2),
    ("security.md", 1),
    ("single_page_apps.md", 4),
    ("testing.md", 1),
    ("websockets.md", 2),
];

const FOLDER: &str = "../../src/guide";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let out = env::var("OUT_DIR")?;
    let mut pages = pages(Path::new(FOLDER))?;
    pages.sort();
    let mut modules = String::new();
    let mut found = Vec::new();
    for page in &pages {
        let text = fs::read_to_string(format!("{FOLDER}/{page}"))?;
        let (copy, blocks) = rewrite(&text);
        if blocks == 0 {
            continue;
        }
        found.push((page.as_str(), blocks));
        let name = page.replace('/', "_");
        let module = name.trim_end_matches(".md");
        fs::write(format!("{out}/{name}"), copy)?;
        modules += &format!("#[doc = include_str!({name:?})]\npub mod {module} {{}}\n");
    }
    assert_eq!(found, PAGES, "pages and their blocks marked rust,ignore");
    fs::write(format!("{out}/pages.rs"), modules)?;
    Ok(())
}

/// The pages below a folder, by their paths from `FOLDER`.
fn pages(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(pages(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path.strip_prefix(FOLDER)?.display().to_string());
        }
    }
    Ok(found)
}

/// All other blocks belong to the library's own doctests, and are not code here.
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
