//! Keys, resizes and events in any order: nothing panics, and what is on the terminal after many small frames is what a
//! full redraw shows.

use std::num::NonZero;
use std::sync::Arc;

use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};
use jiff::SignedDuration;
use ratatui::style::{Color, Modifier, Style};
use sevdeck::app::effect::Effect;
use sevdeck::app::msg::{LogFile, Msg, Opening};
use sevdeck::app::ui::StoreTrouble;
use sevdeck::app::update::update;
use sevdeck::app::{App, Line, PastIncident, Window};
use sevdeck::incident::triage::Language;
use sevdeck::incident::{Incident, IncidentId, Recorded, SourceSpec, Triage};
use sevdeck::log::engine::News;
use sevdeck::tui::feed::{Fed, feed, sync};
use sevdeck::tui::look::Look;
use sevdeck::tui::terminal::{Dialect, Sheet, page};
use sevdeck::tui::theme::{Depth, Theme};
use sevdeck::tui::widget::draft::Draft;
use sevdeck::tui::{layout, overlay, view};

use crate::flow::sample;

/// Steps of one run; `SEVDECK_STEPS` makes it longer.
const STEPS: u64 = 1_500;
/// A full redraw is compared every so many steps.
const COMPARED: u64 = 5;

/// Numbers in an order that looks random and is the same every time (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize].clone()
    }
}

struct Storm {
    dice: Dice,
    app: App,
    draft: Option<Draft>,
    look: Look,
    size: (u16, u16),
    sheet: Sheet,
    screen: vt100::Parser,
    stored: Vec<Recorded>,
}

fn cells((columns, rows): (u16, u16)) -> (NonZero<u16>, NonZero<u16>) {
    (NonZero::new(columns).unwrap(), NonZero::new(rows).unwrap())
}

fn emulator(size: (u16, u16)) -> vt100::Parser {
    let (columns, rows) = cells(size);
    vt100::Parser::new(rows, columns, 0)
}

/// This emulator gives the sign for what cannot be shown no cell; terminals give it one.
fn show(screen: &mut vt100::Parser, bytes: &[u8]) {
    screen.process(String::from_utf8_lossy(bytes).replace('\u{fffd}', "?").as_bytes());
}

/// What a person sees of a cell: of a blank one only what lies on it or under it.
fn seen(screen: &vt100::Screen, row: u16, column: u16) -> (String, String) {
    // The second half of a wide character looks like the first.
    let Some(cell) = screen.cell(row, column).filter(|cell| !cell.is_wide_continuation()) else {
        return Default::default();
    };
    let text = cell.contents().trim().to_owned();
    let ground = format!("{:?} {} {}", cell.bgcolor(), cell.inverse(), cell.underline());
    let letters = format!("{:?} {} {}", cell.fgcolor(), cell.bold(), cell.italic());
    let look = if text.is_empty() { ground } else { format!("{ground} {letters}") };
    (text, look)
}

impl Storm {
    fn new(seed: u64) -> Self {
        let size = (120, 36);
        let mut app = App { now: sample::at("14:02:30"), person: "ana".into(), ..App::default() };
        app.ui.theme = "ansi16".into();
        let look = Look { theme: Theme::built_in("ansi16", Depth::Ansi).unwrap(), ascii: false };
        let screen = emulator(size);
        let (sheet, stored) = (Sheet::new(Dialect::MODERN), Vec::new());
        let mut storm = Self { dice: Dice(seed), app, draft: None, look, size, sheet, screen, stored };
        storm.resize(size);
        let opening = Opening {
            incident: Some(IncidentId::parse("20260301-140230-x7k2m").unwrap()),
            language: if seed.is_multiple_of(2) { Language::En } else { Language::Zh },
            specs: vec![
                SourceSpec::File("/var/log/app.log".into()),
                SourceSpec::File("/var/log/pg.log".into()),
            ],
            ..Opening::default()
        };
        storm.send(Msg::Opened(opening));
        storm
    }

    fn send(&mut self, msg: Msg) {
        let now = self.app.now;
        let effects = update(&mut self.app, now, msg);
        for effect in effects {
            match effect {
                Effect::Append { events, .. } => self.stored.extend(events),
                Effect::Analyse(case) => {
                    let triage = Box::new(self.triage());
                    let analyst = "offline".to_owned();
                    self.send(Msg::Triaged { analyst, revision: case.revision, triage, done: true });
                }
                Effect::History(incident) => {
                    let events = Ok(self.stored.clone());
                    self.send(Msg::History { incident, events });
                }
                Effect::Redraw => self.sheet.redraw(),
                _ => {}
            }
        }
        let measure = layout::measure(self.size.0, self.size.1, &self.app.ui);
        if (self.app.ui.context.rows, self.app.ui.context.strip.columns)
            != (measure.context_rows, measure.strip_columns)
        {
            self.resize(self.size);
        }
    }

