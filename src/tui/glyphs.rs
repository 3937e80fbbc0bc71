//! Signs outside ASCII and what stands for them on a terminal that cannot show them.

use ratatui::buffer::Buffer;
use unicode_width::UnicodeWidthStr;

/// Heights of a sparkline, from nothing to full.
pub const BARS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/// Verified, as expected.
pub const CHECK: &str = "✓";
/// Not found, not as expected.
pub const CROSS: &str = "✗";
/// Speaks against.
pub const AGAINST: &str = "−";
/// Not yet saved.
pub const SAVING: &str = "·";
/// The row under the cursor.
pub const CURSOR: &str = "▸";
/// Something is going on.
pub const LIVE: &str = "●";
/// Edge of a line that reports a failure.
pub const EDGE: &str = "▌";
/// A bookmark.
pub const MARK: &str = "◆";
/// Changed since it was looked at.
pub const FRESH: &str = "•";
/// Going up.
pub const UP: &str = "▲";
/// Going down.
pub const DOWN: &str = "▼";

/// An estimate follows.
pub const ABOUT: &str = "≈";
/// A lower bound follows.
pub const AT_LEAST: &str = "≥";

/// Whether the locale of the environment says UTF-8: `LC_ALL`, else `LC_CTYPE`, else `LANG`, the first that is not empty.
pub fn locale_is_utf8(var: impl Fn(&str) -> Option<String>) -> bool {
    let named =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| var(name).filter(|v| !v.is_empty()));
    named.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// Replaces every cell outside ASCII by a sign of the same width that any terminal shows.
pub fn to_ascii(buffer: &mut Buffer) {
    let mut behind_wide = false;
    for cell in &mut buffer.content {
        if behind_wide {
            cell.set_symbol("?");
            behind_wide = false;
        } else if !cell.symbol().is_ascii() {
            behind_wide = cell.symbol().width() > 1;
            let sign = if behind_wide { "?" } else { ascii(cell.symbol()) };
            cell.set_symbol(sign);
        }
    }
}

fn ascii(symbol: &str) -> &'static str {
    match symbol {
        "─" | "–" | "—" | "−" | "‐" | "‑" => "-",
        "│" | "▌" => "|",
        "┬" | "┴" | "├" | "┤" | "┼" | "┌" | "┐" | "└" | "┘" | "╭" | "╮" | "╰" | "╯" | "✓" => {
            "+"
        }
        "✗" => "!",
        "…" | "≈" => "~",
        "●" | "◆" | "•" => "*",
        "▸" | "›" | "→" | "≥" => ">",
        "←" => "<",
        "▲" | "↑" => "^",
        "▼" | "↓" => "v",
        "×" => "x",
        "▁" | "▂" => "_",
        "·" | "▃" => ".",
        "━" | "▄" | "▅" => "=",
        "▆" | "▇" | "█" => "#",
        "“" | "”" | "„" => "\"",
        "‘" | "’" => "'",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        let cases: &[(&[(&str, &str)], bool)] = &[
            (&[], false),
            (&[("LANG", "C")], false),
            (&[("LANG", "en_US.UTF-8")], true),
            (&[("LC_ALL", ""), ("LANG", "C.utf8")], true),
            (&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")], false),
            (&[("LC_CTYPE", "de_DE.UTF-8"), ("LANG", "C")], true),
        ];
        for (variables, expected) in cases {
            let var = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(locale_is_utf8(var), *expected, "{variables:?}");
        }
    }

    #[test]
    fn every_sign_of_ours_has_an_ascii_form() {
        let ours = BARS
            .iter()
            .chain(&[CHECK, CROSS, AGAINST, SAVING, CURSOR, LIVE, EDGE, MARK, FRESH, UP, DOWN, "…"]);
        for sign in ours.filter(|sign| !sign.is_ascii()) {
            assert_ne!(ascii(sign), "?", "{sign}");
        }
    }
}
