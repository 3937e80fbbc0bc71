//! Prose, cut into statements: at lines, at inner times and at sentences.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::evidence::case_file::CaseText;
use crate::evidence::clock::{self, Moment, Resolver};
use crate::evidence::lexicon::Sense;
use crate::evidence::statement::cut::{
    clip, heads_changes, is_age, is_heading, is_row, lists_changes, segments, shape, trim_line, trim_piece,
};
use crate::evidence::statement::vain::is_outcome;
use crate::evidence::statement::words::{Vocabulary, Words, words};
use crate::evidence::statement::{
    Origin, PER_SHAPE, ROWS, Reading, STATEMENT_MAX, STATEMENTS_MAX, Statement,
};
use crate::incident::{Level, Place};

/// Cuts one text.
pub(super) struct Prose<'a, 'k> {
    source: &'a CaseText,
    known: &'k mut Vocabulary,
    resolver: Resolver,
    chinese: bool,
    changes: bool,
    after_heading: bool,
}

impl<'a, 'k> Prose<'a, 'k> {
    pub(super) fn new(source: &'a CaseText, now: Timestamp, known: &'k mut Vocabulary) -> Self {
        Self {
            source,
            known,
            resolver: Resolver::new(&source.text, now),
            chinese: clock::is_chinese(&source.text),
            changes: false,
            after_heading: false,
        }
    }

    pub(super) fn read(&mut self, reading: &mut Reading<'a>, shapes: &mut HashMap<u64, (u32, usize)>) {
        let text: &'a str = &self.source.text;
        let mut offset = 0;
        for (index, raw) in text.split_inclusive('\n').enumerate() {
            let start = offset;
            offset += raw.len();
            let line = trim_line(raw);
            if line.is_empty() {
                if !self.after_heading {
                    self.changes = false;
                }
                continue;
            }
            if reading.statements.len() >= STATEMENTS_MAX {
                reading.cut = true;
                return;
            }
            let (kept, at) = shapes.entry(shape(line)).or_insert((0, reading.statements.len()));
            *kept += 1;
            if *kept > if is_row(line) { ROWS } else { PER_SHAPE } {
                if let Some(first) = reading.statements.get_mut(*at) {
                    first.count += 1;
                }
                continue;
            }
            let begin = start + (line.as_ptr() as usize - raw.as_ptr() as usize);
            self.line(line, begin, index as u64 + 1, reading);
        }
    }

    fn line(&mut self, line: &'a str, begin: usize, number: u64, reading: &mut Reading<'a>) {
        let line = clip(line, STATEMENT_MAX);
        let whole = words(self.known, line);
        let stated = whole.stated(self.chinese);
        if is_heading(line, stated.iter().any(|stated| stated.time.is_some())) {
            self.changes = heads_changes(line);
            self.after_heading = true;
            if let Some(date) = stated.iter().find_map(|stated| stated.date) {
                self.resolver.heading(date);
            }
        } else {
            self.after_heading = false;
        }
        let mut moments: Vec<Moment> = self.resolver.line(stated);
        moments.retain(|moment| !is_age(line, &moment.range));
        // `12:46  deploys today`: who looked them up, and when, stands before the heading.
        let after = moments.first().and_then(|first| line.get(first.range.end..)).unwrap_or("");
        self.changes |= lists_changes(after);
        let log_like = whole.level().is_some();
        for (from, to) in segments(line, &moments) {
            let segment = &line[from..to];
            let inner: Vec<Moment> = moments
                .iter()
                .filter(|moment| (from..to).contains(&moment.range.start))
                .map(|moment| Moment {
                    range: moment.range.start - from..moment.range.end - from,
                    ..moment.clone()
                })
                .collect();
            // Who writes for a model writes several sentences: what stands around the one that shows it goes with it.
            let piece =
                if segment.len() == line.len() { Arc::clone(&whole) } else { words(self.known, segment) };
            let hostile = piece.is_instruction();
            let cuts = if log_like { &[(0, segment.len())] } else { piece.sentences() };
            let mut opening = true;
            let (mut asked, mut first) = (false, true);
            for &(low, high) in cuts {
                let text = trim_piece(&segment[low..high]);
                if text.is_empty() {
                    continue;
                }
                let at = begin + (text.as_ptr() as usize - line.as_ptr() as usize);
                let said = |moment: &&Moment| (low..high).contains(&moment.range.start);
                let moments: Vec<Moment> = inner.iter().filter(said).cloned().collect();
                let earlier = reading.statements.last().filter(|_| !opening);
                let inherited = earlier.and_then(|last| last.at.map(|at| (at, last.assumed)));
                let time = moments.first().map(|moment| (moment.at, moment.assumed)).or(inherited);
                opening = false;
                let own =
                    if text.len() == segment.len() { Arc::clone(&piece) } else { words(self.known, text) };
                let mut statement =
                    self.statement((text, own), (segment, Arc::clone(&piece)), (at, number), time);
                statement.moments = moments;
                statement.hostile = hostile;
                // Who asks and answers in one breath, without a figure, still guesses.
                if asked && !text.bytes().any(|byte| byte.is_ascii_digit()) && !text.starts_with("->") {
                    statement.claim |= statement.level.is_none() && !statement.healthy;
                    statement.change &= !statement.claim;
                }
                // `blocked three partners. no effect`: the outcome is a sentence of its own.
                let before =
                    reading.statements.last_mut().filter(|_| !first && is_outcome(statement.words.lower()));
                if let Some(before) = before {
                    before.vain = true;
                    before.change = false;
                }
                first = false;
                asked |= text.ends_with(['?', '？']);
                reading.statements.push(statement);
            }
        }
    }

    fn statement(
        &self,
        (text, words): (&'a str, Arc<Words>),
        (segment, around): (&'a str, Arc<Words>),
        (at, number): (usize, u64),
        time: Option<(Timestamp, bool)>,
    ) -> Statement<'a> {
        let said = words.said();
        let claim = said.guess || said.speech && time.is_some();
        let logged_failure = said.level.is_some_and(Level::is_bad);
        let changed = said.change || time.is_some() && (self.changes || said.release);
        Statement {
            text,
            segment,
            source: self.source.source,
            name: &self.source.name,
            place: Some(Place {
                source: self.source.source,
                start: at as u64,
                end: (at + text.len()) as u64,
            }),
            line: Some(number),
            origin: Origin::Prose,
            at: time.map(|(at, _)| at),
            assumed: time.is_some_and(|(_, assumed)| assumed),
            moments: Vec::new(),
            senses: said.senses,
            level: said.level,
            claim,
            healthy: said.well && !claim,
            vain: said.vain,
            change: changed && !said.vain && !claim && !logged_failure && !said.senses.has(Sense::NoChange),
            hostile: false,
            count: 1,
            finding: None,
            words,
            around,
        }
    }
}
