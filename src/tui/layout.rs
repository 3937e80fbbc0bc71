//! Size and focus -> rectangles.
//!
//! ```text
//!  four panes, from 100x20                 stacked, from 50x18              single, from 40x10
//!  header, 2 rows                          header, 2 rows                   header, 2 rows
//!  ─ 1 Context ──────┬─ 2 Hypotheses ──    tabs                             tabs
//!                    │                     ─ 2 Hypotheses ─────────────     the pane with the focus
//!                    ├─ 3 Checklist ────
//!  ─ 4 Timeline ─────┤                     ─ 3 Checklist ──────────────
//!                    │                                                      key bar
//!  key bar                                 key bar
//! ```
//!
//! A pane is a title row and the rows below it. What is on screen depends on size and on what the person did only, so
//! text that arrives never moves a pane. Below 40x10 there is only a message.

use ratatui::layout::{Position, Rect};

use crate::app::split::{Border, Split};
use crate::app::ui::{Pane, Ui};

/// Smallest terminal that is drawn, columns and rows.
pub const SMALLEST: (u16, u16) = (40, 10);
const FOUR: (u16, u16) = (100, 20);
const STACKED: (u16, u16) = (50, 18);
/// From this many rows on the stack holds three panes.
const STACK_OF_THREE: u16 = 34;

/// Least rows of a pane: its title and two more.
const PANE_MIN: u16 = 3;

/// Where everything goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Severity, title, clocks, rates.
    pub header: Rect,
    /// Names of the panes, where not all are on screen.
    pub tabs: Option<Rect>,
    /// The panes on screen with their title rows.
    pub panes: Vec<(Pane, Rect)>,
    /// The column between left and right panes.
    pub divider: Option<Rect>,
    /// Everything between header and key bar; overlays lie here.
    pub body: Rect,
    /// The last row.
    pub keys: Rect,
}

/// What the app has to know of the layout to ask for lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// Rows the context pane has for lines; those it would have with the focus, while it is not on screen.
    pub context_rows: usize,
    /// Columns of the context pane.
    pub context_width: usize,
    /// Columns of the histogram above the lines; 0 where there is none.
    pub strip_columns: usize,
}

/// Columns of the histogram's names and figures.
pub const STRIP_LABEL: u16 = 18;
/// Rows below the title from which on there is room for the histogram, and for a higher one.
const STRIP_FROM: u16 = 12;
const HIGH_STRIP_FROM: u16 = 30;
/// The screen has room for it beside other panes from here on.
const STRIP_BESIDE: (u16, u16) = (120, 36);

/// What is below the title of the context pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// Which lines are shown and what is searched for, where that is said.
    pub status: Option<Rect>,
    /// The histogram.
    pub strip: Option<Rect>,
    /// The lines.
    pub lines: Rect,
}

/// Places what is below the title of the context pane, `area`, on a screen of this size.
pub fn context(area: Rect, (columns, rows): (u16, u16), ui: &Ui) -> Context {
    let mut lines = area;
    let mut take = |height: u16| {
        let taken = Rect { height, ..lines };
        lines = Rect { y: lines.y + height, height: lines.height - height, ..lines };
        taken
    };
    let said = ui.context.is_filtered() || ui.context.is_searching();
    let status = (said && area.height > 1).then(|| take(1));
    let room = ui.zoom || (columns >= STRIP_BESIDE.0 && rows >= STRIP_BESIDE.1);
    let strip = room && !ui.context.strip.hidden && area.height >= STRIP_FROM && area.width > 2 * STRIP_LABEL;
    let strip = strip.then(|| take(if area.height >= HIGH_STRIP_FROM { 6 } else { 4 }));
    Context { status, strip, lines }
}

/// Where the names of the panes stand in the row of tabs: first column and text of each.
pub fn tabs(columns: u16, focus: Pane) -> Vec<(Pane, u16, String)> {
    let short = columns < 56;
    let mut column = u16::from(!short);
    let place = |pane: Pane| {
        let focused = pane == focus;
        let title = if short && !focused { pane.short() } else { pane.title() };
        let number = pane.number();
        let text = if focused { format!("[{number} {title}]") } else { format!(" {number} {title} ") };
        let at = column;
        column += text.len() as u16 + u16::from(!short);
        (pane, at, text)
    };
    Pane::ALL.into_iter().map(place).collect()
}

/// The pane at a cell of the screen, or the one whose tab is there.
pub fn pane_at((columns, rows): (u16, u16), ui: &Ui, (column, row): (u16, u16)) -> Option<Pane> {
    let layout = place((columns, rows), ui.focus, ui)?;
    let here = Position::new(column, row);
    if layout.tabs.is_some_and(|tabs| tabs.contains(here)) {
        let tabs = tabs(columns, ui.focus).into_iter().rev();
        return tabs.into_iter().find(|(_, at, _)| *at <= column).map(|(pane, ..)| pane);
    }
    layout.panes.iter().find(|(_, area)| area.contains(here)).map(|(pane, _)| *pane)
}

