//! Digits, months, zones: the parts timestamps are made of.

use crate::log::time::Micros;

/// Days since 1970-01-01 of a civil date (Howard Hinnant, "chrono-compatible low-level date algorithms").
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The civil date of days since 1970-01-01, the inverse of [`days`].
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted - era * 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_shifted + 2) / 5 + 1;
    let month = if month_shifted < 10 { month_shifted + 3 } else { month_shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// A cursor over the bytes of a line.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    pub(crate) line: &'a [u8],
    pub(crate) at: usize,
    /// A zone was read.
    pub(crate) zoned: bool,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(line: &'a [u8], at: usize) -> Self {
        Self { line, at, zoned: false }
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    pub(crate) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.line.get(self.at + ahead).copied()
    }

    /// Takes one byte if `accept` holds it.
    #[inline]
    pub(crate) fn take(&mut self, accept: &[u8]) -> Option<u8> {
        let byte = self.peek()?;
        accept.contains(&byte).then(|| {
            self.at += 1;
            byte
        })
    }

    /// Exactly `count` digits.
    #[inline]
    pub(crate) fn digits(&mut self, count: usize) -> Option<i64> {
        let digits = self.line.get(self.at..self.at + count)?;
        let mut value = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value * 10 + i64::from(digit - b'0');
        }
        self.at += count;
        Some(value)
    }

    /// A number of exactly `count` digits within `from..=to`.
    #[inline]
    pub(crate) fn ranged(&mut self, count: usize, from: i64, to: i64) -> Option<i64> {
        self.digits(count).filter(|value| (from..=to).contains(value))
    }

    /// One or two digits, the first may be a blank (`Jan  1`).
    pub(crate) fn day(&mut self) -> Option<i64> {
        if self.peek() == Some(b' ') {
            self.at += 1;
            return self.ranged(1, 1, 9);
        }
        if self.peek_at(1).is_some_and(|byte| byte.is_ascii_digit()) {
            return self.ranged(2, 1, 31);
        }
        self.ranged(1, 1, 9)
    }

    pub(crate) fn blanks(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// A month name of three letters.
    pub(crate) fn month(&mut self) -> Option<i64> {
        let name = self.line.get(self.at..self.at + 3)?;
        let month = match name {
            b"Jan" => 1,
            b"Feb" => 2,
            b"Mar" => 3,
            b"Apr" => 4,
            b"May" => 5,
            b"Jun" => 6,
            b"Jul" => 7,
            b"Aug" => 8,
            b"Sep" => 9,
            b"Oct" => 10,
            b"Nov" => 11,
            b"Dec" => 12,
            _ => return None,
        };
        self.at += 3;
        Some(month)
    }

    /// A weekday name of three letters.
    pub(crate) fn weekday(&mut self) -> Option<()> {
        let name = self.line.get(self.at..self.at + 3)?;
        matches!(name, b"Mon" | b"Tue" | b"Wed" | b"Thu" | b"Fri" | b"Sat" | b"Sun").then(|| self.at += 3)
    }

    /// `HH:MM:SS` with optional fraction, as microseconds of the day. `:` may be `.` between the parts.
    pub(crate) fn time_of_day(&mut self) -> Option<Micros> {
        let hour = self.ranged(2, 0, 24)?;
        let separator = self.take(b":.")?;
        let minute = self.ranged(2, 0, 59)?;
        self.take(&[separator])?;
        let second = self.ranged(2, 0, 60)?;
        if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Some(((hour * 60 + minute) * 60 + second) * 1_000_000 + self.fraction())
    }

    /// `.123`, `,123` or `:123` as microseconds; zero without one.
    pub(crate) fn fraction(&mut self) -> Micros {
        let mark = matches!(self.peek(), Some(b'.' | b',' | b':'));
        if !mark || !self.peek_at(1).is_some_and(|byte| byte.is_ascii_digit()) {
            return 0;
        }
        self.at += 1;
        let (mut value, mut scale) = (0, 100_000);
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            value += i64::from(digit - b'0') * scale;
            scale /= 10;
            self.at += 1;
        }
        value
    }

    /// `Z`, `+08:00`, `+0800`, `+08`, ` UTC`, ` CEST`: microseconds east of UTC, zero without one.
    pub(crate) fn zone(&mut self) -> Micros {
        let mut ahead = *self;
        if ahead.peek() == Some(b' ') {
            ahead.at += 1;
        }
        let found = ahead.offset().or_else(|| ahead.named_zone());
        if let Some(offset) = found {
            self.at = ahead.at;
            self.zoned = true;
            self.region();
            return offset;
        }
        0
    }

    /// `[Europe/Berlin]` after an offset says nothing more.
    fn region(&mut self) {
        let rest = self.line.get(self.at..).unwrap_or_default();
        if rest.first() == Some(&b'[')
            && let Some(end) = rest.iter().take(40).position(|byte| *byte == b']')
            && rest[1..end].contains(&b'/')
            && rest[1..end]
                .iter()
                .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'_' | b'-'))
        {
            self.at += end + 1;
        }
    }

    fn offset(&mut self) -> Option<Micros> {
        let sign = match self.take(b"+-Z")? {
            b'Z' => return (!self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric())).then_some(0),
            b'-' => -1,
            _ => 1,
        };
        let hours = self.ranged(2, 0, 18)?;
        if self.peek() == Some(b':') {
            self.at += 1;
        }
        let minutes =
            if self.peek().is_some_and(|byte| byte.is_ascii_digit()) { self.ranged(2, 0, 59)? } else { 0 };
        if self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        Some(sign * (hours * 60 + minutes) * 60_000_000)
    }

    fn named_zone(&mut self) -> Option<Micros> {
        let rest = &self.line[self.at.min(self.line.len())..];
        let width = rest.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
        if rest.get(width).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
            return None;
        }
        let minutes = zone_name(&rest[..width])?;
        self.at += width;
        Some(minutes * 60_000_000)
    }
}

/// Minutes east of UTC of a zone by its letters. Where letters have several meanings, the one with most people in the
/// tz database's `zone.tab` that write it in logs: `CST` is North America's, `IST` India's, `BST` Britain's.
fn zone_name(name: &[u8]) -> Option<i64> {
    Some(match name {
        b"UTC" | b"GMT" | b"WET" => 0,
        b"BST" | b"CET" | b"MET" | b"MEZ" | b"WEST" | b"WAT" => 60,
        b"CEST" | b"MEST" | b"MESZ" | b"EET" | b"SAST" | b"CAT" => 120,
        b"EEST" | b"MSK" | b"EAT" | b"TRT" => 180,
        b"PKT" => 300,
        b"IST" => 330,
        b"NPT" => 345,
        b"ICT" | b"WIB" => 420,
        b"SGT" | b"HKT" | b"PHT" | b"AWST" => 480,
        b"JST" | b"KST" => 540,
        b"ACST" => 570,
        b"AEST" => 600,
        b"ACDT" => 630,
        b"AEDT" => 660,
        b"NZST" => 720,
        b"NZDT" => 780,
        b"NDT" => -150,
        b"ADT" | b"BRT" | b"ART" => -180,
        b"NST" => -210,
        b"EDT" | b"AST" | b"CLT" => -240,
        b"EST" | b"CDT" => -300,
        b"CST" | b"MDT" => -360,
        b"MST" | b"PDT" => -420,
        b"PST" | b"AKDT" => -480,
        b"AKST" => -540,
        b"HST" => -600,
        _ => return None,
    })
}
