//! The timeline: every dated statement that matters, sorted, in the words of the evidence.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::analyst::offline::belief::is_failing;
use crate::analyst::offline::phrase::phrase;
use crate::analyst::offline::scene::{Scene, excerpt, untimed};
use crate::analyst::offline::weigh::{is_typed, types};
use crate::evidence::case_file::NOTES;
use crate::evidence::clock::Moment;
use crate::evidence::lexicon::Sense;
use crate::evidence::statement::{Origin, Statement};
use crate::incident::{Finding, FindingKind, Level, Place, TimelineEntry, TimelineKind};

/// Most entries.
const ENTRIES_MAX: usize = 40;

/// Times in one statement that are events of their own.
const INNER_MAX: usize = 3;

/// Longest text, characters.
const TEXT_MAX: usize = 200;

/// Longest text of a record, characters: its words, not its details.
const LOG_TEXT_MAX: usize = 140;

/// An entry before it is put into words.
struct Told {
    weight: u8,
    at: Timestamp,
    /// Of which statement.
    number: usize,
    part: Part,
}

/// What of a statement an entry tells.
#[derive(Clone, Copy)]
enum Part {
    /// One of its times, by number.
    Moment(usize),
    /// The record.
    Record,
    /// The end of what its finding found.
    End,
}

/// The entries of the scene, oldest first.
pub fn entries(scene: &Scene<'_>) -> Vec<TimelineEntry> {
    let quoted = quoted(scene);
    let mut found: Vec<Told> = Vec::new();
    for (number, statement) in scene.reading.statements.iter().enumerate() {
        // The persons' own notes stand in the incident's log already.
        let noted = statement.origin == Origin::Prose && statement.source == NOTES;
        if statement.hostile || statement.moments.is_empty() || noted || is_bare(statement) {
            continue;
        }
        let weight = matters(scene, statement, &quoted);
        let add = |(at, part)| found.push(Told { weight, at, number, part });
        match statement.origin {
            _ if weight == 0 => {}
            Origin::Prose => moments(scene, number).for_each(add),
            Origin::Log => records(scene, statement).for_each(add),
        }
    }
    if found.len() > ENTRIES_MAX {
        found.sort_by(|a, b| b.weight.cmp(&a.weight).then(a.at.cmp(&b.at)));
        found.truncate(ENTRIES_MAX);
    }
    let mut entries: Vec<TimelineEntry> = found.iter().map(|told| written(scene, told)).collect();
    entries.sort_by_key(|entry| (entry.at, entry.place));
    fold(&mut entries);
    entries
}

/// The places on which what leads rests.
fn quoted(scene: &Scene<'_>) -> HashSet<Option<Place>> {
    let numbers = scene.leading().into_iter().flat_map(|first| first.evidence.iter().chain(&first.triggers));
    numbers.map(|&number| scene.statement(number).place).collect()
}

/// A row of figures, or a line that only announces the ones below it, is no event.
fn is_bare(statement: &Statement<'_>) -> bool {
    if statement.origin == Origin::Log {
        return false;
    }
    let words = untimed(statement);
    let letters = words.chars().filter(|c| c.is_alphabetic()).count();
    let announces = words.trim_end().ends_with([':', '：']) && !statement.senses.has(Sense::Alert);
    letters < 3 && !statement.is_bad() || announces && words.chars().count() <= 48
}

/// Drops what says the same as an entry of the same minute, but for digits.
fn fold(entries: &mut Vec<TimelineEntry>) {
    let mut seen: Vec<(i64, String, TimelineKind)> = Vec::new();
    entries.retain(|entry| {
        let words: String = entry.text.chars().filter(|c| !c.is_ascii_digit()).take(60).collect();
        let minute = entry.at.as_second().div_euclid(60);
        let key = (minute, words, entry.kind);
        let new = !seen.contains(&key);
        if new {
            seen.push(key);
        }
        new
    });
}

