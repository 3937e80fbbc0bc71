//! What a terminal understands, by its name in `TERM`. Most of today's ignore what they do not know; the old ones and the
//! console of Linux are sent only what they do know.

use ratatui::style::Modifier;

/// What may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// A second screen to draw on, so that the shell's is there again afterwards.
    pub second_screen: bool,
    /// The cursor can be hidden.
    pub cursor: bool,
    /// Marked pastes, news of the focus, the mouse, frames shown at once.
    pub modes: bool,
    /// Questions such as the one for the background.
    pub questions: bool,
    /// Attributes that look like what they are called.
    pub attributes: Modifier,
    /// Signs beyond ASCII have a shape.
    pub signs: bool,
}

impl Dialect {
    /// What today's emulators understand.
    pub const MODERN: Self = Self {
        second_screen: true,
        cursor: true,
        modes: true,
        questions: true,
        attributes: Modifier::all(),
        signs: true,
    };
    /// The console of Linux (`console_codes(4)`).
    const LINUX: Self = Self {
        second_screen: false,
        modes: false,
        questions: false,
        attributes: Modifier::BOLD.union(Modifier::UNDERLINED).union(Modifier::REVERSED),
        signs: false,
        ..Self::MODERN
    };
    /// DEC's terminals up to the VT100 and what copies them; later ones can hide the cursor.
    const VT100: Self = Self { cursor: false, ..Self::LINUX };

    /// What the terminal called so understands.
    pub fn of(term: &str) -> Self {
        let family = term.split(['-', '.']).next().unwrap_or_default();
        match family {
            "linux" => Self::LINUX,
            "vt100" | "vt102" | "vt52" | "ansi" | "pcansi" => Self::VT100,
            "vt220" | "vt320" | "vt420" | "cons25" => Self { cursor: true, ..Self::VT100 },
            // In GNU screen 3 stands for standout, which looks like the cursor's row. Old versions print what answers.
            "screen" => Self {
                questions: false,
                attributes: Modifier::all().difference(Modifier::ITALIC | Modifier::CROSSED_OUT),
                ..Self::MODERN
            },
            _ => Self::MODERN,
        }
    }

    /// Whether its cells have no colour of their own.
    pub fn is_mono(term: &str) -> bool {
        term.starts_with("vt")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_terminals_get_only_what_they_know() {
        for term in ["vt100", "vt102-w", "linux", "linux-16color", "vt220"] {
            let dialect = Dialect::of(term);
            assert!(!dialect.modes && !dialect.second_screen && !dialect.questions, "{term}");
        }
        assert!(!Dialect::of("vt100").cursor && Dialect::of("vt220").cursor);
        for term in ["xterm-256color", "xterm", "tmux-256color", "alacritty", "xterm-kitty", "foot"] {
            assert_eq!(Dialect::of(term), Dialect::MODERN, "{term}");
        }
        let screen = Dialect::of("screen.xterm-256color");
        assert!(screen.modes && !screen.questions && !screen.attributes.contains(Modifier::ITALIC));
    }
}
