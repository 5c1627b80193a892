//! What rustc prints for a newcomer's mistakes.
#[test]
fn rustc_prints_the_pinned_message_for_each_mistake() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
