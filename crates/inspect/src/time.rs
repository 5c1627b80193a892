//! Dates and ages.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

/// Now, in Unix seconds, where no other time is given.
pub(crate) fn now(given: Option<u64>) -> u64 {
    given.unwrap_or_else(|| u64::try_from(Timestamp::now().as_second()).unwrap_or_default())
}

/// A time in Unix seconds, seen from another one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) seconds: u64,
    pub(crate) now: u64,
}

impl Moment {
    /// RFC 3339, in UTC; none beyond the year 9999.
    pub(crate) fn date(self) -> Option<String> {
        let seconds = i64::try_from(self.seconds).ok()?;
        Some(Timestamp::from_second(seconds).ok()?.to_string())
    }

    pub(crate) fn age(self) -> String {
        let units = [
            (86_400, "day"),
            (3600, "hour"),
            (60, "minute"),
            (1, "second"),
        ];
        let distance = self.seconds.abs_diff(self.now);
        let Some((size, unit)) = units.into_iter().find(|(size, _)| distance >= *size) else {
            return "now".to_owned();
        };
        let count = distance / size;
        let plural = if count == 1 { "" } else { "s" };
        match self.seconds < self.now {
            true => format!("{count} {unit}{plural} ago"),
            false => format!("in {count} {unit}{plural}"),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.date() {
            Some(date) => write!(f, "{date} ({})", self.age()),
            None => write!(
                f,
                "{} seconds after 1970, beyond the year 9999",
                self.seconds
            ),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut moment = serializer.serialize_struct("Moment", 3)?;
        moment.serialize_field("seconds", &self.seconds)?;
        moment.serialize_field("date", &self.date())?;
        moment.serialize_field("age", &self.age())?;
        moment.end()
    }
}
