//! When the analyst runs, and what becomes of its answer.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::analyst::model::blend;
use crate::app::effect::Effect;
use crate::app::ui::Pane;
use crate::app::update::Turn;
use crate::evidence::CaseFile;
use crate::incident::triage::Step;
use crate::incident::{Author, Event, Triage, TriagePatch};

/// An analysis starts at most this often, so that an incident of hours stays a few thousand events.
const ANALYSE_EVERY: SignedDuration = SignedDuration::from_secs(1);
/// Findings recorded for one incident; later ones still reach the analyst.
const FINDINGS_MAX: usize = 500;

impl Turn<'_> {
    /// Starts the analyst when there is something new and it is idle.
    pub(super) fn schedule_analysis(&mut self) {
        let analysis = &self.app.analysis;
        if !analysis.wanted || analysis.running.is_some() || self.app.ui.loading {
            return;
        }
        if let Some(started) = analysis.started
            && self.now.duration_since(started) < ANALYSE_EVERY
        {
            self.effects.push(Effect::Wake(started + ANALYSE_EVERY));
            return;
        }
        self.record_findings();
        let revision = self.app.analysis.case_revision + 1;
        let case = self.freeze(revision);
        let analysis = &mut self.app.analysis;
        analysis.case_revision = revision;
        analysis.wanted = false;
        analysis.running = Some(revision);
        analysis.started = Some(self.now);
        self.app.ui.analysing = true;
        self.effects.push(Effect::Analyse(case));
    }

    pub(super) fn record_findings(&mut self) {
        let digest = Arc::clone(&self.app.digest);
        let mut findings = digest.findings.clone();
        for finding in &mut findings {
            finding.each_text(&mut |text| {
                self.mask(text);
            });
        }
        // A line that was cut may hold a secret without what it is known by; another one has it whole.
        let veil = self.app.vault.veil("");
        for mut finding in findings {
            finding.each_text(&mut |text| veil.apply(text));
            let known = self.app.incident.findings.get(&finding.id);
            let room = known.is_some() || self.app.incident.findings.len() < FINDINGS_MAX;
            if known != Some(&finding) && room {
                self.record(Author::Sevdeck, Event::FindingRaised { finding });
            }
        }
    }

    pub(super) fn triaged(&mut self, analyst: &str, revision: u64, triage: &Triage, done: bool) {
        if self.app.analysis.running != Some(revision) {
            return;
        }
        if done {
            self.app.analysis.running = None;
            self.app.ui.analysing = false;
        }
        self.app.analysis.offline = triage.clone();
        self.app.analysis.offline_revision = revision;
        if self.show_blended(Author::Analyst(analyst.to_owned())) && self.app.model.settings.is_some() {
            self.app.model.revisions += 1;
        }
    }

    /// The latest answer of the offline analyst; in a resumed incident, until there is one, what was on screen.
    pub(super) fn offline(&self) -> &Triage {
        let analysis = &self.app.analysis;
        if analysis.offline_revision == 0 { &self.app.incident.triage } else { &analysis.offline }
    }

    /// What is known now, for an analyst; `previous` is what the offline analyst made of it last.
    pub(super) fn freeze(&self, revision: u64) -> Arc<CaseFile> {
        let app = &self.app;
        let case = CaseFile::freeze(&app.incident, &app.digest, &app.similar, revision, self.now);
        Arc::new(CaseFile { previous: self.offline().clone(), ..case })
    }

    /// Puts the newest triage of the offline analyst and the newest answer of a model on screen, together; whether a
    /// person would notice a difference.
    pub(super) fn show_blended(&mut self, author: Author) -> bool {
        let incident = &self.app.incident;
        let mut triage = blend(self.offline(), incident.answer.as_ref(), &incident.triage);
        let cursor = self.app.ui.step.as_deref().or_else(|| self.watched());
        let hold = |step: &Step| incident.marks.contains_key(&step.id) || cursor == Some(step.id.as_str());
        triage.checklist = keep_head(&incident.triage.checklist, triage.checklist, hold);
        let revised = self.revise(author, triage);
        if revised || self.app.incident.preview.is_some() {
            self.put_back();
        }
        revised
    }

    /// Records what changed in the triage, with placeholders for its secrets; whether a person would notice.
    pub(super) fn revise(&mut self, author: Author, mut triage: Triage) -> bool {
        triage.each_text(&mut |text| {
            self.mask(text);
        });
        let veil = self.app.vault.veil("");
        triage.each_text(&mut |text| veil.apply(text));
        let Some(patch) = TriagePatch::between(&self.app.incident.triage, &triage) else { return false };
        let first = self.app.incident.triage.title.is_empty() || patch.title.is_some();
        let case_revision = self.app.analysis.offline_revision;
        self.record(author, Event::TriageRevised { case_revision, patch: Box::new(patch) });
        if first {
            self.find_similar();
        }
        true
    }

    /// The cockpit goes on with the triage it has; the next change of the evidence tries again.
    pub(super) fn analyst_failed(&mut self, revision: u64) {
        if self.app.analysis.running == Some(revision) {
            self.app.analysis.running = None;
            self.app.ui.analysing = false;
            self.toast("The analyst failed on this evidence; the triage on screen stays", true);
        }
    }

    /// The step that is looked at without a cursor having been moved: the first one, while the pane has the focus.
    fn watched(&self) -> Option<&str> {
        let first = self.app.incident.triage.checklist.first();
        first.filter(|_| self.app.ui.focus == Pane::Checklist).map(|step| step.id.as_str())
    }

    fn find_similar(&mut self) {
        let incident = &self.app.incident;
        if let (Some(id), Some(opened_at)) = (incident.id.clone(), incident.opened_at) {
            let text = format!("{} {} {}", incident.title(), incident.service(), incident.triage.summary);
            self.effects.push(Effect::FindSimilar { incident: id, opened_at, text });
        }
    }
}

/// A checklist that someone works through does not move under their hands: down to the last step that is marked or under
/// the cursor (`held`), what was there stays where it was; below it the analyst's order is taken.
fn keep_head(before: &[Step], mut after: Vec<Step>, held: impl Fn(&Step) -> bool) -> Vec<Step> {
    let Some(last) = before.iter().rposition(&held) else { return after };
    let mut steps = Vec::with_capacity(after.len());
    for old in &before[..=last] {
        match after.iter().position(|step| step.id == old.id) {
            Some(at) => steps.push(after.remove(at)),
            None if held(old) => steps.push(old.clone()),
            None => {}
        }
    }
    steps.append(&mut after);
    steps
}
