//! Patterns over several statements, which no single one shows: an hour of the clock that came twice, runs of one job
//! that pile up, rows of a `table` that moved or stand out, a `series` that never falls, versions that differ, an undoing
//! that helped, and two servers that both take writes.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use crate::evidence::statement::{Origin, Reading, Statement, Words};
use crate::incident::Level;

mod columns;
mod series;
mod table;

pub use columns::Shift;
use columns::shifts;
use series::{rising, told_rising};
use table::{grown, moved, outliers};

/// Statements read.
const READ: usize = 2000;

/// Copies of one command that are a pile, and runs that began without an end.
const COPIES: usize = 3;

/// The patterns of the last revision: they are the same as long as what they were looked for in is.
#[derive(Debug, Clone, Default)]
pub struct Known {
    read: Vec<Read>,
    found: Arc<Found>,
}

/// What several statements show together.
#[derive(Debug, Default)]
pub struct Found {
    /// Statements by number, with the name under which playbooks know the pattern.
    pub named: BTreeSet<(usize, &'static str)>,
    /// Columns of tables that moved.
    pub shifts: Vec<Shift>,
}

/// All of a statement that patterns are made of.
#[derive(Debug, Clone)]
struct Read {
    words: Arc<Words>,
    around: Arc<Words>,
    at: Option<Timestamp>,
    line: Option<u64>,
    level: Option<Level>,
    evidence: bool,
    claim: bool,
}

impl Read {
    fn of(s: &Statement<'_>) -> Self {
        let (words, around) = (Arc::clone(&s.words), Arc::clone(&s.around));
        let evidence = s.is_evidence();
        Self { words, around, at: s.at, line: s.line, level: s.level, evidence, claim: s.claim }
    }

