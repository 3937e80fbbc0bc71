//! The scene: everything the writers of the sections share.

use std::cell::OnceCell;
use std::collections::HashMap;

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::analyst::offline::belief::Belief;
use crate::analyst::offline::names::Names;
use crate::analyst::offline::platform::Platform;
use crate::analyst::offline::playbook::{Playbook, Registry};
use crate::evidence::CaseFile;
use crate::evidence::statement::{Origin, Reading, Statement};
use crate::incident::triage::{HypothesisStatus, Language};

/// What was understood, to be put into words.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The case file.
    pub case: &'a CaseFile,
    /// The playbooks.
    pub registry: &'a Registry,
    /// The statements.
    pub reading: &'a Reading<'a>,
    /// Names found.
    pub names: Names,
    /// Ranked hypotheses.
    pub beliefs: Vec<Belief>,
    /// When the harm began.
    pub onset: Option<Timestamp>,
    /// Almost nothing is known.
    pub thin: bool,
    /// The logs hold nothing but few errors at an even rate.
    pub steady: bool,
    /// The statement with which the notes close what is over.
    pub ended: Option<usize>,
    /// What runs the services.
    pub platform: Platform,
    /// The statement that says that it is over, by number.
    pub over: Option<usize>,
    /// The clocks by which the notes tell their times.
    pub clocks: Clocks,
    /// The statements that show a symptom, the most telling first; several sections ask for them.
    pub symptoms: OnceCell<Vec<usize>>,
}

/// By which clock each time of the notes is told.
#[derive(Debug, Default)]
pub struct Clocks {
    offsets: HashMap<Timestamp, i32>,
    first: i32,
}

impl Clocks {
    /// The clocks of a reading.
    pub fn of(reading: &Reading<'_>) -> Self {
        let mut clocks = Self::default();
        let notes = reading.statements.iter().filter(|s| s.origin == Origin::Prose);
        for (number, moment) in notes.flat_map(|s| &s.moments).enumerate() {
            if number == 0 {
                clocks.first = moment.offset;
            }
            clocks.offsets.entry(moment.at).or_insert(moment.offset);
        }
        clocks
    }

    /// Seconds east of UTC of the clock that tells `at`, else of the first clock of the notes; absent for UTC.
    fn offset(&self, at: Timestamp) -> Option<i32> {
        let offset = self.offsets.get(&at).copied().unwrap_or(self.first);
        (offset != 0).then_some(offset)
    }
}

impl Scene<'_> {
    /// Whether to write Chinese.
    pub fn zh(&self) -> bool {
        self.case.language == Language::Zh
    }

    /// English or Chinese words, by the language asked for.
    pub fn say<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        if self.zh() { zh } else { en }
    }

    /// A playbook of the registry.
    pub fn playbook(&self, index: usize) -> &Playbook {
        &self.registry.playbooks[index]
    }

    /// A statement of the reading.
    pub fn statement(&self, number: usize) -> &Statement<'_> {
        &self.reading.statements[number]
    }

    /// The statement that opens the dated piece of line in which `number` stands; itself where there is none.
    pub fn whole(&self, number: usize) -> &Statement<'_> {
        let own = self.statement(number);
        let same = |s: &&Statement<'_>| std::ptr::eq(s.segment, own.segment) && !s.moments.is_empty();
        self.reading.statements[..=number].iter().rev().take(8).find(same).unwrap_or(own)
    }

    /// What a statement says, without its time: the whole dated piece of line, where only one time is in it.
    pub fn words(&self, number: usize) -> &str {
        let own = self.whole(number);
        let near = number.saturating_sub(8)..(number + 8).min(self.reading.statements.len());
        let timed = self.reading.statements[near]
            .iter()
            .filter(|s| std::ptr::eq(s.segment, own.segment) && !s.moments.is_empty());
        if timed.count() > 1 { self.statement(number).text } else { untimed(own) }
    }

    /// Title of a playbook.
    pub fn title(&self, index: usize) -> &str {
        let title = &self.registry.playbooks[index].title;
        self.say(&title[0], &title[1])
    }

    /// Title of a playbook without its explanation.
    pub fn short(&self, index: usize) -> String {
        let title = self.title(index);
        title.split([':', '：', '(', '（']).next().unwrap_or(title).trim().to_owned()
    }

    /// The service, or words for it.
    pub fn service(&self) -> &str {
        self.names.get("service").unwrap_or("")
    }

    /// The leading hypothesis, where the evidence carries one.
    pub fn leading(&self) -> Option<&Belief> {
        self.beliefs.first().filter(|belief| belief.carried() && belief.status != HypothesisStatus::RuledOut)
    }

    /// A moment as our sentences write it: on the clock of the evidence with its zone, so that it is found there again;
    /// the timeline has UTC beside it. The date is told where it is not today's and the evidence has dates.
    pub fn clock(&self, at: Timestamp) -> String {
        let age = self.case.now.duration_since(at).as_hours();
        self.written(at, !(0..20).contains(&age))
    }

    /// As [`Scene::clock`], to the minute, for what happened on the day of the onset, or else with its date.
    pub fn clock_near(&self, at: Timestamp) -> String {
        let at = minute(at);
        let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
        match self.onset {
            Some(onset) => self.written(at, day(at) != day(onset)),
            None => self.clock(at),
        }
    }

    /// The time on the clock of the evidence, where that is not UTC.
    pub fn local(&self, at: Timestamp) -> Option<String> {
        let seconds = self.clocks.offset(at)?;
        let local = Offset::from_seconds(seconds).ok()?.to_datetime(at);
        let (hours, minutes) = (seconds / 3600, seconds.abs() % 3600 / 60);
        let zone = if minutes == 0 { format!("UTC{hours:+}") } else { format!("UTC{hours:+}:{minutes:02}") };
        let time = local.strftime(if local.second() == 0 { "%H:%M" } else { "%H:%M:%S" });
        Some(match (self.zh(), seconds) {
            (true, BEIJING) => format!("北京时间 {time}"),
            _ => format!("{time} {zone}"),
        })
    }

    fn written(&self, at: Timestamp, dated: bool) -> String {
        let dated = dated && self.has_dates(at);
        let whole = at.as_second().rem_euclid(60) == 0;
        let form = match (dated, whole) {
            (true, true) => "%Y-%m-%d %H:%M UTC",
            (true, false) => "%Y-%m-%d %H:%M:%S UTC",
            (false, true) => "%H:%M UTC",
            (false, false) => "%H:%M:%S UTC",
        };
        let utc = at.strftime(form);
        match self.local(at) {
            None => utc.to_string(),
            Some(local) => format!("{utc} / {local}"),
        }
    }

    /// Whether the evidence says which day it is, rather than times of day alone.
    fn has_dates(&self, at: Timestamp) -> bool {
        let year = at.strftime("%Y").to_string();
        let statements = &self.reading.statements;
        statements
            .iter()
            .any(|s| s.origin == Origin::Log || s.text.contains(&year) || s.segment.contains(&year))
    }
}

