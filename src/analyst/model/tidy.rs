//! The form of an answer: every list and text bounded and harmless, and what is still being written held back.

use crate::analyst::command::COMMAND_MAX;
use crate::analyst::model::remarks::Remarks;
use crate::evidence::hygiene;
use crate::incident::opinion::{RemarkKind, Section};
use crate::incident::triage::Hypothesis;
use crate::incident::{Quote, Triage};

/// Longest texts, characters.
const TITLE_MAX: usize = 160;
const NAME_MAX: usize = 80;
const TEXT_MAX: usize = 600;
const QUOTE_MAX: usize = 500;
const PROSE_MAX: usize = 3000;
const DOCUMENT_MAX: usize = 24_000;

/// Most items of each list.
const HYPOTHESES_MAX: usize = 8;
const QUOTES_MAX: usize = 12;
const STEPS_MAX: usize = 12;
const MITIGATIONS_MAX: usize = 12;
const ENTRIES_MAX: usize = 60;
const OTHERS_MAX: usize = 12;

/// `answer` bounded and cleaned. Of an answer that has not come to its end, items are kept from when what they are known
/// by is whole: names, commands and ids never grow on screen.
pub(super) fn tidy(mut answer: Triage, complete: bool, remarks: &mut Remarks) -> Triage {
    if !complete {
        hold_back(&mut answer);
    }
    bound(&mut answer, remarks);
    let mut form = Form { remarks, section: Section::Document };
    form.line(Section::Title, &mut answer.title, TITLE_MAX);
    form.line(Section::Service, &mut answer.service, NAME_MAX);
    form.lines(Section::Summary, &mut answer.summary, PROSE_MAX);
    form.lines(Section::CustomerImpact, &mut answer.customer_impact, PROSE_MAX);
    form.lines(Section::Postmortem, &mut answer.postmortem, DOCUMENT_MAX);
    if let Some(severity) = &mut answer.severity {
        form.line(Section::Severity, &mut severity.reasoning, TEXT_MAX);
    }
    for item in &mut answer.hypotheses {
        form.line(Section::Hypotheses, &mut item.id, NAME_MAX);
        form.line(Section::Hypotheses, &mut item.cause, TEXT_MAX);
        form.line(Section::Hypotheses, &mut item.next_check, TEXT_MAX);
        tidy_quotes(&mut item.evidence);
        tidy_quotes(&mut item.against);
    }
    for item in &mut answer.checklist {
        form.line(Section::Checklist, &mut item.id, NAME_MAX);
        form.line(Section::Checklist, &mut item.step, TEXT_MAX);
        form.lines(Section::Checklist, &mut item.command, COMMAND_MAX);
        form.line(Section::Checklist, &mut item.expected, TEXT_MAX);
        item.decides.truncate(HYPOTHESES_MAX);
        item.decides.iter_mut().for_each(|id| form.line(Section::Checklist, id, NAME_MAX));
    }
    for item in &mut answer.mitigations {
        form.line(Section::Mitigations, &mut item.id, NAME_MAX);
        form.line(Section::Mitigations, &mut item.action, TEXT_MAX);
        form.line(Section::Mitigations, &mut item.risk, TEXT_MAX);
        form.line(Section::Mitigations, &mut item.rollback, TEXT_MAX);
        if let Some(command) = &mut item.command {
            form.lines(Section::Mitigations, command, COMMAND_MAX);
        }
    }
    for item in &mut answer.timeline {
        form.line(Section::Timeline, &mut item.text, TEXT_MAX);
        form.line(Section::Timeline, &mut item.source, NAME_MAX);
    }
    for item in &mut answer.contradictions {
        form.line(Section::Contradictions, &mut item.text, TEXT_MAX);
        tidy_quotes(&mut item.quotes);
    }
    for item in &mut answer.missing {
        form.line(Section::Missing, &mut item.what, TEXT_MAX);
        form.line(Section::Missing, &mut item.why, TEXT_MAX);
        form.lines(Section::Missing, &mut item.command, COMMAND_MAX);
    }
    for item in &mut answer.follow_ups {
        form.line(Section::FollowUps, &mut item.priority, 8);
        form.line(Section::FollowUps, &mut item.text, TEXT_MAX);
        form.line(Section::FollowUps, &mut item.owner, NAME_MAX);
    }
    answer
}

