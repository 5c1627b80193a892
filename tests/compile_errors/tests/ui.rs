//! What rustc prints for a newcomer's mistakes.
#[test]
fn rustc_says_of_each_mistake_what_is_pinned() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
