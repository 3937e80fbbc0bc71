//! Which rows of a list are on screen.

use std::ops::Range;

/// First row to show of `total` rows in `height`, so that the rows of `focus` are visible (their beginning, where they
/// are taller than the screen) with a little of what follows. A list that fits never moves.
pub fn top(total: usize, height: usize, focus: &Range<usize>) -> usize {
    if total <= height {
        return 0;
    }
    let margin = (height / 5).min(2);
    let wanted = (focus.end + margin).saturating_sub(height);
    wanted.min(focus.start).min(total - height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_focus_is_visible_and_a_fitting_list_stays() {
        let cases = [
            ((5, 10, 4..5), 0),
            ((20, 10, 0..1), 0),
            ((20, 10, 7..8), 0),
            ((20, 10, 8..9), 1),
            ((20, 10, 19..20), 10),
            ((20, 10, 5..18), 5),
            ((3, 0, 1..2), 1),
        ];
        for ((total, height, focus), expected) in cases {
            assert_eq!(top(total, height, &focus), expected, "{total} {height} {focus:?}");
        }
    }
}
