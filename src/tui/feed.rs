//! Terminal events -> messages. While a text is being written, keys edit it here and the app hears the result.

use crossterm::event::{Event, MouseButton, MouseEvent, MouseEventKind};

use crate::app::App;
use crate::app::command::Command;
use crate::app::key::Key;
use crate::app::msg::Msg;
use crate::app::ui::{Input, Overlay};
use crate::tui::widget::draft::{Draft, Typed};
use crate::tui::{keys, layout};

/// A longer paste goes to the app whole; it does not pass through the text being written. Characters.
const PASTE_MAX: usize = 1000;

/// What an event asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Fed {
    /// Messages for the app.
    Messages(Vec<Msg>),
    /// Only the draft's cursor moved.
    Moved,
    /// The terminal has this size now.
    Size(u16, u16),
    /// What is on screen may be spoilt.
    Spoilt,
    /// Back to the shell.
    Suspend,
    /// Nothing.
    Nothing,
}

/// Takes an event.
pub fn feed(app: &App, draft: &mut Option<Draft>, event: Event) -> Fed {
    match event {
        Event::Key(event) => keys::key(event).map_or(Fed::Nothing, |key| feed_key(app, draft, key)),
        Event::Paste(text) => feed_paste(app, draft, text),
        Event::Resize(columns, rows) => Fed::Size(columns, rows),
        // Another program may have written over the screen meanwhile.
        Event::FocusGained => Fed::Spoilt,
        Event::Mouse(event) => mouse(app, event),
        Event::FocusLost => Fed::Nothing,
    }
}

/// A press goes to the pane under it, the wheel moves what is under it.
fn mouse(app: &App, event: MouseEvent) -> Fed {
    let at = (event.column, event.row);
    let pane = layout::pane_at(app.ui.size, &app.ui, at);
    let border = layout::border_at(app.ui.size, &app.ui, at).filter(|_| app.ui.overlays.is_empty());
    let msg = match (event.kind, border) {
        (MouseEventKind::Down(MouseButton::Left), Some(border)) => Some(Msg::Grabbed(border)),
        (MouseEventKind::Down(MouseButton::Left), None) => pane.map(Msg::Clicked),
        (MouseEventKind::Drag(MouseButton::Left), _) => app
            .ui
            .grabbed
            .and_then(|border| layout::share(app.ui.size, &app.ui, border, at))
            .map(Msg::Dragged),
        (MouseEventKind::Up(MouseButton::Left), _) => app.ui.grabbed.map(|_| Msg::Released),
        (MouseEventKind::ScrollUp, _) => Some(Msg::Wheel(pane, -WHEEL)),
        (MouseEventKind::ScrollDown, _) => Some(Msg::Wheel(pane, WHEEL)),
        _ => None,
    };
    msg.map_or(Fed::Nothing, |msg| Fed::Messages(vec![msg]))
}

/// Rows of one notch of the wheel.
const WHEEL: i64 = 3;

/// What a key says to the panes. Esc and a key behind it that are read together look like that key with Alt: where Alt
/// with it means nothing, they are what they were.
fn pressed(app: &App, key: Key) -> Vec<Msg> {
    match key {
        Key::Alt(c) if !app.keymap.knows(key) => vec![Msg::Key(Key::Esc), Msg::Key(Key::Char(c))],
        key => vec![Msg::Key(key)],
    }
}

fn feed_key(app: &App, draft: &mut Option<Draft>, key: Key) -> Fed {
    let Some(writing) = draft else { return Fed::Messages(pressed(app, key)) };
    match key {
        Key::Up | Key::Down if writing.purpose().has_history() => Fed::Messages(vec![Msg::Key(key)]),
        // Letters are always written.
        key if !matches!(key, Key::Char(_)) && app.keymap.keys(Command::Editor).contains(&key) => {
            Fed::Messages(vec![Msg::Key(key)])
        }
        Key::Esc | Key::Ctrl('c') => Fed::Messages(vec![Msg::Key(key)]),
        Key::Ctrl('z') => Fed::Suspend,
        Key::Ctrl('l') => Fed::Spoilt,
        key => typed(writing, |draft| draft.key(key)),
    }
}

fn typed(draft: &mut Draft, edit: impl FnOnce(&mut Draft) -> Typed) -> Fed {
    match edit(draft) {
        Typed::Edited => Fed::Messages(vec![Msg::DraftEdited(draft.text())]),
        Typed::Submitted => Fed::Messages(vec![Msg::DraftEdited(draft.text()), Msg::DraftSubmitted]),
        Typed::Moved => Fed::Moved,
    }
}

fn feed_paste(app: &App, draft: &mut Option<Draft>, text: String) -> Fed {
    // Terminals send the Enter key's carriage return for a line break.
    let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text };
    let short = text.chars().nth(PASTE_MAX).is_none();
    match (draft, app.ui.overlays.last()) {
        (Some(draft), _) if draft.purpose().takes_output() && text.trim().contains('\n') => {
            Fed::Messages(vec![Msg::Paste(text)])
        }
        (Some(draft), _) if short => typed(draft, |draft| draft.paste(&text)),
        (
            None,
            Some(
                Overlay::Palette { .. }
                | Overlay::Incidents { .. }
                | Overlay::Sources { .. }
                | Overlay::Logs { .. }
                | Overlay::Templates(_),
            ),
        ) if short => {
            Fed::Messages(text.chars().filter(|c| !c.is_control()).map(|c| Msg::Key(Key::Char(c))).collect())
        }
        _ => Fed::Messages(vec![Msg::Paste(text)]),
    }
}

