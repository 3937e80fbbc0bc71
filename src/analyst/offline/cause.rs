//! The cause: one sentence that says what broke, through what, and since which change, with names and figures.

use crate::analyst::offline::belief::Belief;
use crate::analyst::offline::change::Change;
use crate::analyst::offline::names::Names;
use crate::analyst::offline::phrase::phrase;
use crate::analyst::offline::scene::{Scene, room};
use crate::analyst::offline::unknown;
use crate::analyst::offline::weigh::{Candidate, Carrier, is_typed};
use crate::evidence::lexicon::Sense;
use crate::evidence::statement::{Statement, fractions, unstamped};
use crate::incident::Level;
use crate::incident::triage::{Confidence, Contradiction, Hypothesis, HypothesisStatus};

/// Characters of one quoted fragment.
const FRAGMENT: usize = 60;

/// Characters of one where nothing else says what broke.
const LONG: usize = 110;

/// Weight from which a second fragment is worth its room.
const TELLING: f64 = 4.0;

/// Longest title that is told with its explanation, characters.
const TITLE: usize = 100;

/// The hypotheses of the scene as documents. `contradictions` are told in the next check where they are about the
/// change that is suspected.
pub fn hypotheses(scene: &Scene<'_>, contradictions: &[Contradiction]) -> Vec<Hypothesis> {
    scene.beliefs.iter().map(|belief| hypothesis(scene, contradictions, belief)).collect()
}

/// Whether the schedule of what set `belief` off is told in ways that do not fit.
fn is_unexplained(scene: &Scene<'_>, contradictions: &[Contradiction], belief: &Belief) -> bool {
    let quoted: Vec<_> =
        contradictions.iter().flat_map(|item| &item.quotes).filter_map(|quote| quote.place).collect();
    let triggers = belief.triggers.iter().take(2).map(|&number| scene.statement(number));
    triggers.filter(|s| s.senses.has(Sense::Schedule)).filter_map(|s| s.place).any(|at| quoted.contains(&at))
}

fn hypothesis(scene: &Scene<'_>, contradictions: &[Contradiction], belief: &Belief) -> Hypothesis {
    let playbook = scene.playbook(belief.candidate.playbook);
    let next = playbook.checks().first().map(|check| scene.say(&check.en, &check.zh));
    let mut next = scene.names.fill_prose(next.unwrap_or_default());
    if unknown::is_logged(scene, belief) {
        next = unknown::next_check(scene, belief).unwrap_or(next);
    }
    let leads = scene.leading().is_some_and(|first| std::ptr::eq(first, belief));
    if leads && is_unexplained(scene, contradictions, belief) {
        let words = scene
            .say("; and which schedule is real, for they do not fit", "；并确认哪个执行周期属实（说法不一）");
        next.push_str(words);
    }
    let quotes = |numbers: &[usize]| numbers.iter().map(|&number| scene.statement(number).quote()).collect();
    let mut against = belief.against.clone();
    against.extend(belief.candidate.claims.iter().filter(|_| !belief.carried()).take(2));
    Hypothesis {
        id: playbook.id.clone(),
        confidence: belief.confidence,
        cause: cause(scene, belief),
        evidence: quotes(&belief.evidence),
        against: quotes(&against),
        status: belief.status,
        next_check: next,
    }
}

/// What broke, through what and since which change, in one sentence.
pub fn cause(scene: &Scene<'_>, belief: &Belief) -> String {
    let title = scene.title(belief.candidate.playbook);
    if !belief.carried() {
        let said = match (belief.status, scene.zh()) {
            (HypothesisStatus::RuledOut, true) => "有人提出，但证据不支持，已排除",
            (HypothesisStatus::RuledOut, false) => "supposed by a person; the evidence speaks against it",
            (_, true) => "仅为推测，尚无证据",
            (_, false) => "supposed by a person; nothing in the evidence shows it yet",
        };
        return if scene.zh() { format!("{title}（{said}）") } else { format!("{title} ({said})") };
    }
    let mut text = unseen(scene, belief).unwrap_or_else(|| what(scene, belief));
    let through = |candidate: &Candidate| clause(scene, candidate);
    if let Some(effect) = &belief.effect {
        let effect = scene.short(effect.playbook);
        text.push_str(scene.say("; in consequence: ", "，导致"));
        text.extend([spaced(scene.zh(), &effect), effect.as_str()]);
    }
    if let Some(root) = &belief.root {
        let clause = through(root);
        text.extend([if scene.zh() {
            format!("，由{clause}引起")
        } else {
            format!(", because of {clause}")
        }]);
    }
    if let Some(change) = Change::of(scene, belief) {
        let change = change.told(scene.zh());
        // What set it off is a matter of time and fit; only the surest cause is told without a doubt.
        let sure = match belief.confidence {
            Confidence::High => "",
            _ => scene.say("probably ", "（推测）"),
        };
        text.extend([if scene.zh() {
            format!("；触发因素{sure}：{change}")
        } else {
            format!("; {sure}set off by {change}")
        }]);
    }
    text
}

