//! The histogram above the lines: its stretch of time, its cursor, and what is asked for it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::app::command::Command;
use crate::app::effect::Effect;
use crate::app::moment::Goto;
use crate::app::ui::Pane;
use crate::app::update::Turn;
use crate::log::engine::Request;
use crate::log::view::{ZoomAnswer, ZoomRequest};

/// The shortest stretch it shows.
const LEAST: SignedDuration = SignedDuration::from_secs(10);
/// While lines arrive it is asked for anew at most this often.
const AGAIN: SignedDuration = SignedDuration::from_secs(5);

type Stretch = (Timestamp, Timestamp);

impl Turn<'_> {
    /// Takes a command while the strip has the keys; whether it was one of the strip's.
    pub(super) fn walk_strip(&mut self, command: Command) -> bool {
        let (Some(cursor), Some(stretch)) = (self.app.ui.context.strip.cursor, self.app.stretch()) else {
            return false;
        };
        let columns = self.app.ui.context.strip.columns.max(1);
        let length = stretch.1.duration_since(stretch.0);
        let bucket = (length / columns as i32).max(SignedDuration::from_millis(1));
        let moved = match command {
            Command::PreviousSource => cursor - bucket,
            Command::NextSource => cursor + bucket,
            Command::PageUp => cursor - bucket * 10,
            Command::PageDown => cursor + bucket * 10,
            Command::First => stretch.0,
            Command::Last => stretch.1 - bucket / 2,
            Command::Open => {
                self.app.ui.context.strip.cursor = None;
                // The whole bucket is meant, from its beginning.
                let into = cursor.duration_since(stretch.0).as_millis() / bucket.as_millis().max(1);
                let start = stretch.0 + bucket * into as i32;
                self.go_to(Goto::Time(start));
                return true;
            }
            Command::Close | Command::Strip => {
                self.app.ui.context.strip.cursor = None;
                return true;
            }
            _ => return false,
        };
        let moved = moved.clamp(stretch.0, stretch.1 - bucket / 2);
        self.app.ui.context.strip.cursor = Some(moved);
        true
    }

    pub(super) fn move_strip(&mut self, command: Command) {
        let Some(whole) = self.app.whole_stretch() else {
            return self.toast("These lines carry no times: there is no histogram", false);
        };
        if command == Command::StripOff {
            let strip = &mut self.app.ui.context.strip;
            (strip.hidden, strip.cursor) = (!strip.hidden, None);
            return;
        }
        let ui = &mut self.app.ui;
        ui.focus = Pane::Context;
        if ui.context.strip.columns == 0 {
            // It has no room beside the other panes here.
            ui.context.strip.hidden = false;
            ui.zoom = true;
        }
        let (from, to) = self.app.stretch().unwrap_or(whole);
        let length = to.duration_since(from);
        let centre = self.app.ui.context.strip.cursor.or_else(|| self.here()).unwrap_or(to);
        let stretch = match command {
            Command::Strip => {
                let at = self.here().unwrap_or(to).clamp(from, to);
                self.app.ui.context.strip.cursor = Some(at);
                return;
            }
            Command::StripIn => around(centre, (length / 2).max(LEAST.min(length)), (from, to)),
            Command::StripOut => around(centre, length * 2, (from, to)),
            Command::StripEarlier => (from - length / 4, to - length / 4),
            Command::StripLater => (from + length / 4, to + length / 4),
            Command::StripWhole => whole,
            _ => return,
        };
        let stretch = inside(stretch, whole);
        let strip = &mut self.app.ui.context.strip;
        strip.range = (stretch != whole).then_some(stretch);
        strip.cursor = strip.cursor.map(|cursor| cursor.clamp(stretch.0, stretch.1));
        self.ask_strip();
    }

    /// The time of the line being read, or of the newest one.
    fn here(&self) -> Option<Timestamp> {
        self.app.ui.context.current().and_then(|line| line.at)
    }

    /// Asks for the records of the stretch, where the digest does not tell them already.
    pub(super) fn ask_strip(&mut self) {
        let (scope, stretch) = (self.app.ui.context.scope, self.app.stretch());
        let told = self.app.strip_is_told();
        let context = &mut self.app.ui.context;
        let strip = &mut context.strip;
        strip.stale = false;
        let (Some(scope), Some((from, to)), false) = (scope, stretch, strip.columns == 0 || told) else {
            strip.answer = None;
            if strip.asked_at.take().is_some() {
                self.effects.push(Effect::Log(Request::Zoom(None)));
            }
            return;
        };
        strip.id += 1;
        strip.asked_at = Some(self.now);
        let buckets = strip.columns.min(ZoomRequest::BUCKETS_MAX);
        let (id, filter) = (strip.id, Arc::clone(&context.filter));
        let request = ZoomRequest { id, scope, filter, from, to, buckets };
        self.effects.push(Effect::Log(Request::Zoom(Some(request))));
    }

    pub(super) fn zoomed(&mut self, answer: ZoomAnswer) {
        let strip = &mut self.app.ui.context.strip;
        if answer.id == strip.id && strip.asked_at.is_some() {
            strip.answer = Some(answer);
        }
    }

    /// Lines arrived: what the strip shows may have grown.
    pub(super) fn outdate_strip(&mut self) {
        let live = self.app.ui.context.strip.range.is_none() && !self.app.strip_is_told();
        let strip = &mut self.app.ui.context.strip;
        strip.stale |= live && strip.columns > 0;
    }

    /// Asks anew for a strip that has grown, once its last answer is complete and some seconds old.
    pub(super) fn renew_strip(&mut self) {
        let strip = &self.app.ui.context.strip;
        let complete = strip.answer.as_ref().is_some_and(|answer| answer.share >= 1.0);
        let old = strip.asked_at.is_none_or(|asked| self.now.duration_since(asked) >= AGAIN);
        if strip.stale && old && (complete || strip.asked_at.is_none()) {
            self.ask_strip();
        }
    }
}

/// A stretch of this length with `centre` where it stands in the one shown now.
fn around(centre: Timestamp, length: SignedDuration, (from, to): Stretch) -> Stretch {
    let centre = centre.clamp(from, to);
    let before = centre.duration_since(from).as_secs_f64() / to.duration_since(from).as_secs_f64().max(0.001);
    let start = centre - SignedDuration::from_secs_f64(length.as_secs_f64() * before);
    (start, start + length)
}

/// The stretch moved, and where it must be cut, into the whole.
fn inside((from, to): Stretch, whole: Stretch) -> Stretch {
    let length = to.duration_since(from);
    if length >= whole.1.duration_since(whole.0) {
        return whole;
    }
    let from = from.clamp(whole.0, whole.1 - length);
    (from, from + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_stretch_stays_inside_and_keeps_its_length_where_it_can() {
        let whole = (at(100), at(200));
        let cases = [
            ((90, 110), (100, 120)),
            ((190, 210), (180, 200)),
            ((120, 130), (120, 130)),
            ((0, 900), (100, 200)),
        ];
        for ((from, to), (start, end)) in cases {
            assert_eq!(inside((at(from), at(to)), whole), (at(start), at(end)));
        }
    }

    #[test]
    fn zooming_keeps_the_moment_under_the_cursor_in_its_column() {
        assert_eq!(around(at(125), SignedDuration::from_secs(40), (at(100), at(200))), (at(115), at(155)));
    }
}
