//! Statements: a case file cut into the smallest pieces that say something, each with its place, its times and what
//! kind of thing it says. Prose is cut at lines, at inner times and at sentences; a log record is one statement.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;

use crate::evidence::case_file::{CaseFile, CaseText, NOTES};
use crate::evidence::clock::{self, Moment, Resolver};
use crate::evidence::hostile;
use crate::evidence::lexicon::{self, Sense, Senses};
use crate::incident::{Finding, Level, Place, Quote, SourceId};

/// Most statements read from the prose of a case; what comes after them is not analysed.
pub const STATEMENTS_MAX: usize = 20_000;

/// Statements of one shape (equal but for digits) that are kept; the rest is only counted.
const PER_SHAPE: u32 = 4;

/// Longest statement, bytes; the rest of a longer one is not analysed.
const STATEMENT_MAX: usize = 4096;

/// Where a statement comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A text written or pasted by a person.
    Prose,
    /// Records of a log, through a template or a finding.
    Log,
}

/// The smallest piece of evidence that says something.
#[derive(Debug, Clone)]
pub struct Statement<'a> {
    /// Its words.
    pub text: &'a str,
    /// The piece of the line around it that goes with the same time.
    pub segment: &'a str,
    /// Source.
    pub source: SourceId,
    /// Short name of the source.
    pub name: &'a str,
    /// Where `text` stands.
    pub place: Option<Place>,
    /// Line from 1.
    pub line: Option<u64>,
    /// Prose or log.
    pub origin: Origin,
    /// When, where it says so itself or the piece of line it stands in does.
    pub at: Option<Timestamp>,
    /// The date was inferred.
    pub assumed: bool,
    /// Times written in the segment; only on its first statement.
    pub moments: Vec<Moment>,
    /// What its words point to.
    pub senses: Senses,
    /// Level, where it is a log record.
    pub level: Option<Level>,
    /// A guess, an opinion or a question of a person: never evidence for a cause.
    pub claim: bool,
    /// Says that something is well.
    pub healthy: bool,
    /// Says that something was changed.
    pub change: bool,
    /// Text that addresses a model: never obeyed, never evidence.
    pub hostile: bool,
    /// Records (or equal lines) it stands for.
    pub count: u64,
    /// The finding it comes from.
    pub finding: Option<&'a Finding>,
}

impl Statement<'_> {
    /// Whether it may carry a cause.
    pub fn is_evidence(&self) -> bool {
        !self.claim && !self.hostile
    }

    /// Whether it reports that something is wrong.
    pub fn is_bad(&self) -> bool {
        self.is_evidence()
            && !self.healthy
            && (self.senses.has(Sense::Bad) || self.level.is_some_and(Level::is_bad))
    }

    /// The statement as a verified quote.
    pub fn quote(&self) -> Quote {
        Quote {
            quote: self.text.to_owned(),
            source: self.name.to_owned(),
            line: self.line,
            verified: self.place.is_some(),
            place: self.place,
        }
    }
}

/// A case file, read.
#[derive(Debug, Default)]
pub struct Reading<'a> {
    /// Statements in the order of the sources and of their lines.
    pub statements: Vec<Statement<'a>>,
    /// Some prose was left out because there is too much of it.
    pub cut: bool,
}

impl<'a> Reading<'a> {
    /// Reads `case`.
    pub fn new(case: &'a CaseFile) -> Self {
        let mut reading = Self::default();
        let mut shapes = HashMap::new();
        for text in &case.texts {
            Prose::new(text, case.now).read(&mut reading, &mut shapes);
        }
        let mut seen: HashMap<Place, usize> = HashMap::new();
        for template in &case.templates {
            for (quote, at) in [(&template.example, template.first), (&template.newest, template.last)] {
                let known = quote.place.is_some_and(|place| seen.contains_key(&place));
                if quote.quote.is_empty() || known || (template.count < 2 && at != template.first) {
                    continue;
                }
                if let Some(place) = quote.place {
                    seen.insert(place, reading.statements.len());
                }
                let mut statement = record(quote, at, template.level);
                statement.count = template.count;
                reading.statements.push(statement);
            }
        }
        for finding in &case.findings {
            let Some(quote) = finding.quotes.first().filter(|quote| !quote.quote.is_empty()) else {
                continue;
            };
            let known = quote.place.and_then(|place| seen.get(&place)).copied();
            if let Some(known) = known {
                mark(&mut reading.statements[known], finding);
            } else {
                let mut statement = record(quote, finding.at, finding.level);
                mark(&mut statement, finding);
                reading.statements.push(statement);
            }
        }
        reading
    }
}

