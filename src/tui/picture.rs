//! A screen as text with colours, and as a picture (SVG): what the program paints, for people who are not at its terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr;

use crate::tui::theme::{BUILT_IN, Theme};
use crate::tui::widget::canvas::put;

/// Width and height of a cell in the picture, and the size of its letters, in pixels.
const CELL: (f32, f32) = (8.4, 18.0);
const LETTERS: u32 = 14;
/// Text and background where the theme leaves them to the terminal.
const TEXT: &str = "#d5d8de";
const BACK: &str = "#14171c";
/// The 16 colours of the terminal's palette, as xterm shows them; brightened where they cannot be read on [`BACK`].
const PALETTE: [&str; 16] = [
    "#000000", "#e05561", "#7bc275", "#d8b45c", "#5c9ee8", "#c678dd", "#4fc1d6", "#d5d8de", "#7d8491",
    "#ff7b86", "#98d992", "#f0d28a", "#8fbdf2", "#dda0ec", "#86dbe9", "#ffffff",
];

/// The screen as SVG. Every run of cells with one style is one text of a fixed length, so that columns stand whatever
/// font is there.
pub fn svg(buffer: &Buffer) -> String {
    let area = buffer.area;
    let (wide, high) = (f32::from(area.width) * CELL.0, f32::from(area.height) * CELL.1);
    let page = page(buffer);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide:.0} {high:.0}\" width=\"{wide:.0}\" \
         height=\"{high:.0}\" font-family=\"ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace\" \
         font-size=\"{LETTERS}\">\n<rect width=\"100%\" height=\"100%\" fill=\"{page}\"/>\n"
    );
    for y in area.top()..area.bottom() {
        for (x, cells) in runs(buffer, y) {
            run(&mut out, (x - area.left(), y - area.top()), &cells, &page);
        }
    }
    out.push_str("</svg>\n");
    out
}

/// The ground that most cells have: what the others stand on.
fn page(buffer: &Buffer) -> String {
    let mut grounds: BTreeMap<String, usize> = BTreeMap::new();
    for cell in &buffer.content {
        *grounds.entry(colours(cell).1).or_default() += 1;
    }
    let most = grounds.into_iter().max_by_key(|(_, cells)| *cells);
    most.map_or_else(|| BACK.to_owned(), |(ground, _)| ground)
}

/// The cells of a row in runs of one style; the cell behind a wide character is left out.
fn runs(buffer: &Buffer, y: u16) -> Vec<(u16, Vec<&Cell>)> {
    let mut runs: Vec<(u16, Vec<&Cell>)> = Vec::new();
    let mut x = buffer.area.left();
    let mut next = x;
    while x < buffer.area.right() {
        let cell = &buffer[(x, y)];
        let wide = cell.symbol().width().max(1) as u16;
        match runs.last_mut() {
            Some((_, cells)) if x == next && cells[0].style() == cell.style() => cells.push(cell),
            _ => runs.push((x, vec![cell])),
        }
        x += wide;
        next = x;
    }
    runs
}

