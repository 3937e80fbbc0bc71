//! One call as it streams: text in, checked drafts out, and the account at its end.

use std::sync::Arc;
use std::time::Instant;

use crate::analyst::model::{Checker, Terms, document, restored, sealed};
use crate::app::model::{CallNews, Outgoing, THOUGHTS_MAX};
use crate::app::runtime::Runtime;
use crate::app::runtime::model::{Ready, Written};
use crate::evidence::clean_text;
use crate::incident::model::Estimated;
use crate::incident::opinion::Checked;
use crate::incident::triage::Run;
use crate::incident::{ModelOutcome, Triage};
use crate::llm::price::{Cost, Prices};
use crate::llm::prompt::obeyed;
use crate::llm::{Answer, Draft, Event, Failure, FailureKind, Finish, Quirks, Repair, Usage, Waiting};

/// What follows from an event.
pub(super) enum Step {
    /// Nothing.
    Go,
    /// The draft is to be read again soon.
    Dirty,
    /// The endpoint does not take something.
    Learned(Quirks),
    /// The person is told.
    Tell(Box<CallNews>),
    /// It is over.
    End(Box<End>),
}

/// How a call ended.
pub(super) struct End {
    outcome: ModelOutcome,
    answer: Option<Answer>,
    /// Tokens of the request, where the endpoint counted them.
    pub(super) tokens_in: Option<u64>,
    /// The model said all, and it holds no document: asking once more may help.
    useless: bool,
}

pub(super) struct Session {
    ready: Ready,
    begun: Instant,
    draft: Draft,
    /// Laying a large case out takes a moment: it is made beside the call, which must hear a person meanwhile.
    checker: Option<Checker>,
    usage: Usage,
    /// The endpoint refused the request, or was not reached: nothing was used.
    refused: bool,
    thinking: bool,
    /// Something of the answer was shown.
    shown: bool,
    /// The endpoint came to its end: what it counted is all.
    finished: bool,
}

impl Session {
    /// Without the checker: see [`checker`].
    pub(super) fn new(ready: Ready) -> Self {
        let draft = Draft::default();
        let usage = Usage::default();
        let begun = Instant::now();
        Self {
            ready,
            begun,
            draft,
            checker: None,
            usage,
            refused: false,
            thinking: false,
            shown: false,
            finished: false,
        }
    }

    /// Tokens of the request, estimated.
    pub(super) fn tokens(&self) -> u64 {
        self.ready.tokens
    }

    pub(super) fn take(&mut self, event: Event) -> Step {
        match event {
            Event::Sent { .. } => {
                self.refused = false;
                Step::Go
            }
            Event::Opened { .. } => Step::Tell(Box::new(CallNews::Waits(String::new()))),
            Event::Waiting(waiting) => {
                // Whoever ends it in the pause has used nothing.
                if let Waiting::Retry { because, .. } = &waiting {
                    self.refused = is_refusal(because);
                }
                Step::Tell(Box::new(CallNews::Waits(words(&waiting))))
            }
            Event::Learned(quirks) => Step::Learned(quirks),
            Event::Thinking(text) => {
                self.draft.push_thinking(&text);
                self.thinking = true;
                Step::Dirty
            }
            Event::Text(text) => {
                self.draft.push(&text);
                self.thinking = false;
                Step::Dirty
            }
            Event::Usage(usage) => {
                self.usage = usage;
                Step::Go
            }
            Event::Finished(finish) => {
                self.finished = true;
                Step::End(Box::new(self.finished(finish)))
            }
            Event::Failed(failure) if failure.after_content => {
                let answer = Some(self.draft.answer());
                Step::End(Box::new(self.end(ModelOutcome::Cut { why: failure.to_string() }, answer)))
            }
            Event::Failed(failure) => {
                self.refused = is_refusal(&failure);
                Step::End(Box::new(self.end(ModelOutcome::Failed { why: failure.to_string() }, None)))
            }
        }
    }

    fn end(&self, outcome: ModelOutcome, answer: Option<Answer>) -> End {
        End { outcome, answer, tokens_in: self.usage.prompt, useless: false }
    }

    /// The person ended the call, or the program does.
    pub(super) fn cancelled(&mut self) -> Box<End> {
        let answer = Some(self.draft.answer());
        Box::new(self.end(ModelOutcome::Cancelled, answer))
    }

    fn finished(&mut self, finish: Finish) -> End {
        let name = self.ready.link.endpoint().name();
        let answer = match self.draft.finish(&name) {
            Ok(answer) => answer,
            Err(failure) => {
                let useless = matches!(finish, Finish::Stop | Finish::Other(_));
                let end = self.end(ModelOutcome::Failed { why: failure.to_string() }, None);
                return End { useless, ..end };
            }
        };
        let cut = |why: &str| ModelOutcome::Cut { why: format!("{name}: {why}") };
        let outcome = match finish {
            Finish::Length => cut("the answer reached its cap on tokens; raise max_tokens"),
            Finish::Filter => cut("the model stopped answering; ask again, or use another model"),
            Finish::Stop | Finish::Other(_) if !answer.complete => {
                cut("the answer stops in the middle; ask again")
            }
            Finish::Stop | Finish::Other(_) => ModelOutcome::Complete,
        };
        self.end(outcome, Some(answer))
    }

    /// What to ask once more, and once only: not where anything of an answer was shown already.
    pub(super) fn repair(&self, end: &End) -> Option<Repair> {
        let again = end.useless && !self.shown && self.ready.prompt.repair.is_none();
        again.then(|| Repair::new(self.draft.text(), self.draft.fault()))
    }

