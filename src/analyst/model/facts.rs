//! What the checker knows of a case, laid out once per call: an answer is checked many times while it grows.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::analyst::model::check::Quoted;
use crate::analyst::offline::playbook::Registry;
use crate::analyst::offline::{self, pattern, trigger, unknown};
use crate::evidence::citation::{self, Index};
use crate::evidence::lexicon::Sense;
use crate::evidence::provenance::{Clocks, Figures};
use crate::evidence::redaction::{Vault, Veil};
use crate::evidence::statement::{Reading, Statement};
use crate::evidence::{CaseFile, contradiction, hostile};
use crate::incident::triage::Language;
use crate::incident::{Finding, FindingKind, Place, SourceId};

/// A change may be told up to this long after the onset that it set off: clocks and reports are not exact.
const LATE: SignedDuration = SignedDuration::from_secs(60);

/// The terms of a call.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms<'a> {
    /// Name of the model, to be told on screen.
    pub model: &'a str,
    /// Number of the call within the incident.
    pub call: u64,
    /// A word of the prompt that no honest answer repeats; an answer that holds it is withheld.
    pub canary: Option<&'a str>,
    /// Parts of the sources that address a model, beside those that are recognised here.
    pub marked: &'a [Place],
    /// What the placeholders stand for that texts of the case hold: an answer has the values.
    pub vault: Option<&'a Vault>,
}

/// What is known of a piece of evidence.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    /// Its bytes.
    pub(super) place: Place,
    /// It may carry a cause: no guess, and not written for a model.
    pub(super) evidence: bool,
    /// It tells of a failure.
    pub(super) bad: bool,
    /// It tells of a change, or of a condition that had to break, in time to have set the harm off.
    pub(super) trigger: bool,
    /// It addresses a model.
    pub(super) hostile: bool,
    /// It is told in a contradiction.
    pub(super) doubted: bool,
    /// What it shows together with other statements, by the names under which playbooks know it.
    pub(super) patterns: Vec<&'static str>,
}

/// Checks the answers to one call.
#[derive(Debug)]
pub struct Checker {
    pub(super) model: String,
    pub(super) call: u64,
    pub(super) revision: u64,
    pub(super) zh: bool,
    pub(super) canary: Option<String>,
    pub(super) index: Index,
    /// Puts placeholders in the place of values, as the texts of the case have them.
    pub(super) veil: Veil,
    /// By source, in the order of their places.
    pub(super) facts: HashMap<SourceId, Vec<Fact>>,
    pub(super) figures: Figures,
    pub(super) clocks: Clocks,
    /// Moments that the evidence gives, UTC, in order.
    pub(super) moments: Vec<Timestamp>,
    /// Everything that is known by name, folded; without what addresses a model.
    pub(super) known: String,
    /// What addresses a model, folded.
    pub(super) injected: String,
    pub(super) registry: Arc<Registry>,
    /// Almost nothing is known, or nothing but background: no confidence above `low`.
    pub(super) thin: bool,
    /// A title or service that a person gave.
    pub(super) given: [String; 2],
    /// Id of the hypothesis of the offline analyst that led when the case was frozen.
    pub(super) leading: Option<String>,
    /// Quotes that were looked up already.
    pub(super) quotes: HashMap<String, Quoted>,
}

