//! How a table looks: as wide as the terminal, in its colours and signs; plain in a pipe.

use std::borrow::Cow;
use std::io::{self, IsTerminal};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::cli::Globals;
use crate::incident::Level;
use crate::tui::glyphs::locale_is_utf8;

/// Columns of a table that is not on a terminal.
const PIPE_WIDTH: usize = 120;
/// Columns of a table at least.
const WIDTH_MIN: usize = 60;
/// Parts of a cell a bar can fill, from one eighth to seven.
const EIGHTHS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];
/// Heights of a cell of a trend.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The same in ASCII.
const PLAIN_HEIGHTS: [char; 8] = ['.', ':', '-', '=', '+', '*', '#', '@'];

/// The look of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) width: usize,
    /// Standard output is a terminal: what does not fit is cut.
    pub(super) terminal: bool,
    colour: bool,
    unicode: bool,
}

impl Look {
    /// What fits standard output.
    pub(super) fn of(globals: &Globals) -> Self {
        let var = |name: &str| std::env::var(name).ok();
        let terminal = io::stdout().is_terminal();
        let columns = || {
            let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok()?;
            Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
        };
        let width = if terminal { columns().unwrap_or(80) } else { PIPE_WIDTH };
        let colour = terminal
            && var("NO_COLOR").unwrap_or_default().is_empty()
            && var("TERM").is_none_or(|term| term != "dumb");
        let unicode = !globals.config.ascii && locale_is_utf8(var);
        Self { width: width.max(WIDTH_MIN), terminal, colour, unicode }
    }

    /// A bar of `width` cells for a share of 0 to 1; what is more than nothing is seen.
    pub(super) fn bar(self, share: f64, width: usize) -> String {
        let cells = share.clamp(0.0, 1.0) * width as f64;
        let mut bar = String::new();
        if self.unicode {
            let eighths = ((cells * 8.0).round() as usize).max(usize::from(share > 0.0));
            bar.extend(std::iter::repeat_n('█', eighths / 8));
            bar.extend((eighths % 8).checked_sub(1).map(|at| EIGHTHS[at]));
            bar.extend(std::iter::repeat_n(' ', width - eighths.div_ceil(8)));
        } else {
            let full = (cells.round() as usize).max(usize::from(share > 0.0));
            bar.extend(std::iter::repeat_n('#', full));
            bar.extend(std::iter::repeat_n(' ', width - full));
        }
        bar
    }

    /// A line of `width` cells that goes up and down with the counts.
    pub(super) fn trend(self, counts: &[u32], width: usize) -> String {
        if counts.is_empty() {
            return " ".repeat(width);
        }
        let cells: Vec<u64> = (0..width)
            .map(|cell| {
                let from = cell * counts.len() / width;
                let to = ((cell + 1) * counts.len() / width).max(from + 1);
                counts[from..to].iter().map(|count| u64::from(*count)).sum()
            })
            .collect();
        let most = cells.iter().copied().max().unwrap_or(0).max(1);
        let heights = if self.unicode { HEIGHTS } else { PLAIN_HEIGHTS };
        let height = |count: u64| heights[((count * 8).div_ceil(most) as usize).clamp(1, 8) - 1];
        cells.into_iter().map(|count| if count == 0 { ' ' } else { height(count) }).collect()
    }

    /// The name of a level in its colour, `width` cells wide.
    pub(super) fn level(self, level: Option<Level>, width: usize) -> String {
        let name = format!("{:<width$}", level.map_or("", Level::name));
        match level {
            Some(Level::Fatal) => self.painted("1;31", &name),
            Some(Level::Error) => self.painted("31", &name),
            Some(Level::Warn) => self.painted("33", &name),
            Some(Level::Debug | Level::Trace) => self.painted("2", &name),
            _ => name,
        }
    }

    /// What stands behind the rest.
    pub(super) fn dim(self, text: &str) -> String {
        self.painted("2", text)
    }

    /// A heading.
    pub(super) fn bold(self, text: &str) -> String {
        self.painted("1", text)
    }

    fn painted(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// The last column: `text`, cut to what is left of the line behind `used` cells; whole in a pipe.
    pub(super) fn rest(self, text: &str, used: usize) -> Cow<'_, str> {
        let room = self.width.saturating_sub(used);
        if !self.terminal || text.width() <= room {
            return Cow::Borrowed(text);
        }
        let mark = if self.unicode { "…" } else { "..." };
        let mut left = room.saturating_sub(mark.width());
        let fits = |symbol: &char| {
            let width = symbol.width().unwrap_or(0);
            let fits = width <= left;
            left -= if fits { width } else { left };
            fits
        };
        let kept: String = text.chars().take_while(fits).collect();
        Cow::Owned(kept + mark)
    }

    /// What stands between the parts of a line of figures.
    pub(super) fn dot(self) -> &'static str {
        if self.unicode { " · " } else { ", " }
    }

    /// From one figure to another.
    pub(super) fn arrow(self) -> &'static str {
        if self.unicode { "→" } else { "->" }
    }
}

/// A number with its thousands set apart.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Look = Look { width: 40, terminal: true, colour: false, unicode: true };
    const PLAIN: Look = Look { unicode: false, ..WIDE };

    #[test]
    fn bars_and_trends() {
        let table = [
            (WIDE.bar(0.0, 4), "    "),
            (WIDE.bar(0.001, 4), "▏   "),
            (WIDE.bar(0.5, 4), "██  "),
            (WIDE.bar(0.53, 4), "██▏ "),
            (WIDE.bar(1.0, 4), "████"),
            (PLAIN.bar(0.001, 4), "#   "),
            (PLAIN.bar(1.0, 4), "####"),
            (WIDE.trend(&[0, 1, 4, 8], 4), " ▁▄█"),
            (PLAIN.trend(&[0, 1, 4, 8], 4), " .=@"),
            (WIDE.trend(&[1, 1, 0, 0, 8, 0], 3), "▂ █"),
            (WIDE.trend(&[3], 3), "███"),
            (WIDE.trend(&[], 3), "   "),
        ];
        for (found, expected) in table {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn what_does_not_fit_a_terminal_is_cut() {
        assert_eq!(WIDE.rest("order <*> failed after all", 30), "order <*>…");
        assert_eq!(PLAIN.rest("order <*> failed after all", 30), "order <...");
        assert_eq!(WIDE.rest("中文中文中文", 30), "中文中文…");
        let pipe = Look { terminal: false, ..WIDE };
        assert_eq!(pipe.rest("order <*> failed after all", 30), "order <*> failed after all");
    }

    #[test]
    fn colours_only_where_wanted() {
        assert_eq!(WIDE.level(Some(Level::Error), 6), "ERROR ");
        let painted = Look { colour: true, ..WIDE };
        assert_eq!(painted.level(Some(Level::Error), 6), "\x1b[31mERROR \x1b[0m");
        assert_eq!(painted.level(Some(Level::Info), 6), "INFO  ");
    }

    #[test]
    fn numbers_can_be_read() {
        let table = [(0, "0"), (999, "999"), (1000, "1,000"), (12_345_678, "12,345,678")];
        for (number, expected) in table {
            assert_eq!(thousands(number), expected);
        }
    }
}
