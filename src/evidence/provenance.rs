//! Provenance of figures: a number in what we write must stand in the evidence, else it is not written.

mod role;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use crate::evidence::memo::Memo;
use crate::evidence::provenance::role::Roles;
use crate::evidence::{CaseFile, clock};

/// What stands where a fact is not known.
pub const FILL_IN: &str = "[FILL IN]";

/// The figures of a case file, to check many texts against.
#[derive(Debug, Default)]
pub struct Figures {
    known: Written,
    /// Those of whole texts.
    texts: Vec<Arc<Written>>,
}

/// Figures of texts that were read before.
pub type KnownFigures = Memo<Arc<Written>>;

/// The figures of a text, each with what it stands for there.
#[derive(Debug, Default)]
pub struct Written(HashMap<String, Roles>);

impl Written {
    fn of(text: &str) -> Self {
        let mut written = Self::default();
        written.add(text);
        written
    }

    fn add(&mut self, text: &str) {
        for (start, end) in spans(text) {
            self.0.entry(canonical(&text[start..end])).or_default().add(role::of(text, start, end));
        }
    }
}

impl Figures {
    /// Collects the figures of texts, log quotes, findings and persons' notes.
    pub fn of(case: &CaseFile) -> Self {
        Self::with(case, &mut KnownFigures::default())
    }

    /// As [`Figures::of`]; texts whose figures are `known` are not searched again.
    pub fn with(case: &CaseFile, known: &mut KnownFigures) -> Self {
        let texts = case.texts.iter().map(|text| known.get(&text.text, |text| Arc::new(Written::of(text))));
        let mut figures = Self { texts: texts.collect(), ..Self::default() };
        for template in &case.templates {
            figures.learn(&template.example.quote);
            figures.learn(&template.newest.quote);
            figures.learn(&template.count.to_string());
            figures.learn_moment(template.first);
            figures.learn_moment(template.last);
        }
        for finding in &case.findings {
            finding.quotes.iter().for_each(|quote| figures.learn(&quote.quote));
            figures.learn(&finding.subject);
            figures.learn_moment(finding.at);
            figures.learn_moment(finding.ended);
            if let Some(rate) = finding.rate {
                figures.learn(&format!("{} {} {:.0} {:.0}", rate.before, rate.peak, rate.before, rate.peak));
                figures.learn(&format!("{:.1} {:.1}", rate.before, rate.peak));
            }
        }
        for result in &case.results {
            figures.learn(&result.note);
        }
        for text in [&case.title, &case.service] {
            figures.learn(text);
        }
        figures
    }

    /// Adds the figures of `text`, for instance of a derivation that is shown.
    pub fn learn(&mut self, text: &str) {
        self.known.add(text);
    }

    /// What the evidence has a figure as; `None` where it has it not.
    fn roles(&self, figure: &str) -> Option<Roles> {
        let all = self.texts.iter().map(Arc::as_ref).chain([&self.known]);
        all.filter_map(|written| written.0.get(figure).copied()).reduce(Roles::and)
    }

    /// Adds the digits of a moment as it is written in our texts.
    pub fn learn_moment(&mut self, at: Option<jiff::Timestamp>) {
        if let Some(at) = at {
            let at = jiff::tz::Offset::UTC.to_datetime(at);
            let parts = [at.month(), at.day(), at.hour(), at.minute(), at.second()].map(i16::from);
            for part in parts.into_iter().chain([at.year()]) {
                self.known.0.entry(part.to_string()).or_default().add(role::Role::Plain);
            }
        }
    }

    /// As [`Figures::trace`] for a text of ours, in which what stands in “quotation marks” is copied from the evidence
    /// and stays as it is: a figure cut at the end of a quotation is still the evidence's.
    pub fn trace_unquoted(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(open) = rest.find('“') {
            let Some(close) = rest[open..].find('”') else { break };
            out.push_str(&self.trace(&rest[..open]));
            out.push_str(&rest[open..open + close]);
            rest = &rest[open + close..];
        }
        out.push_str(&self.trace(rest));
        out
    }

    /// `text` with every figure that the evidence does not hold replaced by `[FILL IN]`. Figures up to 4 without a
    /// fraction are words (“two of three steps”), not measurements.
    pub fn trace(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for (start, end) in spans(text) {
            let figure = canonical(&text[start..end]);
            if self.roles(&figure).is_some() || is_small(&figure) || in_name(text, start) {
                continue;
            }
            out.push_str(&text[from..start]);
            out.push_str(FILL_IN);
            from = end;
        }
        out.push_str(&text[from..]);
        out
    }
}

/// `text` with every figure that the evidence of `case` does not hold replaced by `[FILL IN]`.
pub fn trace_figures(text: &str, case: &CaseFile) -> String {
    Figures::of(case).trace(text)
}

