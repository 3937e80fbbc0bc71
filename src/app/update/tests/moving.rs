//! Numbers before keys, the layout, signs of what changed, texts written elsewhere.

use super::*;
use crate::app::split::{Border, Split};
use crate::app::ui::{Input, Purpose, Session, View};
use crate::log::view::Move;

fn digits(text: &str) -> Vec<Key> {
    text.chars().map(Key::Char).collect()
}

fn notes(cockpit: &mut Cockpit, count: usize) {
    for number in 0..count {
        cockpit.keys([Key::Char('a')]).submits(&format!("note {number}"));
    }
}

#[test]
fn a_number_before_a_key_moves_so_far_or_to_that_row() {
    let mut cockpit = triaged();
    notes(&mut cockpit, 20);
    cockpit.keys([Key::Char('4'), Key::Char('g')]);
    let last = cockpit.app.timeline().len() - 1;
    for (keys, row) in [("5j", 5), ("9k", 0), ("7G", 6), ("50G", last), ("8g", 7), ("51k", 0)] {
        cockpit.keys(digits(keys));
        assert_eq!(cockpit.app.ui.timeline, Some(row), "{keys}");
        assert_eq!(cockpit.app.ui.count, None, "it is used once");
    }
    cockpit.keys(digits("52"));
    assert_eq!(cockpit.app.ui.count, Some(52), "a digit behind another goes to no pane");
    assert_eq!(cockpit.app.ui.focus, Pane::Timeline);
    cockpit.keys([Key::Esc]);
    assert_eq!(cockpit.app.ui.count, None);
    cockpit.keys(digits("5z"));
    assert_eq!((cockpit.app.ui.count, cockpit.app.ui.zoom), (None, true), "other keys do what they do");
}

#[test]
fn a_number_goes_to_a_line_of_a_log_and_to_a_row_of_a_text() {
    let mut cockpit = Cockpit::on_log();
    cockpit.keys([Key::Char('1')]).keys(digits("700G"));
    assert_eq!(cockpit.requests(), [&Request::Move(Move::Line(700))]);
    cockpit.keys([Key::Char('?')]).keys(digits("12G"));
    assert_eq!(cockpit.app.ui.overlays.last(), Some(&Overlay::Help(11)));
    cockpit.keys(digits("10k"));
    assert_eq!(cockpit.app.ui.overlays.last(), Some(&Overlay::Help(1)));
}

#[test]
fn one_key_shares_the_screen_out_another_way_and_it_is_remembered() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('Z')]);
    let chosen = cockpit.app.ui.split;
    assert_ne!(chosen, Split::default());
    cockpit.send(Msg::Grabbed(Border::Columns)).send(Msg::Dragged(30)).send(Msg::Released);
    assert_eq!(cockpit.app.ui.split.columns, 30);
    cockpit.send(Msg::Dragged(60));
    assert_eq!(cockpit.app.ui.split.columns, 30, "nothing is held");
    cockpit.later(10);
    assert_eq!(cockpit.app.saved_session.split.columns, 30);
    let old: Session = serde_json::from_str("{}").unwrap();
    assert_eq!(old.split, Split::default(), "what was stored before there was one");
}

#[test]
fn what_changes_while_one_reads_is_marked_and_stays_where_it_is() {
    let mut cockpit = triaged();
    let before: Vec<String> = cockpit.app.incident.steps().iter().map(|step| step.id.clone()).collect();
    cockpit.keys([Key::Char('1')]);
    let mut changed = cockpit.app.incident.triage.clone();
    changed.checklist[0].expected = "another number".into();
    let id = changed.checklist[0].id.clone();
    cockpit.digest(7, Vec::new()).later(2).triage(changed);
    assert!(cockpit.app.ui.fresh.step(&id));
    let after: Vec<String> = cockpit.app.incident.steps().iter().map(|step| step.id.clone()).collect();
    assert_eq!(before, after);
    cockpit.keys([Key::Char('j')]);
    assert!(cockpit.app.ui.fresh.step(&id), "a key elsewhere is no look at it");
    cockpit.keys([Key::Char('3')]);
    assert!(!cockpit.app.ui.fresh.step(&id), "the cursor is on it");
}

#[test]
fn what_changes_under_the_cursor_is_marked_only_when_nobody_is_there() {
    for (seconds, marked) in [(2, false), (60, true)] {
        let mut cockpit = triaged();
        cockpit.keys([Key::Char('3'), Key::Char('j'), Key::Char('k')]).later(seconds);
        let mut changed = cockpit.app.incident.triage.clone();
        changed.checklist[0].expected = "another number".into();
        let id = changed.checklist[0].id.clone();
        cockpit.digest(7, Vec::new()).triage(changed);
        assert_eq!(cockpit.app.ui.fresh.step(&id), marked, "{seconds} s after a key");
    }
}

#[test]
fn what_the_person_does_is_no_news() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('1'), Key::Char('a')]).submits("mine");
    assert_eq!(cockpit.app.ui.fresh.count(Pane::Timeline), 0);
    cockpit.keys([Key::Char('3'), Key::Char(' ')]);
    assert_eq!(cockpit.app.ui.fresh.count(Pane::Checklist), 0);
}

#[test]
fn a_text_goes_to_the_editor_and_comes_back_to_be_looked_at() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('a')]).send(Msg::DraftEdited("begun".into())).keys([Key::F(4)]);
    let sent = Effect::Edit { name: "note.md".into(), text: "begun".into() };
    assert!(cockpit.last.contains(&sent), "{:?}", cockpit.last);
    cockpit.send(Msg::Written(Ok("begun\nand finished\n".into())));
    let input = Input { purpose: Purpose::Note, text: "begun\nand finished".into() };
    assert_eq!(cockpit.app.ui.overlays.last(), Some(&Overlay::Input(input)));
    assert!(cockpit.app.incident.notes.is_empty(), "it is kept by a key only");
    cockpit.send(Msg::DraftSubmitted);
    assert_eq!(cockpit.app.incident.notes[0].text, "begun\nand finished");
}

#[test]
fn the_postmortem_is_written_outside_with_one_key_and_a_failure_changes_nothing() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('P'), Key::F(4)]);
    assert!(matches!(&cockpit.last[..], [.., Effect::Edit { name, .. }] if name == "postmortem.md"));
    let before = cockpit.app.ui.overlays.clone();
    cockpit.send(Msg::Written(Err("vi: exit status: 1; the text is as it was".into())));
    assert_eq!(cockpit.app.ui.overlays, before);
    assert!(cockpit.app.ui.toast.as_ref().is_some_and(|toast| toast.bad && toast.text.contains("as it was")));
    cockpit.keys([Key::Esc]);
    assert_eq!(
        cockpit.app.ui.overlays.last(),
        Some(&Overlay::Document { view: View::Postmortem, selected: 0 })
    );
}

#[test]
fn a_text_that_comes_back_to_another_screen_is_kept_as_a_draft() {
    let mut cockpit = triaged();
    cockpit.keys([Key::F(4)]);
    cockpit.app.ui.overlays.clear();
    cockpit.send(Msg::Written(Ok("late".into())));
    assert_eq!(cockpit.app.ui.kept_draft, Some(Input { purpose: Purpose::Note, text: "late".into() }));
    cockpit.keys([Key::F(4)]);
    assert!(cockpit.last.contains(&Effect::Edit { name: "note.md".into(), text: "late".into() }));
}
