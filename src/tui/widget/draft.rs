//! The text being written, with its cursor and undo. The app knows the text; the rest lives here.

use ratatui::layout::Rect;
use tui_textarea::{CursorMove, TextArea, WrapMode};

use crate::app::key::Key;
use crate::app::ui::Purpose;
use crate::tui::theme::Theme;
use crate::tui::widget::text::clean;

/// What a key did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// The text changed.
    Edited,
    /// Only the cursor moved, or nothing happened.
    Moved,
    /// The text is finished.
    Submitted,
}

/// A text being written.
#[derive(Debug, Clone)]
pub struct Draft {
    purpose: Purpose,
    area: TextArea<'static>,
}

impl Draft {
    /// Starts with `text`, the cursor at its end.
    pub fn new(purpose: Purpose, text: &str) -> Self {
        let lines: Vec<String> = text.split('\n').map(|line| clean(line).into_owned()).collect();
        let mut area = TextArea::new(lines);
        area.set_wrap_mode(if purpose.one_line() { WrapMode::None } else { WrapMode::WordOrGlyph });
        // A long text that is there already is read from its beginning.
        if purpose == Purpose::Postmortem {
            area.move_cursor(CursorMove::Top);
        } else {
            area.move_cursor(CursorMove::Bottom);
            area.move_cursor(CursorMove::End);
        }
        Self { purpose, area }
    }

    /// What the text is for.
    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// The text.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Takes a key.
    pub fn key(&mut self, key: Key) -> Typed {
        let one_line = self.purpose.one_line();
        match key {
            Key::Enter if one_line => return Typed::Submitted,
            Key::Ctrl('d') => return Typed::Submitted,
            _ => {}
        }
        let Some(input) = textarea_input(key) else { return Typed::Moved };
        if self.area.input(input) { Typed::Edited } else { Typed::Moved }
    }

    /// Takes a pasted text at the cursor; line breaks become spaces in a text of one line.
    pub fn paste(&mut self, text: &str) -> Typed {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let joined = if self.purpose.one_line() { text.trim().replace('\n', " ") } else { text };
        let cleaned: Vec<String> = joined.split('\n').map(|line| clean(line).into_owned()).collect();
        if self.area.insert_str(cleaned.join("\n")) { Typed::Edited } else { Typed::Moved }
    }

    /// The widget, styled.
    pub(crate) fn area(&self, theme: &Theme) -> TextArea<'static> {
        let mut area = self.area.clone();
        area.set_style(theme.text);
        area.set_cursor_line_style(theme.text);
        area.set_cursor_style(theme.text.add_modifier(ratatui::style::Modifier::REVERSED));
        area.remove_block();
        area
    }

    /// Rows the text needs in `area`, for callers that grow with it.
    pub fn rows(&self, area: Rect) -> usize {
        let columns = usize::from(area.width).max(1);
        self.area
            .lines()
            .iter()
            .map(|line| crate::tui::widget::text::wrap(line, columns, columns).len())
            .sum()
    }
}

/// Keys that edit; Ctrl-C, Ctrl-Z and the like belong to the cockpit.
fn textarea_input(key: Key) -> Option<tui_textarea::Input> {
    use tui_textarea::Key as Area;
    let plain = |key| tui_textarea::Input { key, ctrl: false, alt: false, shift: false };
    Some(match key {
        Key::Char(c) => plain(Area::Char(c)),
        Key::Ctrl(c @ ('a' | 'b' | 'e' | 'f' | 'h' | 'j' | 'k' | 'n' | 'p' | 'r' | 'u' | 'w' | 'y')) => {
            tui_textarea::Input { ctrl: true, ..plain(Area::Char(c)) }
        }
        Key::Alt(c @ ('b' | 'd' | 'f')) => tui_textarea::Input { alt: true, ..plain(Area::Char(c)) },
        Key::Enter => plain(Area::Enter),
        Key::Tab => plain(Area::Tab),
        Key::Backspace => plain(Area::Backspace),
        Key::Delete => plain(Area::Delete),
        Key::Up => plain(Area::Up),
        Key::Down => plain(Area::Down),
        Key::Left => plain(Area::Left),
        Key::Right => plain(Area::Right),
        Key::PageUp => plain(Area::PageUp),
        Key::PageDown => plain(Area::PageDown),
        Key::Home => plain(Area::Home),
        Key::End => plain(Area::End),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enter_ends_a_short_text_and_breaks_a_long_one() {
        let mut search = Draft::new(Purpose::Search, "fat");
        assert_eq!(search.key(Key::Char('l')), Typed::Edited);
        assert_eq!(search.text(), "fatl");
        assert_eq!(search.key(Key::Enter), Typed::Submitted);
        let mut note = Draft::new(Purpose::Note, "a");
        assert_eq!(note.key(Key::Enter), Typed::Edited);
        assert_eq!(note.text(), "a\n");
        assert_eq!(note.key(Key::Ctrl('d')), Typed::Submitted);
    }

    #[test]
    fn pasted_text_is_cleaned_and_kept_on_one_line_where_there_is_only_one() {
        let mut search = Draft::new(Purpose::Search, "");
        search.paste("too many\r\nclients\u{1b}");
        assert_eq!(search.text(), "too many clients\u{fffd}");
        let mut note = Draft::new(Purpose::Note, "");
        note.paste("a\r\nb");
        assert_eq!(note.text(), "a\nb");
    }
}
