//! Whether the terminal's ground is light or dark: what the environment says, and what the terminal answers when asked. The
//! answer comes among the keys, at once, late or never, and is taken out of them.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// The ground that text stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Light, for dark letters.
    Light,
    /// Dark, for light letters.
    Dark,
}

impl Ground {
    /// What `COLORFGBG` says: the last of its numbers is that of the ground in the palette of 16.
    pub fn told(colorfgbg: Option<&str>) -> Option<Self> {
        match colorfgbg?.rsplit(';').next()?.parse().ok()? {
            7 | 9..=15 => Some(Self::Light),
            0..=6 | 8 => Some(Self::Dark),
            _ => None,
        }
    }

    /// The ground of this colour, as terminals write it: `rgb:ffff/ffff/ffff` (`XParseColor`), with two to four digits.
    fn answered(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split_once(':')?.1.split('/').collect();
        let part = |at: usize| {
            let digits = parts.get(at).filter(|digits| (1..=4).contains(&digits.len()))?;
            let most = (1_u32 << (4 * digits.len())) - 1;
            Some(f64::from(u32::from_str_radix(digits, 16).ok()?) / f64::from(most))
        };
        // How bright it looks (ITU-R BT.709), with the gamma of screens about squared.
        let luminance = 0.2126 * part(0)?.powi(2) + 0.7152 * part(1)?.powi(2) + 0.0722 * part(2)?.powi(2);
        Some(if luminance > MIDDLE { Self::Light } else { Self::Dark })
    }
}

/// The luminance on which black and white letters have the same contrast (WCAG 2: (l + 0.05)² = 0.05 × 1.05).
const MIDDLE: f64 = 0.179;
/// What an answer begins with, behind the first key of it.
const BEGINNING: &str = "11;rgb";
/// Characters of an answer that are enough to know it by: nobody types them in a row.
const KNOWN_BY: usize = 3;
/// An answer is no longer; what goes on is something else.
const LONGEST: usize = 40;

/// What became of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// These are not part of an answer.
    Events(Vec<Event>),
    /// It may be part of one.
    Part,
    /// The answer.
    Ground(Ground),
    /// An answer that says nothing.
    Garbled,
}

/// Takes the answer out of the events of a terminal.
#[derive(Debug, Clone, Default)]
pub struct Listener {
    /// An answer may come still.
    expecting: bool,
    held: Vec<Event>,
    text: String,
    /// The event before was Esc: a sequence may have been cut behind it.
    after_esc: bool,
}

impl Listener {
    /// The terminal has been asked.
    pub fn expect(&mut self) {
        self.expecting = true;
    }

    /// Takes an event.
    pub fn hear(&mut self, event: Event) -> Heard {
        if !self.expecting {
            return Heard::Events(vec![event]);
        }
        let key = match &event {
            Event::Key(KeyEvent { code, modifiers, kind: KeyEventKind::Press, .. }) => {
                Some((*code, *modifiers))
            }
            _ => None,
        };
        let is_esc = key == Some((KeyCode::Esc, KeyModifiers::NONE));
        let after_esc = std::mem::replace(&mut self.after_esc, is_esc);
        if self.held.is_empty() {
            return match key {
                Some((KeyCode::Char(']'), modifiers)) if modifiers == KeyModifiers::ALT || after_esc => {
                    self.held.push(event);
                    Heard::Part
                }
                _ => Heard::Events(vec![event]),
            };
        }
        match key {
            Some((KeyCode::Char('g'), KeyModifiers::CONTROL) | (KeyCode::Char('\\'), KeyModifiers::ALT)) => {
                self.end(event)
            }
            Some((KeyCode::Char('\\'), KeyModifiers::NONE)) if after_esc => self.end(event),
            Some((KeyCode::Esc, _)) if self.is_known() => {
                self.held.push(event);
                Heard::Part
            }
            Some((KeyCode::Char(c), KeyModifiers::NONE | KeyModifiers::SHIFT)) if self.goes_on(c) => {
                self.text.push(c);
                self.held.push(event);
                Heard::Part
            }
            _ => self.give_up(event),
        }
    }

    fn is_known(&self) -> bool {
        self.text.len() >= KNOWN_BY
    }

    /// Whether an answer may go on with this character.
    fn goes_on(&self, c: char) -> bool {
        match BEGINNING.chars().nth(self.text.len()) {
            Some(wanted) => c == wanted,
            None => (c.is_ascii_hexdigit() || matches!(c, ':' | '/')) && self.text.len() < LONGEST,
        }
    }

    fn end(&mut self, event: Event) -> Heard {
        if !self.is_known() {
            return self.give_up(event);
        }
        self.held.clear();
        let text = std::mem::take(&mut self.text);
        self.expecting = false;
        Ground::answered(&text).map_or(Heard::Garbled, Heard::Ground)
    }

