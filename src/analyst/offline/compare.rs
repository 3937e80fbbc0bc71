//! Holds what a command printed against what its step was to show. The playbook's own signals decide, then the words of
//! the expectation; what says nothing either way is left to the person.

use crate::analyst::offline::playbook::{Registry, SignalKind};
use crate::analyst::offline::weigh::{is_denied, is_typed};
use crate::evidence::case_file::{CaseFile, StepResult};
use crate::evidence::statement::{Reading, Statement};
use crate::incident::SourceId;
use crate::incident::event::StepOutcome;
use crate::incident::triage::{Compared, Fit};

/// Weight from which one signal in an output shows the mechanism.
const TELLING: f64 = 3.0;

/// Lines of an output that are read.
const LINES_MAX: usize = 400;

/// What came out of a step that helps to decide a playbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// Index of the playbook.
    pub playbook: usize,
    /// The text that holds the output, where it was pasted.
    pub output: Option<SourceId>,
    /// What came out: what the person says, else what the output says.
    pub outcome: StepOutcome,
    /// The statement of the output that says so.
    pub line: Option<usize>,
}

/// What came out of the steps that were done.
pub fn heard(case: &CaseFile, registry: &Registry, reading: &Reading<'_>) -> Vec<Heard> {
    let of = |result: &StepResult| {
        let playbook = owner(registry, &result.step)?;
        let held = result.output.map(|output| hold(registry, reading, &result.step, output));
        let (fit, line) = held.unwrap_or((Fit::Undecided, None));
        let outcome = match (result.outcome, fit) {
            (StepOutcome::Done, Fit::AsExpected) => StepOutcome::AsExpected,
            (StepOutcome::Done, Fit::NotAsExpected) => StepOutcome::NotAsExpected,
            (outcome, _) => outcome,
        };
        Some(Heard { playbook, output: result.output, outcome, line })
    };
    case.results.iter().filter_map(of).collect()
}

/// The output that a person pasted against `step`, compared; `None` where there is none.
pub fn compare(case: &CaseFile, registry: &Registry, reading: &Reading<'_>, step: &str) -> Option<Compared> {
    let output = case.results.iter().find(|result| result.step == step)?.output?;
    let (fit, line) = hold(registry, reading, step, output);
    Some(Compared { fit, quote: line.map(|line| reading.statements[line].quote()) })
}

