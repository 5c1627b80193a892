//! A file of the library with all of its mutants, each behind a switch.
//!
//! Text is only inserted, so that nested mutants need no care: the code of a mutant is the original
//! text, in which no other mutant can be on.

use std::collections::HashMap;
use std::ops::Range;

use anyhow::{Context, Result};
use proc_macro2::LineColumn;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, Pat, ReturnType, Signature, UnOp};

use crate::mutant::{Genre, Mutant, Position, Span};

pub(crate) struct Rewritten {
    pub(crate) text: String,
    /// Which bytes of the text are the code of which mutant.
    pub(crate) code: Vec<(Range<usize>, u32)>,
    /// Mutants that cannot be behind a switch, since their code runs when the library is compiled,
    /// or decides what type a function returns.
    pub(crate) single: Vec<u32>,
}

pub(crate) fn rewrite<'a>(
    source: &str,
    mutants: impl IntoIterator<Item = &'a Mutant>,
) -> Result<Rewritten> {
    let mut at: HashMap<_, Vec<_>> = HashMap::new();
    for mutant in mutants {
        at.entry((mutant.genre, mutant.span))
            .or_default()
            .push(mutant);
    }
    let mut visitor = Visitor {
        source,
        at,
        is_constant: false,
        inserts: Vec::new(),
        single: Vec::new(),
    };
    visitor.visit_file(&syn::parse_file(source).context("syn cannot parse it")?);
    // Those of places that are not visited, such as patterns.
    let left = visitor.at.into_values().flatten().map(|mutant| mutant.id);
    visitor.single.extend(left);
    visitor.single.sort_unstable();

    // At one place: what ends before what begins, the inner end first, the outer beginning first.
    visitor
        .inserts
        .sort_by_key(|insert| (insert.at, insert.order));
    let mut rewritten = Rewritten {
        text: String::new(),
        code: Vec::new(),
        single: visitor.single,
    };
    let mut from = 0;
    for insert in visitor.inserts {
        rewritten.text.push_str(&source[from..insert.at]);
        from = insert.at;
        for piece in insert.pieces {
            match piece {
                Piece::Switch(text) => rewritten.text.push_str(&text),
                Piece::Code(id, text) => {
                    let start = rewritten.text.len();
                    rewritten.text.push_str(&text);
                    rewritten.code.push((start..rewritten.text.len(), id));
                }
            }
        }
    }
    rewritten.text.push_str(&source[from..]);
    Ok(rewritten)
}

struct Insert {
    at: usize,
    order: isize,
    pieces: Vec<Piece>,
}

enum Piece {
    Switch(String),
    Code(u32, String),
}

struct Visitor<'a> {
    source: &'a str,
    at: HashMap<(Genre, Span), Vec<&'a Mutant>>,
    is_constant: bool,
    inserts: Vec<Insert>,
    single: Vec<u32>,
}

impl<'a> Visitor<'a> {
    /// The mutants here, if they can be switched.
    fn take(&mut self, genre: Genre, span: Span) -> Vec<&'a Mutant> {
        let mutants = self.at.remove(&(genre, span)).unwrap_or_default();
        if self.is_constant {
            self.single.extend(mutants.iter().map(|mutant| mutant.id));
            return Vec::new();
        }
        mutants
    }

    fn text(&self, node: &impl Spanned) -> &'a str {
        &self.source[node.span().byte_range()]
    }

    /// Behind what ends here.
    fn begin(&mut self, at: usize, pieces: Vec<Piece>) {
        let order = self.inserts.len().cast_signed() + 1;
        self.inserts.push(Insert { at, order, pieces });
    }

    fn end(&mut self, at: usize, text: &str) {
        let order = -(self.inserts.len().cast_signed() + 1);
        let pieces = vec![Piece::Switch(text.to_owned())];
        self.inserts.push(Insert { at, order, pieces });
    }

    /// The expression, or the code of a mutant that is on.
    fn choose(&mut self, expression: Range<usize>, codes: Vec<(u32, String)>) {
        if codes.is_empty() {
            return;
        }
        let mut pieces = vec![Piece::Switch("(".to_owned())];
        for (id, code) in codes {
            pieces.push(Piece::Switch(format!("if {} {{ ", is_on(id))));
            pieces.push(Piece::Code(id, code));
            pieces.push(Piece::Switch(" } else ".to_owned()));
        }
        // At the start of a block, `match` and `if` would be statements.
        pieces.push(Piece::Switch("{ (".to_owned()));
        self.begin(expression.start, pieces);
        self.end(expression.end, ") })");
    }

    fn function(&mut self, signature: &Signature, block: &Block) {
        let (Some(first), Some(last)) = (block.stmts.first(), block.stmts.last()) else {
            return;
        };
        let body = Span {
            start: position(first.span().start()),
            end: position(last.span().end()),
        };
        // Another type than the one that the original body returns.
        let is_opaque =
            matches!(&signature.output, ReturnType::Type(_, ty) if ImplTrait::is_in(ty));
        let outer = self.is_constant;
        self.is_constant = signature.constness.is_some() || is_opaque;
        let mut pieces = Vec::new();
        for mutant in self.take(Genre::FnValue, body) {
            pieces.push(Piece::Switch(format!(
                " if {} {{ return ",
                is_on(mutant.id)
            )));
            pieces.push(Piece::Code(mutant.id, mutant.replacement.clone()));
            pieces.push(Piece::Switch("; }".to_owned()));
        }
        self.is_constant = outer;
        if !pieces.is_empty() {
            self.begin(block.brace_token.span.open().byte_range().end, pieces);
        }
    }

    fn constant(&mut self, is_constant: bool, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.is_constant, is_constant);
        visit(self);
        self.is_constant = outer;
    }
}