    /// It was no answer after all; the beginning of one that ends in something else is dropped.
    fn give_up(&mut self, event: Event) -> Heard {
        let known = self.is_known();
        self.text.clear();
        let mut events = std::mem::take(&mut self.held);
        if known {
            events.clear();
        }
        events.push(event);
        Heard::Events(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(code, modifiers))
    }

    fn plain(text: &str) -> Vec<Event> {
        text.chars().map(|c| key(KeyCode::Char(c), KeyModifiers::NONE)).collect()
    }

    fn answer(text: &str) -> Vec<Event> {
        let begin = key(KeyCode::Char(']'), KeyModifiers::ALT);
        let end = key(KeyCode::Char('\\'), KeyModifiers::ALT);
        [vec![begin], plain(text), vec![end]].concat()
    }

    /// Events that are let through, and the ground that was heard.
    fn hear(listener: &mut Listener, events: Vec<Event>) -> (Vec<Event>, Option<Ground>) {
        let (mut through, mut ground) = (Vec::new(), None);
        for event in events {
            match listener.hear(event) {
                Heard::Events(events) => through.extend(events),
                Heard::Ground(heard) => ground = Some(heard),
                Heard::Part | Heard::Garbled => {}
            }
        }
        (through, ground)
    }

    fn asked() -> Listener {
        let mut listener = Listener::default();
        listener.expect();
        listener
    }

    #[test]
    fn the_environment_tells_by_the_number_of_the_ground() {
        for (text, ground) in [
            ("15;0", Some(Ground::Dark)),
            ("0;15", Some(Ground::Light)),
            ("0;default;15", Some(Ground::Light)),
            ("12;8", Some(Ground::Dark)),
            ("0;7", Some(Ground::Light)),
            ("default;default", None),
            ("", None),
        ] {
            assert_eq!(Ground::told(Some(text)), ground, "{text:?}");
        }
        assert_eq!(Ground::told(None), None);
    }

    #[test]
    fn an_answer_is_understood_and_never_becomes_keys() {
        for (text, ground) in [
            ("11;rgb:ffff/ffff/ffff", Some(Ground::Light)),
            ("11;rgb:fdfd/f6f6/e3e3", Some(Ground::Light)),
            ("11;rgb:00/2b/36", Some(Ground::Dark)),
            ("11;rgb:1e1e/1e1e/2e2e", Some(Ground::Dark)),
            ("11;rgba:eeee/eeee/eeee/ffff", Some(Ground::Light)),
            ("11;rgb:", None),
        ] {
            let mut listener = asked();
            let typed = plain("j");
            let events = [typed.clone(), answer(text), typed.clone()].concat();
            assert_eq!(hear(&mut listener, events), ([typed.clone(), typed].concat(), ground), "{text}");
        }
    }

    #[test]
    fn it_may_end_with_a_bell_and_be_cut_behind_an_escape() {
        let bell = key(KeyCode::Char('g'), KeyModifiers::CONTROL);
        let begin = key(KeyCode::Char(']'), KeyModifiers::ALT);
        let events = [vec![begin], plain("11;rgb:ff/ff/ff"), vec![bell]].concat();
        assert_eq!(hear(&mut asked(), events), (Vec::new(), Some(Ground::Light)));
        let esc = key(KeyCode::Esc, KeyModifiers::NONE);
        let cut = [vec![esc.clone()], plain("]11;rgb:ff/ff/ff"), vec![esc.clone()], plain("\\")].concat();
        assert_eq!(hear(&mut asked(), cut), (vec![esc], Some(Ground::Light)));
    }

    #[test]
    fn keys_that_only_look_like_its_beginning_are_keys() {
        let begin = key(KeyCode::Char(']'), KeyModifiers::ALT);
        let events = [vec![begin.clone()], plain("1j")].concat();
        assert_eq!(hear(&mut asked(), events.clone()), (events.clone(), None));
        assert_eq!(hear(&mut Listener::default(), answer("11;rgb:ff/ff/ff")).0.len(), 17, "nobody asked");
        // Half an answer is no keys either.
        let half = [vec![begin], plain("11;rgb:ff"), plain("j")].concat();
        assert_eq!(hear(&mut asked(), half), (plain("j"), None));
    }

    #[test]
    fn after_the_answer_nothing_is_held_back() {
        let mut listener = asked();
        hear(&mut listener, answer("11;rgb:ff/ff/ff"));
        let begin = key(KeyCode::Char(']'), KeyModifiers::ALT);
        assert_eq!(listener.hear(begin.clone()), Heard::Events(vec![begin]));
    }
}
