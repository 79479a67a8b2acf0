//! How PHP writes a number of JSON as text, with its default `precision` of 14 digits.

/// Returns PHP's text of a JSON number.
pub(crate) fn php_text(number: &str) -> String {
    if let Ok(integer) = number.parse::<i64>() {
        return integer.to_string();
    }
    match number.parse::<f64>() {
        Ok(float) => float_text(float),
        Err(_) => number.to_owned(),
    }
}

fn float_text(float: f64) -> String {
    let sign = if float.is_sign_negative() { "-" } else { "" };
    if float.is_infinite() {
        return format!("{sign}INF");
    }
    let scientific = format!("{:.13e}", float.abs());
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let digits = mantissa.replace('.', "");
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    if !(-4..14).contains(&exponent) {
        return format!("{sign}{}", with_exponent(digits, exponent));
    }
    format!("{sign}{}", without_exponent(digits, exponent))
}

/// Writes `1.0E+25`: at least one digit after the point.
fn with_exponent(digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(1);
    let rest = if rest.is_empty() { "0" } else { rest };
    format!("{first}.{rest}E{exponent:+}")
}

fn without_exponent(digits: &str, exponent: i32) -> String {
    let Ok(exponent) = usize::try_from(exponent) else {
        let zeros = "0".repeat(usize::try_from(-exponent - 1).unwrap_or_default());
        return format!("0.{zeros}{digits}");
    };
    let whole = exponent + 1;
    if digits.len() <= whole {
        return format!("{digits:0<whole$}");
    }
    let (whole, fraction) = digits.split_at(whole);
    format!("{whole}.{fraction}")
}
