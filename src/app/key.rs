//! Keys as the cockpit knows them, whatever the terminal library calls them.

use std::fmt;
use std::str::FromStr;

/// A key press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A character; upper case stands for Shift.
    Char(char),
    /// Ctrl and a lower-case letter or sign.
    Ctrl(char),
    /// Alt and a character.
    Alt(char),
    /// Function key, from 1.
    F(u8),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Home.
    Home,
    /// End.
    End,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Char(' ') => f.write_str("Space"),
            Self::Char(c) => write!(f, "{c}"),
            Self::Ctrl(c) => write!(f, "Ctrl-{c}"),
            Self::Alt(c) => write!(f, "Alt-{c}"),
            Self::F(n) => write!(f, "F{n}"),
            Self::BackTab => f.write_str("Shift-Tab"),
            Self::PageUp => f.write_str("PgUp"),
            Self::PageDown => f.write_str("PgDn"),
            other => write!(f, "{other:?}"),
        }
    }
}

impl FromStr for Key {
    type Err = ();

    /// Reads a key as it is shown; names without regard to case.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut chars = text.chars();
        if let (Some(c), None) = (chars.next(), chars.next()) {
            return if c.is_control() { Err(()) } else { Ok(Self::Char(c)) };
        }
        let lower = text.to_lowercase();
        let one = |rest: &str| {
            let mut chars = rest.chars();
            chars.next().filter(|_| chars.next().is_none()).ok_or(())
        };
        if let Some(rest) = lower.strip_prefix("ctrl-").or_else(|| lower.strip_prefix("c-")) {
            return one(rest).map(Self::Ctrl);
        }
        if text.len() > 2 && (lower.starts_with("alt-") || lower.starts_with("m-")) {
            let rest = text.split_once('-').map_or("", |(_, rest)| rest);
            return one(rest).map(Self::Alt);
        }
        if let Some(number) = lower.strip_prefix('f').and_then(|number| number.parse().ok()) {
            return if (1..=24).contains(&number) { Ok(Self::F(number)) } else { Err(()) };
        }
        let named = [
            ("space", Self::Char(' ')),
            ("enter", Self::Enter),
            ("esc", Self::Esc),
            ("tab", Self::Tab),
            ("shift-tab", Self::BackTab),
            ("backspace", Self::Backspace),
            ("delete", Self::Delete),
            ("up", Self::Up),
            ("down", Self::Down),
            ("left", Self::Left),
            ("right", Self::Right),
            ("pgup", Self::PageUp),
            ("pgdn", Self::PageDown),
            ("home", Self::Home),
            ("end", Self::End),
        ];
        named.into_iter().find(|(name, _)| *name == lower).map(|(_, key)| key).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::command::COMMANDS;

    #[test]
    fn every_key_is_read_as_it_is_shown() {
        for key in COMMANDS.iter().flat_map(|info| info.keys) {
            assert_eq!(key.to_string().parse(), Ok(*key));
        }
        for (text, key) in [
            ("ctrl-X", Key::Ctrl('x')),
            ("Alt-B", Key::Alt('B')),
            ("F12", Key::F(12)),
            ("界", Key::Char('界')),
        ] {
            assert_eq!(text.parse(), Ok(key));
        }
        for text in ["", "F0", "F99", "Ctrl-", "Ctrl-xy", "Hyper-x", "\u{1b}"] {
            assert_eq!(text.parse::<Key>(), Err(()), "{text}");
        }
    }
}
