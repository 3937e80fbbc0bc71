//! Cells -> bytes: the fewest that say where, how and what.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use crate::tui::terminal::dialect::Dialect;

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ink {
    fg: Color,
    bg: Color,
    attributes: Modifier,
}

/// How nothing in particular looks.
const PLAIN: Ink = Ink { fg: Color::Reset, bg: Color::Reset, attributes: Modifier::empty() };

/// The attributes by the numbers that a terminal knows them by (ECMA-48, SGR).
const ATTRIBUTES: [(Modifier, u8); 8] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::RAPID_BLINK, 6),
    (Modifier::REVERSED, 7),
    (Modifier::CROSSED_OUT, 9),
];

/// Those that show on a blank cell as well.
const SEEN_WITHOUT_LETTERS: Modifier =
    Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);

/// Writes cells one after the other.
pub(super) struct Pen<'a> {
    dialect: Dialect,
    page: &'a Buffer,
    out: String,
    ink: Ink,
    /// Where the terminal's cursor is, where that is sure.
    at: Option<(u16, u16)>,
    /// The row whose rest has been wiped.
    wiped: Option<u16>,
}

impl<'a> Pen<'a> {
    /// A pen for cells of `page`; the terminal's ink is plain.
    pub(super) fn new(page: &'a Buffer, dialect: Dialect) -> Self {
        Self { dialect, page, out: String::new(), ink: PLAIN, at: None, wiped: None }
    }

    /// Writes the cell at this column and row. Cells come row by row, from left to right.
    pub(super) fn put(&mut self, (x, y): (u16, u16), cell: &Cell) {
        if self.wiped == Some(y) {
            return;
        }
        let blank = is_blank(cell) && self.rest_is_blank(x, y);
        self.go(x, y);
        self.dip(self.ink_of(cell));
        if blank {
            self.out.push_str("\x1b[K");
            self.wiped = Some(y);
            return;
        }
        self.out.push_str(cell.symbol());
        let last = x + 1 >= self.page.area.width;
        // Behind a wide character terminals disagree, and at the edge they wait.
        self.at = (cell.symbol().width() == 1 && !last).then_some((x + 1, y));
    }

    /// All that was written, with plain ink again.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.dip(PLAIN);
        self.out.into_bytes()
    }

    /// The ink for a cell. That of letters does not matter where there are none.
    fn ink_of(&self, cell: &Cell) -> Ink {
        let mut attributes = cell.modifier.intersection(self.dialect.attributes);
        if attributes.contains(Modifier::BOLD) {
            // Of both at once terminals show both, or what was said last.
            attributes.remove(Modifier::DIM);
        }
        if cell.symbol() != " " {
            return Ink { fg: cell.fg, bg: cell.bg, attributes };
        }
        let unseen = self.ink.attributes.difference(SEEN_WITHOUT_LETTERS);
        let attributes = unseen.union(attributes.intersection(SEEN_WITHOUT_LETTERS));
        // In reverse the ink of letters is the ground.
        let fg = if attributes.contains(Modifier::REVERSED) { cell.fg } else { self.ink.fg };
        Ink { fg, bg: cell.bg, attributes }
    }

    fn rest_is_blank(&self, x: u16, y: u16) -> bool {
        (x..self.page.area.width).all(|x| self.page.cell((x, y)).is_some_and(is_blank))
    }

    fn go(&mut self, x: u16, y: u16) {
        // Writing into a string cannot fail.
        let _ = match self.at {
            Some(at) if at == (x, y) => Ok(()),
            Some((column, row)) if row == y && column + 1 == x => write!(self.out, "\x1b[C"),
            Some((column, row)) if row == y && column < x => write!(self.out, "\x1b[{}C", x - column),
            _ if x == 0 => write!(self.out, "\x1b[{}H", y + 1),
            _ => write!(self.out, "\x1b[{};{}H", y + 1, x + 1),
        };
        self.at = Some((x, y));
    }

    /// Only what is added is said; to take something away, the oldest terminals know no other way than from the start.
    fn dip(&mut self, ink: Ink) {
        if ink == self.ink {
            return;
        }
        let faded = |before: Color, after: Color| before != Color::Reset && after == Color::Reset;
        let from_start = !ink.attributes.contains(self.ink.attributes)
            || faded(self.ink.fg, ink.fg)
            || faded(self.ink.bg, ink.bg);
        let before = if from_start { PLAIN } else { self.ink };
        let mut codes: Vec<String> = Vec::new();
        let added = ink.attributes.difference(before.attributes);
        let known = ATTRIBUTES.iter().filter(|(attribute, _)| added.contains(*attribute));
        codes.extend(known.map(|(_, number)| number.to_string()));
        codes.extend((ink.fg != before.fg).then(|| colour(ink.fg, 30)));
        codes.extend((ink.bg != before.bg).then(|| colour(ink.bg, 40)));
        self.ink = ink;
        let codes = codes.join(";");
        let _ = match (from_start, codes.is_empty()) {
            (true, true) => write!(self.out, "\x1b[m"),
            (true, false) => write!(self.out, "\x1b[0;{codes}m"),
            (false, true) => Ok(()),
            (false, false) => write!(self.out, "\x1b[{codes}m"),
        };
    }
}

fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && cell.bg == Color::Reset && !cell.modifier.intersects(SEEN_WITHOUT_LETTERS)
}

/// A colour of letters (from 30) or of the ground (from 40). The 16 have numbers that every terminal with colours knows.
fn colour(colour: Color, base: u8) -> String {
    let palette = |number: u8| {
        let from = if number < 8 { base } else { base + 60 - 8 };
        (from + number).to_string()
    };
    match colour {
        Color::Reset => (base + 9).to_string(),
        Color::Black => palette(0),
        Color::Red => palette(1),
        Color::Green => palette(2),
        Color::Yellow => palette(3),
        Color::Blue => palette(4),
        Color::Magenta => palette(5),
        Color::Cyan => palette(6),
        Color::Gray => palette(7),
        Color::DarkGray => palette(8),
        Color::LightRed => palette(9),
        Color::LightGreen => palette(10),
        Color::LightYellow => palette(11),
        Color::LightBlue => palette(12),
        Color::LightMagenta => palette(13),
        Color::LightCyan => palette(14),
        Color::White => palette(15),
        Color::Indexed(number) => format!("{};5;{number}", base + 8),
        Color::Rgb(red, green, blue) => format!("{};2;{red};{green};{blue}", base + 8),
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    fn written(columns: u16, dialect: Dialect, paint: impl FnOnce(&mut Buffer)) -> String {
        let mut page = Buffer::empty(Rect::new(0, 0, columns, 2));
        paint(&mut page);
        let mut pen = Pen::new(&page, dialect);
        for y in 0..2 {
            for x in 0..columns {
                pen.put((x, y), page.cell((x, y)).unwrap());
            }
        }
        String::from_utf8(pen.finish()).unwrap()
    }

    #[test]
    fn a_row_is_written_in_one_go_and_its_blank_rest_wiped() {
        let red = Style::new().fg(Color::Red);
        let text = written(10, Dialect::MODERN, |page| {
            page.set_string(0, 0, "ab", red);
            page.set_string(2, 0, "c", red.add_modifier(Modifier::BOLD));
            page.set_string(3, 0, "d", Style::new());
        });
        assert_eq!(text, "\x1b[1H\x1b[31mab\x1b[1mc\x1b[md\x1b[K\x1b[2H\x1b[K");
    }

    #[test]
    fn a_ground_that_has_a_colour_is_written_cell_by_cell() {
        let text = written(3, Dialect::MODERN, |page| {
            page.set_style(Rect::new(0, 0, 3, 1), Style::new().bg(Color::White));
        });
        assert_eq!(text, "\x1b[1H\x1b[107m   \x1b[2H\x1b[m\x1b[K");
    }

    #[test]
    fn behind_a_wide_character_the_place_is_said_anew() {
        let mut page = Buffer::empty(Rect::new(0, 0, 6, 1));
        page.set_string(0, 0, "连a", Style::new());
        let mut pen = Pen::new(&page, Dialect::MODERN);
        pen.put((0, 0), page.cell((0, 0)).unwrap());
        pen.put((2, 0), page.cell((2, 0)).unwrap());
        assert_eq!(String::from_utf8(pen.finish()).unwrap(), "\x1b[1H连\x1b[1;3Ha");
    }

    #[test]
    fn a_terminal_is_not_asked_for_what_it_lacks() {
        let style = Style::new().add_modifier(Modifier::CROSSED_OUT | Modifier::BOLD | Modifier::ITALIC);
        let text = written(2, Dialect::of("vt100"), |page| page.set_string(0, 0, "x", style));
        assert!(text.contains("\x1b[1mx") && !text.contains(";9") && !text.contains(";3"), "{text:?}");
    }
}
