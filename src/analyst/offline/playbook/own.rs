//! Playbooks that users write: read one by one, so that a mistake in one keeps no other from loading.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::analyst::offline::playbook::{FAMILIES, Family, Playbook, Registry, SignalKind};
use crate::analyst::offline::weigh::ENOUGH;

mod check;

use check::check;

/// The line that begins a playbook.
const HEAD: &str = "[[playbook]]";

/// Whether a line begins a playbook, however it is spaced and whatever comment follows.
fn is_head(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or_default();
    line.chars().filter(|c| !c.is_whitespace()).eq(HEAD.chars())
}

/// A playbook that was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// Line in it, from 1.
    pub line: usize,
    /// What is wrong.
    pub text: String,
    /// What to write instead.
    pub hint: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.file.display(), self.line, self.text, self.hint)
    }
}

/// A playbook and where it stands.
#[derive(Debug, Clone)]
pub struct Own {
    /// The file.
    pub file: PathBuf,
    /// Line of its head, from 1.
    pub line: usize,
    /// The playbook.
    pub playbook: Playbook,
}

/// The playbooks of a file that are in order, and what is wrong with the others.
pub fn read(file: &Path, text: &str) -> (Vec<Own>, Vec<Problem>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    let text = text.trim_start_matches('\u{feff}');
    let (preamble, parts) = parts(text);
    let stray = preamble.lines().position(|line| !line.trim().is_empty() && !line.trim().starts_with('#'));
    if let Some(line) = stray {
        let problem = Problem {
            file: file.to_owned(),
            line: line + 1,
            text: "this belongs to no playbook".to_owned(),
            hint: format!("begin each with the line {HEAD}"),
        };
        bad.push(problem);
    }
    for (line, part) in parts {
        match parse(part) {
            Ok(playbook) => good.push(Own { file: file.to_owned(), line, playbook }),
            Err((offset, text, hint)) => {
                bad.push(Problem { file: file.to_owned(), line: line + offset, text, hint });
            }
        }
    }
    (good, bad)
}

/// The playbooks that come with sevdeck together with those of users. One with the id of another takes its place.
/// Those that name unknown playbooks, or fail their own samples, are left out and reported.
pub fn join(built_in: &Registry, own: Vec<Own>) -> (Registry, Vec<Problem>) {
    let mut playbooks = built_in.playbooks.clone();
    let mut problems = Vec::new();
    let mut kept: Vec<Own> = Vec::new();
    for candidate in own {
        if let Some(first) = kept.iter().find(|known| known.playbook.id == candidate.playbook.id) {
            let place = format!("{}:{}", first.file.display(), first.line);
            problems.push(candidate.problem(
                format!("playbook {:?} is there already", candidate.playbook.id),
                format!("give it another id than the one in {place}"),
            ));
        } else {
            kept.push(candidate);
        }
    }
    let known = |id: &str| built_in.index(id).is_some() || kept.iter().any(|own| own.playbook.id == id);
    let relations = |own: &Own| -> Option<String> {
        let named = own.playbook.leads_to.iter().chain(&own.playbook.needs);
        named.into_iter().find(|id| !known(id)).cloned()
    };
    let (sound, loose): (Vec<_>, Vec<_>) = kept.iter().cloned().partition(|own| relations(own).is_none());
    for own in loose {
        let name = relations(&own).unwrap_or_default();
        problems.push(own.problem(
            format!("{:?} names {name:?}, and there is no such playbook", own.playbook.id),
            "sevdeck playbooks list shows their ids".to_owned(),
        ));
    }
    for own in sound {
        match playbooks.iter_mut().find(|known| known.id == own.playbook.id) {
            Some(known) => *known = own.playbook,
            None => playbooks.push(own.playbook),
        }
    }
    (Registry::new(playbooks), problems)
}

/// The text of the playbook that begins at a line, from 1.
pub fn part(text: &str, line: usize) -> Option<&str> {
    parts(text).1.into_iter().find(|(start, _)| *start == line).map(|(_, part)| part)
}