    fn is_of(&self, s: &Statement<'_>) -> bool {
        Arc::ptr_eq(&self.words, &s.words)
            && Arc::ptr_eq(&self.around, &s.around)
            && (self.at, self.line, self.level) == (s.at, s.line, s.level)
            && (self.evidence, self.claim) == (s.is_evidence(), s.claim)
    }
}

impl Known {
    /// As [`find`]; what was read before is not looked at again.
    pub fn find(&mut self, reading: &Reading<'_>) -> Arc<Found> {
        let all = &reading.statements;
        let told = all.iter().take(READ).take_while(|s| s.origin == Origin::Prose).count();
        // The effect of an undoing may be told by the first records of a log.
        let read = &all[..(told + EFFECT).min(all.len())];
        let same =
            read.len() == self.read.len() && self.read.iter().zip(read).all(|(known, s)| known.is_of(s));
        if !same {
            let named = find(reading).into_iter().collect();
            self.found = Arc::new(Found { named, shifts: shifts(reading) });
            self.read = read.iter().map(Read::of).collect();
        }
        Arc::clone(&self.found)
    }
}

/// What was found: statements by number, with the name under which playbooks know it.
pub fn find(reading: &Reading<'_>) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    found.extend(repeated_hour(reading).map(|number| (number, "@hour-twice")));
    found.extend(copies(reading).into_iter().map(|number| (number, "@copies")));
    found.extend(unfinished(reading).map(|number| (number, "@unfinished")));
    found.extend(outliers(reading).into_iter().map(|number| (number, "@outlier")));
    found.extend(rising(reading).into_iter().map(|number| (number, "@rising")));
    found.extend(writable(reading).into_iter().map(|number| (number, "@both-writable")));
    found.extend(moved(reading));
    found.extend(grown(reading).into_iter().map(|number| (number, "@grown")));
    found.extend(helped(reading).map(|number| (number, "@helped")));
    found.extend(skewed(reading).into_iter().map(|number| (number, "@skew")));
    found.extend(apart(reading).map(|number| (number, "@clocks-apart")));
    found.extend(told_rising(reading).map(|number| (number, "@rising")));
    found
}

/// Statements after an undoing within which its effect is told.
const EFFECT: usize = 3;

/// Undoings of a release after which the failure was gone: what was taken back had caused it.
fn helped<'r>(reading: &'r Reading<'_>) -> impl Iterator<Item = usize> + 'r {
    const BACK: [&str; 9] = [
        "rolled back",
        "rollback done",
        "rollback finished",
        "went back to",
        "reverted to",
        "back on the old",
        "回滚完",
        "已回滚",
        "回滚后",
    ];
    const GONE: [&str; 16] = [
        "gone",
        "stopped",
        "recovered",
        "back to normal",
        "normal again",
        "fine again",
        "all good",
        "5xx 0",
        "500s 0",
        "errors 0",
        "error rate 0",
        "恢复",
        "正常了",
        "好了",
        "消失",
        "归零",
    ];
    const FUTILE: [&str; 9] = [
        "no effect",
        "no change",
        "still",
        "did not help",
        "didn't help",
        "no better",
        "没用",
        "没变化",
        "还是",
    ];
    let statements = &reading.statements;
    let says = |number: usize, words: &[&str]| {
        let lower = statements[number].words.lower();
        words.iter().any(|word| lower.contains(word))
    };
    prose(reading).map(|(number, _)| number).filter(move |&number| {
        let after = number..(number + 1 + EFFECT).min(statements.len());
        let done = says(number, &BACK) && !statements[number].claim;
        done && after.clone().any(|number| says(number, &GONE))
            && !after.clone().any(|number| says(number, &FUTILE))
    })
}

/// Longest time between two records of different hosts that run at the same time, seconds.
const TOGETHER: i64 = 120;

/// Records that are compared for it.
const SKEWED: usize = 200;

/// Records of different hosts that name different versions of one program at the same time.
fn skewed(reading: &Reading<'_>) -> Vec<usize> {
    let mut seen: Vec<(usize, i64, &str, &str)> = Vec::new();
    for (number, s) in prose(reading) {
        let (Some(at), Some(version)) = (s.at, version_of(s.text)) else { continue };
        let names = s
            .text
            .split([' ', '\t', '[', ']'])
            .filter(|word| !is_clock(word) && !word.contains(['=', ':', 'T']));
        let host =
            names.into_iter().find(|word| word.contains('-') && word.ends_with(|c: char| c.is_ascii_digit()));
        if let Some(host) = host.filter(|_| seen.len() < SKEWED) {
            seen.push((number, at.as_second(), host, version));
        }
    }
    let differs = |one: &&(usize, i64, &str, &str)| {
        seen.iter().any(|other| other.2 != one.2 && other.3 != one.3 && (other.1 - one.1).abs() <= TOGETHER)
    };
    seen.iter().filter(differs).map(|one| one.0).collect()
}

/// The version that a record names: `build=5.9.3-b1182`, `version=8.6.2`, `v=9.0.0`.
fn version_of(text: &str) -> Option<&str> {
    text.split([' ', ',', '\t', ']']).find_map(|word| {
        let (name, value) = word.split_once('=')?;
        let named = ["build", "version", "ver", "v", "rev", "release", "image_tag"].contains(&name);
        let value = value.trim_matches('"');
        (named && value.contains('.') && value.starts_with(|c: char| c.is_ascii_digit() || c == 'v'))
            .then_some(value)
    })
}

fn prose<'r, 'a>(reading: &'r Reading<'a>) -> impl Iterator<Item = (usize, &'r Statement<'a>)> {
    let told = reading.statements.iter().take(READ).enumerate();
    told.filter(|(_, s)| s.origin == Origin::Prose && s.is_evidence())
}

/// The second statement that gives the same local time of day with another distance from UTC: the clock was set back.
fn repeated_hour(reading: &Reading<'_>) -> impl Iterator<Item = usize> {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    let mut found = Vec::new();
    for (number, s) in prose(reading) {
        for (clock, offset) in local_times(s.text) {
            match seen.get(clock) {
                Some(known) if *known != offset => found.push(number),
                Some(_) => {}
                None => {
                    seen.insert(clock, offset);
                }
            }
        }
    }
    found.into_iter()
}

/// `2026-11-01T01:30` and `-04:00` of each `2026-11-01T01:30:00.012-04:00`.
fn local_times(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices('T').filter_map(|(at, _)| {
        let clock = text.get(at.checked_sub(10)?..at + 6)?;
        // Parts of a second may stand before it.
        let rest = text.get(at + 9..)?;
        let rest = rest
            .strip_prefix(['.', ','])
            .map_or(rest, |part| part.trim_start_matches(|c: char| c.is_ascii_digit()));
        let offset = rest.get(..6)?;
        let shaped = |text: &str, shape: &str| {
            text.len() == shape.len()
                && text
                    .bytes()
                    .zip(shape.bytes())
                    .all(|(a, b)| if b == b'0' { a.is_ascii_digit() } else { a == b })
        };
        let ahead = shaped(offset, "+00:00") || shaped(offset, "-00:00");
        (shaped(clock, "0000-00-00T00:00") && ahead).then_some((clock, offset))
    })
}

/// Records of one request, by the identifier that they share, whose clocks are this far apart are not of one clock;
/// later ones are of another day.
const APART: std::ops::RangeInclusive<i64> = 100..=4 * 3600;

/// Records that are compared for it.
const TRACED: usize = 400;

/// Records of one request with times too far apart for a request.
fn apart<'r>(reading: &'r Reading<'_>) -> impl Iterator<Item = usize> + 'r {
    let mut first: HashMap<&str, i64> = HashMap::new();
    let mut found = Vec::new();
    for (number, s) in prose(reading).filter(|(_, s)| s.at.is_some()).take(TRACED) {
        let at = s.at.map_or(0, Timestamp::as_second);
        for id in traces(s.text) {
            let known = *first.entry(id).or_insert(at);
            if APART.contains(&(at - known).abs()) && s.text.contains(':') {
                found.push(number);
            }
        }
    }
    found.into_iter()
}

/// The values of `trace=9f31c0`, `request_id=…`, `traceId: …`: what is given to one request alone.
fn traces(text: &str) -> impl Iterator<Item = &str> {
    const NAMES: [&str; 6] = ["trace=", "trace_id=", "traceid=", "request_id=", "req_id=", "x-request-id="];
    NAMES.iter().filter_map(|name| {
        let at = text.find(name)? + name.len();
        let value = &text[at..];
        let end = value.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(value.len());
        (end >= 5).then(|| &value[..end])
    })
}

/// Lines of a list of processes that show one job several times, each begun at another time.
fn copies(reading: &Reading<'_>) -> Vec<usize> {
    const JOBS: [&str; 10] = [".py", ".sh", ".rb", ".pl", ".php", ".jar", "/opt/", "batch", "job", "sync"];
    let mut kinds: HashMap<String, Vec<usize>> = HashMap::new();
    for (number, s) in prose(reading) {
        let clocks = s.text.split_whitespace().filter(|word| is_clock(word)).count();
        let process =
            s.text.split(' ').next().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
        let listed = process && clocks >= 1 && s.level.is_none();
        if listed && JOBS.iter().any(|word| s.text.contains(word)) {
            let words =
                s.text.split_whitespace().filter(|word| !word.bytes().any(|byte| byte.is_ascii_digit()));
            kinds.entry(words.collect::<Vec<_>>().join(" ")).or_default().push(number);
        }
    }
    let mut found: Vec<usize> =
        kinds.into_values().filter(|numbers| numbers.len() >= COPIES).flatten().collect();
    found.sort_unstable();
    found
}

fn is_clock(word: &str) -> bool {
    word.matches(':').count() >= 1 && word.bytes().all(|byte| byte.is_ascii_digit() || b":-".contains(&byte))
}

/// Starts of a job that follow a start without an end between.
fn unfinished(reading: &Reading<'_>) -> impl Iterator<Item = usize> {
    const STARTS: [&str; 5] = ["start", "begin", "开始", "启动", "launched"];
    const ENDS: [&str; 7] = ["done", "finish", "complete", "end ", "exit", "完成", "结束"];
    let mut open: Option<(usize, String)> = None;
    let mut found = Vec::new();
    for (number, s) in prose(reading).filter(|(_, s)| s.at.is_some()) {
        let lower = s.words.lower();
        let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        if says(&ENDS) {
            open = None;
        } else if says(&STARTS) {
            let kind: String = lower.chars().filter(|c| c.is_alphabetic()).take(24).collect();
            if open.as_ref().is_some_and(|(_, known)| *known == kind) {
                found.push(number);
            }
            open = Some((number, kind));
        }
    }
    found.into_iter()
}

/// Answers of two servers or more of which each says that it takes writes, on lines of their own or as rows below one
/// question.
fn writable(reading: &Reading<'_>) -> Vec<usize> {
    let mut servers: HashMap<&str, usize> = HashMap::new();
    let mut column = None;
    for (number, s) in prose(reading) {
        let cells: Vec<&str> = s.segment.split('|').map(str::trim).collect();
        let asked = s.around.lower();
        if asked.contains("select ") && asked.contains("read_only") {
            column = asked.split(',').position(|part| part.contains("read_only"));
        } else if column
            .is_some_and(|at| at > 0 && cells.get(at).is_some_and(|cell| ["0", "OFF"].contains(cell)))
        {
            servers.entry(cells[0]).or_insert(number);
            continue;
        }
        if takes_writes(asked) {
            let server = s.segment.split([' ', '>', ':', '#', '=']).find(|word| !word.is_empty());
            servers.entry(server.unwrap_or_default()).or_insert(number);
        }
    }
    let mut found: Vec<usize> = servers.into_values().collect();
    found.sort_unstable();
    if found.len() < 2 { Vec::new() } else { found }
}

/// `select @@read_only; 0`, `pg_is_in_recovery() f`, `role:master`: what a server says of itself.
fn takes_writes(lower: &str) -> bool {
    let answer = |asked: &str, no: &[&str]| {
        lower.find(asked).is_some_and(|at| {
            let mut said =
                lower[at + asked.len()..].split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '@');
            // The names of other columns stand between the question and its answer.
            let value = said.find(|word| !word.is_empty() && !word.starts_with('@'));
            value.is_some_and(|word| no.contains(&word))
        })
    };
    answer("read_only", &["0", "off"])
        || answer("pg_is_in_recovery", &["f", "false"])
        || lower.contains("role:master")
}

/// The number of a cell: `14,208`, `640ms`, `2%`.
fn value(cell: &str) -> Option<f64> {
    if !cell.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return None;
    }
    let digits = cell.trim_end_matches(|c: char| c.is_alphabetic() || c == '%');
    digits.replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests;