/// How much an entry matters when there are too many.
fn matters(scene: &Scene<'_>, statement: &Statement<'_>, quoted: &HashSet<Option<Place>>) -> u8 {
    let log = statement.origin == Origin::Log;
    if statement.finding.is_some_and(|finding| is_daily(scene, finding)) {
        return 0;
    }
    let telling = statement.is_bad() || statement.change || statement.finding.is_some();
    if log
        && (!telling || !scene.case.findings.is_empty() && statement.finding.is_none() && !statement.change)
    {
        return 0;
    }
    if quoted.contains(&statement.place) || statement.finding.is_some() {
        return 5;
    }
    let quiet = statement.level.is_some_and(|level| level <= Level::Info);
    match statement.origin {
        Origin::Log if statement.level.is_some_and(Level::is_bad) => 2,
        Origin::Log if statement.change => 3,
        Origin::Log => 0,
        Origin::Prose if statement.senses.has(Sense::Alert) || statement.change => 4,
        Origin::Prose if quiet => 1,
        Origin::Prose => 3,
    }
}

/// Starts and ends that come so often that they are work, not a restart of the process.
const DAILY: u64 = 20;

fn is_daily(scene: &Scene<'_>, finding: &Finding) -> bool {
    let own = |id: &String| scene.case.templates.iter().find(|template| template.id == *id);
    finding.kind == FindingKind::Restart
        && finding.template.as_ref().and_then(own).is_some_and(|template| template.count >= DAILY)
}

fn kind(scene: &Scene<'_>, statement: &Statement<'_>, at: Timestamp) -> TimelineKind {
    let late = scene.onset.is_some_and(|onset| at > onset);
    let senses = statement.senses;
    if statement.claim || types(statement) {
        TimelineKind::Human
    } else if senses.has(Sense::Action) && late && !statement.level.is_some_and(Level::is_bad) {
        TimelineKind::Action
    } else if senses.has(Sense::Alert) {
        TimelineKind::Alert
    } else if statement.change && !(statement.is_bad() && late) {
        TimelineKind::Deploy
    } else if statement.is_bad() || senses.has(Sense::User) && !statement.healthy {
        TimelineKind::Symptom
    } else if statement.origin == Origin::Prose && statement.level.is_none() {
        // What somebody wrote down that shows no harm: it is told, and does not move the onset.
        TimelineKind::Human
    } else {
        TimelineKind::Finding
    }
}

/// The times of a statement that are told.
fn moments<'s>(scene: &'s Scene<'_>, number: usize) -> impl Iterator<Item = (Timestamp, Part)> + 's {
    let all = &scene.statement(number).moments;
    // A list of values with their times is told once.
    let once = move || all.len() > INNER_MAX || is_typed(scene.words(number));
    let told = if all.len() > 1 && once() { 1 } else { all.len() };
    let new = move |index: &usize| all[..*index].iter().all(|other| other.at != all[*index].at);
    (0..told).filter(new).map(|index| (all[index].at, Part::Moment(index)))
}

/// The entry in the words of the evidence.
fn written(scene: &Scene<'_>, told: &Told) -> TimelineEntry {
    let statement = scene.statement(told.number);
    match told.part {
        Part::Moment(index) => prose(scene, told.number, index),
        Part::Record => log(scene, statement, told.at),
        Part::End => {
            let words = phrase(statement.text, 0, LOG_TEXT_MAX);
            let text = format!("{}{words}", scene.say("ended: ", "结束："));
            entry(statement, told.at, text, TimelineKind::Finding)
        }
    }
}

fn prose(scene: &Scene<'_>, number: usize, index: usize) -> TimelineEntry {
    let statement = scene.statement(number);
    let moment = &statement.moments[index];
    let text = if index == 0 { scene.words(number) } else { around(statement, moment) };
    TimelineEntry {
        at: moment.at,
        text: with_output(scene, number, excerpt(text, 0, TEXT_MAX)),
        source: statement.name.to_owned(),
        kind: kind(scene, statement, moment.at),
        place: segment_place(statement),
        date_assumed: moment.assumed,
    }
}