/// Holds an output against the step it belongs to: whether it fits, and the statement that says so.
fn hold(registry: &Registry, reading: &Reading<'_>, step: &str, output: SourceId) -> (Fit, Option<usize>) {
    let all = reading.statements.iter().enumerate();
    let own = all.filter(|(_, s)| s.source == output && !s.hostile && !is_typed(s.text));
    let lines: Vec<(usize, &Statement<'_>)> = own.take(LINES_MAX).collect();
    let Some(index) = owner(registry, step) else { return (Fit::Undecided, None) };
    let checks = registry.playbooks[index].checks();
    let see = checks.iter().find(|check| step.ends_with(&format!(".{}", check.id)));
    judge(registry, index, see.map_or("", |check| check.see.as_str()), &lines)
}

/// The playbook that a step is of.
fn owner(registry: &Registry, step: &str) -> Option<usize> {
    registry.playbooks.iter().position(|playbook| belongs(step, &playbook.id))
}

/// Whether a step is one of the playbook's.
fn belongs(step: &str, playbook: &str) -> bool {
    step.strip_prefix(playbook).is_some_and(|rest| rest.starts_with('.'))
}

fn judge(
    registry: &Registry,
    index: usize,
    see: &str,
    lines: &[(usize, &Statement<'_>)],
) -> (Fit, Option<usize>) {
    if let Some((number, _)) = lines.first().filter(|(_, line)| lines.len() <= 4 && is_refused(line.text)) {
        return (Fit::Undecided, Some(*number));
    }
    let nothing = lines.iter().find(|(_, line)| says_nothing(line.text)).map(|(number, _)| *number);
    if nothing.is_some() || lines.is_empty() {
        let fit = if expects_nothing(see) { Fit::AsExpected } else { Fit::NotAsExpected };
        return (fit, nothing);
    }
    let (expected, contrary) = halves(see);
    if let Some((number, _)) = lines.iter().find(|(_, line)| says(line.text, &contrary)) {
        return (Fit::NotAsExpected, Some(*number));
    }
    let (mut shown, mut refuted) = (None, None);
    let about = &registry.playbooks[index].about;
    for &(number, line) in lines {
        for hit in registry.hits(line.text).into_iter().filter(|hit| hit.playbook == index) {
            let denied = is_denied(line.text, hit.at) || line.healthy;
            match hit.kind {
                SignalKind::Mechanism if denied => refuted = refuted.or(Some(number)),
                SignalKind::Mechanism if hit.weight >= TELLING => shown = shown.or(Some(number)),
                SignalKind::Refuter => refuted = refuted.or(Some(number)),
                _ => {}
            }
        }
        let lower = line.text.to_lowercase();
        if line.healthy && about.iter().any(|word| lower.contains(word.as_str())) {
            refuted = refuted.or(Some(number));
        }
    }
    let told = || lines.iter().find(|(_, line)| says(line.text, &expected)).map(|(number, _)| *number);
    match (shown.or_else(told), refuted) {
        (Some(line), None) => (Fit::AsExpected, Some(line)),
        (None, Some(line)) => (Fit::NotAsExpected, Some(line)),
        _ => (Fit::Undecided, None),
    }
}

/// The command itself failed: nothing was seen.
fn is_refused(text: &str) -> bool {
    const REFUSALS: [&str; 12] = [
        "command not found",
        "not recognized as",
        "no such file or directory",
        "permission denied",
        "psql: error",
        "could not connect to server",
        "you must be logged in",
        "unable to connect to the server",
        "error from server (forbidden)",
        "error from server (notfound)",
        "unauthorized",
        "usage:",
    ];
    let lower = text.to_lowercase();
    REFUSALS.iter().any(|words| lower.contains(words))
}

/// Whether a line says that nothing was found.
fn says_nothing(text: &str) -> bool {
    const NOTHING: [&str; 8] = [
        "(0 rows)",
        "0 rows",
        "empty set",
        "no resources found",
        "no results",
        "(empty)",
        "nothing to show",
        "无结果",
    ];
    let lower = text.to_lowercase();
    NOTHING.iter().any(|words| lower.starts_with(words))
}

/// Whether an expectation is that nothing is found.
fn expects_nothing(see: &str) -> bool {
    let lower = see.to_lowercase();
    ["no rows", "empty", "nothing", "none", "no entry", "missing", "absent"]
        .iter()
        .any(|word| lower.contains(word))
}

/// The content words of what an expectation says for the mechanism, and against it.
fn halves(see: &str) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    const AGAINST: [&str; 7] =
        ["speaks against", "rules it out", "rules out", "clears", "clear it", "means that", "is not it"];
    let lower = see.to_lowercase();
    let (mut expected, mut contrary) = (Vec::new(), Vec::new());
    for clause in lower.split([';', ':', '.']) {
        let words = content(clause);
        if words.len() < 2 {
            continue;
        }
        if AGAINST.iter().any(|mark| clause.contains(mark)) {
            let head = AGAINST.iter().filter_map(|mark| clause.find(mark)).min().unwrap_or(clause.len());
            contrary.push(content(&clause[..head]));
        } else {
            expected.push(words);
        }
    }
    (expected, contrary)
}

/// Words of a clause that mean something by themselves.
fn content(clause: &str) -> Vec<String> {
    const COMMON: [&str; 30] = [
        "that", "with", "than", "from", "this", "them", "they", "into", "have", "most", "more", "less",
        "same", "only", "each", "very", "when", "while", "which", "what", "where", "above", "below", "after",
        "before", "over", "near", "confirms", "confirm", "shows",
    ];
    let words = clause.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '%')));
    let words = words.filter(|word| word.chars().count() >= 4 && !COMMON.contains(word));
    words.map(str::to_owned).collect()
}

/// Whether a line says all that one of the clauses does.
fn says(line: &str, clauses: &[Vec<String>]) -> bool {
    let lower = line.to_lowercase();
    clauses.iter().any(|words| words.len() >= 2 && words.iter().all(|word| lower.contains(word.as_str())))
}

#[cfg(test)]
mod tests {

    use super::*;

    fn case(step: &str, output: &str) -> CaseFile {
        let result = StepResult {
            step: step.to_owned(),
            outcome: StepOutcome::Done,
            note: String::new(),
            output: Some(SourceId(2)),
        };
        CaseFile {
            results: vec![result],
            ..CaseFile::of_texts(&["10:00 api slow", output], "2026-11-21T15:00:00Z".parse().unwrap())
        }
    }

    #[test]
    fn an_output_is_held_against_what_its_step_was_to_show() {
        let table = [
            ("slow-query.plan", " Seq Scan on orders  (cost=0.00..312.00 rows=10000000)", Fit::AsExpected),
            (
                "slow-query.plan",
                " Index Scan using orders_pk on orders  (cost=0.42..8.44 rows=1)",
                Fit::NotAsExpected,
            ),
            ("db-connections.limit", " used | max_connections\n 500 / 500 max_connections", Fit::AsExpected),
            ("db-locks.blockers", " pid | state | open_for | query | blocks\n(0 rows)", Fit::NotAsExpected),
            ("db-locks.blockers", "bash: psql: command not found", Fit::Undecided),
            ("slow-query.top", "one two three", Fit::Undecided),
            ("unheard-of.step", "Seq Scan on orders", Fit::Undecided),
        ];
        for (step, output, fit) in table {
            let case = case(step, output);
            let reading = Reading::new(&case);
            let compared = compare(&case, &Registry::built_in(), &reading, step).unwrap();
            assert_eq!(compared.fit, fit, "{step}: {output}");
        }
    }

    #[test]
    fn what_the_person_says_about_an_output_counts() {
        let mut case = case("slow-query.plan", "Seq Scan on orders");
        case.results[0].outcome = StepOutcome::NotAsExpected;
        let reading = Reading::new(&case);
        let heard = heard(&case, &Registry::built_in(), &reading);
        assert_eq!(heard[0].outcome, StepOutcome::NotAsExpected);
    }
}
