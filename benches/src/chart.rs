//! The main comparison as a picture, for the READMEs.

use svg::node::element::{Rectangle, Style, Text};
use svg::{Document, Node};

use crate::contender::{FLOOR, OURS, TOWER_REDIS, measured};
use crate::measure::Results;
use crate::operation::Operation;

const PAYLOAD: &str = "medium";
const WIDTH: u32 = 720;
const LEFT: u32 = 190;
const BAR: u32 = 14;
const ROW: u32 = 22;

/// Bars of net time. Redis takes a hundred times as long as the others, so it gets a line of text.
pub(crate) fn svg(results: &Results) -> String {
    let net = |operation, contender| {
        let cost = results.cost(PAYLOAD, operation, contender);
        cost.map(|cost| cost.net / 1000.0)
    };
    let paper = Rectangle::new().set("width", "100%").set("height", "100%");
    let mut picture = Picture {
        document: Document::new().add(paper.set("fill", "#ffffff")).add(Style::new(
            "text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-weight: 600 }",
        )),
        y: 0,
    };
    for (operation, title) in [
        (
            Operation::Read,
            "Read one key: µs per request (less is better)",
        ),
        (
            Operation::Increment,
            "Change one key and send it back: µs per request",
        ),
    ] {
        let rows: Vec<_> = measured()
            .filter(|contender| contender.name != TOWER_REDIS)
            .filter_map(|contender| Some((contender.name, net(operation, contender.name)?)))
            .collect();
        let longest = rows.iter().map(|(_, micros)| *micros).fold(0.0, f64::max);
        picture.title(title);
        for (name, micros) in &rows {
            picture.bar(name, *micros, longest);
        }
        if let Some(micros) = net(operation, TOWER_REDIS) {
            picture.note(&format!("{TOWER_REDIS}: {micros:.0} µs, off the chart"));
        }
    }
    picture.note("495 bytes of JSON; above a handler without a session; in process, one core");
    picture.note("axum-cookie-session returns the session in both, as documented");
    picture.finish()
}

struct Picture {
    document: Document,
    y: u32,
}

impl Picture {
    fn title(&mut self, text: &str) {
        self.y += 34;
        let title = Text::new(text)
            .set("x", 12)
            .set("y", self.y)
            .set("class", "title");
        self.add(title);
        self.y += 10;
    }

    fn bar(&mut self, name: &str, micros: f64, longest: f64) {
        let color = match name {
            OURS => "#0969da",
            FLOOR => "#d0d7de",
            _ => "#8c959f",
        };
        let width = f64::from(WIDTH - LEFT - 70) * micros / longest;
        let label = Text::new(name).set("x", LEFT - 8).set("y", self.y + 12);
        self.add(label.set("text-anchor", "end"));
        let bar = Rectangle::new()
            .set("x", LEFT)
            .set("y", self.y)
            .set("rx", 2);
        self.add(
            bar.set("width", width.round())
                .set("height", BAR)
                .set("fill", color),
        );
        let value = Text::new(format!("{micros:.1}")).set("y", self.y + 12);
        self.add(value.set("x", f64::from(LEFT) + width.round() + 6.0));
        self.y += ROW;
    }

    fn note(&mut self, text: &str) {
        self.add(Text::new(text).set("x", LEFT).set("y", self.y + 12));
        self.y += ROW;
    }

    fn add(&mut self, node: impl Into<Box<dyn Node>>) {
        self.document.append(node);
    }

    fn finish(self) -> String {
        let height = self.y + 10;
        let document = self.document.set("viewBox", (0, 0, WIDTH, height));
        document.set("role", "img").to_string()
    }
}