/// The border between panes at a cell of the screen: the line between left and right, the title row of a lower pane.
pub fn border_at((columns, rows): (u16, u16), ui: &Ui, (column, row): (u16, u16)) -> Option<Border> {
    let layout = place((columns, rows), ui.focus, ui)?;
    let here = Position::new(column, row);
    if layout.divider.is_some_and(|divider| divider.contains(here)) {
        return Some(Border::Columns);
    }
    let lower = layout.panes.iter().find(|(_, area)| area.y == row && area.contains(here))?;
    match (layout.divider, layout.panes.len(), lower.0) {
        _ if lower.1.y == layout.panes.first()?.1.y => None,
        (Some(_), _, Pane::Timeline) => Some(Border::Left),
        (Some(_), ..) => Some(Border::Right),
        (None, 2, _) => Some(Border::Stack),
        _ => None,
    }
}

/// The share, percent, that a border has when it is moved to a cell.
pub fn share((columns, rows): (u16, u16), ui: &Ui, border: Border, (column, row): (u16, u16)) -> Option<u16> {
    let layout = place((columns, rows), ui.focus, ui)?;
    let percent = |part: u16, whole: u16| {
        let nearest = u32::from(part) * 100 + u32::from(whole) - 1;
        (nearest / u32::from(whole.max(1))) as u16
    };
    let top = layout.panes.first()?.1.y;
    let height = layout.keys.y.saturating_sub(top);
    Some(match border {
        Border::Columns => percent(column, columns),
        Border::Left | Border::Right | Border::Stack => percent(row.saturating_sub(top), height),
    })
}

/// Places everything; `None` when the terminal is too small.
pub fn place((columns, rows): (u16, u16), focus: Pane, ui: &Ui) -> Option<Layout> {
    if columns < SMALLEST.0 || rows < SMALLEST.1 {
        return None;
    }
    let header = Rect::new(0, 0, columns, 2);
    let keys = Rect::new(0, rows - 1, columns, 1);
    let body = Rect::new(0, 2, columns, rows - 3);
    let below_tabs = Rect { y: body.y + 1, height: body.height - 1, ..body };
    let tabs = Some(Rect { height: 1, ..body });
    let fits = |least: (u16, u16)| columns >= least.0 && rows >= least.1;
    let layout = |tabs, panes, divider| Some(Layout { header, tabs, panes, divider, body, keys });
    if ui.zoom {
        layout(None, vec![(focus, body)], None)
    } else if fits(FOUR) {
        let (panes, divider) = four(body, ui.split);
        layout(None, panes, Some(divider))
    } else if fits(STACKED) {
        layout(tabs, stack(below_tabs, focus, ui.split), None)
    } else {
        layout(tabs, vec![(focus, below_tabs)], None)
    }
}

/// What the app asks for lines with.
pub fn measure(columns: u16, rows: u16, ui: &Ui) -> Measure {
    let placed = |focus| {
        let layout = place((columns, rows), focus, ui)?;
        layout.panes.into_iter().find(|(pane, _)| *pane == Pane::Context).map(|(_, area)| area)
    };
    let area = placed(ui.focus).or_else(|| placed(Pane::Context)).unwrap_or_default();
    let below = Rect { y: area.y + area.height.min(1), height: area.height.saturating_sub(1), ..area };
    let parts = context(below, (columns, rows), ui);
    Measure {
        context_rows: usize::from(parts.lines.height),
        context_width: usize::from(area.width),
        strip_columns: parts.strip.map_or(0, |strip| usize::from(strip.width.saturating_sub(STRIP_LABEL))),
    }
}

fn four(body: Rect, split: Split) -> (Vec<(Pane, Rect)>, Rect) {
    let left_width = (u32::from(body.width) * u32::from(split.columns) / 100) as u16;
    let divider = Rect { x: body.x + left_width, width: 1, ..body };
    let left = Rect { width: left_width, ..body };
    let right = Rect { x: divider.x + 1, width: body.width - left_width - 1, ..body };
    let (context, timeline) = cut(left, split.left);
    let (hypotheses, checklist) = cut(right, split.right);
    let panes = vec![
        (Pane::Context, context),
        (Pane::Hypotheses, hypotheses),
        (Pane::Checklist, checklist),
        (Pane::Timeline, timeline),
    ];
    (panes, divider)
}

/// The pane with the focus and what is needed beside it: causes and what to do next stay on screen.
fn stack(area: Rect, focus: Pane, split: Split) -> Vec<(Pane, Rect)> {
    if area.height + 4 >= STACK_OF_THREE {
        let upper = if focus == Pane::Timeline { Pane::Timeline } else { Pane::Context };
        let (first, rest) = cut(area, 36);
        let (second, third) = cut(rest, split.right);
        return vec![(upper, first), (Pane::Hypotheses, second), (Pane::Checklist, third)];
    }
    let ((upper, lower), percent) = match focus {
        Pane::Hypotheses => ((Pane::Hypotheses, Pane::Checklist), 58),
        Pane::Checklist => ((Pane::Hypotheses, Pane::Checklist), 42),
        Pane::Context => ((Pane::Context, Pane::Hypotheses), 66),
        Pane::Timeline => ((Pane::Timeline, Pane::Hypotheses), 66),
    };
    let (above, below) = cut(area, split.stack.unwrap_or(percent));
    vec![(upper, above), (lower, below)]
}