    fn resize(&mut self, (columns, rows): (u16, u16)) {
        self.size = (columns, rows);
        let measure = layout::measure(columns, rows, &self.app.ui);
        let (context_rows, strip_columns) = (measure.context_rows, measure.strip_columns);
        let msg = Msg::Resized { columns, rows, context_rows, strip_columns };
        let now = self.app.now;
        for effect in update(&mut self.app, now, msg) {
            if let Effect::Append { events, .. } = effect {
                self.stored.extend(events);
            }
        }
    }

    /// The sample's document with parts of it missing or moved.
    fn triage(&mut self) -> Triage {
        let mut triage = sample::triage();
        triage.hypotheses.rotate_left(self.dice.below(3) as usize);
        triage.hypotheses.truncate(self.dice.below(4) as usize);
        triage.checklist.truncate(self.dice.below(5) as usize);
        triage.timeline.truncate(self.dice.below(5) as usize);
        triage.mitigations.truncate(self.dice.below(3) as usize);
        if self.dice.below(2) == 0 {
            triage.title = "数据库连接耗尽：v2.41 上线后结算批处理占用了全部连接".into();
        }
        triage
    }

    fn step(&mut self) {
        match self.dice.below(20) {
            0..14 => self.press(),
            14 => {
                let text =
                    self.dice.one_of(&["one line", "a\nb\nc", "连接耗尽，请求超时\n", "\u{1b}[2J\u{7}", ""]);
                self.input(Input::Paste(text.to_owned()));
            }
            15 => {
                let size = self.dice.one_of(&[
                    (200, 50),
                    (120, 36),
                    (80, 24),
                    (40, 12),
                    (39, 9),
                    (100, 20),
                    (61, 19),
                ]);
                self.resize(size);
            }
            16 => {
                self.app.now += SignedDuration::from_secs(self.dice.below(900) as i64);
                self.send(Msg::Tick);
            }
            _ => self.news(),
        }
    }

    fn press(&mut self) {
        let keys = "jjjjkkkgGhlzabcdefimnoprstuvwxyBCDEFHILNOPRSTUVWYz1234?:/@<>[]{}+-=0$ q中";
        let keys: Vec<char> = keys.chars().collect();
        let code = match self.dice.below(4) {
            0 => self.dice.one_of(&[
                KeyCode::Enter,
                KeyCode::Esc,
                KeyCode::Esc,
                KeyCode::Tab,
                KeyCode::BackTab,
                KeyCode::Up,
                KeyCode::Down,
                KeyCode::Left,
                KeyCode::Right,
                KeyCode::PageUp,
                KeyCode::PageDown,
                KeyCode::Home,
                KeyCode::End,
                KeyCode::Backspace,
                KeyCode::F(3),
            ]),
            _ => KeyCode::Char(self.dice.one_of(&keys)),
        };
        let ctrl = self.dice.below(12) == 0;
        let modifiers = if ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
        self.input(Input::Key(KeyEvent::new(code, modifiers)));
    }

    fn input(&mut self, event: Input) {
        if let Fed::Messages(messages) = feed(&self.app, &mut self.draft, event) {
            for msg in messages {
                self.send(msg);
            }
            overlay::settle(&mut self.app, &self.look);
        }
        if let Some(cleaned) = sync(&self.app, &mut self.draft) {
            self.send(cleaned);
        }
    }

