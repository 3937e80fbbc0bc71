//! An incident that goes on: texts grow, logs bring new records, counts rise, a person works through the steps. Whatever
//! the analyst remembers of the revisions before, it says what one would say that sees the case for the first time.

use std::sync::Arc;

use jiff::SignedDuration;
use proptest::prelude::*;
use sevdeck::analyst::Analyst;
use sevdeck::analyst::offline::Offline;
use sevdeck::evidence::CaseFile;
use sevdeck::evidence::case_file::{CaseText, StepResult};
use sevdeck::incident::event::StepOutcome;
use sevdeck::incident::triage::{Language, Triage};
use sevdeck::incident::{Finding, FindingKind, SourceId};

use super::case::{line, now, prose, template};
use super::disturbed::{Scenario, scenarios};

/// What happens between two revisions.
#[derive(Debug, Clone)]
enum News {
    /// So many lines more are written down.
    Lines(usize),
    /// A note of a person.
    Note(String),
    /// So many records more in the log.
    Records(usize),
    /// So much time.
    Minutes(i64),
    /// A step is done, with this output.
    Step(String),
    /// The language is another one.
    Language,
    /// The cockpit turns to another incident.
    Incident(usize),
}

fn news() -> impl Strategy<Value = News> {
    prop_oneof![
        4 => (1_usize..12).prop_map(News::Lines),
        2 => "(checkout is slow again|14:0[0-9] ana: pool is at [0-9]{2} / 50|回滚了，没有效果)".prop_map(News::Note),
        3 => (1_usize..6).prop_map(News::Records),
        1 => (1_i64..600).prop_map(News::Minutes),
        1 => "(\\(0 rows\\)|500 / 500 max_connections|no packet loss)".prop_map(News::Step),
        1 => Just(News::Language),
        1 => (0_usize..200).prop_map(News::Incident),
    ]
}

/// An incident under way.
struct Story<'s> {
    scenario: &'s Scenario,
    lines: usize,
    notes: String,
    records: usize,
    case: CaseFile,
}

impl<'s> Story<'s> {
    fn new(scenario: &'s Scenario) -> Self {
        let case = prose("", Language::En);
        Self { scenario, lines: 3, notes: String::new(), records: 0, case }
    }

    fn hear(&mut self, news: News, all: &'s [Scenario]) {
        match news {
            News::Lines(more) => self.lines += more,
            News::Note(note) => self.notes.extend([note.as_str(), "\n"]),
            News::Records(more) => self.records += more,
            News::Minutes(minutes) => self.case.now += SignedDuration::from_mins(minutes),
            News::Step(output) => self.step(&output),
            News::Language => {
                let en = self.case.language == Language::En;
                self.case.language = if en { Language::Zh } else { Language::En };
            }
            News::Incident(number) => *self = Self::new(&all[number % all.len()]),
        }
    }

    fn step(&mut self, output: &str) {
        if let Some(step) = self.case.previous.checklist.first() {
            let (step, note, output_of) = (step.id.clone(), String::new(), Some(SourceId(9)));
            let result = StepResult { step, outcome: StepOutcome::Done, note, output: output_of };
            self.case.results = vec![result];
            self.notes.extend([output, "\n"]);
        }
    }

    /// The case as it is frozen now: texts are new allocations, as those of a file that was read again are.
    fn freeze(&mut self) -> Arc<CaseFile> {
        let written: Vec<&str> = self.scenario.context.split_inclusive('\n').take(self.lines).collect();
        let text = |source, name: &str, text: &str| CaseText {
            source: SourceId(source),
            name: name.to_owned(),
            text: text.into(),
        };
        self.case.texts = vec![text(9, "notes", &self.notes), text(1, "context", &written.concat())];
        let logged = self.scenario.context.lines().rev().filter(|line| line.len() > 20).take(self.records);
        let templates = logged.zip(1_u64..).map(|(record, number)| {
            let at = ["2026-11-21T14:02:11Z", "2026-11-21T14:09:58Z"];
            template(record, record, number, at, number * self.records as u64)
        });
        self.case.templates = templates.collect();
        let findings = self.case.templates.iter().step_by(2).map(|template| Finding {
            id: format!("burst-{}", template.id),
            kind: FindingKind::Burst,
            subject: template.text.clone(),
            at: template.first,
            ended: None,
            strength: 70,
            level: template.level,
            rate: None,
            quotes: vec![line(&template.text, template.example.line.unwrap_or(0))],
            template: Some(template.id.clone()),
        });
        self.case.findings = findings.collect();
        self.case.revision += 1;
        Arc::new(self.case.clone())
    }
}

fn last(analyst: &mut Offline, case: &Arc<CaseFile>) -> Triage {
    let mut last = Triage::default();
    analyst.analyse(case, &mut |triage| {
        last = triage;
        true
    });
    last
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_revision_is_what_a_fresh_analysis_says(first in 0_usize..200, news in prop::collection::vec(news(), 1..10)) {
        let all = scenarios();
        let mut story = Story::new(&all[first % all.len()]);
        let mut analyst = Offline::new();
        for news in news {
            story.hear(news, &all);
            let case = story.freeze();
            let revised = last(&mut analyst, &case);
            let fresh = Offline::new().triage(&case);
            prop_assert_eq!(serde_json::to_string(&revised).unwrap(), serde_json::to_string(&fresh).unwrap());
            story.case.previous = revised;
        }
    }
}

#[test]
fn what_is_remembered_is_bounded_by_the_case() {
    let mut analyst = Offline::new();
    let case = |from: usize| {
        let lines =
            (from..from + 200).map(|n| format!("14:02 api ERROR upstream x{n}y refused connection\n"));
        let numbers_differ: String = lines.map(|line| line.replace(char::is_numeric, "")).collect();
        Arc::new(prose(&format!("{numbers_differ}{from}"), Language::En))
    };
    last(&mut analyst, &case(0));
    let one = analyst.remembered();
    assert!(one > 0);
    for from in 1..20 {
        last(&mut analyst, &case(from * 1000));
    }
    assert!(analyst.remembered() <= 2 * one, "{} after {one}", analyst.remembered());
}

#[test]
fn the_moment_of_the_case_counts_though_the_text_is_the_same() {
    let text = "14:02 alert: checkout error rate 31%\n14:03 checkout ERROR connection refused\n";
    let mut analyst = Offline::new();
    let mut case = prose(text, Language::En);
    let before = last(&mut analyst, &Arc::new(case.clone()));
    case.now = now() + SignedDuration::from_hours(48);
    let after = last(&mut analyst, &Arc::new(case.clone()));
    assert_ne!(before.timeline[0].at, after.timeline[0].at);
    assert_eq!(after, Offline::new().triage(&case));
}
