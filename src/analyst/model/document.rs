//! What a model wrote -> the triage document, as far as it is written. What would mislead before it has come to its end
//! (a confidence, a command, a time) is absent in the answer; here it takes the modest value, or its item waits.

use jiff::Timestamp;

use crate::evidence::CaseFile;
use crate::evidence::clock::{Resolver, scan};
use crate::evidence::redaction::Vault;
use crate::incident::opinion::Checked;
use crate::incident::triage::{
    Confidence, Contradiction, FollowUp, Hypothesis, Missing, Mitigation, Severity, Step, Triage,
};
use crate::incident::{Quote, TimelineEntry, TimelineKind};
use crate::llm::Answer;
use crate::llm::answer::{SaidHypothesis, SaidMoment, SaidQuote};

/// The document in `answer`, which is about `case`.
pub fn document(case: &CaseFile, answer: Answer) -> Triage {
    let reasoning = answer.severity.reasoning;
    let mut clock = Resolver::new("", anchor(case));
    let mut moment = |said: SaidMoment| entry(&mut clock, said);
    let command = |text: String| Some(text).filter(|text| !text.trim().is_empty());
    Triage {
        title: answer.title,
        service: answer.service,
        severity: answer.severity.level.map(|level| Severity { level, reasoning }),
        summary: answer.summary,
        hypotheses: answer.hypotheses.into_iter().filter_map(hypothesis).collect(),
        checklist: (answer.checklist.into_iter())
            .filter(|said| said.done || !said.command.is_empty())
            .map(|said| Step {
                id: said.id,
                step: said.step,
                command: said.command,
                expected: said.expected,
                effect: said.effect.unwrap_or_default(),
                decides: said.decides,
                compared: None,
            })
            .collect(),
        mitigations: (answer.mitigations.into_iter())
            .filter(|said| said.done)
            .map(|said| Mitigation {
                id: said.id,
                action: said.action,
                command: command(said.command),
                risk: said.risk,
                rollback: said.rollback,
                effect: said.effect.unwrap_or_default(),
            })
            .collect(),
        customer_impact: answer.customer_impact,
        timeline: answer.timeline.into_iter().filter_map(&mut moment).collect(),
        contradictions: (answer.contradictions.into_iter())
            .filter(|said| said.done)
            .map(|said| Contradiction { text: said.text, quotes: quotes(said.quotes) })
            .collect(),
        missing: (answer.missing.into_iter())
            .filter(|said| said.done)
            .map(|said| Missing { what: said.what, why: said.why, command: said.command })
            .collect(),
        follow_ups: (answer.follow_ups.into_iter())
            .filter(|said| said.done)
            .map(|said| FollowUp { priority: said.priority, text: said.text, owner: said.owner })
            .collect(),
        postmortem: answer.postmortem,
        ..Triage::default()
    }
}

/// The moment by which a time of day without a date is completed: the newest line, else now.
fn anchor(case: &CaseFile) -> Timestamp {
    case.sources.iter().filter_map(|source| source.last).max().unwrap_or(case.now)
}

/// A cause that is being written is shown once it says something; how sure the model is comes after.
fn hypothesis(said: SaidHypothesis) -> Option<Hypothesis> {
    (!said.cause.trim().is_empty()).then(|| Hypothesis {
        id: said.id,
        confidence: said.confidence.unwrap_or(Confidence::Low),
        cause: said.cause,
        evidence: quotes(said.evidence),
        against: quotes(said.against),
        status: said.status.unwrap_or_default(),
        next_check: said.next_check,
    })
}

/// Quotes that are written to their end: half a quote is not found, and would be struck out for a moment.
fn quotes(said: Vec<SaidQuote>) -> Vec<Quote> {
    let whole = said.into_iter().filter(|said| said.done && !said.quote.trim().is_empty());
    whole
        .map(|said| Quote { quote: said.quote, source: said.source, line: said.line, ..Quote::default() })
        .collect()
}

fn entry(clock: &mut Resolver, said: SaidMoment) -> Option<TimelineEntry> {
    if !said.done {
        return None;
    }
    let exact = said.at.trim().parse::<Timestamp>().ok();
    let mut read = || clock.resolve(scan(&said.at, false).iter().find(|stated| stated.time.is_some())?);
    let (at, date_assumed) = match exact {
        Some(at) => (at, false),
        None => read().map(|moment| (moment.at, moment.assumed))?,
    };
    let kind = said.kind.unwrap_or(TimelineKind::Symptom);
    Some(TimelineEntry { at, text: said.text, source: said.source, kind, place: None, date_assumed })
}

/// The document with the values that were masked for the model, as this host knows them.
pub fn restored(mut triage: Triage, vault: &Vault) -> Triage {
    if !vault.is_empty() {
        triage.each_text(&mut |text| *text = vault.restore(text));
    }
    triage
}

/// The checked answer as it may be kept: with placeholders again where `said`, the answer as it arrived, had them.
pub fn sealed(mut checked: Checked, vault: &Vault, said: &str) -> Checked {
    if !vault.is_empty() {
        let veil = vault.veil(said);
        checked.each_text(&mut |text| veil.apply(text));
    }
    checked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::Draft;

    fn read(text: &str, complete: bool) -> Triage {
        let mut draft = Draft::default();
        draft.push(text);
        let answer = if complete { draft.finish("m").unwrap() } else { draft.answer() };
        let now = "2026-03-01T14:30:00Z".parse().unwrap();
        document(&CaseFile::of_texts(&[], now), answer)
    }

    #[test]
    fn times_are_read_in_the_models_words_and_completed() {
        let text = r#"{"summary":"s","timeline":[{"at":"14:02","text":"a","source":"pg","kind":"alert"},
            {"at":"2026-02-28T23:59:00Z","text":"b","source":"pg","kind":"deploy"},
            {"at":"soon","text":"c","source":"","kind":"human"}]}"#;
        let times: Vec<String> = read(text, true).timeline.iter().map(|entry| entry.at.to_string()).collect();
        assert_eq!(times, ["2026-03-01T14:02:00Z", "2026-02-28T23:59:00Z"]);
    }

    #[test]
    fn what_is_not_written_to_its_end_waits_or_is_modest() {
        let text =
            r#"{"summary":"s","hypotheses":[{"id":"h","cause":"the pool is exhausted","confidence":"hi"#;
        let triage = read(text, false);
        assert_eq!(triage.hypotheses[0].confidence, Confidence::Low);
        let text = r#"{"summary":"s","checklist":[{"id":"c","step":"look","command":"kubectl get po"#;
        assert!(read(text, false).checklist.is_empty(), "half a command is another command");
    }
}