    fn news(&mut self) {
        let msg = match self.dice.below(8) {
            0 => {
                let shown = sample::window(self.app.ui.context.rows);
                let keep = self.dice.below(shown.lines.len() as u64 + 1) as usize;
                let lines: Vec<Line> = shown.lines.into_iter().take(keep).collect();
                Msg::Log(News::Window(Window { scope: self.app.ui.context.scope, lines, ..shown }))
            }
            1 => {
                let mut digest = sample::digest();
                digest.revision = self.app.digest.revision + self.dice.below(2);
                Msg::Log(News::Digest(Arc::new(digest)))
            }
            2 => Msg::Past(
                (0..self.dice.below(5))
                    .map(|number| PastIncident {
                        id: format!("2026010{number}-031500-abcde"),
                        title: "Connection pool exhausted".into(),
                        service: String::new(),
                        severity: "SEV2".into(),
                        status: "resolved".into(),
                        opened_at: sample::at("03:15:00"),
                    })
                    .collect(),
            ),
            3 => Msg::Logs(
                (0..self.dice.below(40))
                    .map(|number| LogFile {
                        path: format!("/var/log/service-{number}/today.log"),
                        bytes: 1 << number,
                        changed: sample::at("03:15:00"),
                    })
                    .collect(),
            ),
            4 => {
                let text = "no space left in /var/lib/sevdeck".to_owned();
                Msg::StoreTrouble((self.dice.below(2) == 0).then_some(StoreTrouble { text, at_risk: true }))
            }
            5 => Msg::Copied(Ok("Sent to the terminal's clipboard".into())),
            6 => match self.app.incident.id.clone() {
                Some(incident) => Msg::Stored { incident, upto: self.app.incident.last_seq },
                None => Msg::Tick,
            },
            _ => Msg::Similar(sample::triage().similar),
        };
        self.send(msg);
        if let Some(cleaned) = sync(&self.app, &mut self.draft) {
            self.send(cleaned);
        }
    }

    fn draw(&mut self) {
        let (rows, columns) = self.screen.screen().size();
        if (columns.get(), rows.get()) != self.size {
            let (columns, rows) = cells(self.size);
            self.screen.screen_mut().set_size(rows, columns);
        }
        let (app, look, draft) = (&self.app, &self.look, self.draft.as_ref());
        let mut next = page(self.size);
        view::paint(&mut next, app, look, draft);
        show(&mut self.screen, &self.sheet.frame(next));
    }

    fn assert_like_a_full_redraw(&self, step: u64) {
        let mut fresh = emulator(self.size);
        let (app, look, draft) = (&self.app, &self.look, self.draft.as_ref());
        let mut next = page(self.size);
        view::paint(&mut next, app, look, draft);
        show(&mut fresh, &Sheet::new(Dialect::MODERN).frame(next));
        for (row, column) in
            (0..self.size.1).flat_map(|row| (0..self.size.0).map(move |column| (row, column)))
        {
            assert_eq!(
                seen(fresh.screen(), row, column),
                seen(self.screen.screen(), row, column),
                "step {step}, {:?}, row {row}, column {column} of\n{}\nafter frames\n{}",
                self.size,
                fresh.screen().contents(),
                self.screen.screen().contents()
            );
        }
    }
}

#[test]
fn frames_after_any_storm_are_what_a_full_redraw_shows() {
    let steps = std::env::var("SEVDECK_STEPS").ok().and_then(|steps| steps.parse().ok()).unwrap_or(STEPS);
    for seed in [1, 2] {
        let mut storm = Storm::new(seed);
        for step in 0..steps / 2 {
            storm.step();
            storm.draw();
            if step % COMPARED == 0 {
                storm.assert_like_a_full_redraw(step);
            }
        }
        assert_eq!(
            Incident::replay(&storm.stored).log,
            storm.app.incident.log,
            "what was recorded is what was shown"
        );
    }
}

#[test]
fn rows_of_any_widths_and_looks_leave_nothing_behind() {
    let texts = ["a", " ", "连", "é", "\u{1f600}", "x\u{301}"];
    let looks = [
        Style::new(),
        Style::new().add_modifier(Modifier::REVERSED),
        Style::new().add_modifier(Modifier::UNDERLINED),
        Style::new().bg(Color::Yellow),
    ];
    let (mut dice, size) = (Dice(7), (9, 1));
    let (mut sheet, mut screen) = (Sheet::new(Dialect::MODERN), emulator(size));
    for step in 0..20_000 {
        let mut row = Vec::new();
        let mut column = 0;
        while column < size.0 {
            row.push((column, dice.one_of(&texts), dice.one_of(&looks)));
            column += 1 + dice.below(3) as u16;
        }
        let mut next = page(size);
        for (column, text, look) in &row {
            next.set_string(*column, 0, text, *look);
        }
        show(&mut screen, &sheet.frame(next.clone()));
        let mut fresh = emulator(size);
        show(&mut fresh, &Sheet::new(Dialect::MODERN).frame(next));
        for column in 0..size.0 {
            let (kept, whole) = (seen(screen.screen(), 0, column), seen(fresh.screen(), 0, column));
            assert_eq!(kept, whole, "step {step}, column {column} of {row:?}");
        }
    }
}
