//! The check of an answer, section by section. Each change is told in a remark.

use std::collections::HashSet;

use crate::analyst::model::facts::Checker;
use crate::analyst::model::remarks::Remarks;
use crate::analyst::model::{severity, tidy};
use crate::analyst::offline::playbook::SignalKind;
use crate::evidence::citation::Found;
use crate::evidence::provenance::FILL_IN;
use crate::evidence::statement::Words;
pub use crate::incident::opinion::{Checked, Mark};
use crate::incident::opinion::{Opinion, RemarkKind, Section};
use crate::incident::triage::Hypothesis;
use crate::incident::{Place, Quote, Triage};

/// Weight of a signal from which a quote shows a mechanism by itself.
const TELLING: f64 = 3.0;

/// Quotes remembered of one call; more are looked up again.
const QUOTES_MAX: usize = 2000;

/// A quote with what is known of the words it was found in.
#[derive(Debug, Clone, Default)]
pub(super) struct Quoted {
    pub(super) found: Option<Found>,
    /// It says more than a word that stands anywhere.
    pub(super) telling: bool,
    pub(super) evidence: bool,
    pub(super) bad: bool,
    pub(super) mechanism: bool,
    pub(super) trigger: bool,
    pub(super) hostile: bool,
    pub(super) doubted: bool,
}

impl Quoted {
    /// Whether it may raise a confidence.
    pub(super) fn counts(&self) -> bool {
        self.found.is_some() && self.telling && self.evidence && !self.hostile
    }

    pub(super) fn place(&self) -> Option<Place> {
        self.found.as_ref().map(|found| found.place)
    }
}

/// One check.
pub(super) struct Pass<'c> {
    pub(super) checker: &'c mut Checker,
    pub(super) remarks: Remarks,
    pub(super) marks: Vec<Mark>,
}

impl Checker {
    /// Checks the answer as far as it has arrived; `complete` tells whether it came to its end.
    pub fn check(&mut self, answer: Triage, complete: bool) -> Checked {
        let opinion = Opinion {
            model: self.model.clone(),
            call: self.call,
            case_revision: self.revision,
            complete,
            ..Opinion::default()
        };
        let leading = self.leading.clone();
        let mut remarks = Remarks::new(self.zh);
        if self.is_sprung(&answer) {
            let text = remarks.say(
                "The model's answer obeys instructions found in the sources, and is withheld",
                "模型的回答听从了资料中的指令，已整体扣下",
            );
            let opinion = Opinion { withheld: text.to_owned(), ..opinion };
            return Checked { opinion, leading, ..Checked::default() };
        }
        let answer = tidy::tidy(answer, complete, &mut remarks);
        let mut pass = Pass { checker: self, remarks, marks: Vec::new() };
        let (triage, severity_proven) = pass.answer(answer, complete);
        let Pass { remarks, marks, .. } = pass;
        let opinion = Opinion { remarks: remarks.finish(), ..opinion };
        Checked { triage, opinion, marks, severity_proven, leading, run: None }
    }

    /// Looks a quote up, with the marks that people put around quotes taken away where that helps.
    fn look_up(&mut self, quote: &str) -> Quoted {
        if let Some(known) = self.quotes.get(quote) {
            return known.clone();
        }
        let bare = quote.trim().trim_matches(['"', '“', '”', '\'', '‘', '’', '「', '」']).trim();
        let bare = bare.trim_start_matches(['…', '.']).trim_end_matches('…').trim_end_matches("...").trim();
        let masked = || self.veil.hide(bare).and_then(|masked| self.index.find(&masked));
        let found = self.index.find(quote).or_else(|| self.index.find(bare)).or_else(masked);
        let mut quoted = Quoted { telling: is_telling(bare), ..Quoted::default() };
        if let Some(found) = found {
            let mut patterns: Vec<&str> = Vec::new();
            for fact in self.facts_at(found.place) {
                patterns.extend(&fact.patterns);
                quoted.evidence |= fact.evidence;
                quoted.bad |= fact.bad && fact.evidence;
                quoted.trigger |= fact.trigger && fact.evidence;
                quoted.doubted |= fact.doubted;
                quoted.hostile |= fact.hostile;
            }
            let hits = self.registry.hits_with(&Words::of(quote.into()), &patterns);
            quoted.mechanism = quoted.evidence
                && hits.iter().any(|hit| hit.kind == SignalKind::Mechanism && hit.weight >= TELLING);
            quoted.found = Some(found);
        }
        if self.quotes.len() < QUOTES_MAX {
            self.quotes.insert(quote.to_owned(), quoted.clone());
        }
        quoted
    }
}