fn run(out: &mut String, (x, y): (u16, u16), cells: &[&Cell], page: &str) {
    let text: String = cells.iter().map(|cell| cell.symbol()).collect();
    let columns = text.width().max(1);
    let (fore, back) = colours(cells[0]);
    let (left, top) = (f32::from(x) * CELL.0, f32::from(y) * CELL.1);
    let wide = columns as f32 * CELL.0;
    if back != page {
        let _ = writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{:.1}\" fill=\"{back}\"/>",
            CELL.1
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let modifier = cells[0].modifier;
    let mut look = String::new();
    for (has, attribute) in [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::DIM, " fill-opacity=\"0.65\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
        (Modifier::CROSSED_OUT, " text-decoration=\"line-through\""),
    ] {
        if modifier.contains(has) {
            look.push_str(attribute);
        }
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = writeln!(
        out,
        "<text x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{wide:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
         xml:space=\"preserve\" fill=\"{fore}\"{look}>{text}</text>",
        top + CELL.1 * 0.75
    );
}

/// Colours of letters and ground, as the web writes them.
fn colours(cell: &Cell) -> (String, String) {
    let (fore, back) = (web(cell.fg, TEXT), web(cell.bg, BACK));
    if cell.modifier.contains(Modifier::REVERSED) { (back, fore) } else { (fore, back) }
}

fn web(colour: Color, unset: &str) -> String {
    let name = |number: usize| PALETTE[number].to_owned();
    match colour {
        Color::Reset => unset.to_owned(),
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        Color::Indexed(number @ 0..16) => name(usize::from(number)),
        Color::Indexed(number @ 16..232) => {
            let level = |value: u8| if value == 0 { 0 } else { 55 + 40 * value };
            let number = number - 16;
            format!("#{:02x}{:02x}{:02x}", level(number / 36), level(number / 6 % 6), level(number % 6))
        }
        Color::Indexed(number) => {
            let grey = 8 + 10 * (number - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
        named => name(usize::from(number_of(named))),
    }
}

/// Number of a colour of the terminal's palette.
fn number_of(colour: Color) -> u8 {
    match colour {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        _ => 7,
    }
}

/// The screen as lines of text with colours for a terminal.
pub fn ansi(buffer: &Buffer) -> String {
    let mut out = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        for (_, cells) in runs(buffer, y) {
            let text: String = cells.iter().map(|cell| cell.symbol()).collect();
            let _ = write!(out, "\x1b[{}m{text}", codes(cells[0].style()));
        }
        out.push_str("\x1b[0m\n");
    }
    out
}

/// The numbers that set a style and nothing else.
fn codes(style: Style) -> String {
    let mut codes = vec!["0".to_owned()];
    for (has, code) in [
        (Modifier::BOLD, "1"),
        (Modifier::DIM, "2"),
        (Modifier::ITALIC, "3"),
        (Modifier::UNDERLINED, "4"),
        (Modifier::REVERSED, "7"),
        (Modifier::CROSSED_OUT, "9"),
    ] {
        if style.add_modifier.contains(has) {
            codes.push(code.to_owned());
        }
    }
    for (colour, base) in [(style.fg, 30), (style.bg, 40)] {
        match colour {
            None | Some(Color::Reset) => {}
            Some(Color::Rgb(red, green, blue)) => codes.push(format!("{};2;{red};{green};{blue}", base + 8)),
            Some(Color::Indexed(number)) => codes.push(format!("{};5;{number}", base + 8)),
            Some(named) => {
                let number = u32::from(number_of(named));
                codes.push((if number < 8 { base + number } else { base + 60 + number - 8 }).to_string());
            }
        }
    }
    codes.join(";")
}

/// A few words in the roles of a theme, two rows.
pub fn sample(theme: &Theme) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 78, 2));
    buffer.set_style(buffer.area, theme.text);
    let words = [
        [
            (" SEV1 ", theme.sev1),
            (" SEV2 ", theme.sev2),
            (" SEV3 ", theme.sev3),
            (" payment-svc ", theme.title),
            ("since 14:02 ", theme.faded),
            ("▲ rising ", theme.worse),
            ("high ", theme.high),
            ("medium ", theme.medium),
            ("ruled out ", theme.ruled_out),
        ],
        [
            (" ✓ ", theme.verified),
            ("pg.log:18213 ", theme.place),
            ("FATAL ", theme.level_fatal),
            ("ERROR ", theme.level_error),
            ("WARN ", theme.level_warn),
            ("$ kubectl get pods ", theme.command),
            ("changes ", theme.changes),
            ("deploy ", theme.kind_deploy),
            ("y copy", theme.key),
        ],
    ];
    for (row, words) in words.into_iter().enumerate() {
        let mut column = 0;
        for (word, style) in words {
            let area = buffer.area;
            column = put(&mut buffer, area, (column, row as u16), word, style);
        }
    }
    buffer
}

/// What the file of a built-in theme says it is for: its first line.
pub fn purpose(name: &str) -> &'static str {
    let text = BUILT_IN.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| *text);
    text.lines().next().unwrap_or_default().trim_start_matches('#').trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Depth;

    fn painted() -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 2));
        buffer.set_string(0, 0, "a<b>&c", Style::new().fg(Color::Rgb(1, 2, 3)).bold());
        buffer.set_string(0, 1, "连接 ok", Style::new().bg(Color::Red).reversed());
        buffer
    }

    #[test]
    fn a_picture_holds_every_run_once_escaped_and_in_its_place() {
        let text = svg(&painted());
        assert!(text.contains("fill=\"#010203\" font-weight=\"bold\">a&lt;b&gt;&amp;c</text>"), "{text}");
        assert!(text.contains(&format!("textLength=\"{:.1}\"", 7.0 * CELL.0)), "{text}");
        assert!(text.contains("连接 ok"));
        assert_eq!(text.matches("<text").count(), 2);
        assert_eq!(text.matches("<text").count(), text.matches("</text>").count());
    }

    #[test]
    fn text_with_colours_says_the_same_words() {
        let text = ansi(&painted());
        assert!(text.starts_with("\x1b[0;1;38;2;1;2;3ma<b>&c\x1b["), "{text:?}");
        assert!(text.contains("\x1b[0;7;41m连接 ok"), "{text:?}");
        assert_eq!(text.lines().count(), 2);
    }

    #[test]
    fn every_theme_can_be_shown() {
        for (name, _) in BUILT_IN {
            let theme = Theme::built_in(name, Depth::True).unwrap();
            assert!(ansi(&sample(&theme)).contains("kubectl"), "{name}");
            assert!(!purpose(name).is_empty());
        }
    }
}