/// Makes the draft what the app has on top: a new one for a new text, none when there is none. The text as the draft
/// cleaned it, where that differs from the app's.
pub fn sync(app: &App, draft: &mut Option<Draft>) -> Option<Msg> {
    let Some(Overlay::Input(Input { purpose, text })) = app.ui.overlays.last() else {
        *draft = None;
        return None;
    };
    let same = draft.as_ref().is_some_and(|draft| draft.purpose() == purpose && draft.text() == *text);
    if same {
        return None;
    }
    let new = Draft::new(purpose.clone(), text);
    let cleaned = (new.text() != *text).then(|| Msg::DraftEdited(new.text()));
    *draft = Some(new);
    cleaned
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;
    use crate::app::ui::{Pane, Purpose};

    fn writing(text: &str) -> (App, Option<Draft>) {
        let mut app = App::default();
        app.ui.overlays.push(Overlay::Input(Input { purpose: Purpose::Note, text: text.into() }));
        let mut draft = None;
        assert_eq!(sync(&app, &mut draft), None);
        (app, draft)
    }

    fn press(code: KeyCode, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn keys_go_to_the_app_or_into_the_text_being_written() {
        let j = press(KeyCode::Char('j'), KeyModifiers::NONE);
        assert_eq!(
            feed(&App::default(), &mut None, j.clone()),
            Fed::Messages(vec![Msg::Key(Key::Char('j'))])
        );
        let both = Fed::Messages(vec![Msg::Key(Key::Esc), Msg::Key(Key::Char('j'))]);
        let read_together = press(KeyCode::Char('j'), KeyModifiers::ALT);
        assert_eq!(feed(&App::default(), &mut None, read_together), both);
        let (app, mut draft) = writing("no");
        assert_eq!(feed(&app, &mut draft, j), Fed::Messages(vec![Msg::DraftEdited("noj".into())]));
        let left = press(KeyCode::Left, KeyModifiers::NONE);
        assert_eq!(feed(&app, &mut draft, left), Fed::Moved);
        let esc = press(KeyCode::Esc, KeyModifiers::NONE);
        assert_eq!(feed(&app, &mut draft, esc), Fed::Messages(vec![Msg::Key(Key::Esc)]));
        let done = press(KeyCode::Char('d'), KeyModifiers::CONTROL);
        let expected = vec![Msg::DraftEdited("noj".into()), Msg::DraftSubmitted];
        assert_eq!(feed(&app, &mut draft, done), Fed::Messages(expected));
    }

    #[test]
    fn the_mouse_reaches_the_pane_under_it() {
        let mut app = App::default();
        app.ui.size = (120, 36);
        let event = |kind, column, row| {
            let modifiers = KeyModifiers::NONE;
            Event::Mouse(MouseEvent { kind, column, row, modifiers })
        };
        let press = MouseEventKind::Down(MouseButton::Left);
        for (column, row, pane) in
            [(3, 5, Pane::Context), (100, 5, Pane::Hypotheses), (100, 30, Pane::Checklist)]
        {
            let fed = feed(&app, &mut None, event(press, column, row));
            assert_eq!(fed, Fed::Messages(vec![Msg::Clicked(pane)]));
        }
        let fed = feed(&app, &mut None, event(MouseEventKind::ScrollUp, 3, 33));
        assert_eq!(fed, Fed::Messages(vec![Msg::Wheel(Some(Pane::Timeline), -3)]));
        assert_eq!(feed(&app, &mut None, event(press, 3, 0)), Fed::Nothing);
        app.ui.size = (80, 24);
        let fed = feed(&app, &mut None, event(press, 35, 2));
        assert_eq!(fed, Fed::Messages(vec![Msg::Clicked(Pane::Checklist)]), "a tab");
    }

    #[test]
    fn a_big_paste_goes_to_the_app_whole() {
        let (app, mut draft) = writing("");
        let small = Event::Paste("hello".into());
        assert_eq!(feed(&app, &mut draft, small), Fed::Messages(vec![Msg::DraftEdited("hello".into())]));
        let big = "x".repeat(PASTE_MAX + 1);
        assert_eq!(feed(&app, &mut draft, Event::Paste(big.clone())), Fed::Messages(vec![Msg::Paste(big)]));
    }

    #[test]
    fn line_breaks_arrive_as_carriage_returns() {
        for text in ["a\rb", "a\r\nb", "a\nb"] {
            let fed = feed(&App::default(), &mut None, Event::Paste(text.into()));
            assert_eq!(fed, Fed::Messages(vec![Msg::Paste("a\nb".into())]));
        }
    }

    #[test]
    fn text_pasted_into_a_list_is_typed_without_its_line_breaks() {
        let mut app = App::default();
        app.ui.overlays.push(Overlay::Palette { query: String::new(), selected: 0 });
        let expected = vec![Msg::Key(Key::Char('a')), Msg::Key(Key::Char('b'))];
        assert_eq!(feed(&app, &mut None, Event::Paste("a\nb".into())), Fed::Messages(expected));
    }

    #[test]
    fn the_draft_follows_the_app() {
        let (mut app, mut draft) = writing("a");
        app.ui.overlays.clear();
        app.ui.overlays.push(Overlay::Input(Input { purpose: Purpose::Note, text: "a\tb".into() }));
        assert_eq!(sync(&app, &mut draft), Some(Msg::DraftEdited("a b".into())));
        app.ui.overlays.clear();
        assert_eq!(sync(&app, &mut draft), None);
        assert!(draft.is_none());
    }
}