/// Times of day that the evidence gives, as it writes them and in UTC.
#[derive(Debug, Default)]
pub struct Clocks {
    /// Seconds of the day.
    seconds: HashSet<u32>,
    /// Minutes of the day.
    minutes: HashSet<u32>,
}

impl Clocks {
    /// Adds the times of day written in `text`.
    pub fn learn(&mut self, text: &str) {
        for line in text.lines() {
            for time in clock::scan(line, false).iter().filter_map(|stated| stated.time) {
                self.add(second_of(time));
            }
        }
    }

    /// Adds a moment as it reads in UTC.
    pub fn learn_moment(&mut self, at: jiff::Timestamp) {
        self.add(at.as_second().rem_euclid(86_400) as u32);
    }

    fn add(&mut self, second: u32) {
        self.seconds.insert(second);
        self.minutes.insert(second / 60);
    }

    /// Whether the evidence gives this time: to the second, or to the minute where no seconds are told.
    fn holds(&self, time: jiff::civil::Time) -> bool {
        let second = second_of(time);
        self.seconds.contains(&second) || second.is_multiple_of(60) && self.minutes.contains(&(second / 60))
    }
}

fn second_of(time: jiff::civil::Time) -> u32 {
    time.hour() as u32 * 3600 + time.minute() as u32 * 60 + time.second() as u32
}

impl Figures {
    /// The figures and times of `text` that the evidence does not hold, in order. A time of day counts as a whole; what
    /// numbers the items of a list is no figure. The same digits carry nothing where they mean something else: a status
    /// 500 is no limit of 500.
    pub fn untraced(&self, text: &str, clocks: &Clocks) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let times: Vec<_> =
                clock::scan(line, false).into_iter().filter(|stated| stated.time.is_some()).collect();
            // In order and apart, so that the one that may hold a figure is found by its place.
            let in_time = |start: usize| {
                let at = times.partition_point(|stated| stated.range.end <= start);
                times.get(at).is_some_and(|stated| stated.range.start <= start)
            };
            for stated in &times {
                if stated.time.is_some_and(|time| !clocks.holds(time)) {
                    found.push(offset + stated.range.start..offset + stated.range.end);
                }
            }
            for (start, end) in spans(line) {
                let figure = canonical(&line[start..end]);
                let named =
                    in_name(line, start) || is_inner(line, start, end) || is_number_of_item(line, start, end);
                let meant = role::of(line, start, end);
                let found_so = self.roles(&figure).is_some_and(|roles| roles.carry(meant));
                let known = found_so || is_small(&figure) || named;
                if !known && !in_time(start) {
                    found.push(offset + start..offset + end);
                }
            }
            offset += line.len();
        }
        found.sort_by_key(|range| range.start);
        found
    }
}

/// `k8s`, `log4j`, `5xx`, `UTF-8`: digits of a name or of a class.
fn is_inner(text: &str, start: usize, end: usize) -> bool {
    let letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    let bytes = text.as_bytes();
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    letter(before) && letter(bytes.get(end))
        || text[end..].starts_with("xx")
        || text[..start].to_ascii_lowercase().ends_with("utf-")
}

/// `5. Roll back`: the number of an item at the start of its line.
fn is_number_of_item(line: &str, start: usize, end: usize) -> bool {
    line[..start].trim().is_empty() && line[end..].starts_with([')', '.']) && end - start <= 2
}

fn is_small(figure: &str) -> bool {
    matches!(figure, "0" | "1" | "2" | "3" | "4")
}

/// `SEV2`, `p99`, `HTTP2`: the digits belong to a name.
fn in_name(text: &str, start: usize) -> bool {
    let head = &text.as_bytes()[..start];
    let letters = head.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = head[start - letters..].to_ascii_lowercase();
    matches!(word.as_slice(), b"sev" | b"p" | b"utf" | b"http" | b"ipv" | b"tls" | b"s")
}

/// Byte ranges of numbers: digits with thousands commas and one fraction.
fn spans(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !digit(at) {
            at += 1;
            continue;
        }
        let start = at;
        while digit(at)
            || (bytes.get(at) == Some(&b',') && (1..=3).all(|next| digit(at + next)) && !digit(at + 4))
        {
            at += 1;
        }
        if bytes.get(at) == Some(&b'.') && digit(at + 1) {
            at += 1;
            while digit(at) {
                at += 1;
            }
        }
        out.push((start, at));
    }
    out
}

/// One spelling per number: no commas, no leading zeros, no trailing zeros of a fraction.
fn canonical(figure: &str) -> String {
    let plain = figure.replace(',', "");
    let plain =
        if plain.contains('.') { plain.trim_end_matches('0').trim_end_matches('.') } else { plain.as_str() };
    let trimmed = plain.trim_start_matches('0');
    if trimmed.is_empty() || trimmed.starts_with('.') { format!("0{trimmed}") } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests;