/// Takes away what is still being written: the end of the last list that holds anything, and its last quotes.
fn hold_back(answer: &mut Triage) {
    let later = |from: usize| {
        let filled = [
            answer.hypotheses.is_empty(),
            answer.checklist.is_empty(),
            answer.mitigations.is_empty(),
            answer.customer_impact.is_empty(),
            answer.timeline.is_empty(),
            answer.contradictions.is_empty(),
            answer.missing.is_empty(),
            answer.follow_ups.is_empty(),
            answer.postmortem.is_empty(),
        ];
        filled.iter().skip(from).any(|empty| !empty)
    };
    let after: [bool; 9] = std::array::from_fn(|section| later(section + 1));
    let begun = !answer.summary.is_empty() || !answer.hypotheses.is_empty() || after[0];
    if !begun {
        answer.severity = None;
    }
    if !after[0] {
        hold_hypothesis(&mut answer.hypotheses);
    }
    let open = |whole: bool| !whole;
    if !after[1] && answer.checklist.last().is_some_and(|last| open(!last.expected.is_empty())) {
        answer.checklist.pop();
    }
    if !after[2] && answer.mitigations.last().is_some_and(|last| open(!last.risk.is_empty())) {
        answer.mitigations.pop();
    }
    if !after[4] {
        answer.timeline.pop();
    }
    if !after[5] {
        answer.contradictions.pop();
    }
    if !after[6] {
        answer.missing.pop();
    }
    if !after[7] {
        answer.follow_ups.pop();
    }
}

/// The last hypothesis is kept from its first quote on, without the quote that is being written.
fn hold_hypothesis(list: &mut Vec<Hypothesis>) {
    let Some(last) = list.last_mut() else { return };
    if last.evidence.is_empty() && last.against.is_empty() && last.next_check.is_empty() {
        list.pop();
        return;
    }
    if last.next_check.is_empty() {
        let open = if last.against.is_empty() { &mut last.evidence } else { &mut last.against };
        open.pop();
    }
}

fn bound(answer: &mut Triage, remarks: &mut Remarks) {
    shorten(&mut answer.hypotheses, HYPOTHESES_MAX, Section::Hypotheses, remarks);
    shorten(&mut answer.checklist, STEPS_MAX, Section::Checklist, remarks);
    shorten(&mut answer.mitigations, MITIGATIONS_MAX, Section::Mitigations, remarks);
    shorten(&mut answer.timeline, ENTRIES_MAX, Section::Timeline, remarks);
    shorten(&mut answer.contradictions, OTHERS_MAX, Section::Contradictions, remarks);
    shorten(&mut answer.missing, OTHERS_MAX, Section::Missing, remarks);
    shorten(&mut answer.follow_ups, OTHERS_MAX, Section::FollowUps, remarks);
}

/// Cuts a list that is longer than `max`, and says so.
fn shorten<T>(list: &mut Vec<T>, max: usize, section: Section, remarks: &mut Remarks) {
    let len = list.len();
    if len > max {
        let text = match remarks.say("en", "zh") {
            "zh" => format!("共 {len} 项，只取前 {max} 项"),
            _ => format!("{len} items, of which the first {max} are read"),
        };
        remarks.add(RemarkKind::Form, section, "", text);
        list.truncate(max);
    }
}

struct Form<'r> {
    remarks: &'r mut Remarks,
    section: Section,
}

impl Form<'_> {
    fn line(&mut self, section: Section, text: &mut String, max: usize) {
        self.section = section;
        let tidy = hygiene::line(text, max);
        self.put(text, tidy);
    }

    fn lines(&mut self, section: Section, text: &mut String, max: usize) {
        self.section = section;
        let tidy = hygiene::lines(text, max);
        self.put(text, tidy);
    }

    fn put(&mut self, text: &mut String, tidy: hygiene::Tidy) {
        if tidy.odd {
            let said = self
                .remarks
                .say("control or invisible characters were made visible", "控制字符或不可见字符已显示为转义");
            self.remarks.add(RemarkKind::Form, self.section, "", said);
        }
        if tidy.cut {
            let said = self.remarks.say("a text is longer than is read, and was cut", "文本过长，已截断");
            self.remarks.add(RemarkKind::Form, self.section, "", said);
        }
        *text = tidy.text;
    }
}

/// Quotes as they are looked up: what the model says of their places does not count.
fn tidy_quotes(quotes: &mut Vec<Quote>) {
    quotes.truncate(QUOTES_MAX);
    for quote in quotes.iter_mut() {
        let tidy = hygiene::lines(&quote.quote, QUOTE_MAX);
        // The mark of the cut is no word of the sources.
        let text = tidy.text.strip_suffix('…').filter(|_| tidy.cut).unwrap_or(&tidy.text).to_owned();
        *quote = Quote { quote: text, ..Quote::default() };
    }
    quotes.retain(|quote| !quote.quote.is_empty());
}
