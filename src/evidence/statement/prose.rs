//! Prose, cut into statements: at lines, at inner times and at sentences.

use std::cell::OnceCell;
use std::collections::HashMap;

use jiff::Timestamp;

use crate::evidence::case_file::CaseText;
use crate::evidence::clock::{self, Moment, Resolver};
use crate::evidence::hostile;
use crate::evidence::lexicon::{self, Sense, Senses};
use crate::evidence::statement::cut::{
    clip, heads_changes, is_age, is_heading, is_row, lists_changes, segments, sentences, shape, trim_line,
    trim_piece,
};
use crate::evidence::statement::traits::{
    denies_alert, is_alarming, is_api_change, is_claim, is_columns, is_low, is_mixed, is_release, level_of,
    names_failure, strong_failure, without_references,
};
use crate::evidence::statement::{
    Origin, PER_SHAPE, ROWS, Reading, STATEMENT_MAX, STATEMENTS_MAX, Statement, is_full,
};
use crate::incident::{Level, Place};

/// Cuts one text.
pub(super) struct Prose<'a> {
    source: &'a CaseText,
    resolver: Resolver,
    chinese: bool,
    changes: bool,
    after_heading: bool,
}

impl<'a> Prose<'a> {
    pub(super) fn new(source: &'a CaseText, now: Timestamp) -> Self {
        Self {
            source,
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
        let stated = clock::scan(line, self.chinese);
        if is_heading(line, stated.iter().any(|stated| stated.time.is_some())) {
            self.changes = heads_changes(line);
            self.after_heading = true;
            if let Some(date) = stated.iter().find_map(|stated| stated.date) {
                self.resolver.heading(date);
            }
        } else {
            self.after_heading = false;
        }
        let mut moments: Vec<Moment> = self.resolver.line(&stated);
        moments.retain(|moment| !is_age(line, &moment.range));
        // `12:46  deploys today`: who looked them up, and when, stands before the heading.
        let words = moments.first().and_then(|first| line.get(first.range.end..)).unwrap_or("");
        self.changes |= lists_changes(words);
        let log_like = level_of(line).is_some();
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
            let hostile = hostile::is_instruction(segment);
            let cuts = if log_like { vec![(0, segment.len())] } else { sentences(segment) };
            let mut opening = true;
            let mut asked = false;
            for (low, high) in cuts {
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
                let mut statement = self.statement(text, segment, (at, number), time);
                statement.moments = moments;
                statement.hostile = hostile;
                // Who asks and answers in one breath, without a figure, still guesses.
                if asked && !text.bytes().any(|byte| byte.is_ascii_digit()) && !text.starts_with("->") {
                    statement.claim |= statement.level.is_none() && !statement.healthy;
                    statement.change &= !statement.claim;
                }
                asked |= text.ends_with(['?', '？']);
                reading.statements.push(statement);
            }
        }
    }

    fn statement(
        &self,
        text: &'a str,
        segment: &'a str,
        (at, number): (usize, u64),
        time: Option<(Timestamp, bool)>,
    ) -> Statement<'a> {
        let mut senses = lexicon::senses(text);
        if is_columns(text) {
            senses = Senses::default();
        }
        // `9.8k/s (normal 1.1k)`: what is usual is told beside it.
        if senses.has(Sense::Healthy) && !lexicon::senses(&without_references(text)).has(Sense::Healthy) {
            senses.remove(Sense::Healthy);
        }
        if is_full(text) || names_failure(text) {
            senses.add(Sense::Bad);
        }
        if text.trim_start_matches(|c: char| !c.is_alphabetic()).starts_with("page ") {
            senses.add(Sense::Alert);
        }
        if denies_alert(text) {
            senses.remove(Sense::Alert);
            if !strong_failure(text) {
                senses.remove(Sense::Bad);
            }
        }
        let level = level_of(text);
        let claim = is_claim(text, senses, level, time.is_some());
        let healthy = !claim
            && (senses.has(Sense::Healthy) || is_low(text))
            && !is_alarming(text, senses, level)
            && !is_mixed(text);
        let logged_failure = level.is_some_and(Level::is_bad);
        let changed = senses.has(Sense::Change)
            || time.is_some() && (self.changes || is_release(text))
            || is_api_change(text);
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
            senses,
            level,
            claim,
            healthy,
            change: changed && !claim && !logged_failure && !senses.has(Sense::NoChange),
            hostile: false,
            count: 1,
            finding: None,
            marks: OnceCell::new(),
        }
    }
}