impl<'a, 'ast> Visit<'ast> for Visitor<'a> {
    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        self.function(&node.sig, &node.block);
        self.constant(node.sig.constness.is_some(), |v| {
            visit::visit_item_fn(v, node)
        });
    }

    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        self.function(&node.sig, &node.block);
        self.constant(node.sig.constness.is_some(), |v| {
            visit::visit_impl_item_fn(v, node)
        });
    }

    fn visit_trait_item_fn(&mut self, node: &'ast syn::TraitItemFn) {
        if let Some(block) = &node.default {
            self.function(&node.sig, block);
        }
        self.constant(false, |v| visit::visit_trait_item_fn(v, node));
    }

    fn visit_item_const(&mut self, node: &'ast syn::ItemConst) {
        self.constant(true, |v| visit::visit_item_const(v, node));
    }

    fn visit_item_static(&mut self, node: &'ast syn::ItemStatic) {
        self.constant(true, |v| visit::visit_item_static(v, node));
    }

    fn visit_impl_item_const(&mut self, node: &'ast syn::ImplItemConst) {
        self.constant(true, |v| visit::visit_impl_item_const(v, node));
    }

    fn visit_trait_item_const(&mut self, node: &'ast syn::TraitItemConst) {
        self.constant(true, |v| visit::visit_trait_item_const(v, node));
    }

    fn visit_expr_const(&mut self, node: &'ast syn::ExprConst) {
        self.constant(true, |v| visit::visit_expr_const(v, node));
    }

    fn visit_variant(&mut self, node: &'ast syn::Variant) {
        self.constant(true, |v| visit::visit_variant(v, node));
    }

    fn visit_type(&mut self, node: &'ast syn::Type) {
        self.constant(true, |v| visit::visit_type(v, node));
    }

    fn visit_generic_argument(&mut self, node: &'ast syn::GenericArgument) {
        self.constant(true, |v| visit::visit_generic_argument(v, node));
    }

    fn visit_pat(&mut self, node: &'ast Pat) {
        self.constant(true, |v| visit::visit_pat(v, node));
    }

    fn visit_expr_repeat(&mut self, node: &'ast syn::ExprRepeat) {
        self.visit_expr(&node.expr);
        self.constant(true, |v| v.visit_expr(&node.len));
    }

    fn visit_expr_binary(&mut self, node: &'ast syn::ExprBinary) {
        let mutants = self.take(Genre::BinaryOperator, span(&node.op));
        // `let` in a condition is joined with `&&` alone.
        if has_let(&node.left) || has_let(&node.right) {
            self.single.extend(mutants.iter().map(|mutant| mutant.id));
        } else {
            let (left, right) = (self.text(&node.left), self.text(&node.right));
            // The operands stay what they are, whichever operator binds stronger.
            let codes = mutants.iter().map(|mutant| {
                let code = format!("({left}) {} ({right})", mutant.replacement);
                (mutant.id, code)
            });
            self.choose(node.span().byte_range(), codes.collect());
        }
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_unary(&mut self, node: &'ast syn::ExprUnary) {
        if let UnOp::Not(_) | UnOp::Neg(_) = node.op {
            let operand = self.text(&node.expr);
            let mutants = self.take(Genre::UnaryOperator, span(&node.op));
            let codes = mutants.iter().map(|mutant| (mutant.id, operand.to_owned()));
            self.choose(node.span().byte_range(), codes.collect());
        }
        visit::visit_expr_unary(self, node);
    }

    fn visit_expr_match(&mut self, node: &'ast syn::ExprMatch) {
        let is_rest = |arm: &syn::Arm| matches!(arm.pat, Pat::Wild(_)) && arm.guard.is_none();
        // Arms with guards do not count towards exhaustiveness.
        let is_exhaustive = node.arms.iter().any(is_rest);
        for arm in &node.arms {
            for mutant in self.take(Genre::MatchArm, span(arm)) {
                if is_exhaustive {
                    let at = arm.pat.span().byte_range().end;
                    self.end(at, &format!(" if !{}", is_on(mutant.id)));
                } else {
                    self.single.push(mutant.id);
                }
            }
        }
        visit::visit_expr_match(self, node);
    }

    fn visit_arm(&mut self, node: &'ast syn::Arm) {
        if let Some((_, guard)) = &node.guard {
            let mutants = self.take(Genre::MatchArmGuard, span(guard));
            let codes = mutants
                .iter()
                .map(|mutant| (mutant.id, mutant.replacement.clone()));
            self.choose(guard.span().byte_range(), codes.collect());
        }
        visit::visit_arm(self, node);
    }

    fn visit_expr_struct(&mut self, node: &'ast syn::ExprStruct) {
        let whole = node.span().byte_range();
        let mut codes = Vec::new();
        for pair in node.fields.pairs() {
            let field = pair.value().span();
            let end = pair.punct().map_or(field, |comma| comma.span());
            let deleted = Span {
                start: position(field.start()),
                end: position(end.end()),
            };
            for mutant in self.take(Genre::StructField, deleted) {
                let before = &self.source[whole.start..field.byte_range().start];
                let after = &self.source[end.byte_range().end..whole.end];
                codes.push((mutant.id, format!("{before}{after}")));
            }
        }
        self.choose(whole, codes);
        visit::visit_expr_struct(self, node);
    }
}