    /// What there is to show now.
    pub(super) fn draft(&mut self) -> CallNews {
        if self.thinking {
            let text = self.draft.thinking();
            let from = text.len().saturating_sub(THOUGHTS_MAX);
            let before = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(from);
            let text = clean_text(&self.ready.written.vault.restore(&text[before..]));
            return CallNews::Thinks { text, before };
        }
        let answer = self.draft.answer();
        self.shown |= answer.is_usable();
        CallNews::Draft(Box::new(self.check(answer, false)))
    }

    /// Whether answers can be checked by now.
    pub(super) fn is_ready(&self) -> bool {
        self.checker.is_some()
    }

    /// Whether anything of an answer arrived.
    pub(super) fn has_text(&self) -> bool {
        !self.draft.text().is_empty()
    }

    pub(super) fn arm(&mut self, checker: Checker) {
        self.checker = Some(checker);
    }

    fn check(&mut self, answer: Answer, complete: bool) -> Checked {
        let Ready { written: Written { case, vault, .. }, .. } = &self.ready;
        let written = document(case, answer);
        let checker = self.checker.get_or_insert_with(|| checker(&self.ready));
        sealed(checker.check(restored(written, vault), complete), vault, self.draft.text())
    }

    /// The account: the checked answer, unless it obeys the data, with what it took.
    pub(super) fn finish(&mut self, end: End, prices: &Prices, repair: Option<Arc<Outgoing>>) -> CallNews {
        let complete = end.outcome == ModelOutcome::Complete;
        let (run, estimated) = self.run(prices);
        let mut outcome = end.outcome;
        let mut answer = None;
        if let Some(said) = end.answer.filter(|said| *said != Answer::default()) {
            let written = document(&self.ready.written.case, said.clone());
            if let Some(obeyed) = obeyed(&written, &self.ready.composed.guard) {
                let why = format!(
                    "the answer obeys a line of the sources that talks to a model ({}); it is not shown",
                    obeyed.part
                );
                outcome = ModelOutcome::Withheld { why };
            } else {
                let mut checked = self.check(said, complete);
                checked.run = Some(run.clone());
                if !checked.opinion.withheld.is_empty() {
                    outcome = ModelOutcome::Withheld { why: checked.opinion.withheld.clone() };
                } else if checked.triage != Triage::default() {
                    answer = Some(Box::new(checked));
                }
            }
        }
        if let (Some(_), ModelOutcome::Failed { why }) = (&repair, &mut outcome) {
            // The next step is taken already.
            let message = why.rsplit_once("; ").map_or(why.as_str(), |(message, _)| message);
            *why = format!("{message}; asked once more");
        }
        CallNews::Ended { outcome, run, estimated, answer, repair }
    }

    /// Latency, tokens and cost; which of them are estimates.
    fn run(&self, prices: &Prices) -> (Run, Estimated) {
        let endpoint = self.ready.link.endpoint();
        let said = self.usage;
        let estimator = crate::llm::prompt::Estimator::default();
        let own = || (estimator.tokens(self.draft.text()) + estimator.tokens(self.draft.thinking())) as u64;
        let sent = if self.refused { 0 } else { self.ready.tokens };
        // Before its end an endpoint has counted a beginning only.
        let received = said.output.filter(|_| self.finished);
        let so_far = || said.output.unwrap_or(0).max(own());
        let (prompt, output) = (said.prompt.unwrap_or(sent), received.unwrap_or_else(so_far));
        let usage = Usage { prompt: Some(prompt), output: Some(output), ..said };
        let cost = prices.cost(&endpoint.provider, &endpoint.model, &usage);
        // Nothing is known exactly, too.
        let about = |counted: Option<u64>| counted.is_none() && !self.refused;
        let cost_estimated = matches!(cost, Cost::Estimated(usd) if usd > 0.0 || !self.refused);
        let estimated = Estimated { up: about(said.prompt), down: about(received), cost: cost_estimated };
        let id = &self.ready.composed.id;
        let run = Run {
            analyst: endpoint.provider.clone(),
            model: Some(endpoint.model.clone()),
            prompt: Some(format!("{}.{}", id.name, id.version)),
            language: id.language,
            latency_ms: u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            tokens_in: Some(prompt),
            tokens_out: Some(output),
            tokens_cached: said.cache_read,
            cost_usd: cost.usd(),
            at: Runtime::now(),
        };
        (run, estimated)
    }
}

/// Whether the endpoint refused the request, or was not reached.
fn is_refusal(failure: &Failure) -> bool {
    failure.status.is_some_and(|status| status >= 300) || failure.kind == FailureKind::Network
}

/// What checks the answers to a request.
pub(super) fn checker(ready: &Ready) -> Checker {
    let Ready { written: Written { case, vault, call, .. }, composed, link, .. } = ready;
    let terms = Terms {
        model: &link.endpoint().model,
        call: *call,
        canary: Some(&composed.guard.canary),
        marked: &[],
        vault: Some(vault),
    };
    Checker::new(case, &terms)
}

/// Why there is nothing to show, in a few words for the header.
fn words(waiting: &Waiting) -> String {
    match waiting {
        Waiting::Retry { after, because } => {
            let why = match because.kind {
                FailureKind::RateLimit => "rate limit",
                FailureKind::Network => "not reached",
                FailureKind::Cut => "cut off",
                _ if because.status == Some(529) => "overloaded",
                _ => "it fails",
            };
            format!("{why}, again in {} s", after.as_secs().max(1))
        }
        Waiting::Silent(time) => format!("silent for {} s: Esc ends it", time.as_secs()),
        Waiting::NoContent(time) => format!("no word for {} s: Esc ends it", time.as_secs()),
    }
}
