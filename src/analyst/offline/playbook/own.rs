//! Playbooks that users write: read one by one, so that a mistake in one keeps no other from loading.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::analyst::command::{self, Effect};
use crate::analyst::offline::playbook::{FAMILIES, Family, Playbook, Registry, SignalKind};
use crate::analyst::offline::weigh::ENOUGH;

/// The line that begins a playbook.
const HEAD: &str = "[[playbook]]";

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
        let expected = playbook.samples.iter().map(|sample| (sample, true));
        let others = playbook.not_samples.iter().map(|sample| (sample, false));
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
fn parts(text: &str) -> (&str, Vec<(usize, &str)>) {
    let mut starts = Vec::new();
    let mut offset = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        if line.trim() == HEAD {
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
    check(&playbook).map_err(|(text, hint)| (0, text, hint))?;
    Ok(playbook)
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

/// What a parser cannot know.
fn check(playbook: &Playbook) -> Result<(), (String, String)> {
    let id = &playbook.id;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() || !id.chars().all(plain) {
        let hint = "use small letters, digits and hyphens, as in connection-pool";
        return Err((format!("{id:?} is no id"), hint.to_owned()));
    }
    if playbook.depth > 2 {
        let hint = "0: more often a consequence, 1: either, 2: a cause";
        return Err((format!("{id}: depth {} is not known", playbook.depth), hint.to_owned()));
    }
    if playbook.mechanism.is_empty() {
        let hint = "mechanism = [\"5: too many clients | pool exhausted\"]: a weight, then phrases";
        return Err((format!("{id}: nothing tells when it applies"), hint.to_owned()));
    }
    if playbook.samples.is_empty() {
        let hint = "samples = [\"a line that shows it\"]: it is tried on them";
        return Err((format!("{id}: it has no samples"), hint.to_owned()));
    }
    if let Some(check) = playbook.checks.iter().find(|check| command::effect(&check.run) >= Effect::Changes) {
        let hint = "a check only looks; what changes the system belongs under mitigations";
        return Err((format!("{id}: the check {:?} changes the system", check.id), hint.to_owned()));
    }
    let registry = Registry::new(vec![playbook.clone()]);
    match misses(&registry).into_iter().next() {
        None => Ok(()),
        Some((_, sample, true)) => Err((
            format!("{id}: its sample {sample:?} does not match"),
            format!("the weights of the phrases of mechanism found in it have to reach {ENOUGH}"),
        )),
        Some((_, sample, false)) => Err((
            format!("{id}: {sample:?} is in not_samples, and matches"),
            "use longer phrases, or refute".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[[playbook]]
id = "ledger-lock"
depth = 2
title = "The ledger lock is held too long"
mechanism = ["6: ledger lock wait | waiting for ledger lock"]
samples = ["waiting for ledger lock held by batch 7"]
not_samples = ["ledger lock released"]
[[playbook.checks]]
id = "holder"
en = "Who holds the ledger lock?"
run = "ledgerctl locks"
see = "a holder older than a minute"
"#;

    fn load(text: &str) -> (Vec<Own>, Vec<Problem>) {
        read(Path::new("own.toml"), text)
    }

    #[test]
    fn a_playbook_in_english_alone_is_whole() {
        let (own, problems) = load(GOOD);
        assert_eq!(problems, []);
        let playbook = &own[0].playbook;
        assert_eq!(playbook.title[1], "The ledger lock is held too long");
        assert_eq!(playbook.checks[0].zh, "Who holds the ledger lock?");
        let (registry, problems) = join(&Registry::built_in(), own);
        assert_eq!(problems, []);
        assert!(registry.index("ledger-lock").is_some());
        assert!(registry.playbooks.len() == Registry::built_in().playbooks.len() + 1);
    }

    #[test]
    fn a_bad_one_is_reported_with_its_line_and_the_rest_loads() {
        let table = [
            ("[[playbook]]\nid = 7\n", 2, "invalid type"),
            ("[[playbook]]\nid = \"x\"\ndepth = 1\ntitel = \"y\"\n", 4, "unknown field `titel`"),
            ("[[playbook]]\nid = \"x y\"\ndepth = 1\ntitle = \"y\"\nmechanism = []\n", 1, "is no id"),
            ("[[playbook]]\nid = \"x\"\ndepth = 1\ntitle = \"y\"\nmechanism = []\n", 1, "nothing tells"),
            (
                "[[playbook]]\nid = \"x\"\ndepth = 1\ntitle = \"y\"\nmechanism = [\"6: abcdef\"]\nsamples = [\"z\"]\n",
                1,
                "does not match",
            ),
            ("stray = 1\n", 1, "belongs to no playbook"),
            (
                "[[playbook]]\nid = \"x\"\ndepth = 1\ntitle = \"y\"\nmechanism = [\"6: abcdef\"]\nsamples = [\"abcdef\"]\nchecks = [{ id = \"c\", en = \"c\", run = \"systemctl restart {service}\", see = \"up\" }]\n",
                1,
                "changes the system",
            ),
        ];
        for (bad, line, text) in table {
            let both = format!("{bad}{GOOD}");
            let (own, problems) = load(&both);
            assert_eq!(own.len(), 1, "{bad}");
            assert_eq!(problems.len(), 1, "{bad}");
            assert_eq!(problems[0].line, line, "{bad}");
            assert!(problems[0].to_string().contains(text), "{}", problems[0]);
        }
    }

    #[test]
    fn the_text_of_every_built_in_one_is_found() {
        let built_in = Registry::built_in();
        // What stands for "unknown" has no signals of its own.
        for playbook in built_in.playbooks.iter().filter(|playbook| !playbook.mechanism.is_empty()) {
            let text = text_of(&playbook.id).unwrap();
            assert_eq!(parse(text).map(|read| read.id).ok().as_ref(), Some(&playbook.id), "{text}");
        }
    }

    #[test]
    fn one_takes_the_place_of_a_built_in_one_and_twins_are_told() {
        let built_in = Registry::built_in();
        let id = &built_in.playbooks[3].id;
        let mine = GOOD.replace("ledger-lock", id);
        let (mut own, _) = load(&mine);
        own.extend(load(&mine).0);
        let (registry, problems) = join(&built_in, own);
        assert_eq!(registry.playbooks.len(), built_in.playbooks.len());
        assert_eq!(registry.playbooks[3].title[0], "The ledger lock is held too long");
        assert_eq!(problems.len(), 1);
        let lost = GOOD.replace("depth = 2", "depth = 2\nleads_to = [\"nowhere\"]");
        let (registry, problems) = join(&built_in, load(&lost).0);
        assert!(registry.index("ledger-lock").is_none());
        assert!(problems[0].text.contains("\"nowhere\""), "{}", problems[0]);
    }
}