impl Checker {
    /// Lays `case` out.
    pub fn new(case: &CaseFile, terms: &Terms<'_>) -> Self {
        let reading = Reading::new(case);
        let onset = trigger::onset(&reading);
        let doubts = doubts(case, &reading);
        let mut facts: HashMap<SourceId, Vec<Fact>> = HashMap::new();
        let mut add = |fact: Fact| facts.entry(fact.place.source).or_default().push(fact);
        let found = pattern::find(&reading);
        for (number, statement) in reading.statements.iter().enumerate() {
            if let Some(place) = statement.place {
                let doubted = doubts.iter().any(|doubt| overlaps(place, *doubt));
                let patterns = found.iter().filter(|(of, _)| *of == number).map(|(_, name)| *name).collect();
                add(Fact { doubted, patterns, ..fact(statement, place, onset, terms.marked) });
            }
        }
        logged(case, terms.marked, &mut add);
        for list in facts.values_mut() {
            list.sort_by_key(|fact| (fact.place.start, fact.place.end));
        }
        let moments = moments(case, &reading, onset);
        let none = Vault::default();
        let vault = terms.vault.unwrap_or(&none);
        let (known, injected) = words(case, &reading, vault);
        Self {
            model: terms.model.to_owned(),
            call: terms.call,
            revision: case.revision,
            zh: case.language == Language::Zh,
            canary: terms.canary.map(citation::fold).filter(|canary| !canary.is_empty()),
            index: Index::new(case),
            veil: vault.veil(&case.texts.iter().map(|text| &*text.text).collect::<String>()),
            facts,
            figures: figures(case, &reading, onset, &moments),
            clocks: clocks(case, &moments),
            moments,
            known,
            injected,
            registry: Registry::built_in(),
            thin: offline::is_thin(&reading) || unknown::is_steady(case, &reading),
            given: [case.title.clone(), case.service.clone()],
            leading: leading(case),
            quotes: HashMap::new(),
        }
    }

    /// What is known of the evidence at `place`.
    pub(super) fn facts_at(&self, place: Place) -> impl Iterator<Item = &Fact> {
        let list = self.facts.get(&place.source).map_or(&[][..], Vec::as_slice);
        let from = list.partition_point(|fact| fact.place.end <= place.start);
        list[from..]
            .iter()
            .take_while(move |fact| fact.place.start < place.end)
            .filter(move |fact| overlaps(fact.place, place))
    }
}

/// Whether two places share bytes.
pub(super) fn overlaps(one: Place, other: Place) -> bool {
    one.source == other.source && one.start < other.end && other.start < one.end
}

fn fact(statement: &Statement<'_>, place: Place, onset: Option<Timestamp>, marked: &[Place]) -> Fact {
    let hostile = statement.hostile || marked.iter().any(|mark| overlaps(place, *mark));
    let told = statement.moments.iter().map(|moment| moment.at).min().or(statement.at);
    let in_time = told.is_none_or(|at| onset.is_none_or(|onset| at <= onset + LATE));
    let condition = statement.change || trigger::is_latent(statement.text);
    let sound = !statement.healthy && !statement.senses.has(Sense::NoChange);
    Fact {
        place,
        evidence: statement.is_evidence() && !hostile,
        bad: statement.is_bad() || statement.finding.is_some_and(is_trouble),
        trigger: condition && sound && in_time,
        hostile,
        doubted: false,
        patterns: Vec::new(),
    }
}

fn is_trouble(finding: &Finding) -> bool {
    !matches!(finding.kind, FindingKind::Deploy | FindingKind::Hostile | FindingKind::Gap | FindingKind::Skew)
}

/// Lines of logs that are quoted but read as no statement of their own: the newest record of a template, further
/// quotes of a finding.
fn logged(case: &CaseFile, marked: &[Place], add: &mut impl FnMut(Fact)) {
    let of = |place: Place, text: &str, bad: bool, trigger: bool| {
        let hostile = hostile::is_instruction(text) || marked.iter().any(|mark| overlaps(place, *mark));
        Fact { place, evidence: !hostile, bad, trigger, hostile, doubted: false, patterns: Vec::new() }
    };
    for template in &case.templates {
        let bad = template.level.is_some_and(crate::incident::Level::is_bad);
        if let Some(place) = template.newest.place.filter(|place| Some(*place) != template.example.place) {
            add(of(place, &template.newest.quote, bad, false));
        }
    }
    for finding in &case.findings {
        let deploy = finding.kind == FindingKind::Deploy;
        for quote in &finding.quotes {
            if let Some(place) = quote.place {
                add(of(place, &quote.quote, is_trouble(finding), deploy));
            }
        }
    }
}

