//! Pictures of the products, drawn as they are made: a profile, turned around its axis.

use std::fmt::Write;

use askama::Template;

use crate::product::Product;

/// Where the axis and the table are, in a square of 200.
const AXIS: f32 = 100.0;
const TABLE: f32 = 166.0;

pub(crate) struct Shape {
    /// Radius and height, from the foot to the rim.
    pub(crate) profile: &'static [(f32, f32)],
    /// The height up to which the clay has no glaze.
    pub(crate) bare: f32,
    /// How far one looks into it: the height of its ellipses for a width of one.
    pub(crate) tilt: f32,
    /// Where it begins and ends, and how far it stands out.
    pub(crate) handle: Option<(f32, f32, f32)>,
    /// A path.
    pub(crate) spout: Option<&'static str>,
    pub(crate) open: bool,
}

impl Shape {
    pub(crate) const PLAIN: Self = Self {
        profile: &[],
        bare: 20.0,
        tilt: 0.16,
        handle: None,
        spout: None,
        open: true,
    };
}

/// Colours of a glaze: thick, where it pools, and where it runs thin at the rim.
pub(crate) struct Glaze {
    name: &'static str,
    body: &'static str,
    deep: &'static str,
    thin: &'static str,
}

impl Glaze {
    pub(crate) const ASH: Self = Self::new("Ash white", "#cfcbc0", "#a39f93", "#e3e0d7");
    pub(crate) const CELADON: Self = Self::new("Celadon", "#9fb8a4", "#748f7c", "#c3d2c2");
    pub(crate) const CHALK: Self = Self::new("Chalk", "#efe8da", "#c9c0ae", "#f8f4ea");
    pub(crate) const INK: Self = Self::new("Ink blue", "#33495a", "#1f303e", "#5f7787");
    pub(crate) const MOSS: Self = Self::new("Moss", "#79804f", "#565c36", "#a3a777");
    pub(crate) const OATMEAL: Self = Self::new("Oatmeal", "#dcc9a6", "#b39d76", "#ebdfc6");
    pub(crate) const RUST: Self = Self::new("Iron rust", "#a8562f", "#73371d", "#c98154");
    pub(crate) const SHELL: Self = Self::new("Shell pink", "#d9a893", "#b07f6b", "#ebcabb");
    pub(crate) const TENMOKU: Self = Self::new("Tenmoku", "#47342a", "#2a1d17", "#8a5a3a");
    pub(crate) const TIDE: Self = Self::new("Tide blue", "#7f9fae", "#587887", "#adc4cd");

    const fn new(
        name: &'static str,
        body: &'static str,
        deep: &'static str,
        thin: &'static str,
    ) -> Self {
        Self {
            name,
            body,
            deep,
            thin,
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }
}

#[derive(Template)]
#[template(path = "picture.svg")]
pub(crate) struct Picture {
    /// What its gradients and clips are called.
    id: &'static str,
    /// What it shows, where no text next to it says so.
    label: Option<String>,
    glaze: &'static Glaze,
    outline: String,
    /// The area of the glaze, which ends in a wave.
    dipped: String,
    edge: String,
    handle: Option<String>,
    spout: Option<&'static str>,
    rim: Option<Rim>,
    foot: (f32, f32),
    /// Small ones and larger ones.
    speckles: [String; 2],
}

struct Rim {
    y: f32,
    rx: f32,
    ry: f32,
    /// Whether one sees its bottom.
    is_flat: bool,
}

impl Picture {
    /// For a screen reader there is the name next to it, and nothing more to say.
    pub(crate) fn beside_its_name(product: &'static Product) -> Self {
        Self::draw(product, None)
    }

    pub(crate) fn alone(product: &'static Product) -> Self {
        let kind = product.kind.to_lowercase();
        let glaze = product.glaze.name.to_lowercase();
        Self::draw(product, Some(format!("A {kind} of stoneware, in {glaze}")))
    }