/// What a finding adds to the record it rests on.
fn mark<'a>(statement: &mut Statement<'a>, finding: &'a Finding) {
    use crate::incident::FindingKind as Kind;
    statement.finding = Some(finding);
    match finding.kind {
        Kind::Deploy | Kind::Restart => statement.change = true,
        Kind::Burst | Kind::NewTemplate | Kind::Silence | Kind::Saturation => {
            statement.senses.add(Sense::Bad);
            statement.healthy = false;
        }
        Kind::Hostile => statement.hostile = true,
        Kind::Gap => {}
    }
}

/// A log record as a statement.
fn record(quote: &Quote, at: Option<Timestamp>, level: Option<Level>) -> Statement<'_> {
    let text = first_line(&quote.quote);
    let senses = lexicon::senses(text);
    let informational = level.is_some_and(|level| level <= Level::Notice);
    Statement {
        text: &quote.quote,
        segment: text,
        source: quote.place.map_or(NOTES, |place| place.source),
        name: &quote.source,
        place: quote.place.filter(|_| quote.verified),
        line: quote.line,
        origin: Origin::Log,
        at,
        assumed: false,
        moments: at.map(|at| Moment { at, assumed: false, range: 0..0 }).into_iter().collect(),
        senses,
        level,
        claim: false,
        healthy: informational && !senses.has(Sense::Bad),
        change: senses.has(Sense::Change) && !level.is_some_and(Level::is_bad) && !senses.has(Sense::Bad),
        hostile: hostile::is_instruction(&quote.quote),
        count: 1,
        finding: None,
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or(text)
}

/// Cuts one text.
struct Prose<'a> {
    source: &'a CaseText,
    resolver: Resolver,
    chinese: bool,
    changes: bool,
    after_heading: bool,
}

impl<'a> Prose<'a> {
    fn new(source: &'a CaseText, now: Timestamp) -> Self {
        Self {
            source,
            resolver: Resolver::new(&source.text, now),
            chinese: clock::is_chinese(&source.text),
            changes: false,
            after_heading: false,
        }
    }

    fn read(&mut self, reading: &mut Reading<'a>, shapes: &mut HashMap<u64, (u32, usize)>) {
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
            if *kept > PER_SHAPE {
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
        let moments: Vec<Moment> = stated.iter().filter_map(|stated| self.resolver.resolve(stated)).collect();
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
            let cuts = if log_like { vec![(0, segment.len())] } else { sentences(segment) };
            let mut opening = true;
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
        if text.trim_start_matches(|c: char| !c.is_alphabetic()).starts_with("page ") {
            senses.add(Sense::Alert);
        }
        let level = level_of(text);
        let claim = is_claim(text, senses, level, time.is_some());
        let healthy =
            !claim && (senses.has(Sense::Healthy) || is_low(text)) && !is_alarming(text, senses, level);
        let logged_failure = level.is_some_and(Level::is_bad);
        let changed = senses.has(Sense::Change) || self.changes && time.is_some() || is_api_change(text);
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
            hostile: hostile::is_instruction(text),
            count: 1,
            finding: None,
        }
    }
}

/// Drops line breaks, bullets and table bars around a line.
fn trim_line(raw: &str) -> &str {
    raw.trim().trim_matches('|').trim().trim_start_matches(['-', '*', '•', '>', '·']).trim_start()
}

fn trim_piece(text: &str) -> &str {
    text.trim().trim_matches(['|', '；', ';']).trim()
}

