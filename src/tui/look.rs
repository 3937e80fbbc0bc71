//! How things look: what every part that draws is given beside the state.

use crate::tui::theme::Theme;

/// How things look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Styles by role.
    pub theme: Theme,
    /// Only signs that any terminal shows.
    pub ascii: bool,
}
