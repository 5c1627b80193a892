//! Properties of the pure functions that everything hangs on: over all small inputs, and over random
//! large ones.

mod cookies;
mod objects;
mod times;

/// All texts of at most `len` of these characters.
fn texts(alphabet: &str, len: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..len {
        let longer = all[from..]
            .iter()
            .flat_map(|text| alphabet.chars().map(move |c| format!("{text}{c}")));
        let longer: Vec<_> = longer.collect();
        from = all.len();
        all.extend(longer);
    }
    all
}