    fn draw(product: &'static Product, label: Option<String>) -> Self {
        let shape = &product.shape;
        let (radius, height) = shape.profile.last().copied().unwrap_or_default();
        let (foot, _) = shape.profile.first().copied().unwrap_or_default();
        let wave = wave(TABLE - shape.bare, product.slug.len());
        Self {
            id: product.slug,
            label,
            glaze: &product.glaze,
            outline: outline(shape),
            dipped: format!("M0 0H200V{wave}Z"),
            edge: format!("M200 {wave}"),
            handle: shape.handle.map(|handle| self::handle(shape, handle)),
            spout: shape.spout,
            rim: shape.open.then_some(Rim {
                y: TABLE - height,
                rx: radius,
                ry: radius * shape.tilt,
                is_flat: shape.tilt > 0.4,
            }),
            foot: (foot, foot * shape.tilt),
            speckles: speckles(product.slug.len() + product.kind.len()),
        }
    }
}

/// The silhouette: up on the right side, and down on the left.
fn outline(shape: &Shape) -> String {
    let side = |sign: f32| {
        shape
            .profile
            .iter()
            .map(move |(r, h)| (AXIS + sign * r, TABLE - h))
    };
    let right: Vec<_> = side(1.0).collect();
    let left: Vec<_> = side(-1.0).rev().collect();
    let mut path = String::new();
    if let (Some(first), Some(top), Some(foot)) = (right.first(), left.first(), left.last()) {
        let (rx, ry) = (first.0 - AXIS, (first.0 - AXIS) * shape.tilt);
        put(&mut path, format_args!("M{:.1} {:.1}", first.0, first.1));
        smooth(&mut path, &right);
        put(&mut path, format_args!("L{:.1} {:.1}", top.0, top.1));
        smooth(&mut path, &left);
        // The near half of the foot.
        let (x, y) = (2.0 * AXIS - foot.0, foot.1);
        put(
            &mut path,
            format_args!("A{rx:.1} {ry:.1} 0 0 0 {x:.1} {y:.1}Z"),
        );
    }
    path
}

/// A Catmull-Rom spline through the points, as the Bézier curves that SVG has.
fn smooth(path: &mut String, points: &[(f32, f32)]) {
    let at = |index: usize| points[index.min(points.len() - 1)];
    for index in 0..points.len().saturating_sub(1) {
        let (before, from) = (at(index.saturating_sub(1)), at(index));
        let (to, after) = (at(index + 1), at(index + 2));
        let out = (
            from.0 + (to.0 - before.0) / 6.0,
            from.1 + (to.1 - before.1) / 6.0,
        );
        let into = (
            to.0 - (after.0 - from.0) / 6.0,
            to.1 - (after.1 - from.1) / 6.0,
        );
        put(
            path,
            format_args!(
                "C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
                out.0, out.1, into.0, into.1, to.0, to.1
            ),
        );
    }
}

/// The lower edge of the glaze, from right to left.
fn wave(y: f32, seed: usize) -> String {
    let mut path = format!("{y:.1}");
    for step in 1..=8_u8 {
        let x = 200.0 - 25.0 * f32::from(step);
        let drop = 5.0 * spread(usize::from(step) + seed * 3, 0.618);
        put(
            &mut path,
            format_args!(
                "Q{:.1} {:.1} {x:.1} {:.1}",
                x + 12.5,
                y + 2.0 * drop,
                y + drop / 2.0
            ),
        );
    }
    path
}

fn handle(shape: &Shape, (top, bottom, reach): (f32, f32, f32)) -> String {
    let x = |height| AXIS + radius(shape, height) - 5.0;
    let (x1, y1, x2, y2) = (x(top), TABLE - top, x(bottom), TABLE - bottom);
    let (c1, c2) = (x1 + reach, x2 + reach);
    let (d1, d2) = (y1 - 10.0, y2 - 4.0);
    format!("M{x1:.1} {y1:.1}C{c1:.1} {d1:.1} {c2:.1} {d2:.1} {x2:.1} {y2:.1}")
}

/// The radius at a height, on the straight line between two points of the profile.
fn radius(shape: &Shape, height: f32) -> f32 {
    let above = |pair: &&[(f32, f32)]| pair[1].1 >= height;
    let Some([(r1, h1), (r2, h2)]) = shape.profile.windows(2).find(above) else {
        return 0.0;
    };
    r1 + (r2 - r1) * (height - h1) / (h2 - h1)
}

/// Iron in the clay: dots that are spread evenly and look like chance.
fn speckles(seed: usize) -> [String; 2] {
    let mut paths = [String::new(), String::new()];
    for index in 0..70 {
        let x = 20.0 + 160.0 * spread(index + seed, 0.754_877);
        let y = 20.0 + 150.0 * spread(index + seed, 0.569_84);
        // A line of no length has round ends.
        put(&mut paths[index % 2], format_args!("M{x:.0} {y:.0}h0"));
    }
    paths
}

/// The fraction of a multiple: a sequence that never clumps.
fn spread(index: usize, step: f32) -> f32 {
    let index = u16::try_from(index).unwrap_or(u16::MAX);
    (f32::from(index) * step).fract()
}

fn put(path: &mut String, text: std::fmt::Arguments<'_>) {
    // A `String` takes whatever it is given.
    let _ = path.write_fmt(text);
}
