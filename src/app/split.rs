//! How the screen is shared out among the panes: a few ways for one key, and any way with the mouse.

use serde::{Deserialize, Serialize};

/// Where the borders between panes are, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Split {
    /// Columns of the panes on the left, of all.
    pub columns: u16,
    /// Rows of the context, of the left half.
    pub left: u16,
    /// Rows of the hypotheses, of the right half.
    pub right: u16,
    /// Rows of the upper of two stacked panes; absent where that depends on which has the focus.
    pub stack: Option<u16>,
}

/// A border that can be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Border {
    /// Between left and right.
    Columns,
    /// Between the panes on the left.
    Left,
    /// Between the panes on the right.
    Right,
    /// Between two stacked panes.
    Stack,
}

/// Least and most of a share, percent.
const LEAST: u16 = 15;
const MOST: u16 = 85;

impl Default for Split {
    fn default() -> Self {
        Self { columns: 50, left: 60, right: 56, stack: None }
    }
}

impl Split {
    /// The ways that one key goes through, with their names.
    const WAYS: [(&'static str, Self); 4] = [
        ("all alike", Self { columns: 50, left: 60, right: 56, stack: None }),
        ("more of the logs", Self { columns: 66, left: 74, right: 56, stack: Some(70) }),
        ("more of causes and steps", Self { columns: 34, left: 60, right: 50, stack: Some(50) }),
        ("more of the timeline", Self { columns: 50, left: 30, right: 56, stack: Some(34) }),
    ];

    /// The next way, and its name. After borders were moved by hand the first one comes next.
    #[must_use]
    pub fn next(self) -> (&'static str, Self) {
        let at = Self::WAYS.iter().position(|(_, way)| *way == self);
        Self::WAYS[at.map_or(0, |at| (at + 1) % Self::WAYS.len())]
    }

    /// With a border moved to a share, percent.
    #[must_use]
    pub fn moved(mut self, border: Border, share: u16) -> Self {
        let share = share.clamp(LEAST, MOST);
        match border {
            Border::Columns => self.columns = share,
            Border::Left => self.left = share,
            Border::Right => self.right = share,
            Border::Stack => self.stack = Some(share),
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_goes_through_all_ways_and_comes_back() {
        let mut split = Split::default();
        let mut names = Vec::new();
        for _ in 0..Split::WAYS.len() {
            let (name, next) = split.next();
            names.push(name);
            split = next;
        }
        assert_eq!((names.last(), split), (Some(&"all alike"), Split::default()));
        assert_eq!(
            split.moved(Border::Left, 41).next().1,
            Split::default(),
            "moved by hand: back to the first"
        );
    }

    #[test]
    fn no_border_leaves_the_screen() {
        for share in [0, 3, 99, u16::MAX] {
            let split = Split::default().moved(Border::Columns, share);
            assert!((LEAST..=MOST).contains(&split.columns));
        }
    }
}