/// What is seen where the mechanism is unknown.
fn unseen(scene: &Scene<'_>, belief: &Belief) -> Option<String> {
    unknown::seen(scene, belief).filter(|_| unknown::is_logged(scene, belief))
}

/// What broke: the figure at its limit where there is one, else the words that show it.
fn what(scene: &Scene<'_>, belief: &Belief) -> String {
    let candidate = &belief.candidate;
    let playbook = scene.playbook(candidate.playbook);
    if let (Some(figure), Some([en, zh])) = (figure(scene, candidate), &playbook.counts) {
        let short = scene.short(candidate.playbook);
        return if scene.zh() {
            format!("{short}（{figure} {zh}）")
        } else {
            format!("{short} ({figure} {en})")
        };
    }
    let change = belief.triggers.first().map(|&number| scene.statement(number).segment);
    let mut quoted: Vec<String> = Vec::new();
    fragments(scene, candidate, 2, change, &mut quoted);
    if quoted.is_empty() {
        let shown = belief.evidence.iter().map(|&number| scene.statement(number));
        let failure =
            shown.filter(|s| s.is_bad() && !same(change, s.segment)).map(|s| phrase(s.text, 0, FRAGMENT));
        quoted.extend(failure.take(1));
    }
    if quoted.is_empty() {
        fragments(scene, candidate, 1, None, &mut quoted);
    }
    let crashed = playbook.id == "crash-loop";
    let last = last_words(scene).filter(|words| !quoted.iter().any(|other| other.contains(words)));
    if let Some(words) = last.filter(|_| crashed) {
        quoted.truncate(1);
        quoted.insert(0, words);
    }
    let whole = scene.title(candidate.playbook);
    let short = scene.short(candidate.playbook);
    let enough = playbook.counts.is_some() || whole.chars().count() > TITLE;
    let title = if enough { &short } else { whole };
    if quoted.is_empty() {
        return whole.to_owned();
    }
    format!("{title}{}{}", scene.say(": ", "："), list(scene, &quoted))
}

/// What a process said before it ended: its fatal line, else its last error.
fn last_words(scene: &Scene<'_>) -> Option<String> {
    let all = || scene.reading.statements.iter().filter(|s| s.is_evidence());
    let panics = |s: &&Statement<'_>| {
        s.level == Some(Level::Fatal)
            || ["panic:", "panicked at", "Exception in thread", "fatal error:"]
                .iter()
                .any(|word| s.text.contains(word))
    };
    let errs = |s: &&Statement<'_>| s.level == Some(Level::Error);
    let said = all().rfind(panics).or_else(|| all().rfind(errs))?;
    Some(phrase(unstamped(said.text), 0, room(scene.zh(), said.text, LONG)))
}

/// The limit that is reached, `500 / 500`.
fn figure<'s>(scene: &'s Scene<'_>, candidate: &Candidate) -> Option<&'s str> {
    let texts = candidate.carriers.iter().take(12).map(|carrier| scene.statement(carrier.statement));
    let full = texts
        .filter(|s| !s.healthy)
        .flat_map(|s| fractions(s.text))
        .filter(|fraction| fraction.is_full() && fraction.limit >= 10);
    // `500 / 500` reads better than a pair of figures with names.
    full.min_by_key(|fraction| fraction.words.contains('=')).map(|full| full.words)
}

