//! The results as Markdown and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{CONNECTIONS, OTHERS, PEERS, Request, Results, Row};
use crate::contender::{NO_SESSION, OURS};
use crate::operation::Operation;

impl Results {
    pub(crate) fn markdown(&self) -> String {
        let Self {
            http2,
            load_average,
            rounds,
            seconds,
            ..
        } = self;
        let generator = if *http2 { "h2load over HTTP/2" } else { "wrk" };
        let mut text = format!(
            "# Under load\n{}\n\
            {generator} with {CONNECTIONS} connections on one core; axum::serve on a runtime of one thread on the \
            other, where\nRedis runs, too. 495 bytes of JSON. Medians of {rounds} rounds of \
            {seconds} s. CPU is user and system\ntime of the server and of Redis. \"No session\" \
            is the same server with handlers that look at nothing,\nasked without a session's \
            cookie; what others cost above it includes the longer header. Where the server's\n\
            core is not busy, the generator is the limit, or another program.\n",
            load_average.warning(),
        );
        for operation in [Operation::Read, Operation::Increment] {
            let _ = write!(text, "\n## {}\n\n", operation.name());
            text += &self.table(operation);
        }
        text += "\nThe same request comes each time: what was sent back is not. So a cookie \
            holds 7 visits and 8 are sent\nback, and a store counts on.\n\n\
            ## read one key, other cookies beside the session's\n\n\
            Requests per second / CPU µs per request / above no session with the same other \
            cookies. The other\ncookies are of 30 bytes each, half of them before the \
            session's.\n\n";
        text + &self.growth()
    }

    fn table(&self, operation: Operation) -> String {
        let mut text =
            "| | requests per second | core busy | CPU µs per request | of it Redis | above \
            no session | as a multiple of ours |\n|---|---|---|---|---|---|---|\n"
                .to_owned();
        let request = Request {
            operation,
            others: 0,
        };
        for contender in PEERS {
            let row = self.row(contender, request);
            let redis = row
                .redis
                .map_or("-".to_owned(), |redis| format!("{redis:.2}"));
            let net = match contender {
                NO_SESSION => "- | -".to_owned(),
                _ => format!("{:.2} | {:.2}", row.net, self.multiple_of_ours(row)),
            };
            let _ = writeln!(
                text,
                "| {contender} | {:.0} | {:.0} % | {:.2} | {redis} | {net} |",
                row.per_second,
                row.per_second * row.cpu / 1e4,
                row.cpu
            );
        }
        text
    }

    fn growth(&self) -> String {
        let mut text = format!(
            "| | {} |\n",
            OTHERS.map(|others| others.to_string()).join(" | ")
        );
        text += &format!("|---|{}\n", "---|".repeat(OTHERS.len()));
        for contender in PEERS {
            let cells = OTHERS.map(|others| {
                let operation = Operation::Read;
                let row = self.row(contender, Request { operation, others });
                let cell = format!("{:.0} / {:.2}", row.per_second, row.cpu);
                match contender {
                    NO_SESSION => cell,
                    _ => format!("{cell} / {:.2}", row.net),
                }
            });
            let _ = writeln!(text, "| {contender} | {} |", cells.join(" | "));
        }
        text
    }

    fn row(&self, contender: &str, request: Request) -> &Row {
        let mut rows = self.rows.iter();
        rows.find(|row| row.contender == contender && row.request == request)
            .expect("measured, or there are no results at all")
    }

    /// What a row costs above no session, as a multiple of ours.
    fn multiple_of_ours(&self, row: &Row) -> f64 {
        row.net / self.row(OURS, row.request).net
    }

    pub(crate) fn json(&self) -> Value {
        let row = |row: &Row| {
            json!({
                "operation": row.request.operation.name(),
                "other_cookies": row.request.others,
                "contender": row.contender,
                "requests_per_second": row.per_second,
                "cpu_us": row.cpu,
                "redis_cpu_us": row.redis,
                "net_cpu_us": row.net,
                "net_cpu_multiple_of_ours": self.multiple_of_ours(row),
            })
        };
        json!({
            "load_average": self.load_average.value(),
            "rounds": self.rounds,
            "seconds": self.seconds,
            "http2": self.http2,
            "connections": CONNECTIONS,
            "rows": self.rows.iter().map(row).collect::<Vec<_>>(),
        })
    }
}