/// The text of a playbook that comes with sevdeck.
pub fn text_of(id: &str) -> Option<&'static str> {
    let line = format!("id = {id:?}");
    let all = FAMILIES.iter().flat_map(|family| parts(family).1);
    all.map(|(_, text)| text).find(|text| text.lines().any(|own| own.trim() == line))
}

/// Tries every playbook of `registry` on its own samples: id, sample, and whether it should have matched.
pub fn misses(registry: &Registry) -> Vec<(String, String, bool)> {
    let mut misses = Vec::new();
    for (index, playbook) in registry.playbooks.iter().enumerate() {
        let expected = playbook.samples().iter().map(|sample| (sample, true));
        let others = playbook.not_samples().iter().map(|sample| (sample, false));
        for (sample, wanted) in expected.chain(others) {
            let hits = registry.hits(sample);
            let own = || hits.iter().filter(|hit| hit.playbook == index);
            let weight: f64 =
                own().filter(|hit| hit.kind == SignalKind::Mechanism).map(|hit| hit.weight).sum();
            let refuted = own().any(|hit| hit.kind == SignalKind::Refuter);
            let matched = weight >= ENOUGH && (wanted || !refuted);
            if matched != wanted {
                misses.push((playbook.id.clone(), sample.clone(), wanted));
            }
        }
    }
    misses
}

impl Own {
    /// Something about this playbook as a whole.
    pub fn problem(&self, text: String, hint: String) -> Problem {
        Problem { file: self.file.clone(), line: self.line, text, hint }
    }
}

/// What stands before the first playbook, and each playbook with the line it begins at.
pub(super) fn parts(text: &str) -> (&str, Vec<(usize, &str)>) {
    let mut starts = Vec::new();
    let mut offset = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        if is_head(line) {
            starts.push((number, offset));
        }
        offset += line.len();
    }
    let preamble = &text[..starts.first().map_or(text.len(), |(_, start)| *start)];
    let ends = starts.iter().skip(1).map(|(_, start)| *start).chain([text.len()]);
    let parts = starts.iter().zip(ends).map(|((line, start), end)| (*line, &text[*start..end])).collect();
    (preamble, parts)
}

/// A playbook, or the line in `text` (from 0) where it goes wrong, how, and what to do.
fn parse(text: &str) -> Result<Playbook, (usize, String, String)> {
    let family: Family = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = text[..start].matches('\n').count();
        let first = error.message().lines().next().unwrap_or_default().to_owned();
        (line, first, "sevdeck playbooks show ID prints one as an example".to_owned())
    })?;
    let Some(mut playbook) = family.playbook.into_iter().next() else {
        return Err((
            0,
            "the playbook is empty".to_owned(),
            "give it at least id, title and mechanism".to_owned(),
        ));
    };
    complete(&mut playbook);
    check(&playbook).map_err(|wrong| (line_of(text, &wrong.near), wrong.text, wrong.hint))?;
    Ok(playbook)
}

/// The line of `text`, from 0, that holds `near`; the first where none does.
fn line_of(text: &str, near: &str) -> usize {
    if near.is_empty() { 0 } else { text.lines().position(|line| line.contains(near)).unwrap_or(0) }
}

/// English stands for Chinese where that is left out.
fn complete(playbook: &mut Playbook) {
    let fill = |own: &mut String, other: &str| {
        if own.is_empty() {
            own.push_str(other);
        }
    };
    for check in &mut playbook.checks {
        fill(&mut check.zh, &check.en);
        fill(&mut check.see_zh, &check.see);
    }
    for remedy in &mut playbook.mitigations {
        fill(&mut remedy.zh, &remedy.en);
        fill(&mut remedy.risk_zh, &remedy.risk);
        fill(&mut remedy.back_zh, &remedy.back);
    }
    for task in &mut playbook.follow_ups {
        fill(&mut task.zh, &task.en);
    }
}

#[cfg(test)]
mod tests;
