//! What a terminal shows, and the bytes that make it show something else.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::tui::terminal::dialect::Dialect;
use crate::tui::terminal::pen::Pen;

/// Begin and end of a synchronized update: terminals that know it show the frame at once, others ignore it.
pub(super) const SYNC_BEGIN: &[u8] = b"\x1b[?2026h";
pub(super) const SYNC_END: &[u8] = b"\x1b[?2026l";
/// Plain ink, and everything wiped.
const WIPE: &[u8] = b"\x1b[m\x1b[2J";
/// What no frame draws: a cell of which nothing is known.
const NOTHING: &str = "\u{fffe}";

/// What a terminal shows.
#[derive(Debug)]
pub struct Sheet {
    dialect: Dialect,
    shown: Buffer,
    /// Everything on screen may be wrong: the next frame draws every cell.
    stale: bool,
}

impl Sheet {
    /// A terminal of which nothing is known but what it understands.
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, shown: Buffer::default(), stale: true }
    }

    /// The bytes that make the terminal show `next`: the cells that differ from what is shown; none at all when none
    /// does.
    pub fn frame(&mut self, mut next: Buffer) -> Vec<u8> {
        let area = next.area;
        let resized = self.shown.area != area;
        let all: Buffer;
        let old = if resized || self.stale {
            // A cell that no frame draws, so that every cell differs, blank ones included.
            all = Buffer::filled(area, Cell::new(NOTHING));
            &all
        } else {
            &self.shown
        };
        let mut pen = Pen::new(&next, self.dialect);
        let mut cells = 0;
        for (x, y, cell) in old.diff(&next) {
            pen.put((x, y), cell);
            cells += 1;
        }
        let drawn = pen.finish();
        self.stale = false;
        forget_halves(&mut next);
        self.shown = next;
        if cells == 0 {
            return Vec::new();
        }
        let wipe: &[u8] = if resized { WIPE } else { &[] };
        let (begin, end) = if self.dialect.modes { (SYNC_BEGIN, SYNC_END) } else { (&[][..], &[][..]) };
        [begin, wipe, &drawn, end].concat()
    }

    /// The next frame draws every cell.
    pub fn redraw(&mut self) {
        self.stale = true;
    }
}

/// A page for a frame of this size, to be painted on.
pub fn page((columns, rows): (u16, u16)) -> Buffer {
    Buffer::empty(Rect::new(0, 0, columns, rows))
}

/// Takes the second half of a wide character for unknown, so that whatever comes there is drawn. Terminals differ in what
/// they leave of it when something is written over the first half: its look, that of what is written, or none.
fn forget_halves(buffer: &mut Buffer) {
    let width = usize::from(buffer.area.width).max(1);
    for at in 1..buffer.content.len() {
        if at % width != 0 && buffer.content[at - 1].symbol().width() > 1 {
            buffer.content[at] = Cell::new(NOTHING);
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Style};

    use super::*;

    fn frame(sheet: &mut Sheet, (columns, rows): (u16, u16), paint: impl FnOnce(&mut Buffer)) -> String {
        let mut page = page((columns, rows));
        paint(&mut page);
        String::from_utf8(sheet.frame(page)).unwrap()
    }

    #[test]
    fn no_background_is_left_behind_a_wide_character_that_moved() {
        let mut sheet = Sheet::new(Dialect::MODERN);
        let marked = Style::new().bg(Color::Yellow);
        let first = frame(&mut sheet, (6, 1), |page| page.set_string(2, 0, "连", marked));
        assert!(!first.is_empty());
        let moved = |page: &mut Buffer| page.set_string(1, 0, "连", Style::new());
        let second = frame(&mut sheet, (6, 1), moved);
        // Behind the character, whose cells are the second and the third, the rest is written too.
        assert!(second.split("连").nth(1).is_some_and(|rest| rest.contains("\u{1b}[K")), "{second:?}");
        assert!(frame(&mut sheet, (6, 1), moved).is_empty());
    }

    #[test]
    fn only_what_differs_is_sent_and_an_old_terminal_gets_no_modes() {
        for (dialect, sync) in [(Dialect::MODERN, true), (Dialect::of("vt100"), false)] {
            let mut sheet = Sheet::new(dialect);
            let text =
                |word: &'static str| move |page: &mut Buffer| page.set_string(3, 1, word, Style::new());
            let whole = frame(&mut sheet, (20, 3), text("abc"));
            assert!(whole.contains("\u{1b}[2J") && whole.contains("2026") == sync, "{whole:?}");
            let part = frame(&mut sheet, (20, 3), text("abd"));
            assert!(part.contains("\u{1b}[2;6Hd") && !part.contains('a'), "{part:?}");
            sheet.redraw();
            assert!(frame(&mut sheet, (20, 3), text("abd")).contains("abd"));
        }
    }
}