/// A mechanism as a part of a sentence, with the table where it is about one.
fn clause(scene: &Scene<'_>, candidate: &Candidate) -> String {
    let playbook = scene.playbook(candidate.playbook);
    let title = scene.short(candidate.playbook);
    let mut letters = title.chars();
    let acronym = title.chars().nth(1).is_some_and(|c| !c.is_lowercase());
    let lower = match letters.next() {
        Some(first) if !acronym => first.to_lowercase().chain(letters).collect(),
        _ => title.clone(),
    };
    let said = playbook.clause.as_ref().map(|[en, zh]| scene.say(en, zh).to_owned());
    let clause = said.unwrap_or(lower);
    let texts = candidate.carriers.iter().map(|carrier| scene.statement(carrier.statement).text);
    let table = texts.filter(|_| playbook.family_of_tables()).find_map(|text| Names::in_text("table", text));
    match (table, scene.zh()) {
        (Some(table), true) => format!(" {table} 上的{clause}"),
        (Some(table), false) => format!("{clause} on {table}"),
        (None, _) => clause,
    }
}

/// A space between Chinese words and Latin ones.
fn spaced(zh: bool, after: &str) -> &'static str {
    if zh && after.starts_with(|c: char| c.is_ascii()) { " " } else { "" }
}

fn list(scene: &Scene<'_>, quoted: &[String]) -> String {
    let parts: Vec<String> = quoted.iter().map(|fragment| format!("“{fragment}”")).collect();
    parts.join(scene.say(", ", "，"))
}

fn same(change: Option<&str>, segment: &str) -> bool {
    change.is_some_and(|change| std::ptr::eq(change, segment))
}

/// The row below the head of a table, which has the figures.
fn row_of<'s>(scene: &'s Scene<'_>, number: usize) -> Option<&'s Statement<'s>> {
    let digits = |s: &Statement<'_>| s.text.bytes().filter(u8::is_ascii_digit).count();
    let head = scene.statement(number);
    let row = scene.reading.statements.get(number + 1)?;
    let columns = |s: &Statement<'_>| s.text.split_whitespace().count();
    let below = row.source == head.source && row.line == head.line.map(|line| line + 1);
    let tabular = columns(head) >= 4 && digits(head) == 0 && digits(row) >= 4;
    (below && tabular && columns(row).abs_diff(columns(head)) <= 2).then_some(row)
}

/// Excerpts of the strongest statements that are not alike; not of the change, which is quoted on its own.
fn fragments(
    scene: &Scene<'_>,
    candidate: &Candidate,
    wanted: usize,
    change: Option<&str>,
    quoted: &mut Vec<String>,
) {
    let shape = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let full = quoted.len() + wanted;
    let unknown = scene.playbook(candidate.playbook).mechanism.is_empty();
    // A typed command or the head of a table says less than what came out of it.
    let says = |carrier: &&Carrier| {
        let s = scene.statement(carrier.statement);
        !is_typed(s.text) && (s.is_bad() || s.text.bytes().any(|byte| byte.is_ascii_digit()))
    };
    let (telling, others): (Vec<&Carrier>, Vec<&Carrier>) = candidate.carriers.iter().partition(says);
    for carrier in telling.into_iter().chain(others) {
        if quoted.len() >= full {
            return;
        }
        let row = row_of(scene, carrier.statement);
        let statement = row.unwrap_or_else(|| scene.statement(carrier.statement));
        if unknown {
            let words = unstamped(statement.text);
            let fragment = phrase(words, 0, room(scene.zh(), words, LONG));
            if !quoted.iter().any(|other| shape(other) == shape(&fragment)) {
                quoted.push(fragment);
            }
            continue;
        }
        if same(change, statement.segment) {
            continue;
        }
        let at = if row.is_some() { 0 } else { carrier.at };
        let fragment = phrase(statement.text, at, room(scene.zh(), statement.text, FRAGMENT));
        let known = quoted.iter().any(|other| other.contains(&fragment) || fragment.contains(other.as_str()));
        let weak = !quoted.is_empty() && carrier.weight < TELLING;
        if known || weak || quoted.iter().any(|other| shape(other) == shape(&fragment)) {
            continue;
        }
        quoted.push(fragment);
    }
}
