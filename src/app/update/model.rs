//! The calls of a model: when one is made, what becomes of its answer. The offline analyst goes on meanwhile.

use std::sync::Arc;

use crate::analyst::model::{blend, restored};
use crate::app::effect::Effect;
use crate::app::model::{CallNews, Desk, Known, Outgoing, Phase, Running, Thoughts};
use crate::app::ui::{Overlay, View};
use crate::app::update::Turn;
use crate::evidence::redaction::Vault;
use crate::incident::model::{Estimated, Spent};
use crate::incident::triage::Run;
use crate::incident::{Author, Checked, Event, ModelOutcome, Recorded, Triage, wire};

impl Turn<'_> {
    /// A person wants the model's opinion now.
    pub(super) fn ask_model(&mut self) {
        if self.app.model.settings.is_none() {
            let why = if self.app.model.forbidden {
                "The network is forbidden here (--offline, or offline in the settings): no model is asked"
            } else {
                "No model is set: sevdeck --model PROVIDER/NAME, or model in the settings; sevdeck doctor checks it"
            };
            return self.toast(why, false);
        }
        if self.app.incident.id.is_none() {
            return self.toast("There is nothing to ask about yet: paste context or point at a log", false);
        }
        match &self.app.model.phase {
            Phase::Idle => self.prepare_call("asked for", true),
            Phase::Preparing { .. } => self.toast("The request is being written", false),
            Phase::Asking { .. } => self.open_request(),
            Phase::Running(_) => {
                self.toast("The model is at work: Esc ends the call, M shows what it thinks", false);
            }
        }
    }

    /// Makes a call that nobody asked for, when something new deserves it and has settled.
    pub(super) fn consider_model(&mut self) {
        let Some(settings) = self.app.model.settings.as_ref().filter(|settings| settings.automatic) else {
            return;
        };
        if self.app.ui.loading || self.app.model.held.is_some() || self.app.model.phase != Phase::Idle {
            return;
        }
        let (settle, interval) = (settings.settle, settings.interval);
        let now = Known::of(&self.app.incident);
        let Some(reason) = now.reason_after(&self.app.model.told) else {
            self.app.model.stirred = None;
            return;
        };
        let stirred = *self.app.model.stirred.get_or_insert(self.now);
        let free = self.app.model.called.map_or(stirred, |called| called + interval);
        let due = free.max(stirred + settle);
        if self.now < due {
            self.effects.push(Effect::Wake(due));
        } else {
            self.prepare_call(reason, false);
        }
    }

    fn prepare_call(&mut self, reason: &str, wanted: bool) {
        self.record_findings();
        let last = self.app.incident.calls.keys().next_back().copied().unwrap_or(0);
        let call = last.max(self.app.model.numbered) + 1;
        let revision = self.app.analysis.case_revision;
        let case = self.freeze(revision);
        let desk = &mut self.app.model;
        desk.told = Known::of(&self.app.incident);
        (desk.stirred, desk.called) = (None, Some(self.now));
        desk.numbered = call;
        desk.phase = Phase::Preparing { call, wanted };
        let seed = self.app.incident.id.as_ref().map(ToString::to_string).unwrap_or_default();
        let vault = self.app.vault.clone();
        self.effects.push(Effect::Prepare { call, case, reason: reason.to_owned(), seed, vault });
    }

    /// A request is written: it is sent, shown first, or exceeds what may be spent.
    pub(super) fn prepared(&mut self, call: u64, outgoing: Result<Arc<Outgoing>, String>) {
        let wanted = match self.app.model.phase {
            Phase::Preparing { call: number, wanted } if number == call => wanted,
            _ => return,
        };
        self.app.model.phase = Phase::Idle;
        let outgoing = match outgoing {
            Ok(outgoing) => outgoing,
            Err(why) => return self.toast(why, true),
        };
        let Some(settings) = &self.app.model.settings else { return };
        let spent = Spent::over(self.app.incident.calls.values());
        if let Some(why) = settings.refusal(&spent, &outgoing.request) {
            self.app.model.held = Some(why.clone());
            return self.toast(format!("Not sent: {why}"), true);
        }
        let ask_first = settings.ask_first;
        if let Some(left_out) = outgoing.left_out() {
            self.toast(format!("{}{}", left_out[..1].to_uppercase(), &left_out[1..]), false);
        }
        let desk = &mut self.app.model;
        desk.before = desk.last.replace(Arc::clone(&outgoing));
        if ask_first {
            desk.phase = Phase::Asking { call, outgoing };
            self.toast("A request waits for your word: O shows it", false);
        } else {
            let person = Author::Person(self.app.person.clone());
            self.send_call(call, &outgoing, if wanted { person } else { Author::Sevdeck });
        }
    }

    /// A person lets the waiting request go, or keeps it here.
    pub(super) fn decide_call(&mut self, send: bool) {
        let Phase::Asking { call, outgoing } = std::mem::take(&mut self.app.model.phase) else { return };
        if send {
            self.send_call(call, &outgoing, Author::Person(self.app.person.clone()));
        } else {
            self.app.model.last = self.app.model.before.take();
            self.toast("Nothing was sent", false);
        }
    }

    fn send_call(&mut self, call: u64, outgoing: &Outgoing, by: Author) {
        self.record(by, Event::ModelAsked { call, request: outgoing.request.clone() });
        self.app.model.phase = Phase::Running(Box::new(Running {
            call,
            since: self.now,
            thinking: None,
            draft: None,
            waits: None,
            ending: false,
        }));
        self.effects.push(Effect::Send(call));
    }

    /// Something happened to the call under way; news of another one come too late.
    pub(super) fn call_news(&mut self, call: u64, news: CallNews) {
        let now = self.now;
        let Phase::Running(running) = &mut self.app.model.phase else { return };
        if running.call != call {
            return;
        }
        let ending = running.ending;
        match news {
            // What is on its way still comes with the end.
            CallNews::Waits(_) | CallNews::Thinks { .. } | CallNews::Draft(_) if ending => {}
            CallNews::Waits(why) => running.waits = Some(why).filter(|why| !why.is_empty()),
            CallNews::Thinks { text, before } => {
                running.waits = None;
                let since = *running.thinking.get_or_insert(now);
                let thoughts = &mut self.app.model.thoughts;
                let first = thoughts.time.filter(|_| thoughts.call == call).map_or(since, |(first, _)| first);
                *thoughts = Thoughts { call, text, before, time: Some((first, now)) };
            }
            CallNews::Draft(answer) => {
                (running.waits, running.thinking) = (None, None);
                running.draft = Some(*answer);
                self.put_back();
            }
            CallNews::Ended { outcome, run, estimated, answer, repair } => {
                // An end of its own that came while the person ended it asks for nothing more.
                let repair = repair.filter(|_| !ending);
                let outcome = match outcome {
                    ModelOutcome::Failed { .. } if ending => ModelOutcome::Cancelled,
                    outcome => outcome,
                };
                self.end_call(call, outcome, run, estimated, answer);
                if let Some(outgoing) = repair {
                    self.app.model.phase = Phase::Preparing { call: call + 1, wanted: false };
                    self.prepared(call + 1, Ok(outgoing));
                }
            }
        }
    }

    fn end_call(
        &mut self,
        call: u64,
        outcome: ModelOutcome,
        run: Run,
        estimated: Estimated,
        answer: Option<Box<Checked>>,
    ) {
        self.app.model.phase = Phase::Idle;
        let model = run.model.clone().unwrap_or_else(|| run.analyst.clone());
        match &outcome {
            ModelOutcome::Complete => {}
            ModelOutcome::Cancelled => self.toast(format!("{model}: the call was ended"), false),
            ModelOutcome::Cut { why } | ModelOutcome::Failed { why } | ModelOutcome::Withheld { why } => {
                self.toast(format!("{model}: {why}"), true);
            }
        }
        let author = Author::Analyst(model);
        self.record(author.clone(), Event::ModelAnswered { call, outcome, run, estimated, answer });
        self.show_blended(author);
        self.put_back();
    }

    /// Makes what is shown of the triage: with an answer that is still arriving, and with the secrets whose placeholders
    /// are kept in the record in their places again.
    pub(super) fn put_back(&mut self) {
        let draft = self.app.model.running().and_then(|running| running.draft.as_ref());
        let kept = &self.app.incident.triage;
        let shown = match draft {
            Some(_) => blend(self.offline(), draft, kept),
            None if self.app.vault.is_empty() => return self.app.incident.preview = None,
            None => kept.clone(),
        };
        let shown = restored(shown, &self.app.vault);
        self.app.incident.preview = Some(Box::new(shown)).filter(|shown| **shown != self.app.incident.triage);
    }

    /// Another incident is on screen: what was asked about the one before is over, and what it masked stays masked.
    pub(super) fn forget_calls(&mut self, events: &[Recorded]) {
        if let Some(running) = self.app.model.running() {
            self.effects.push(Effect::CancelCall(running.call));
        }
        let incident = &self.app.incident;
        let desk = &self.app.model;
        let told = if incident.calls.is_empty() { Known::default() } else { Known::of(incident) };
        self.app.model =
            Desk { settings: desk.settings.clone(), forbidden: desk.forbidden, told, ..Desk::default() };
        // Placeholders in the record stand for secrets of an earlier session: none of them may come to stand for others.
        self.app.vault = Vault::default();
        for event in events {
            self.app.vault.leave_out(wire::encode(event).as_bytes());
        }
    }

    /// What a person acts on while an answer is still arriving becomes a part of the record first.
    pub(super) fn keep_shown(&mut self, is_shown: impl Fn(&Triage) -> bool) {
        let Some(running) = self.app.model.running() else { return };
        let Some(draft) = &running.draft else { return };
        if is_shown(&self.app.incident.triage) {
            return;
        }
        let author = Author::Analyst(draft.opinion.model.clone());
        let kept = blend(self.offline(), Some(draft), &self.app.incident.triage);
        self.revise(author, kept);
    }

    /// A person ends the call; whether there was one. What arrived is kept and comes with the news of its end.
    pub(super) fn cancel_call(&mut self) -> bool {
        match &mut self.app.model.phase {
            Phase::Idle => return false,
            Phase::Running(running) if running.ending => return false,
            Phase::Running(running) => {
                running.ending = true;
                self.effects.push(Effect::CancelCall(running.call));
            }
            Phase::Preparing { .. } => {
                self.app.model.phase = Phase::Idle;
                self.toast("Nothing was sent", false);
            }
            Phase::Asking { .. } => self.decide_call(false),
        }
        true
    }

    /// The program ends while a call is under way: what arrived is kept.
    pub(super) fn leave_call(&mut self) {
        let Phase::Running(running) = std::mem::take(&mut self.app.model.phase) else { return };
        let Some(call) = self.app.incident.calls.get(&running.call) else { return };
        let (provider, model) = call.request.model.split_once('/').unwrap_or(("", &call.request.model));
        let elapsed = self.now.duration_since(running.since).as_millis();
        let run = Run {
            analyst: provider.to_owned(),
            model: Some(model.to_owned()),
            prompt: Some(call.request.prompt.clone()),
            language: call.request.language,
            latency_ms: u64::try_from(elapsed).unwrap_or(0),
            tokens_in: Some(call.request.tokens),
            tokens_out: None,
            tokens_cached: None,
            cost_usd: call.request.cost_usd,
            at: self.now,
        };
        let answer = running.draft.map(Box::new);
        self.end_call(running.call, ModelOutcome::Cancelled, run, Estimated::ALL, answer);
    }

    pub(super) fn open_request(&mut self) {
        self.open(Overlay::Document { view: View::Request, selected: 0 });
    }
}