/// Without a path of the library: a test of it compiles some of its files for itself.
fn is_on(id: u32) -> String {
    format!("::switch::is_on({id})")
}

/// Whether a pattern is bound in this condition.
fn has_let(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
            has_let(&binary.left) || has_let(&binary.right)
        }
        _ => false,
    }
}

struct ImplTrait(bool);

impl ImplTrait {
    fn is_in(ty: &syn::Type) -> bool {
        let mut found = Self(false);
        found.visit_type(ty);
        found.0
    }
}

impl<'ast> Visit<'ast> for ImplTrait {
    fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
        self.0 = true;
    }
}

fn span(node: &impl Spanned) -> Span {
    let span = node.span();
    Span {
        start: position(span.start()),
        end: position(span.end()),
    }
}

/// proc-macro2 counts columns from 0.
fn position(place: LineColumn) -> Position {
    Position {
        line: place.line,
        column: place.column + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mutant of the first place of the source that reads `original`.
    fn mutant(source: &str, id: u32, genre: Genre, original: &str, replacement: &str) -> Mutant {
        let place = |at: usize| {
            let line = source[..at].rfind('\n').map_or(0, |end| end + 1);
            Position {
                line: source[..at].matches('\n').count() + 1,
                column: source[line..at].chars().count() + 1,
            }
        };
        let start = source.find(original).unwrap();
        Mutant {
            name: String::new(),
            file: String::new(),
            span: Span {
                start: place(start),
                end: place(start + original.len()),
            },
            replacement: replacement.to_owned(),
            genre,
            id,
        }
    }

    /// The source with all of its mutants, without line breaks and double spaces.
    fn text(source: &str, mutants: &[(Genre, &str, &str)]) -> String {
        let mutants: Vec<_> = (1..)
            .zip(mutants)
            .map(|(id, (genre, original, replacement))| {
                mutant(source, id, *genre, original, replacement)
            })
            .collect();
        let rewritten = rewrite(source, &mutants).unwrap();
        assert!(rewritten.single.is_empty());
        syn::parse_file(&rewritten.text).unwrap();
        rewritten.text
    }

    #[test]
    fn a_function_returns_early() {
        assert_eq!(
            text(
                "fn f() -> u8 { 3 }",
                &[(Genre::FnValue, "3", "0"), (Genre::FnValue, "3", "1")]
            ),
            "fn f() -> u8 { if ::switch::is_on(1) { return 0; } if ::switch::is_on(2) { return 1; } 3 }"
        );
    }

    #[test]
    fn an_operator_is_chosen_with_its_operands() {
        assert_eq!(
            text(
                "fn f() { g(a + 1 < b) }",
                &[(Genre::BinaryOperator, "<", "==")]
            ),
            "fn f() { g((if ::switch::is_on(1) { (a + 1) == (b) } else { (a + 1 < b) })) }"
        );
    }

    #[test]
    fn nested_operators_are_each_behind_a_switch() {
        assert_eq!(
            text(
                "fn f() { a && !b }",
                &[
                    (Genre::BinaryOperator, "&&", "||"),
                    (Genre::UnaryOperator, "!", "")
                ]
            ),
            "fn f() { (if ::switch::is_on(1) { (a) || (!b) } else \
             { (a && (if ::switch::is_on(2) { b } else { (!b) })) }) }"
        );
    }

    #[test]
    fn operators_that_begin_together_are_nested_in_their_order() {
        assert_eq!(
            text(
                "fn f() { a + b - c }",
                &[
                    (Genre::BinaryOperator, "-", "+"),
                    (Genre::BinaryOperator, "+", "*")
                ]
            ),
            "fn f() { (if ::switch::is_on(1) { (a + b) + (c) } else \
             { ((if ::switch::is_on(2) { (a) * (b) } else { (a + b) }) - c) }) }"
        );
    }

    #[test]
    fn a_match_arm_gets_a_guard() {
        assert_eq!(
            text(
                "fn f() { match x { 1 | 2 => 3, _ => 4 } }",
                &[(Genre::MatchArm, "1 | 2 => 3,", "")]
            ),
            "fn f() { match x { 1 | 2 if !::switch::is_on(1) => 3, _ => 4 } }"
        );
    }

    #[test]
    fn a_guard_is_chosen() {
        assert_eq!(
            text(
                "fn f() { match x { y if g(y) => 3, _ => 4 } }",
                &[
                    (Genre::MatchArmGuard, "g(y)", "true"),
                    (Genre::MatchArmGuard, "g(y)", "false")
                ]
            ),
            "fn f() { match x { y if (if ::switch::is_on(1) { true } else if ::switch::is_on(2) \
             { false } else { (g(y)) }) => 3, _ => 4 } }"
        );
    }

    #[test]
    fn a_field_is_left_out() {
        assert_eq!(
            text(
                "fn f() { S { a: 1, b: 2, ..c } }",
                &[(Genre::StructField, "a: 1,", "")]
            ),
            "fn f() { (if ::switch::is_on(1) { S {  b: 2, ..c } } else { (S { a: 1, b: 2, ..c }) }) }"
        );
    }

    #[test]
    fn the_code_of_a_mutant_is_found_by_its_bytes() {
        let source = "fn f() { 'é'; a == b }";
        let mutant = mutant(source, 7, Genre::BinaryOperator, "==", "!=");
        let rewritten = rewrite(source, [&mutant]).unwrap();
        let [(range, 7)] = &*rewritten.code else {
            panic!("{:?}", rewritten.code)
        };
        assert_eq!(&rewritten.text[range.clone()], "(a) != (b)");
    }

    #[test]
    fn constants_need_a_build_of_their_own() {
        for source in [
            "const A: u8 = 1 + 2;",
            "static A: u8 = 1 + 2;",
            "const fn f() -> u8 { 1 + 2 }",
            "impl A { const B: u8 = 1 + 2; }",
            "fn f() { g([0; 1 + 2]) }",
            "fn f(a: [u8; 1 + 2]) { g(a) }",
            "fn f() { g(const { 1 + 2 }) }",
            "enum A { B = 1 + 2 }",
        ] {
            let mutant = mutant(source, 7, Genre::BinaryOperator, "+", "-");
            let rewritten = rewrite(source, [&mutant]).unwrap();
            assert_eq!(
                (&*rewritten.text, rewritten.single),
                (source, vec![7]),
                "{source}"
            );
        }
    }

    #[test]
    fn an_arm_that_completes_a_match_needs_a_build_of_its_own() {
        let source = "fn f() { match x { _ if y => 2, 1.. => 3, 0 => 4 } }";
        let mutant = mutant(source, 7, Genre::MatchArm, "0 => 4", "");
        let rewritten = rewrite(source, [&mutant]).unwrap();
        assert_eq!((&*rewritten.text, rewritten.single), (source, vec![7]));
    }

    #[test]
    fn a_function_that_returns_some_type_needs_a_build_of_its_own() {
        let source = "fn f() -> Option<impl Copy> { Some(a) }";
        let mutant = mutant(source, 7, Genre::FnValue, "Some(a)", "None");
        let rewritten = rewrite(source, [&mutant]).unwrap();
        assert_eq!((&*rewritten.text, rewritten.single), (source, vec![7]));
    }

    #[test]
    fn a_place_that_is_not_known_needs_a_build_of_its_own() {
        let source = "fn f() { m!(a + b) }";
        let mutant = mutant(source, 7, Genre::BinaryOperator, "+", "-");
        let rewritten = rewrite(source, [&mutant]).unwrap();
        assert_eq!((&*rewritten.text, rewritten.single), (source, vec![7]));
    }

    #[test]
    fn a_condition_with_let_is_joined_with_and_alone() {
        let source = "fn f() { if let Some(a) = b && a { c } }";
        let mutant = mutant(source, 7, Genre::BinaryOperator, "&&", "||");
        let rewritten = rewrite(source, [&mutant]).unwrap();
        assert_eq!((&*rewritten.text, rewritten.single), (source, vec![7]));
    }
}
