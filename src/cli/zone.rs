//! `--tz`: the zone of times that do not name theirs.

use jiff::tz::{Offset, TimeZone};

use crate::failure::Failure;

/// The zone of this name: of the tz database, an offset, or `local`.
pub(super) fn zone(name: &str) -> Result<TimeZone, Failure> {
    if name.eq_ignore_ascii_case("local") {
        return Ok(TimeZone::system());
    }
    if let Some(offset) = offset(name) {
        return Ok(TimeZone::fixed(offset));
    }
    TimeZone::get(name).map_err(|_| {
        Failure::usage(format!("--tz {name}: not a zone that is known here"))
            .hint("use a name as in Europe/Berlin, an offset as in +02:00, UTC or local")
    })
}

/// `+02:00`, `-0500`, `+2`.
fn offset(text: &str) -> Option<Offset> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = match text[1..].split_once(':') {
        Some(parts) => parts,
        None if text.len() == 5 => text[1..].split_at_checked(2)?,
        None => (&text[1..], "0"),
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let fits = (0..=18).contains(&hours) && (0..60).contains(&minutes);
    fits.then(|| Offset::from_seconds(sign * (hours * 60 + minutes) * 60).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets() {
        let table = [
            ("+02:00", Some(7200)),
            ("-0530", Some(-19_800)),
            ("+2", Some(7200)),
            ("2", None),
            ("+2x", None),
            ("+99", None),
            ("-", None),
            ("+é0", None),
        ];
        for (text, expected) in table {
            assert_eq!(offset(text).map(Offset::seconds), expected, "{text}");
        }
    }
}
