//! The catalogue.

use crate::picture::{Glaze, Shape};

pub(crate) struct Product {
    /// Its part of the address.
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) story: &'static str,
    pub(crate) size: &'static str,
    pub(crate) cents: u32,
    pub(crate) glaze: Glaze,
    pub(crate) shape: Shape,
}

pub(crate) fn find(slug: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.slug == slug)
}

pub(crate) fn price(cents: u32) -> String {
    match (cents / 100, cents % 100) {
        (euros, 0) => format!("€{euros}"),
        (euros, cents) => format!("€{euros}.{cents:02}"),
    }
}

pub(crate) const PRODUCTS: &[Product] = &[
    Product {
        slug: "heron",
        name: "Heron",
        kind: "Tall vase",
        story: "For branches, reeds and anything with long legs. Thrown in two parts and joined \
                while the clay is still soft; the seam is a faint ring at the shoulder.",
        size: "38 cm high, 16 cm across",
        cents: 14_800,
        glaze: Glaze::CELADON,
        shape: Shape {
            profile: &[
                (24.0, 0.0),
                (31.0, 12.0),
                (40.0, 48.0),
                (37.0, 82.0),
                (22.0, 110.0),
                (15.0, 126.0),
                (21.0, 144.0),
            ],
            bare: 34.0,
            tilt: 0.18,
            ..Shape::PLAIN
        },
    },
    Product {
        slug: "plover",
        name: "Plover",
        kind: "Breakfast bowl",
        story: "Sits in one hand. The foot is left bare so that it does not slide on a wooden \
                table, and the rim turns out a little, for drinking the last of the milk.",
        size: "7 cm high, 15 cm across",
        cents: 3_200,
        glaze: Glaze::OATMEAL,
        shape: Shape {
            profile: &[
                (23.0, 0.0),
                (24.0, 7.0),
                (47.0, 26.0),
                (60.0, 47.0),
                (65.0, 62.0),
            ],
            bare: 22.0,
            tilt: 0.24,
            ..Shape::PLAIN
        },
    },
    Product {
        slug: "avocet",
        name: "Avocet",
        kind: "Teapot",
        story: "A spout turned up like the bird's bill, cut so that it does not drip. Holds three \
                cups, and the lid stays on while you pour.",
        size: "14 cm high, 700 ml",
        cents: 12_600,
        glaze: Glaze::INK,
        shape: Shape {
            profile: &[
                (32.0, 0.0),
                (49.0, 14.0),
                (55.0, 38.0),
                (44.0, 63.0),
                (25.0, 75.0),
                (25.0, 79.0),
                (13.0, 87.0),
                (5.0, 91.0),
                (8.0, 98.0),
                (1.0, 104.0),
            ],
            bare: 16.0,
            handle: Some((66.0, 20.0, 46.0)),
            spout: Some(
                "M62 104C50 106 44 122 33 116C28 113 25 104 20 99L10 105C17 116 20 136 36 143C44 146 50 148 58 148Z",
            ),
            open: false,
            ..Shape::PLAIN
        },
    },
    Product {
        slug: "dunlin",
        name: "Dunlin",
        kind: "Mug",
        story: "The one we drink from. A straight wall, a handle for three fingers, and a glaze \
                that breaks to rust where it runs thin.",
        size: "9 cm high, 300 ml",
        cents: 2_800,
        glaze: Glaze::RUST,
        shape: Shape {
            profile: &[(33.0, 0.0), (41.0, 7.0), (43.0, 40.0), (41.0, 78.0)],
            bare: 20.0,
            tilt: 0.2,
            handle: Some((64.0, 22.0, 40.0)),
            ..Shape::PLAIN
        },
    },
    Product {
        slug: "egret",
        name: "Egret",
        kind: "Bottle vase",
        story: "One stem, and quiet around it. White slip under a clear glaze, with the iron of \
                the clay coming through in freckles.",
        size: "27 cm high, 13 cm across",
        cents: 8_900,
        glaze: Glaze::CHALK,
        shape: Shape {
            profile: &[
                (27.0, 0.0),
                (40.0, 11.0),
                (47.0, 40.0),
                (38.0, 66.0),
                (15.0, 86.0),
                (10.0, 118.0),
                (14.0, 138.0),
            ],
            bare: 10.0,
            ..Shape::PLAIN
        },
    },
    Product {
        slug: "curlew",
        name: "Curlew",
        kind: "Jug",
        story: "Water, wine or a fistful of sea lavender. The lip is pulled with one finger, \
                before the clay has made up its mind.",
        size: "21 cm high, 1.2 l",
        cents: 7_400,
        glaze: Glaze::MOSS,
        shape: Shape {
            profile: &[
                (30.0, 0.0),
                (43.0, 14.0),
                (47.0, 42.0),
                (38.0, 74.0),
                (28.0, 98.0),
                (33.0, 120.0),
            ],
            bare: 26.0,
            tilt: 0.2,
            handle: Some((108.0, 34.0, 44.0)),
            spout: Some("M74 84C68 66 64 54 53 43C64 38 84 40 90 46Z"),
            ..Shape::PLAIN
        },
    },
    Product {
        slug: "wigeon",
        name: "Wigeon",
        kind: "Dinner plate",
        story: "Flat enough for a steak, deep enough for its sauce. They stack, not quite evenly, \
                as things made by hand do.",
        size: "3 cm high, 27 cm across",
        cents: 3_900,
        glaze: Glaze::ASH,
        shape: Shape {
            profile: &[(40.0, 0.0), (42.0, 5.0), (70.0, 13.0), (86.0, 24.0)],
            bare: 8.0,
            tilt: 0.42,
            ..Shape::PLAIN
        },
    },
    Product {
        slug: "tern",
        name: "Tern",
        kind: "Bud vase",
        story: "For the flower that broke off. Three of them on a window sill look like a flock \
                that has just come down.",
        size: "15 cm high, 10 cm across",
        cents: 4_200,
        glaze: Glaze::SHELL,
        shape: Shape {
            profile: &[
                (23.0, 0.0),
                (37.0, 13.0),
                (43.0, 35.0),
                (32.0, 57.0),
                (12.0, 72.0),
                (9.0, 88.0),
                (14.0, 102.0),
            ],
            bare: 18.0,
            ..Shape::PLAIN
        },
    },
    Product {
        slug: "shelduck",
        name: "Shelduck",
        kind: "Serving bowl",
        story: "Salad for six. Wide, low and heavier than it looks, with a glaze poured in two \
                passes that meet somewhere along the wall.",
        size: "10 cm high, 32 cm across",
        cents: 9_600,
        glaze: Glaze::TENMOKU,
        shape: Shape {
            profile: &[
                (34.0, 0.0),
                (35.0, 6.0),
                (64.0, 22.0),
                (80.0, 44.0),
                (84.0, 54.0),
            ],
            bare: 14.0,
            tilt: 0.3,
            ..Shape::PLAIN
        },
    },
    Product {
        slug: "godwit",
        name: "Godwit",
        kind: "Carafe",
        story: "Keeps water cool through lunch. A cup fits over the neck; we sell that one as \
                Knot.",
        size: "25 cm high, 1 l",
        cents: 6_800,
        glaze: Glaze::TIDE,
        shape: Shape {
            profile: &[
                (32.0, 0.0),
                (42.0, 8.0),
                (43.0, 50.0),
                (36.0, 80.0),
                (18.0, 104.0),
                (15.0, 122.0),
                (22.0, 140.0),
            ],
            bare: 44.0,
            ..Shape::PLAIN
        },
    },
    Product {
        slug: "knot",
        name: "Knot",
        kind: "Small cup",
        story: "Espresso, or a measure of something stronger. No handle: let it cool until you can \
                hold it, which is when it is ready.",
        size: "6 cm high, 80 ml",
        cents: 1_900,
        glaze: Glaze::CELADON,
        shape: Shape {
            profile: &[(22.0, 0.0), (30.0, 6.0), (36.0, 30.0), (38.0, 58.0)],
            bare: 30.0,
            tilt: 0.22,
            ..Shape::PLAIN
        },
    },
    Product {
        slug: "pipit",
        name: "Pipit",
        kind: "Egg cup",
        story: "Made from what is left at the end of a throwing day, so no two are the same \
                height. Brown eggs suit it best.",
        size: "7 cm high, 5 cm across",
        cents: 1_400,
        glaze: Glaze::OATMEAL,
        shape: Shape {
            profile: &[
                (26.0, 0.0),
                (25.0, 5.0),
                (11.0, 20.0),
                (11.0, 28.0),
                (27.0, 44.0),
                (31.0, 66.0),
            ],
            bare: 24.0,
            tilt: 0.22,
            ..Shape::PLAIN
        },
    },
];