/// The longest prefix of at most `max` bytes.
fn clip(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let mut end = max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Lines that differ only in digits have the same shape.
fn shape(line: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut digit = false;
    for byte in line.bytes() {
        if byte.is_ascii_digit() {
            if !digit {
                0_u8.hash(&mut hasher);
            }
            digit = true;
        } else {
            digit = false;
            byte.hash(&mut hasher);
        }
    }
    hasher.finish()
}

fn is_heading(line: &str, timed: bool) -> bool {
    let short = line.chars().count() <= 48;
    let closed = line.ends_with([':', '：']) || line.starts_with('#');
    let bare = !line.contains([':', '：', '=', '%', '"', '/', '(']) && line.split_whitespace().count() <= 4;
    let date_only = line.chars().filter(char::is_ascii_digit).count() >= 6 && line.chars().count() <= 24;
    !timed && (short && (closed || bare) || date_only)
}

/// A heading over a list of changes.
fn heads_changes(line: &str) -> bool {
    const WORDS: [&str; 14] = [
        "deploy",
        "change",
        "release",
        "rollout",
        "cloudtrail",
        "audit",
        "commits",
        "migrations",
        "变更",
        "发布",
        "上线",
        "部署",
        "操作记录",
        "审计",
    ];
    let lower = line.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

/// Pieces of a line that begin with a time of their own.
fn segments(line: &str, moments: &[Moment]) -> Vec<(usize, usize)> {
    let leads = moments.first().is_some_and(|first| {
        line[..first.range.start].chars().all(|c| !c.is_alphanumeric()) && first.range.start < 4
    });
    let mut cuts = vec![0];
    for moment in moments.iter().skip(usize::from(leads)) {
        let before = &line[..moment.range.start];
        let wide = before.ends_with("  ");
        let closes = before
            .trim_end()
            .ends_with(['"', '”', '」', '』', ';', '；', '。', '|', ')', '.', '?', '？', '！', '!']);
        let speaks = line[moment.range.end..].trim_start().starts_with(['"', '“', '「']);
        if before.ends_with([' ', '；', '。']) && (leads && (wide || closes) || closes && speaks) {
            cuts.push(moment.range.start);
        }
    }
    let ends = cuts.iter().skip(1).copied().chain([line.len()]).collect::<Vec<_>>();
    cuts.into_iter().zip(ends).collect()
}

/// Sentences of a segment; quoted parts stay whole.
fn sentences(segment: &str) -> Vec<(usize, usize)> {
    const ABBREVIATIONS: [&str; 6] = ["e.g", "i.e", "vs", "approx", "etc", "no"];
    let mut out = Vec::new();
    let (mut start, mut quoted, mut depth) = (0, false, 0_i32);
    let mut chars = segment.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            '(' | '（' => depth += 1,
            ')' | '）' => depth -= 1,
            '“' | '「' => quoted = true,
            '”' | '」' => quoted = false,
            '。' | '；' | '！' | '？' if !quoted && depth <= 0 => {
                out.push((start, at + c.len_utf8()));
                start = at + c.len_utf8();
            }
            '.' | ';' | '!' | '?' if !quoted && depth <= 0 => {
                let spaced = chars.peek().is_some_and(|&(_, next)| next == ' ');
                let word = segment[start..at].rsplit([' ', '(']).next().unwrap_or("");
                let short = ABBREVIATIONS.contains(&word.to_ascii_lowercase().as_str());
                if spaced && !short && at > start + 3 {
                    out.push((start, at + 1));
                    start = at + 1;
                }
            }
            _ => {}
        }
    }
    out.push((start, segment.len()));
    out
}

/// Level of a log line by its level word, which logs write in capitals.
pub fn level_of(text: &str) -> Option<Level> {
    const WORDS: [(&str, Level); 17] = [
        ("FATAL", Level::Fatal),
        ("PANIC", Level::Fatal),
        ("CRITICAL", Level::Fatal),
        ("CRIT", Level::Fatal),
        ("EMERG", Level::Fatal),
        ("ERROR", Level::Error),
        ("SEVERE", Level::Error),
        ("[error]", Level::Error),
        ("[warning]", Level::Warn),
        ("WARNING", Level::Warn),
        ("WARN", Level::Warn),
        ("[notice]", Level::Notice),
        ("[info]", Level::Info),
        ("INFO", Level::Info),
        ("DEBUG", Level::Debug),
        ("LOG:  ", Level::Info),
        ("level=error", Level::Error),
    ];
    let head = clip(text, 160);
    WORDS
        .iter()
        .find(|(word, _)| head.find(word).is_some_and(|at| lexicon::is_word(head, at, at + word.len())))
        .map(|(_, level)| *level)
}

