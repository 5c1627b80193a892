//! JSON numbers by their text: two spellings of one number are equal, and nothing is rounded.

/// A number as sign, digits and exponent: `digits * 10^exponent`, without zeros at either end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Number<'a> {
    negative: bool,
    digits: String,
    /// The text of the exponent if it does not fit: such numbers are compared by their text.
    exponent: Result<i64, &'a str>,
}

impl<'a> Number<'a> {
    /// Reads a number of JSON (RFC 8259, section 6).
    pub(crate) fn parse(text: &'a str) -> Self {
        let (negative, unsigned) = text
            .strip_prefix('-')
            .map_or((false, text), |rest| (true, rest));
        let (mantissa, written) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = [whole, fraction].concat();
        let digits = all.trim_end_matches('0');
        let shift = (all.len() - digits.len()) as i64 - fraction.len() as i64;
        let digits = digits.trim_start_matches('0');
        if digits.is_empty() {
            return Self {
                negative: false,
                digits: String::new(),
                exponent: Ok(0),
            };
        }
        let exponent = written.parse::<i64>().ok();
        Self {
            negative,
            digits: digits.to_owned(),
            exponent: exponent
                .and_then(|exponent| exponent.checked_add(shift))
                .ok_or(text),
        }
    }

    /// One text for all spellings of the number.
    pub(crate) fn canonical(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        match self.exponent {
            Ok(0) if self.digits.is_empty() => "0".to_owned(),
            Ok(exponent) => format!("{sign}{}e{exponent}", self.digits),
            Err(text) => text.to_owned(),
        }
    }
}
