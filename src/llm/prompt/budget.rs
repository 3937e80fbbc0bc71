//! Tokens: estimated from the text, corrected by what endpoints report.

/// Bytes of ASCII that make a token, about: the usual figure for English and code.
const BYTES_PER_TOKEN: f64 = 3.5;
/// Tokens of a Chinese, Japanese or Korean character, about; vocabularies differ between 0.6 and 1.3.
const PER_HAN: f64 = 1.0;
/// Tokens of any other character, about.
const PER_OTHER: f64 = 0.7;
/// Bounds of the correction.
const RATIO: (f64, f64) = (0.5, 2.0);

/// Estimates tokens. Learns, from what an endpoint counted, how far its tokenizer is from the estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimator {
    ratio: f64,
}

impl Default for Estimator {
    fn default() -> Self {
        Self { ratio: 1.0 }
    }
}

impl Estimator {
    /// Tokens of `text`, about.
    pub fn tokens(&self, text: &str) -> usize {
        (raw(text) * self.ratio).round() as usize
    }

    /// An endpoint counted `actual` tokens where `estimated` had been expected: half of the difference is believed each
    /// time, so that one odd report does little.
    #[must_use]
    pub fn corrected(self, estimated: usize, actual: u64) -> Self {
        if estimated == 0 || actual == 0 {
            return self;
        }
        let seen = self.ratio * actual as f64 / estimated as f64;
        Self { ratio: f64::midpoint(self.ratio, seen).clamp(RATIO.0, RATIO.1) }
    }
}

fn raw(text: &str) -> f64 {
    let (mut ascii, mut han, mut other) = (0_u64, 0_u64, 0_u64);
    for c in text.chars() {
        match c {
            '\0'..='\x7f' => ascii += 1,
            '\u{2e80}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7af}'
            | '\u{f900}'..='\u{faff}'
            | '\u{ff00}'..='\u{ffef}' => han += 1,
            _ => other += 1,
        }
    }
    ascii as f64 / BYTES_PER_TOKEN + han as f64 * PER_HAN + other as f64 * PER_OTHER
}

/// Something that may be left out when there is no room.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// The text, complete lines.
    pub(super) text: String,
    /// What matters more has more.
    pub(super) rank: i64,
}

/// Chooses among `sections`, each with its share of `room`, what fits: first each section's best up to its share, then
/// whatever room is left, section by section. The chosen pieces by their places, in order.
pub(super) fn choose(sections: &[(f64, &[Piece])], room: usize, estimator: Estimator) -> Vec<Vec<bool>> {
    let mut chosen: Vec<Vec<bool>> = sections.iter().map(|(_, pieces)| vec![false; pieces.len()]).collect();
    let orders: Vec<Vec<usize>> = sections
        .iter()
        .map(|(_, pieces)| {
            let mut order: Vec<usize> = (0..pieces.len()).collect();
            order.sort_by_key(|&at| (std::cmp::Reverse(pieces[at].rank), at));
            order
        })
        .collect();
    let mut left = room;
    for round in 0..2 {
        for (index, (share, pieces)) in sections.iter().enumerate() {
            let mut own = if round == 0 { (room as f64 * share) as usize } else { left };
            own = own.min(left);
            for &at in &orders[index] {
                if chosen[index][at] {
                    continue;
                }
                let cost = estimator.tokens(&pieces[at].text);
                if cost > own {
                    // What matters less does not take the place of what matters more, unless it is much smaller.
                    if own < 40 {
                        break;
                    }
                    continue;
                }
                chosen[index][at] = true;
                own -= cost;
                left -= cost;
            }
        }
    }
    chosen
}