/// The clause of a statement in which a later time stands, without what is about other times; the whole of it where the
/// clause says next to nothing.
fn around<'s>(statement: &Statement<'s>, moment: &Moment) -> &'s str {
    let text = statement.text;
    let Some(stamp) = statement.segment.get(moment.range.clone()) else { return text };
    let Some(at) = text.find(stamp) else { return text };
    let cut = |c: char| matches!(c, ',' | '，' | ';' | '；' | '(' | '（' | ')' | '）' | '。');
    let start =
        text[..at].rfind(cut).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let end = text[at..].find(cut).map_or(text.len(), |len| at + len);
    let clause = text[start..end].trim();
    let letters = clause.chars().filter(|c| c.is_alphabetic()).count();
    if letters >= 4 || letters >= 2 && !clause.is_ascii() { clause } else { text }
}

/// A command that was typed says little without the line of its output that matters.
fn with_output(scene: &Scene<'_>, number: usize, text: String) -> String {
    if !is_typed(&text) {
        return text;
    }
    let end = (number + 4).min(scene.reading.statements.len());
    let output = scene.reading.statements[number + 1..end]
        .iter()
        .take_while(|s| s.moments.is_empty() && s.source == scene.statement(number).source)
        .find(|s| s.is_bad());
    output.map_or(text.clone(), |output| format!("{text}: {}", excerpt(output.text, 0, TEXT_MAX / 2)))
}

/// Place of the whole piece of line around the statement.
fn segment_place(statement: &Statement<'_>) -> Option<Place> {
    let place = statement.place?;
    let before = (statement.text.as_ptr() as usize).checked_sub(statement.segment.as_ptr() as usize)?;
    let start = place.start.checked_sub(before as u64)?;
    Some(Place { start, end: start + statement.segment.len() as u64, ..place })
}

/// What a finding adds to the words of its record; without figures, which move with each record.
fn remark(scene: &Scene<'_>, kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Burst => scene.say(" (and many more)", "（大量出现）"),
        FindingKind::LevelShift => {
            scene.say(" (more lines of this level than before)", "（此级别的行比之前多）")
        }
        FindingKind::Growth => scene.say(" (this figure grows)", "（该数值持续上升）"),
        FindingKind::Slowdown => scene.say(" (slower than before)", "（比之前慢）"),
        _ => "",
    }
}

/// What a record with its finding tells: that it came, and when what was found ended.
fn records<'s>(
    scene: &Scene<'_>,
    statement: &'s Statement<'_>,
) -> impl Iterator<Item = (Timestamp, Part)> + use<'s> {
    let ordinary = statement.finding.is_none() && statement.level.is_some() && !statement.is_bad();
    // A record of ordinary work that names orders or users is no harm, and would move the onset.
    let harm = |at| matches!(kind_of(scene, statement, at), TimelineKind::Symptom | TimelineKind::Finding);
    let at = statement.at.filter(|&at| !(ordinary && harm(at)));
    let finding = statement.finding.filter(|finding| finding.level.is_some_and(Level::is_bad));
    let ended = at.and(finding.and_then(|finding| finding.ended));
    at.map(|at| (at, Part::Record)).into_iter().chain(ended.map(|ended| (ended, Part::End)))
}

/// The kind of a record.
fn kind_of(scene: &Scene<'_>, statement: &Statement<'_>, at: Timestamp) -> TimelineKind {
    match statement.finding.map(|finding| finding.kind) {
        None => kind(scene, statement, at),
        Some(FindingKind::Deploy) if statement.change => TimelineKind::Deploy,
        // A process that starts or stops in an orderly way changes the system and is no harm by itself.
        Some(FindingKind::Restart) if !is_failing(statement) => TimelineKind::Deploy,
        Some(_) => TimelineKind::Finding,
    }
}

fn log(scene: &Scene<'_>, statement: &Statement<'_>, at: Timestamp) -> TimelineEntry {
    let words = phrase(statement.text, 0, LOG_TEXT_MAX);
    let text = format!("{words}{}", statement.finding.map_or("", |finding| remark(scene, finding.kind)));
    entry(statement, at, text, kind_of(scene, statement, at))
}

fn entry(statement: &Statement<'_>, at: Timestamp, text: String, kind: TimelineKind) -> TimelineEntry {
    TimelineEntry {
        at,
        text,
        source: statement.name.to_owned(),
        kind,
        place: statement.place,
        date_assumed: false,
    }
}