/// Guesses, opinions and questions. A quoted line with a time before it is what somebody said.
fn is_claim(text: &str, senses: Senses, level: Option<Level>, timed: bool) -> bool {
    if level.is_some() {
        return false;
    }
    let body = text.trim_start_matches(|c: char| !c.is_alphabetic() && !matches!(c, '"' | '“' | '「' | '\''));
    let body =
        body.strip_prefix("UTC").map_or(body, |rest| rest.trim_start_matches([' ', '-', '—', '–', ':']));
    let speech = timed && body.starts_with(['"', '“', '「']);
    let end = text.trim_end_matches(['"', '”', '」', ')', ' ']);
    // A question, not the placeholder of a statement: `WHERE id = ?`.
    let asks = end.ends_with(['?', '？']) && !end.trim_end_matches(['?', ' ']).ends_with(['=', ',', '(']);
    speech || asks || senses.has(Sense::Guess)
}

/// Words that outweigh "normal" and its like in the same statement.
fn is_alarming(text: &str, senses: Senses, level: Option<Level>) -> bool {
    level.is_some_and(|level| level >= Level::Warn)
        || text.contains("->")
        || text.contains('→')
        || is_full(text)
        || (senses.has(Sense::Bad) && strong_failure(text))
}

fn strong_failure(text: &str) -> bool {
    const STRONG: [&str; 12] = [
        "denied",
        "refused",
        "timed out",
        "exhausted",
        "unauthorized",
        "failed",
        "fatal",
        "missing",
        "失败",
        "超时",
        "拒绝",
        "耗尽",
    ];
    const DENIED: [&str; 6] = ["no errors", "no error", "not failed", "0 failed", "no failed", "没有失败"];
    let lower = text.to_lowercase();
    STRONG.iter().any(|word| lower.contains(word)) && !DENIED.iter().any(|word| lower.contains(word))
}

/// `500 / 500` and its like: a resource that stands at its limit (a third more is a limit that is passed).
pub fn is_full(text: &str) -> bool {
    fractions(text).any(|(used, limit)| limit >= 4 && used * 100 >= limit * 97 && used * 3 <= limit * 4)
}

/// Fractions `a / b`, `a/b` and `a of b` of whole numbers that are no dates, paths or versions.
fn fractions(text: &str) -> impl Iterator<Item = (u64, u64)> + '_ {
    text.match_indices('/')
        .map(|(at, _)| (at, 1))
        .chain(text.match_indices(" of ").map(|(at, _)| (at, 4)))
        .filter_map(|(at, len)| {
            let left = text[..at].trim_end();
            let digits =
                left.len() - left.bytes().rev().take_while(|b| b.is_ascii_digit() || *b == b',').count();
            let before = left[..digits].chars().next_back();
            let right = text[at + len..].trim_start();
            let end = right.bytes().take_while(|b| b.is_ascii_digit() || *b == b',').count();
            let after = right[end..].chars().next();
            let odd = |c: char| c.is_alphanumeric() && c.is_ascii() || matches!(c, '/' | '-' | '.' | ':');
            if before.is_some_and(odd) || after.is_some_and(|c| odd(c) && !matches!(c, '.')) {
                return None;
            }
            let number = |text: &str| text.replace(',', "").parse::<u64>().ok();
            Some((number(&left[digits..])?, number(&right[..end])?))
        })
}

/// A use of CPU, memory or disk well below its limit.
fn is_low(text: &str) -> bool {
    const RESOURCES: [&str; 8] = ["cpu", "memory", "disk", "heap", "iowait", "内存", "磁盘", "网络"];
    let lower = text.to_lowercase();
    if !RESOURCES.iter().any(|word| lower.contains(word)) {
        return false;
    }
    let mut any = false;
    for (at, _) in text.match_indices('%') {
        let digits = text[..at].bytes().rev().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        if let Ok(percent) = text[at - digits..at].parse::<f64>() {
            if percent >= 70.0 {
                return false;
            }
            any = true;
        }
    }
    any
}

/// Names of cloud calls that change something, as audit logs write them: `PutBucketPolicy`, `ModifyDBInstance`.
fn is_api_change(text: &str) -> bool {
    const VERBS: [&str; 12] = [
        "Put",
        "Update",
        "Delete",
        "Modify",
        "Create",
        "Attach",
        "Detach",
        "Revoke",
        "Authorize",
        "Replace",
        "Set",
        "Disable",
    ];
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
        VERBS.iter().any(|verb| {
            word.strip_prefix(verb)
                .is_some_and(|rest| rest.len() > 4 && rest.starts_with(|c: char| c.is_ascii_uppercase()))
        })
    })
}

#[cfg(test)]
mod tests;
