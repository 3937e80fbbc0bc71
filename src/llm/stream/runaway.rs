//! Models that a grammar holds in a loop: white space or digits without end are legal JSON and worth nothing.

/// Longest run of white space, characters. Indentation of a deep document stays far below.
const SPACES: usize = 2_000;
/// Longest run of digits.
const DIGITS: usize = 400;

/// Watches for runs.
#[derive(Debug, Default)]
pub(crate) struct Runaway {
    spaces: usize,
    digits: usize,
}

impl Runaway {
    /// Takes text in; names what runs away.
    pub(crate) fn push(&mut self, text: &str) -> Option<&'static str> {
        for c in text.chars() {
            self.spaces = if c.is_whitespace() { self.spaces + 1 } else { 0 };
            self.digits = if c.is_ascii_digit() { self.digits + 1 } else { 0 };
            if self.spaces > SPACES {
                return Some("white space");
            }
            if self.digits > DIGITS {
                return Some("digits");
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_seen_over_deltas_and_ordinary_text_is_not_one() {
        let mut spaces = Runaway::default();
        assert_eq!((0..SPACES / 2).find_map(|_| spaces.push("\n ")), None);
        assert_eq!(spaces.push(" "), Some("white space"));
        let mut digits = Runaway::default();
        assert_eq!(digits.push(&"7".repeat(DIGITS)), None);
        assert_eq!(digits.push("7"), Some("digits"));
        let mut text = Runaway::default();
        assert_eq!((0..10_000).find_map(|at| text.push(&format!("  at {at}\n"))), None);
    }
}
