//! Texts for others: the update for those who wait, and the card for whoever takes over.

use crate::incident::briefing::{self, Words};
use crate::incident::handover::{self, Kind};
use crate::tui::pane::View as PaneView;
use crate::tui::pane::checklist::minute;
use crate::tui::widget::rows::{Rows, span};

/// The draft of an update, when the last one was sent, and when the next is owed.
pub fn update(view: &PaneView<'_>) -> Rows {
    let theme = &view.look.theme;
    let (incident, now) = (&view.app.incident, view.app.now);
    let mut rows = Rows::default();
    rows.gap();
    for line in briefing::draft(incident, now).lines() {
        match line
            .split_once([':', '：'])
            .filter(|(name, _)| !name.contains(|c: char| c == '[' || c.is_ascii_digit()))
        {
            Some((name, rest)) => {
                let sign = &line[name.len()..line.len() - rest.len()];
                let prefix = vec![span(&format!(" {name}{sign}"), theme.faded)];
                rows.hang_at(3, prefix, (rest, theme.text), view.width);
            }
            None if line.starts_with('[') => rows.wrap(1, line, theme.title, view.width),
            None => rows.wrap(1, line, theme.text, view.width),
        }
    }
    rows.gap();
    let words = Words::of(crate::incident::triage::Language::En);
    let sent = incident.updates.last().map_or("None was sent yet.".to_owned(), |last| {
        let ago = briefing::span(now.duration_since(last.at), &words);
        format!("The last one was sent at {} by {}, {ago} ago.", minute(last.at), last.by)
    });
    let due = match briefing::due(incident) {
        Some(due) if due <= now => " The next one is due now.".to_owned(),
        Some(due) => format!(" The next one is due at {} UTC.", minute(due)),
        None => String::new(),
    };
    rows.wrap(
        1,
        &format!("{sent}{due} y copies it and notes that it was sent; e changes the words first."),
        theme.faded,
        view.width,
    );
    for update in incident.updates.iter().rev() {
        rows.gap();
        let who = format!(" {} {}  ", minute(update.at), update.by);
        rows.hang_at(3, vec![span(&who, theme.kind_person)], (&update.text, theme.faded), view.width);
    }
    rows
}

/// The card, as it is copied.
pub fn handover(view: &PaneView<'_>) -> Rows {
    let theme = &view.look.theme;
    let mut rows = Rows::default();
    for line in handover::card(&view.app.incident, view.app.now) {
        let body = line.text.trim_start();
        let indent = line.text.len() - body.len();
        let style = match line.kind {
            Kind::Title | Kind::Heading => theme.title,
            Kind::Text => theme.text,
            Kind::Command => theme.command,
        };
        rows.hang_at(indent + 4, vec![span(&" ".repeat(indent + 1), theme.text)], (body, style), view.width);
    }
    rows
}
