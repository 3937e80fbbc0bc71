//! About a source: where it is, how much of it there is, from when to when, what could not be read; and the bookmarks.

use jiff::Timestamp;

use crate::app::Scope;
use crate::app::sources::{losses, size, skew};
use crate::incident::{SourceId, SourceSpec};
use crate::tui::glyphs;
use crate::tui::pane::View as PaneView;
use crate::tui::pane::context::{count, source_style};
use crate::tui::widget::rows::{Rows, span};

/// Most logs told about at once.
const ABOUT_MAX: usize = 100;
/// Columns of the names of facts.
const NAMES: usize = 12;

/// About one source.
pub fn about(view: &PaneView<'_>, source: SourceId) -> Rows {
    let theme = &view.look.theme;
    let app = view.app;
    let mut rows = Rows::default();
    rows.gap();
    rows.wrap(1, app.scope_name(Scope::Source(source)), theme.title, view.width);
    rows.gap();
    let state = app.incident.sources.get(&source);
    if let Some(state) = state {
        let spec = state.spec.to_string();
        match (&state.path, &state.spec) {
            (Some(path), _) => {
                fact(&mut rows, view, "path", path);
                if spec != *path {
                    fact(&mut rows, view, "found by", &spec);
                }
            }
            (None, SourceSpec::Context(_)) => fact(&mut rows, view, "path", "written by a person"),
            (None, _) => fact(&mut rows, view, "read from", &spec),
        }
    }
    if let Some(why) = app.why_silent(source) {
        rows.hang(
            vec![span(&format!(" {:<NAMES$}", "trouble"), theme.faded)],
            &why,
            theme.trouble,
            view.width,
        );
    }
    let Some(digest) = app.source_digest(source) else {
        rows.wrap(1, "Nothing of it was read yet.", theme.faded, view.width);
        return rows;
    };
    let of = if digest.bytes_known > digest.bytes_read {
        format!("{} of {} read", size(digest.bytes_read), size(digest.bytes_known))
    } else {
        format!("{}, all read", size(digest.bytes_known))
    };
    fact(&mut rows, view, "size", &of);
    fact(&mut rows, view, "lines", &count(digest.lines));
    fact(&mut rows, view, "records", &count(digest.records));
    match (digest.first, digest.last) {
        (Some(first), Some(last)) => {
            fact(&mut rows, view, "first", &moment(first));
            fact(&mut rows, view, "last", &moment(last));
        }
        _ => fact(&mut rows, view, "times", "its lines carry none that could be read"),
    }
    if let Some(ms) = digest.skew_ms {
        let text = format!("{} the other clocks", skew(ms));
        fact(&mut rows, view, "clock", &text);
    }
    let lost = losses(digest);
    if lost.is_empty() {
        fact(&mut rows, view, "lost", "nothing");
    }
    for (index, loss) in lost.iter().enumerate() {
        let name = if index == 0 { "lost" } else { "" };
        rows.hang(vec![span(&format!(" {name:<NAMES$}"), theme.faded)], loss, theme.changes, view.width);
    }
    changes(&mut rows, view, source);
    rows
}

/// About every log, those with something to say first.
pub fn about_all(view: &PaneView<'_>) -> Rows {
    let mut rows = Rows::default();
    let remarkable = |source: &SourceId| {
        let digest = view.app.source_digest(*source);
        view.app.why_silent(*source).is_some()
            || digest.is_some_and(|digest| digest.skew_ms.is_some() || !losses(digest).is_empty())
    };
    let (told, others): (Vec<_>, Vec<_>) = view.app.logs().partition(remarkable);
    let count = told.len() + others.len();
    for source in told.into_iter().chain(others).take(ABOUT_MAX) {
        rows.rows.extend(about(view, source).rows);
    }
    if count > ABOUT_MAX {
        rows.gap();
        let text = format!("and {} more: s chooses one", count - ABOUT_MAX);
        rows.wrap(1, &text, view.look.theme.faded, view.width);
    }
    rows
}

/// What happened to the file since it is followed: rotations, cuts, its going and coming.
fn changes(rows: &mut Rows, view: &PaneView<'_>, source: SourceId) {
    let theme = &view.look.theme;
    let name = view.app.incident.source_name(source);
    let entries = view.app.incident.log.iter().map(|log| &log.entry);
    let of_it = entries.filter(|entry| {
        entry.source == "sevdeck" && entry.text.strip_prefix(name).is_some_and(|rest| rest.starts_with(' '))
    });
    let mut any = false;
    for entry in of_it {
        if !any {
            rows.gap();
            rows.push(span(" Changes", theme.title).into());
            any = true;
        }
        let prefix = vec![span(&format!("   {}  ", moment(entry.at)), theme.time)];
        rows.hang(prefix, &entry.text, theme.text, view.width);
    }
}

fn fact(rows: &mut Rows, view: &PaneView<'_>, name: &str, text: &str) {
    let theme = &view.look.theme;
    rows.hang(vec![span(&format!(" {name:<NAMES$}"), theme.faded)], text, theme.text, view.width);
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Lines that persons marked.
pub fn bookmarks(view: &PaneView<'_>, selected: usize) -> Rows {
    let theme = &view.look.theme;
    let marks = view.app.bookmarks(None);
    let mut rows = Rows::default();
    if marks.is_empty() {
        rows.gap();
        rows.wrap(
            1,
            "No line is marked. b in the context marks the line under the cursor.",
            theme.faded,
            view.width,
        );
    }
    for (index, mark) in marks.into_iter().enumerate() {
        let start = rows.rows.len();
        let sign = if index == selected { glyphs::CURSOR } else { " " };
        let place = match mark.line {
            Some(line) => format!("{}:{line}", view.app.incident.source_name(mark.place.source)),
            None => view.app.incident.source_name(mark.place.source).to_owned(),
        };
        let time = mark.at.map(|at| at.strftime("%H:%M:%S ").to_string()).unwrap_or_default();
        let prefix = vec![
            span(&format!("{sign} "), theme.focus),
            span(&time, theme.time),
            span(&format!("{place}  "), source_style(view, mark.place.source)),
        ];
        let unnamed = if mark.name.is_empty() { "(no name)" } else { mark.name.as_str() };
        rows.hang(prefix, unnamed, if mark.name.is_empty() { theme.faded } else { theme.title }, view.width);
        rows.wrap(3, &mark.text, theme.text, view.width);
        if index == selected {
            rows.focus_from(start);
        }
        rows.gap();
    }
    rows
}