/// Whether words say more than one that stands anywhere: several, or one of an identifier's length.
fn is_telling(quote: &str) -> bool {
    let letters = quote.chars().filter(|c| c.is_alphanumeric());
    let wide = quote.chars().filter(|c| *c >= '\u{2e80}' && c.is_alphanumeric()).count();
    letters.count() >= 6 || wide >= 3
}

impl Pass<'_> {
    pub(super) fn say<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        self.remarks.say(en, zh)
    }

    fn answer(&mut self, answer: Triage, complete: bool) -> (Triage, bool) {
        let mut triage = Triage { hypotheses: self.hypotheses(answer.hypotheses), ..Triage::default() };
        let (checklist, moved) = self.checklist(answer.checklist);
        triage.checklist = checklist;
        triage.mitigations = self.mitigations(answer.mitigations);
        triage.mitigations.extend(moved);
        triage.timeline = answer.timeline.into_iter().filter_map(|entry| self.entry(entry)).collect();
        triage.contradictions =
            answer.contradictions.into_iter().filter_map(|item| self.contradiction(item)).collect();
        triage.missing = answer.missing.into_iter().filter_map(|item| self.missing(item)).collect();
        triage.follow_ups = answer.follow_ups.into_iter().filter_map(|item| self.follow_up(item)).collect();
        let judged = answer.severity.map(|given| severity::check(self, given));
        let severity_proven = judged.as_ref().is_some_and(|(_, proven)| *proven);
        triage.severity = judged.map(|(severity, _)| severity);
        if complete {
            triage.service = self.service(answer.service);
        }
        if complete && self.is_grounded(&triage.hypotheses) {
            triage.title = self.prose(Section::Title, answer.title);
            triage.summary = self.prose(Section::Summary, answer.summary);
            triage.customer_impact = self.prose(Section::CustomerImpact, answer.customer_impact);
            triage.postmortem = self.prose(Section::Postmortem, answer.postmortem);
        }
        (triage, severity_proven)
    }

    /// Whether prose may be taken over: what it tells hangs on the cause that the answer leads with, and nothing in it
    /// but figures could be checked by itself.
    fn is_grounded(&mut self, hypotheses: &[Hypothesis]) -> bool {
        let Some(lead) = hypotheses.first() else { return true };
        let grounded = lead.evidence.iter().any(|quote| quote.verified);
        if !grounded {
            let said = self.say(
                "no prose is taken over: of the cause that the answer leads with no quote was found",
                "未采用任何叙述：回答所列首要原因的引文都找不到",
            );
            self.remarks.add(RemarkKind::Prose, Section::Title, "", said);
        }
        grounded
    }

    pub(super) fn mark(&mut self, section: Section, id: &str, origin: (Section, usize), claimed: String) {
        let origin = format!("{}/{}", origin.0.name(), origin.1);
        self.marks.push(Mark { section, id: id.to_owned(), origin, claimed });
    }

    pub(super) fn is_marked(&self, id: &str) -> bool {
        self.marks.iter().any(|mark| mark.id == id)
    }

    /// Tells that a text is held back because only injected text says so.
    pub(super) fn withhold(&mut self, section: Section, text: &str) {
        let said = self.say(
            "withheld, for only text that addresses a model says so",
            "已扣下：只有写给模型的文字这样说",
        );
        let said = format!("{said}: “{}”", excerpt(text));
        self.remarks.add(RemarkKind::Withheld, section, "", said);
    }

    /// Checks quotes in place; those out of text that addresses a model go.
    pub(super) fn quotes(&mut self, section: Section, key: &str, quotes: &mut Vec<Quote>) -> Vec<Quoted> {
        let mut looked = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        let mut kept = Vec::new();
        for quote in std::mem::take(quotes) {
            if !seen.insert(quote.quote.clone()) {
                continue;
            }
            let quoted = self.checker.look_up(&quote.quote);
            if quoted.hostile && section != Section::Contradictions {
                let said = self.say(
                    "a quote out of text that addresses a model is no evidence",
                    "写给模型的文字不能作为证据",
                );
                self.remarks.add(RemarkKind::Withheld, section, key, said);
                continue;
            }
            if let Some(Found { place, source, line }) = quoted.found.clone() {
                kept.push(Quote { quote: quote.quote, source, line, verified: true, place: Some(place) });
            } else {
                let said = self.say("quote not found in the sources", "引文在资料中找不到");
                let text = format!("{said}: “{}”", excerpt(&quote.quote));
                self.remarks.add(RemarkKind::Quote, section, key, text);
                kept.push(Quote { quote: quote.quote, ..Quote::default() });
            }
            looked.push(quoted);
        }
        *quotes = kept;
        looked
    }

    /// `text` with the figures and times that the evidence does not hold replaced.
    pub(super) fn traced(&mut self, section: Section, key: &str, text: String) -> String {
        let gaps = self.checker.figures.untraced(&text, &self.checker.clocks);
        if gaps.is_empty() {
            return text;
        }
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for gap in gaps {
            out.push_str(&text[from..gap.start]);
            out.push_str(FILL_IN);
            self.untraced(section, key, &text[gap.clone()]);
            from = gap.end;
        }
        out.push_str(&text[from..]);
        out
    }

    pub(super) fn untraced(&mut self, section: Section, key: &str, figure: &str) {
        let said = self.say("not in the sources", "资料中没有这个数字或时间");
        self.remarks.add(RemarkKind::Figure, section, key, format!("{}: {said}", excerpt(figure)));
    }

    /// A section of prose, or nothing where a figure of it is invented or only injected text says so.
    fn prose(&mut self, section: Section, text: String) -> String {
        if text.is_empty() {
            return text;
        }
        if section == Section::Title && !self.checker.given[0].is_empty() {
            return String::new();
        }
        if self.checker.is_injected(&text) {
            self.withhold(section, &text);
            return String::new();
        }
        let gaps = self.checker.figures.untraced(&text, &self.checker.clocks);
        let advice = if section == Section::Postmortem { advice(&text) } else { Vec::new() };
        let gaps: Vec<_> =
            gaps.into_iter().filter(|gap| !advice.iter().any(|part| part.contains(&gap.start))).collect();
        if gaps.is_empty() {
            return text;
        }
        for gap in gaps.iter().take(4) {
            self.untraced(section, "", &text[gap.clone()]);
        }
        let said = self.say(
            "not taken over: it holds figures that are not in the sources",
            "未采用：其中有资料里没有的数字",
        );
        self.remarks.add(RemarkKind::Prose, section, "", said);
        String::new()
    }

    fn service(&mut self, service: String) -> String {
        let known = service.is_empty() || self.checker.is_known(&service);
        if !known {
            self.unknown_name(Section::Service, "", &service);
        }
        if known && self.checker.given[1].is_empty() { service } else { String::new() }
    }

    pub(super) fn unknown_name(&mut self, section: Section, key: &str, name: &str) {
        let said = self.say("stands nowhere in the case", "在资料中不存在");
        self.remarks.add(RemarkKind::Name, section, key, format!("“{}” {said}", excerpt(name)));
    }
}

/// The parts of a postmortem that propose rather than tell: tasks, and the section of action items.
fn advice(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut parts = Vec::new();
    let (mut offset, mut proposing) = (0, false);
    for line in text.split_inclusive('\n') {
        if line.starts_with('#') {
            let lower = line.to_lowercase();
            proposing =
                ["action item", "行动项", "follow-up", "改进"].iter().any(|word| lower.contains(word));
        }
        if proposing || line.trim_start().starts_with("- [") {
            parts.push(offset..offset + line.len());
        }
        offset += line.len();
    }
    parts
}

/// The beginning of a text, for a remark.
pub(super) fn excerpt(text: &str) -> String {
    crate::evidence::hygiene::line(text, 80).text
}