/// The beginning of the minute.
fn minute(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_secs(at.as_second().rem_euclid(60))).unwrap_or(at)
}

/// Seconds east of UTC of China's clock.
const BEIJING: i32 = 8 * 3600;

/// Room for a quotation in a text of the language asked for: words of another script get less, so that the text stays
/// readable in its own language.
pub fn room(zh: bool, text: &str, max: usize) -> usize {
    let foreign =
        text.chars().take(200).filter(char::is_ascii_alphabetic).count() * 2 > text.chars().take(200).count();
    match (zh, foreign) {
        (true, true) => max * 3 / 4,
        (true, false) => max * 4 / 5,
        (false, _) => max,
    }
}

/// At most `max` characters of `text` around byte `at`, cut at spaces, with the cuts marked.
pub fn excerpt(text: &str, at: usize, max: usize) -> String {
    let text = text.trim_end_matches(['.', '。', ';', '；', ',']);
    let line = text.split(['\n', '\r']).next().unwrap_or(text);
    let total = line.chars().count();
    if total <= max {
        return line.to_owned();
    }
    // From the beginning of the word that tells, where what is before it does not fit anyway.
    let head = line.get(..at.min(line.len())).unwrap_or("");
    let word = head.rfind(char::is_whitespace).map_or(0, |space| space + 1);
    let [word, before] = [&head[..word], head].map(|head| head.chars().count());
    let begin = if before - word <= max / 2 { word } else { before };
    let start = if begin <= max / 3 { 0 } else { begin.min(total - max) };
    let mut cut: String = line.chars().skip(start).take(max).collect();
    if start > 0 {
        let broken = (start != word).then(|| cut.find(' ')).flatten();
        let trimmed = broken.filter(|&space| space < 16).map(|space| cut[space + 1..].to_owned());
        cut = format!("…{}", trimmed.unwrap_or(cut));
    }
    if start + max < total {
        let trimmed =
            cut.rfind(' ').filter(|&space| cut.len() - space < 16).map(|space| cut[..space].to_owned());
        cut = format!("{}…", trimmed.unwrap_or(cut).trim_end());
    }
    cut
}

/// The text without a time at its start.
pub fn untimed<'s>(statement: &Statement<'s>) -> &'s str {
    let text = statement.segment;
    let Some(first) = statement.moments.first().filter(|moment| !moment.range.is_empty()) else {
        return statement.text;
    };
    let head = text.get(..first.range.start).unwrap_or("");
    let label = head.trim().trim_end_matches([':', '：', '-', '[', '(', '*', '|']).trim();
    if label.chars().count() > 6 || label.split_whitespace().count() > 1 {
        return text;
    }
    let rest = text.get(first.range.end..).unwrap_or("");
    let rest = rest
        .trim_start_matches([' ', '.', ':', '：', '-', '—', '–', ']', ')', '|', ',', '，', '、', '\t', '*']);
    let rest = rest
        .strip_prefix("UTC")
        .map_or(rest, |rest| rest.trim_start_matches([' ', '.', ':', '-', '—', '–', ']']));
    if rest.is_empty() { text } else { rest }
}
