//! What must not come through: an answer that obeys text of the sources which addresses a model.

use crate::analyst::model::alike;
use crate::analyst::model::facts::Checker;
use crate::evidence::citation::{fold, holds_word};
use crate::incident::Triage;

/// Share of the telling words that only injected text has, from which a text is held back.
const SHARE: f64 = 0.5;

impl Checker {
    /// Whether the answer holds the canary, whatever its case and spacing.
    pub(super) fn is_sprung(&self, answer: &Triage) -> bool {
        let Some(canary) = &self.canary else { return false };
        let mut sprung = false;
        each_text(answer, &mut |text| sprung = sprung || fold(text).contains(canary.as_str()));
        sprung
    }

    /// Whether what a text says is said by nothing but text that addresses a model.
    pub(super) fn is_injected(&self, text: &str) -> bool {
        if self.injected.is_empty() || text.is_empty() {
            return false;
        }
        let folded = fold(text);
        let whole = folded.len() >= 6 && self.injected.contains(&folded) && !self.known.contains(&folded);
        let words = alike::words(text);
        let only = words.iter().filter(|word| {
            // Words are compared without their plural: the beginning of a word is enough.
            self.injected.contains(word.as_str()) && !self.known.contains(word.as_str())
        });
        whole || !words.is_empty() && only.count() as f64 >= SHARE * words.len() as f64
    }

    /// Whether a command does what only injected text asks for.
    pub(super) fn is_injected_command(&self, command: &str) -> bool {
        if self.injected.is_empty() {
            return false;
        }
        let script = crate::analyst::command::shell::read(command);
        let asked = |word: &str| {
            let word = fold(word);
            word.len() > 2 && holds_word(&self.injected, &word) && !holds_word(&self.known, &word)
        };
        self.is_injected(command)
            || script.commands.iter().any(|simple| {
                let own: Vec<&str> = simple
                    .words
                    .iter()
                    .map(|word| word.text.as_str())
                    .filter(|word| !word.starts_with('-'))
                    .collect();
                let asked = own.iter().filter(|word| asked(word)).count();
                asked > 0 && asked as f64 >= SHARE * own.len() as f64
            })
    }
}

/// Gives every text of the answer to `see`.
fn each_text(answer: &Triage, see: &mut impl FnMut(&str)) {
    for text in [&answer.title, &answer.service, &answer.summary, &answer.customer_impact, &answer.postmortem]
    {
        see(text);
    }
    if let Some(severity) = &answer.severity {
        see(&severity.reasoning);
    }
    for item in &answer.hypotheses {
        see(&item.id);
        see(&item.cause);
        see(&item.next_check);
        item.evidence.iter().chain(&item.against).for_each(|quote| see(&quote.quote));
    }
    for item in &answer.checklist {
        for text in [&item.id, &item.step, &item.command, &item.expected] {
            see(text);
        }
    }
    for item in &answer.mitigations {
        for text in [&item.id, &item.action, &item.risk, &item.rollback] {
            see(text);
        }
        see(item.command.as_deref().unwrap_or_default());
    }
    for item in &answer.timeline {
        see(&item.text);
        see(&item.source);
    }
    for item in &answer.contradictions {
        see(&item.text);
        item.quotes.iter().for_each(|quote| see(&quote.quote));
    }
    for item in &answer.missing {
        for text in [&item.what, &item.why, &item.command] {
            see(text);
        }
    }
    for item in &answer.follow_ups {
        see(&item.text);
        see(&item.owner);
    }
}
