//! What the compiler says to a newcomer is pinned in `tests/ui`.
