//! Numbers as Python and JavaScript write them.

use std::borrow::Cow;

use crate::data::json_style::NotRepresentable;
use crate::data::number::Number;

/// A number as Python's `repr` writes it. One that a 64-bit float would round keeps its text.
pub(super) fn python(json: &str) -> Result<Cow<'_, str>, NotRepresentable> {
    /// Python refuses longer ones.
    const MAX_DIGITS: usize = 4300;
    if is_integer(json) {
        return match json.len() {
            ..=MAX_DIGITS => Ok(Cow::Borrowed(json)),
            _ => Err("it is an integer of more digits than Python reads"),
        };
    }
    let decimal = Decimal::parse(json)?;
    let written = match decimal.exponent {
        -4..16 => {
            let digits = decimal.positional();
            let point = if digits.contains('.') { "" } else { ".0" };
            format!("{}{digits}{point}", decimal.sign)
        }
        exponent => {
            let sign = if exponent < 0 { '-' } else { '+' };
            let digits = decimal.scientific();
            format!("{}{digits}e{sign}{:02}", decimal.sign, exponent.abs())
        }
    };
    Ok(if Number::parse(&written) == Number::parse(json) {
        Cow::Owned(written)
    } else {
        Cow::Borrowed(json)
    })
}

/// Ruby reads every number whose integer part a 64-bit float can hold, and integers of any size.
pub(super) fn ruby(json: &str) -> Result<Cow<'_, str>, NotRepresentable> {
    if !is_integer(json) {
        Decimal::parse(json)?;
    }
    Ok(Cow::Borrowed(json))
}

/// A number as ECMAScript's `Number::toString` writes it (ECMA-262, section 6.1.6.1.20).
pub(super) fn javascript(json: &str) -> Result<Cow<'_, str>, NotRepresentable> {
    let decimal = Decimal::parse(json)?;
    let written = match decimal.exponent {
        _ if decimal.digits == "0" => "0".to_owned(),
        -6..21 => format!("{}{}", decimal.sign, decimal.positional()),
        exponent => {
            let digits = decimal.scientific();
            format!("{}{digits}e{exponent:+}", decimal.sign)
        }
    };
    if Number::parse(&written) == Number::parse(json) {
        Ok(Cow::Owned(written))
    } else if is_integer(json) {
        Err("JavaScript rounds such an integer beyond 2^53: insert it as a string")
    } else {
        Err("JavaScript rounds such a number to a 64-bit float: insert it as a string")
    }
}

fn is_integer(json: &str) -> bool {
    !json.contains(['.', 'e', 'E'])
}

/// The shortest digits that read as the same 64-bit float, and the power of ten of the first digit.
struct Decimal {
    sign: &'static str,
    digits: String,
    exponent: i32,
}

impl Decimal {
    fn parse(json: &str) -> Result<Self, NotRepresentable> {
        let float: f64 = json.parse().unwrap_or(f64::INFINITY);
        if float.is_infinite() {
            return Err("it is a number beyond the range of a 64-bit float");
        }
        let shortest = format!("{:e}", float.abs());
        let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
        Ok(Self {
            sign: if float.is_sign_negative() { "-" } else { "" },
            digits: digits.replace('.', ""),
            exponent: exponent.parse().unwrap_or(0),
        })
    }

    fn positional(&self) -> String {
        let digits = &self.digits;
        match usize::try_from(self.exponent) {
            Ok(exponent) if exponent + 1 >= digits.len() => {
                format!("{digits:0<width$}", width = exponent + 1)
            }
            Ok(exponent) => {
                let (whole, fraction) = digits.split_at(exponent + 1);
                format!("{whole}.{fraction}")
            }
            Err(_) => {
                let zeros = self.exponent.unsigned_abs() as usize - 1;
                format!("0.{}{digits}", "0".repeat(zeros))
            }
        }
    }

    fn scientific(&self) -> String {
        match self.digits.split_at(1) {
            (first, "") => first.to_owned(),
            (first, rest) => format!("{first}.{rest}"),
        }
    }
}
