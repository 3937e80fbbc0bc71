//! The check of an answer, section by section. Each change is told in a remark.

use std::collections::HashSet;

use crate::analyst::command::{self, Effect, Fault};
use crate::analyst::model::facts::Checker;
use crate::analyst::model::remarks::Remarks;
use crate::analyst::model::{alike, severity, tidy};
use crate::analyst::offline::playbook::SignalKind;
use crate::evidence::citation::Found;
use crate::evidence::provenance::FILL_IN;
pub use crate::incident::opinion::{Checked, Mark};
use crate::incident::opinion::{Opinion, RemarkKind, Section};
use crate::incident::triage::{
    CommandEffect, Confidence, Contradiction, FollowUp, Hypothesis, HypothesisStatus, Missing, Mitigation,
    Step,
};
use crate::incident::{Place, Quote, TimelineEntry, Triage};

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
    marks: Vec<Mark>,
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
        let found = self.index.find(quote).or_else(|| self.index.find(bare));
        let mut quoted = Quoted { telling: is_telling(bare), ..Quoted::default() };
        if let Some(found) = found {
            for fact in self.facts_at(found.place) {
                quoted.evidence |= fact.evidence;
                quoted.bad |= fact.bad && fact.evidence;
                quoted.trigger |= fact.trigger && fact.evidence;
                quoted.doubted |= fact.doubted;
                quoted.hostile |= fact.hostile;
            }
            let hits = self.registry.hits(quote);
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
            triage.title = self.prose(Section::Title, answer.title);
            triage.service = self.service(answer.service);
            triage.summary = self.prose(Section::Summary, answer.summary);
            triage.customer_impact = self.prose(Section::CustomerImpact, answer.customer_impact);
            triage.postmortem = self.prose(Section::Postmortem, answer.postmortem);
        }
        (triage, severity_proven)
    }

    fn mark(&mut self, section: Section, id: &str, origin: (Section, usize), claimed: String) {
        let origin = format!("{}/{}", origin.0.name(), origin.1);
        self.marks.push(Mark { section, id: id.to_owned(), origin, claimed });
    }

    fn is_marked(&self, id: &str) -> bool {
        self.marks.iter().any(|mark| mark.id == id)
    }

    /// Tells that a text is held back because only injected text says so.
    fn withhold(&mut self, section: Section, text: &str) {
        let said = self.say(
            "withheld, for only text that addresses a model says so",
            "已扣下：只有写给模型的文字这样说",
        );
        let said = format!("{said}: “{}”", excerpt(text));
        self.remarks.add(RemarkKind::Withheld, section, "", said);
    }

    fn hypotheses(&mut self, list: Vec<Hypothesis>) -> Vec<Hypothesis> {
        let mut kept = Vec::new();
        for (number, mut item) in list.into_iter().enumerate() {
            if item.cause.is_empty() {
                continue;
            }
            if self.checker.is_injected(&item.cause) {
                self.withhold(Section::Hypotheses, &item.cause);
                continue;
            }
            let id = alike::id("hypothesis", &item.cause);
            if self.is_marked(&id) {
                continue;
            }
            let claimed = std::mem::replace(&mut item.id, id.clone());
            self.mark(Section::Hypotheses, &id, (Section::Hypotheses, number), claimed);
            item.cause = self.traced(Section::Hypotheses, &id, item.cause);
            if self.checker.is_injected(&item.next_check) {
                self.withhold(Section::Hypotheses, &item.next_check);
                item.next_check.clear();
            }
            let evidence = self.quotes(Section::Hypotheses, &id, &mut item.evidence);
            let against = self.quotes(Section::Hypotheses, &id, &mut item.against);
            self.judge(&mut item, &evidence, &against);
            kept.push(item);
        }
        kept
    }

    /// Bounds status and confidence by what the quotes carry.
    fn judge(&mut self, item: &mut Hypothesis, evidence: &[Quoted], against: &[Quoted]) {
        let refuted = against.iter().any(Quoted::counts);
        let said =
            match item.status {
                HypothesisStatus::Confirmed => {
                    item.status = HypothesisStatus::Open;
                    Some(self.say(
                        "a cause is confirmed by a person, not by a model",
                        "只有人能确认原因，模型不能",
                    ))
                }
                HypothesisStatus::RuledOut if !refuted => {
                    item.status = HypothesisStatus::Open;
                    Some(self.say(
                        "ruled out without a verified quote against it: it stays open",
                        "没有可核实的反证，不予排除",
                    ))
                }
                HypothesisStatus::RuledOut | HypothesisStatus::Open => None,
            };
        if let Some(said) = said {
            self.remarks.add(RemarkKind::Confidence, Section::Hypotheses, &item.id, said);
        }
        let (cap, bound) = match item.status {
            HypothesisStatus::RuledOut => (Confidence::Low, super::cap::Bound::Against),
            _ => self.checker.cap(evidence, against),
        };
        if item.confidence > cap {
            let [en, zh] = bound.words();
            let reason = self.say(en, zh);
            let text = format!("{} → {}: {reason}", item.confidence.name(), cap.name());
            self.remarks.add(RemarkKind::Confidence, Section::Hypotheses, &item.id, text);
            item.confidence = cap;
        }
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

    fn untraced(&mut self, section: Section, key: &str, figure: &str) {
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

    fn unknown_name(&mut self, section: Section, key: &str, name: &str) {
        let said = self.say("stands nowhere in the case", "在资料中不存在");
        self.remarks.add(RemarkKind::Name, section, key, format!("“{}” {said}", excerpt(name)));
    }

    fn checklist(&mut self, list: Vec<Step>) -> (Vec<Step>, Vec<Mitigation>) {
        let (mut kept, mut moved) = (Vec::new(), Vec::new());
        for (number, mut item) in list.into_iter().enumerate() {
            if item.step.is_empty() && item.command.is_empty() {
                continue;
            }
            let injected =
                self.checker.is_injected(&item.step) || self.checker.is_injected_command(&item.command);
            if injected {
                self.withhold(Section::Checklist, &format!("{} {}", item.step, item.command));
                continue;
            }
            let id = alike::id("step", &format!("{}\n{}", item.step, item.command));
            if self.is_marked(&id) {
                continue;
            }
            let claimed = std::mem::replace(&mut item.id, id.clone());
            let effect =
                if item.command.is_empty() { by_words(&item.step) } else { command::effect(&item.command) };
            match effect {
                Effect::Destroys => {
                    let said = self.say(
                        "dropped from the checklist, for it takes data away",
                        "会破坏数据，已从排查清单中删除",
                    );
                    let text = format!("{said}: {}", excerpt(&item.command));
                    self.remarks.add(RemarkKind::Effect, Section::Checklist, "", text);
                    continue;
                }
                Effect::Changes => {
                    self.mark(Section::Mitigations, &id, (Section::Checklist, number), claimed);
                    moved.push(self.step_as_mitigation(item));
                    continue;
                }
                Effect::Unknown => {
                    let said = self.say("not known to only look, and left out", "不能确认只读，已略去");
                    let text = format!("{said}: {}", excerpt(&item.command));
                    self.remarks.add(RemarkKind::Effect, Section::Checklist, &id, text);
                    item.command.clear();
                }
                Effect::Reads => {
                    item.command = self.named(Section::Checklist, &id, item.command);
                }
            }
            self.mark(Section::Checklist, &id, (Section::Checklist, number), claimed);
            item.effect = CommandEffect::Reads;
            item.decides = self.decided(&item.decides);
            kept.push(item);
        }
        (kept, moved)
    }

    /// Ids of hypotheses as they are now for those that the model gave; ids it did not give may be of the screen.
    fn decided(&self, claimed: &[String]) -> Vec<String> {
        let now = |id: &String| {
            let of_answer = |mark: &&Mark| mark.section == Section::Hypotheses && mark.claimed == *id;
            self.marks.iter().find(of_answer).map_or_else(|| id.clone(), |mark| mark.id.clone())
        };
        claimed.iter().map(now).collect()
    }

    fn step_as_mitigation(&mut self, step: Step) -> Mitigation {
        let said = self.say(
            "changes the system: moved from the checklist to the mitigations",
            "会改动系统：已从排查清单移到缓解措施",
        );
        self.remarks.add(RemarkKind::Effect, Section::Mitigations, &step.id, said);
        let command = self.well_formed(Section::Mitigations, &step.id, step.command);
        let command = self.named(Section::Mitigations, &step.id, command);
        Mitigation {
            id: step.id,
            action: if step.step.is_empty() { command.clone() } else { step.step },
            command: (!command.is_empty()).then_some(command),
            risk: FILL_IN.to_owned(),
            rollback: FILL_IN.to_owned(),
            effect: CommandEffect::Changes,
        }
    }

    fn mitigations(&mut self, list: Vec<Mitigation>) -> Vec<Mitigation> {
        let mut kept = Vec::new();
        for (number, mut item) in list.into_iter().enumerate() {
            let command = item.command.take().unwrap_or_default();
            if item.action.is_empty() && command.is_empty() {
                continue;
            }
            if self.checker.is_injected(&item.action) || self.checker.is_injected_command(&command) {
                self.withhold(Section::Mitigations, &format!("{} {command}", item.action));
                continue;
            }
            let id = alike::id("mitigation", &format!("{}\n{command}", item.action));
            if self.is_marked(&id) {
                continue;
            }
            let claimed = std::mem::replace(&mut item.id, id.clone());
            self.mark(Section::Mitigations, &id, (Section::Mitigations, number), claimed);
            let effect = if command.is_empty() { Effect::Changes } else { command::effect(&command) };
            item.effect = if effect == Effect::Reads { CommandEffect::Reads } else { CommandEffect::Changes };
            let command = if effect == Effect::Destroys {
                let said = self.say(
                    "its command takes data away for good and is left out",
                    "其命令会永久破坏数据，已略去",
                );
                self.remarks.add(
                    RemarkKind::Effect,
                    Section::Mitigations,
                    &id,
                    format!("{said}: {}", excerpt(&command)),
                );
                String::new()
            } else {
                let command = self.well_formed(Section::Mitigations, &id, command);
                self.named(Section::Mitigations, &id, command)
            };
            if item.action.is_empty() {
                item.action.clone_from(&command);
            }
            item.command = (!command.is_empty()).then_some(command);
            for (text, en, zh) in [
                (&mut item.risk, "no risk is given", "未说明风险"),
                (&mut item.rollback, "no way back is given", "未说明如何回退"),
            ] {
                if text.trim().is_empty() {
                    FILL_IN.clone_into(text);
                    let said = self.say(en, zh);
                    self.remarks.add(RemarkKind::Risk, Section::Mitigations, &id, said);
                }
            }
            kept.push(item);
        }
        kept
    }

    /// The command, or nothing where its form is broken.
    fn well_formed(&mut self, section: Section, key: &str, command: String) -> String {
        let Some(fault) = command::fault(&command) else { return command };
        let said = match fault {
            Fault::Quote => self.say("a quotation mark is not closed", "引号未闭合"),
            Fault::Bracket => self.say("a bracket is not closed", "括号未闭合"),
            Fault::Operator => self.say("a pipe or an operator leads nowhere", "管道或操作符不完整"),
            Fault::Redirection => self.say("a redirection names no file", "重定向没有文件名"),
            Fault::Depth => self.say("it is nested too deeply", "嵌套过深"),
        };
        let text = format!("{said}: {}", excerpt(&command));
        self.remarks.add(RemarkKind::Syntax, section, key, text);
        String::new()
    }

    /// The command with names that stand nowhere in the case replaced by placeholders.
    fn named(&mut self, section: Section, key: &str, command: String) -> String {
        let (out, replaced) = command::names::placeholders(&command, |name| self.checker.is_known(name));
        for name in replaced {
            self.unknown_name(section, key, &name);
        }
        out
    }

    /// An entry of the timeline whose time the evidence gives.
    fn entry(&mut self, mut entry: TimelineEntry) -> Option<TimelineEntry> {
        if entry.text.is_empty() {
            return None;
        }
        if self.checker.is_injected(&entry.text) {
            self.withhold(Section::Timeline, &entry.text);
            return None;
        }
        let Some(at) = self.checker.moment(entry.at) else {
            let time = entry.at.strftime("%Y-%m-%d %H:%M:%S").to_string();
            self.untraced(Section::Timeline, &entry.text, &time);
            return None;
        };
        entry.at = at;
        entry.text = self.traced(Section::Timeline, "", entry.text);
        let found = self.checker.index.find(&entry.text);
        entry.place = found.as_ref().map(|found| found.place);
        entry.source = found.map_or_else(|| self.checker.model.clone(), |found| found.source);
        entry.date_assumed = false;
        Some(entry)
    }

    fn contradiction(&mut self, mut item: Contradiction) -> Option<Contradiction> {
        if item.text.is_empty() || self.checker.is_injected(&item.text) {
            return None;
        }
        let looked = self.quotes(Section::Contradictions, &item.text, &mut item.quotes);
        let mut places: Vec<Place> = looked.iter().filter_map(Quoted::place).collect();
        places.sort_unstable();
        places.dedup();
        if places.is_empty() || places.len() < item.quotes.len().min(2) {
            let said = self
                .say("dropped, for what does not fit is not quoted from the sources", "引文无法核实，未采用");
            let text = format!("{said}: “{}”", excerpt(&item.text));
            self.remarks.add(RemarkKind::Quote, Section::Contradictions, "", text);
            return None;
        }
        item.text = self.traced(Section::Contradictions, "", item.text);
        Some(item)
    }

    fn missing(&mut self, mut item: Missing) -> Option<Missing> {
        if item.what.is_empty() {
            return None;
        }
        if self.checker.is_injected(&item.what) || self.checker.is_injected_command(&item.command) {
            self.withhold(Section::Missing, &format!("{} {}", item.what, item.command));
            return None;
        }
        if !item.command.is_empty() && command::effect(&item.command) != Effect::Reads {
            let said = self.say("not known to only look, and left out", "不能确认只读，已略去");
            let text = format!("{said}: {}", excerpt(&item.command));
            self.remarks.add(RemarkKind::Effect, Section::Missing, &item.what, text);
            item.command.clear();
        }
        item.command = self.named(Section::Missing, &item.what.clone(), item.command);
        Some(item)
    }

    fn follow_up(&mut self, mut item: FollowUp) -> Option<FollowUp> {
        if item.text.is_empty() {
            return None;
        }
        if self.checker.is_injected(&item.text) {
            self.withhold(Section::FollowUps, &item.text);
            return None;
        }
        let priority = item.priority.trim().to_ascii_uppercase();
        let known = ["P0", "P1", "P2", "P3"].contains(&priority.as_str());
        item.priority = if known { priority } else { "P2".to_owned() };
        Some(item)
    }
}

impl Checker {
    /// Whether a name stands anywhere in the case, text that addresses a model aside.
    pub(super) fn is_known(&self, name: &str) -> bool {
        let folded = crate::evidence::citation::fold(name);
        crate::evidence::citation::holds_word(&self.known, &folded)
    }

    /// The moment of the evidence that `at` means: the same minute, else the same time of another day.
    fn moment(&self, at: jiff::Timestamp) -> Option<jiff::Timestamp> {
        let minute = |at: jiff::Timestamp| at.as_second().div_euclid(60);
        let from = self.moments.partition_point(|known| minute(*known) < minute(at));
        let same = self.moments[from..].iter().take_while(|known| minute(**known) == minute(at));
        if same.clone().any(|known| known.as_second() == at.as_second()) {
            return Some(at);
        }
        if let Some(known) = same.into_iter().next() {
            return Some(*known);
        }
        let of_day = |at: jiff::Timestamp| minute(at).rem_euclid(24 * 60);
        self.moments.iter().copied().find(|known| of_day(*known) == of_day(at))
    }
}

/// What a step without a command does, by its first word.
fn by_words(step: &str) -> Effect {
    const DOES: [&str; 24] = [
        "restart",
        "reboot",
        "roll",
        "rollback",
        "revert",
        "scale",
        "delete",
        "drop",
        "kill",
        "terminate",
        "disable",
        "suspend",
        "failover",
        "truncate",
        "重启",
        "回滚",
        "扩容",
        "缩容",
        "删除",
        "停用",
        "暂停",
        "切换",
        "下线",
        "终止",
    ];
    let lower = step.trim().to_lowercase();
    let does = DOES.iter().any(|word| {
        lower
            .strip_prefix(word)
            .is_some_and(|rest| !word.is_ascii() || !rest.starts_with(|c: char| c.is_alphanumeric()))
    });
    if does { Effect::Changes } else { Effect::Reads }
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
