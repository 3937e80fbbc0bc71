//! This incident beside a past one: what was alike, what helped then.

use ratatui::style::Style;

use crate::incident::briefing::{self, Words};
use crate::incident::event::IncidentStatus;
use crate::incident::triage::{HypothesisStatus, Language, SeverityLevel};
use crate::incident::{Incident, TimelineKind};
use crate::tui::overlay::document::nothing;
use crate::tui::pane::View as PaneView;
use crate::tui::pane::checklist::minute;
use crate::tui::widget::rows::{Row, Rows, span};
use crate::tui::widget::text::{width, wrap};

/// From this many columns on the two stand side by side.
const BESIDE: usize = 100;
/// Columns between them.
const GAP: usize = 3;
/// Most entries of a list.
const MOST: usize = 6;

/// Section by section, one beside the other or one below the other.
pub fn rows(view: &PaneView<'_>) -> Rows {
    let Some(other) = &view.app.other else {
        return nothing(view, "That incident is no longer at hand: choose it once more.");
    };
    let theme = &view.look.theme;
    let mine = sections(&view.app.incident);
    let theirs = sections(other);
    let mut rows = Rows::default();
    rows.gap();
    for ((name, mine), (_, theirs)) in mine.into_iter().zip(theirs) {
        if mine.is_empty() && theirs.is_empty() {
            continue;
        }
        rows.push(span(&format!(" {name}"), theme.title).into());
        if view.width >= BESIDE {
            beside(&mut rows, (&mine, &theirs), view.width, (theme.text, theme.faded));
        } else {
            for (who, lines) in [("this  ", mine), ("that  ", theirs)] {
                let lines = if lines.is_empty() { vec!["nothing".to_owned()] } else { lines };
                for (number, line) in lines.iter().enumerate() {
                    let prefix = if number == 0 { format!("   {who}") } else { " ".repeat(3 + who.len()) };
                    rows.hang(vec![span(&prefix, theme.faded)], line, theme.text, view.width);
                }
            }
        }
        rows.gap();
    }
    rows
}

/// The lines of both, wrapped into half the width each.
fn beside(
    rows: &mut Rows,
    (mine, theirs): (&[String], &[String]),
    columns: usize,
    (text, faded): (Style, Style),
) {
    let half = (columns - GAP) / 2;
    let wrapped = |lines: &[String]| -> Vec<String> {
        let lines = lines.iter().flat_map(|line| wrap(line, half - 3, half - 5).into_iter().enumerate());
        lines.map(|(number, line)| format!("{}{line}", if number == 0 { "   " } else { "     " })).collect()
    };
    let (left, right) = (wrapped(mine), wrapped(theirs));
    for number in 0..left.len().max(right.len()) {
        let one = left.get(number).map_or("", String::as_str);
        let other = right.get(number).map_or("", String::as_str);
        let fill = " ".repeat(half.saturating_sub(width(one)));
        let spans = vec![span(one, text), span(&fill, text), span(" │ ", faded), span(other, text)];
        rows.push(Row::from(spans));
    }
}

/// What there is to compare, by section.
fn sections(incident: &Incident) -> Vec<(&'static str, Vec<String>)> {
    let triage = incident.shown();
    let line = |text: &str| if text.trim().is_empty() { Vec::new() } else { vec![text.trim().to_owned()] };
    let level = incident.severity().map_or("SEV?", SeverityLevel::name);
    let opened = incident.opened_at.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
    let causes = incident.hypotheses().into_iter().take(MOST).map(|one| {
        let sure = match incident.status_of(one) {
            HypothesisStatus::Confirmed => "confirmed",
            HypothesisStatus::RuledOut => "ruled out",
            HypothesisStatus::Open => one.confidence.name(),
        };
        format!("{sure}: {}", one.cause)
    });
    let did = incident.log.iter().map(|log| &log.entry).filter(|entry| entry.kind == TimelineKind::Action);
    let mut did: Vec<String> = did.map(|entry| format!("{} {}", minute(entry.at), entry.text)).collect();
    did.drain(..did.len().saturating_sub(MOST));
    let notes = incident.notes.iter().rev().take(MOST);
    let notes = notes.map(|note| format!("{} {}: {}", minute(note.at), note.by, note.text));
    let later = triage.follow_ups.iter().take(MOST).map(|one| format!("{} {}", one.priority, one.text));
    let headline =
        vec![format!("{level} {}", incident.title()), format!("{opened} UTC, {}", lasted(incident))];
    vec![
        ("Incident", headline),
        ("Service", line(incident.service())),
        ("Causes", causes.collect()),
        ("What was done last", did),
        ("Notes, newest first", notes.collect()),
        ("Impact", line(&briefing::impact(incident))),
        ("Follow-ups", later.collect()),
    ]
}

/// Where it stands, and for how long it lasted.
fn lasted(incident: &Incident) -> String {
    let words = Words::of(Language::En);
    let since = incident.onset().or(incident.opened_at);
    let span =
        |until: jiff::Timestamp| since.map(|since| briefing::span(until.duration_since(since), &words));
    match (incident.status, incident.status_at.and_then(span)) {
        (IncidentStatus::Open, _) => "open".to_owned(),
        (IncidentStatus::Mitigated, Some(after)) => format!("mitigated after {after}"),
        (IncidentStatus::Mitigated, None) => "mitigated".to_owned(),
        (IncidentStatus::Resolved, Some(after)) => format!("resolved after {after}"),
        (IncidentStatus::Resolved, None) => "resolved".to_owned(),
    }
}