/// An upper part with so many percent of the rows, and the rest; both keep a title and a row, where there are as many.
fn cut(area: Rect, percent: u16) -> (Rect, Rect) {
    let height = (u32::from(area.height) * u32::from(percent) / 100) as u16;
    let height = height.clamp(
        PANE_MIN.min(area.height),
        area.height.saturating_sub(PANE_MIN).max(PANE_MIN.min(area.height)),
    );
    let above = Rect { height, ..area };
    let below = Rect { y: area.y + height, height: area.height - height, ..area };
    (above, below)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved_far(share: u16) -> Split {
        let borders = [Border::Columns, Border::Left, Border::Right, Border::Stack];
        borders.into_iter().fold(Split::default(), |split, border| split.moved(border, share))
    }

    #[test]
    fn a_border_follows_the_mouse() {
        for (size, from) in
            [((120, 36), (60, 10)), ((120, 36), (10, 21)), ((120, 36), (100, 20)), ((80, 24), (9, 14))]
        {
            let mut ui = Ui::default();
            let border = border_at(size, &ui, from).unwrap_or_else(|| panic!("{size:?} {from:?}"));
            for to in
                [12, 17, 9].map(|step| if border == Border::Columns { (4 * step, 9) } else { (from.0, step) })
            {
                let share = share(size, &ui, border, to).unwrap();
                ui.split = ui.split.moved(border, share);
                assert_eq!(border_at(size, &ui, to), Some(border), "{size:?}: {border:?} to {to:?}");
            }
        }
        assert_eq!(border_at((120, 36), &Ui::default(), (10, 2)), None, "the upper titles stay");
        assert_eq!(border_at((40, 12), &Ui::default(), (10, 3)), None);
    }

    #[test]
    fn panes_never_overlap_and_stay_inside_at_any_size() {
        for columns in (0..=260).step_by(7) {
            for rows in 0..=80 {
                let splits = [Split::default(), Split::default().next().1, moved_far(15), moved_far(85)];
                for (focus, zoom, split) in Pane::ALL.into_iter().flat_map(|pane| {
                    splits.iter().flat_map(move |split| [(pane, false, *split), (pane, true, *split)])
                }) {
                    let ui = Ui { zoom, split, ..Ui::default() };
                    let Some(layout) = place((columns, rows), focus, &ui) else {
                        assert!(columns < 40 || rows < 10);
                        continue;
                    };
                    let screen = Rect::new(0, 0, columns, rows);
                    let mut parts: Vec<Rect> = layout.panes.iter().map(|(_, area)| *area).collect();
                    parts.extend([layout.header, layout.keys]);
                    parts.extend(layout.tabs.iter().chain(&layout.divider));
                    for (i, part) in parts.iter().enumerate() {
                        assert_eq!(part.intersection(screen), *part, "{columns}x{rows}");
                        for other in &parts[..i] {
                            assert!(!part.intersects(*other), "{part:?} {other:?} at {columns}x{rows}");
                        }
                    }
                    assert!(layout.panes.iter().any(|(pane, _)| *pane == focus), "the focus is on screen");
                }
            }
        }
    }

    #[test]
    fn causes_and_the_next_step_share_the_usual_terminal() {
        let layout = place((80, 24), Pane::Hypotheses, &Ui::default()).unwrap();
        let shown: Vec<_> = layout.panes.iter().map(|(pane, area)| (*pane, area.height)).collect();
        assert_eq!(shown, [(Pane::Hypotheses, 11), (Pane::Checklist, 9)]);
    }

    #[test]
    fn the_context_is_measured_whether_it_is_on_screen_or_not() {
        let ui = |focus, zoom| Ui { focus, zoom, ..Ui::default() };
        let rows = |columns, rows, focus, zoom| measure(columns, rows, &ui(focus, zoom)).context_rows;
        assert_eq!(rows(80, 24, Pane::Hypotheses, false), rows(80, 24, Pane::Context, false));
        assert_eq!(rows(80, 24, Pane::Context, true), 16);
        assert_eq!(rows(120, 36, Pane::Checklist, false), 14);
        assert_eq!(rows(100, 30, Pane::Checklist, false), 15);
        assert_eq!(rows(10, 3, Pane::Context, false), 0);
    }

    #[test]
    fn a_filter_is_always_said_and_the_histogram_can_be_put_away() {
        let mut ui = Ui { focus: Pane::Context, zoom: true, ..Ui::default() };
        let area = Rect::new(0, 3, 80, 20);
        assert_eq!(context(area, (80, 24), &ui).lines.height, 16);
        ui.context.strip.hidden = true;
        assert_eq!(context(area, (80, 24), &ui).lines, area);
        ui.context.query.text = "x".into();
        let parts = context(area, (80, 24), &ui);
        assert_eq!((parts.status.map(|row| row.y), parts.lines.y), (Some(3), 4));
    }
}
