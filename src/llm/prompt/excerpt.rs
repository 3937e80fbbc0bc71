//! What of a long text matters most: its lines ranked by what they say, shown in their order with the gaps named.

use std::fmt::Write;

use crate::evidence::lexicon::{Sense, senses};
use crate::llm::prompt::budget::Piece;

/// Lines at the beginning that say what a text is about.
const HEAD: usize = 8;

/// How much a line of a text by people says. Lines of equal rank keep their order.
pub(super) fn rank(line: &str, at: usize) -> i64 {
    if line.trim().is_empty() {
        return -1;
    }
    let senses = senses(line);
    let weights = [
        (Sense::Bad, 4),
        (Sense::Change, 4),
        (Sense::Alert, 3),
        (Sense::Action, 3),
        (Sense::NoChange, 2),
        (Sense::Healthy, 2),
        (Sense::Schedule, 2),
        (Sense::User, 2),
    ];
    let said: i64 = weights.iter().filter(|(sense, _)| senses.has(*sense)).map(|(_, weight)| weight).sum();
    let figures = i64::from(line.bytes().any(|byte| byte.is_ascii_digit()));
    said + figures + if at < HEAD { 6 } else { 0 }
}

/// The chosen pieces as text; where some are left out between them, how many.
pub(super) fn with_gaps(pieces: &[Piece], chosen: &[bool], what: &str) -> (String, usize) {
    let mut text = String::new();
    let (mut gap, mut left_out) = (0, 0);
    for (piece, &chosen) in pieces.iter().zip(chosen) {
        if !chosen {
            // An empty line is no loss.
            gap += usize::from(piece.rank >= 0);
            continue;
        }
        close(&mut text, &mut gap, &mut left_out, what);
        text.push_str(&piece.text);
    }
    close(&mut text, &mut gap, &mut left_out, what);
    (text, left_out)
}

fn close(text: &mut String, gap: &mut usize, left_out: &mut usize, what: &str) {
    if *gap > 0 {
        let _ = writeln!(text, "…| {gap} {what} left out");
        *left_out += *gap;
        *gap = 0;
    }
}