/// Places of statements that do not fit together, where all of them are evidence.
fn doubts(case: &CaseFile, reading: &Reading<'_>) -> HashSet<Place> {
    let sound: HashSet<Place> =
        reading.statements.iter().filter(|s| s.is_evidence()).filter_map(|s| s.quote().place).collect();
    let found = contradiction::find(case, reading).into_iter();
    let factual = found
        .filter(|item| item.quotes.iter().all(|quote| quote.place.is_some_and(|at| sound.contains(&at))));
    factual.flat_map(|item| item.quotes).filter_map(|quote| quote.place).collect()
}

/// Moments that the evidence gives.
fn moments(case: &CaseFile, reading: &Reading<'_>, onset: Option<Timestamp>) -> Vec<Timestamp> {
    let written =
        reading.statements.iter().flat_map(|s| s.moments.iter().map(|moment| moment.at).chain(s.at));
    let found = case.findings.iter().flat_map(|finding| [finding.at, finding.ended]);
    let seen = case.templates.iter().flat_map(|template| [template.first, template.last]);
    let mut all: Vec<Timestamp> = written.chain(found.chain(seen).flatten()).chain(onset).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn figures(
    case: &CaseFile,
    reading: &Reading<'_>,
    onset: Option<Timestamp>,
    moments: &[Timestamp],
) -> Figures {
    let mut figures = Figures::of(case);
    for count in unknown::figures(case) {
        figures.learn(&count);
    }
    for &at in moments {
        figures.learn_moment(Some(at));
    }
    // How long before the onset something was changed, in minutes, is told by both times.
    let changes = reading.statements.iter().filter(|s| s.change).take(64).filter_map(|s| s.at);
    for (at, onset) in changes.filter_map(|at| Some((at, onset?))) {
        figures.learn(&(onset.duration_since(at).as_mins().abs()).to_string());
    }
    figures
}

fn clocks(case: &CaseFile, moments: &[Timestamp]) -> Clocks {
    let mut clocks = Clocks::default();
    for text in &case.texts {
        clocks.learn(&text.text);
    }
    for template in &case.templates {
        clocks.learn(&template.example.quote);
        clocks.learn(&template.newest.quote);
    }
    for quote in case.findings.iter().flat_map(|finding| &finding.quotes) {
        clocks.learn(&quote.quote);
    }
    for result in &case.results {
        clocks.learn(&result.note);
    }
    for &at in moments {
        clocks.learn_moment(at);
    }
    clocks
}

/// Everything that is known by name, and apart from it what addresses a model.
fn words(case: &CaseFile, reading: &Reading<'_>, vault: &Vault) -> (String, String) {
    let mut known = String::new();
    let mut injected = String::new();
    for statement in reading.statements.iter().filter(|s| s.hostile) {
        injected.push_str(statement.segment);
        injected.push('\n');
    }
    let mut lines = |text: &str| {
        for line in text.lines() {
            if hostile::is_instruction(line) {
                injected.push_str(line);
                injected.push('\n');
            } else {
                known.push_str(line);
                known.push('\n');
            }
        }
    };
    for text in &case.texts {
        lines(&vault.restore(&text.text));
        lines(&text.name);
    }
    for template in &case.templates {
        lines(&template.example.quote);
        lines(&template.newest.quote);
        lines(&template.text);
    }
    for finding in &case.findings {
        finding.quotes.iter().for_each(|quote| lines(&quote.quote));
        lines(&finding.subject);
    }
    for text in case.results.iter().map(|result| &result.note).chain([&case.title, &case.service]) {
        lines(text);
    }
    for source in &case.sources {
        lines(&source.name);
    }
    (citation::fold(&known), citation::fold(&injected))
}

/// The first hypothesis on screen that is not a model's alone.
fn leading(case: &CaseFile) -> Option<String> {
    use crate::incident::opinion::{By, Section};
    let opinion = case.previous.opinion.as_ref();
    let own = |id: &str| opinion.is_none_or(|opinion| opinion.by(Section::Hypotheses, id) != By::Model);
    case.previous.hypotheses.iter().find(|hypothesis| own(&hypothesis.id)).map(|first| first.id.clone())
}
