//! What the timeline says of an event, and what moved a belief, in the language of the incident.

use jiff::Timestamp;

use crate::incident::event::StepOutcome;
use crate::incident::source::clock_off_words;
use crate::incident::triage::{Hypothesis, HypothesisStatus, Language};
use crate::incident::{Bookmark, Incident, Quote, SourceChange};

/// Most of a marked line that the timeline quotes, characters.
const WORDS: usize = 100;

impl Incident {
    /// Place, name and words of a bookmark, for the timeline.
    pub(super) fn described(&self, bookmark: &Bookmark) -> String {
        let source = self.source_name(bookmark.place.source);
        let line = bookmark.line.map(|line| format!(":{line}")).unwrap_or_default();
        let name = if bookmark.name.is_empty() { String::new() } else { format!(" ({})", bookmark.name) };
        let words: String = bookmark.text.chars().take(WORDS).collect();
        let more = if words.len() < bookmark.text.len() { "…" } else { "" };
        format!("{source}{line}{name} “{words}{more}”")
    }

    /// What moved the confidence of a hypothesis since its last move: what a person found at a step or judged, else the
    /// strongest new line for it, or against it where the confidence fell.
    pub(super) fn because(&self, new: &Hypothesis, since: Option<Timestamp>, fell: bool) -> String {
        let recent = |at: Timestamp| since.is_some_and(|since| at >= since);
        if let Some(verdict) = self.verdicts.get(&new.id).filter(|verdict| recent(verdict.at)) {
            return with_note(self.verdict_words(verdict.status).to_owned(), &verdict.reason);
        }
        let steps = self.triage.checklist.iter().chain(self.marked_away.values());
        let marked = steps.filter(|step| step.decides.contains(&new.id)).filter_map(|step| {
            let mark = self.marks.get(&step.id)?;
            let told = match (mark.outcome, fell) {
                (StepOutcome::NotAsExpected, true) | (StepOutcome::AsExpected, false) => true,
                (StepOutcome::Done, _) => mark.output.is_some(),
                _ => false,
            };
            (recent(mark.at) && told).then_some((mark, step))
        });
        if let Some((mark, step)) = marked.max_by_key(|(mark, _)| mark.seq) {
            return with_note(format!("{} “{}”", self.outcome_words(mark.outcome), step.step), &mark.note);
        }
        let old = self.triage.hypotheses.iter().find(|old| old.id == new.id);
        let newest = |now: &[Quote], before: &[Quote]| {
            let known = |quote: &Quote| before.iter().any(|old| old.quote == quote.quote);
            now.iter().find(|quote| quote.verified && !known(quote)).map(|quote| quote.quote.clone())
        };
        let (evidence, against) = old.map_or((&[][..], &[][..]), |old| (&old.evidence, &old.against));
        let words = if fell { newest(&new.against, against) } else { newest(&new.evidence, evidence) };
        words.unwrap_or_default()
    }

    /// English or Chinese words, by the language of what is written.
    pub(in crate::incident) fn say(&self, en: &'static str, zh: &'static str) -> &'static str {
        if self.language == Language::Zh { zh } else { en }
    }

    pub(in crate::incident) fn outcome_words(&self, outcome: StepOutcome) -> &'static str {
        match outcome {
            StepOutcome::Todo => self.say("unticked", "取消勾选"),
            StepOutcome::Done => self.say("ticked", "已做"),
            StepOutcome::AsExpected => self.say("as expected:", "符合预期："),
            StepOutcome::NotAsExpected => self.say("not as expected:", "不符合预期："),
            StepOutcome::Skipped => self.say("skipped", "跳过"),
        }
    }

    pub(in crate::incident) fn verdict_words(&self, verdict: HypothesisStatus) -> &'static str {
        match verdict {
            HypothesisStatus::Open => self.say("reopened", "重新打开"),
            HypothesisStatus::Confirmed => self.say("confirmed", "确认"),
            HypothesisStatus::RuledOut => self.say("ruled out", "排除"),
        }
    }

    pub(in crate::incident) fn cause_of(&self, hypothesis: &str) -> String {
        let mut known = self.triage.hypotheses.iter().chain(self.judged_away.values());
        let found = known.find(|known| known.id == hypothesis);
        found.map_or_else(|| hypothesis.to_owned(), |known| known.cause.clone())
    }

    pub(in crate::incident) fn step_name(&self, step: &str) -> String {
        let mut known = self.triage.checklist.iter().chain(self.marked_away.values());
        let found = known.find(|known| known.id == step);
        found.map_or_else(|| step.to_owned(), |known| known.step.clone())
    }
}

/// The first clause of a cause: a line of the timeline names it, the details explain it.
pub(in crate::incident) fn headline(cause: &str) -> &str {
    cause.split_once(": ").map_or(cause, |(first, _)| first)
}

pub(super) fn with_note(text: String, note: &str) -> String {
    if note.is_empty() { text } else { format!("{text} ({note})") }
}

pub(super) fn describe_change(name: &str, change: &SourceChange) -> String {
    match change {
        SourceChange::Rotated => format!("{name} was rotated; following the new file"),
        SourceChange::Truncated { missing: 0 } => format!("{name} was truncated; following from its start"),
        SourceChange::Truncated { missing } => {
            format!("{name} was truncated; {missing} bytes may be missing")
        }
        SourceChange::Disappeared => format!("{name} disappeared; waiting for it"),
        SourceChange::Appeared => format!("{name} appeared"),
        SourceChange::Unreadable { reason } => format!("{name} cannot be read: {reason}"),
        SourceChange::Waiting { reason } => format!("{name} is waited for: {reason}"),
        SourceChange::ClockOff { ahead_ms } => clock_off_words(name, *ahead_ms),
        SourceChange::Ended => format!("{name} ended"),
        SourceChange::Binary => format!("{name} does not look like text; shown but not analysed"),
        SourceChange::Exited { how, again_s: Some(seconds) } => {
            format!("{name} ended ({how}); it is started again in {seconds} s")
        }
        SourceChange::Exited { how, again_s: None } => format!("{name} ended ({how})"),
        SourceChange::NotKept { reason } => format!("{name}: new lines cannot be kept: {reason}"),
        SourceChange::Resumed => format!("{name} goes on"),
        SourceChange::Damaged { reason } => {
            format!("{name} is damaged; what is before the damage was read: {reason}")
        }
    }
}
