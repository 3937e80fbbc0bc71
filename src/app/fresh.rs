//! What changed since the person looked at it: rows keep their places, and a sign says that they are new or say something
//! else than before.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::app::ui::Pane;
use crate::incident::triage::{Hypothesis, Step};
use crate::incident::{Quote, TimelineEntry, TimelineKind};

/// So long after a key a person is still at the keyboard.
const THERE: SignedDuration = SignedDuration::from_secs(5);

/// A row that can change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Row {
    /// A hypothesis.
    Hypothesis(String),
    /// A piece of its evidence, by what it says.
    Piece(String, u64),
    /// A step.
    Step(String),
    /// An entry of the timeline, by what it says.
    Entry(Timestamp, u64),
}

impl Row {
    fn pane(&self) -> Pane {
        match self {
            Self::Hypothesis(_) | Self::Piece(..) => Pane::Hypotheses,
            Self::Step(_) => Pane::Checklist,
            Self::Entry(..) => Pane::Timeline,
        }
    }

    fn piece(hypothesis: &str, quote: &Quote) -> Self {
        Self::Piece(hypothesis.to_owned(), mark(&quote.quote))
    }

    fn entry(entry: &TimelineEntry) -> Self {
        Self::Entry(entry.at, mark(&entry.text))
    }
}

/// What changed since the person looked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fresh {
    /// When the person pressed a key last; absent before the first one, from which on what is on screen has been there
    /// to be looked at.
    touched: Option<Timestamp>,
    /// What every row says, by a number of its own.
    said: BTreeMap<Row, u64>,
    /// Rows that say something else than when they were looked at.
    changed: BTreeSet<Row>,
    /// The last event that was taken into account, and whether an answer was being written.
    upto: (u64, bool),
}

impl Fresh {
    /// Whether a hypothesis is new or says something else.
    pub fn hypothesis(&self, id: &str) -> bool {
        self.changed.contains(&Row::Hypothesis(id.to_owned()))
    }

    /// Whether a piece of its evidence is new.
    pub fn piece(&self, hypothesis: &str, quote: &Quote) -> bool {
        !self.changed.is_empty() && self.changed.contains(&Row::piece(hypothesis, quote))
    }

    /// Whether a step is new or says something else.
    pub fn step(&self, id: &str) -> bool {
        self.changed.contains(&Row::Step(id.to_owned()))
    }

    /// Whether an entry of the timeline is new.
    pub fn entry(&self, entry: &TimelineEntry) -> bool {
        !self.changed.is_empty() && self.changed.contains(&Row::entry(entry))
    }

    /// How many rows of a pane changed; of the hypotheses those with new evidence count once.
    pub fn count(&self, pane: Pane) -> usize {
        let whole = |row: &&Row| match row {
            Row::Piece(id, _) => !self.hypothesis(id),
            _ => true,
        };
        let rows = self.changed.iter().filter(|row| row.pane() == pane).filter(whole);
        let owners: BTreeSet<Row> = rows
            .map(|row| match row {
                Row::Piece(id, _) => Row::Hypothesis(id.clone()),
                row => row.clone(),
            })
            .collect();
        owners.len()
    }

    /// A pane was left: it has been looked at.
    pub fn left(&mut self, pane: Pane) {
        self.changed.retain(|row| row.pane() != pane);
    }

    /// A hypothesis was looked at, with its evidence.
    pub fn looked_at_hypothesis(&mut self, id: &str) {
        self.changed
            .retain(|row| !matches!(row, Row::Hypothesis(known) | Row::Piece(known, _) if known == id));
    }

    /// A piece of its evidence was looked at.
    pub fn looked_at_piece(&mut self, id: &str, quote: &Quote) {
        self.changed.remove(&Row::piece(id, quote));
    }

    /// A step was looked at.
    pub fn looked_at_step(&mut self, id: &str) {
        self.changed.remove(&Row::Step(id.to_owned()));
    }

    /// An entry of the timeline was looked at.
    pub fn looked_at_entry(&mut self, entry: &TimelineEntry) {
        self.changed.remove(&Row::entry(entry));
    }

    /// The person is there, at this moment.
    pub fn touch(&mut self, now: Timestamp) {
        self.touched = Some(now);
    }

    /// Whether the person is at the keyboard: what changes under the cursor then is looked at as it changes.
    pub fn is_there(&self, now: Timestamp) -> bool {
        self.touched.is_some_and(|touched| now.duration_since(touched) < THERE)
    }

    /// Whether a row that is there now is news: in a pane that was empty nothing is, and the evidence of a hypothesis
    /// that is new itself comes with it.
    fn is_news(&self, row: &Row, said: u64) -> bool {
        let owner_is_new = match row {
            Row::Piece(id, _) => !self.said.contains_key(&Row::Hypothesis(id.clone())),
            _ => false,
        };
        self.said.get(row) != Some(&said)
            && !owner_is_new
            && self.said.keys().any(|known| known.pane() == row.pane())
    }
}

impl App {
    /// Takes note of what rows say now.
    pub fn notice(&mut self) {
        let upto = (self.incident.last_seq, self.incident.preview.is_some());
        if upto == self.ui.fresh.upto && !upto.1 {
            return;
        }
        let rows = self.rows();
        let fresh = &mut self.ui.fresh;
        fresh.upto = upto;
        if fresh.touched.is_some() {
            let news = rows.iter().filter(|(row, said)| fresh.is_news(row, **said));
            let news: Vec<Row> = news.map(|(row, _)| row.clone()).collect();
            fresh.changed.extend(news);
            fresh.changed.retain(|row| rows.contains_key(row));
        }
        fresh.said = rows;
        // What the person did is no news.
        let own = self.incident.timeline().into_iter().filter(|line| {
            matches!(line.entry.kind, TimelineKind::Human | TimelineKind::Action)
                && line.entry.source == self.person
        });
        let own: Vec<Row> = own.map(|line| Row::entry(line.entry)).collect();
        for row in own {
            self.ui.fresh.changed.remove(&row);
        }
    }

    /// What every row says now, but for what the person said about it.
    fn rows(&self) -> BTreeMap<Row, u64> {
        let mut rows = BTreeMap::new();
        for hypothesis in self.incident.hypotheses() {
            let id = &hypothesis.id;
            rows.insert(Row::Hypothesis(id.clone()), said_by_hypothesis(hypothesis));
            for quote in hypothesis.evidence.iter().chain(&hypothesis.against) {
                rows.insert(Row::piece(id, quote), 0);
            }
        }
        for step in self.incident.steps() {
            rows.insert(Row::Step(step.id.clone()), said_by_step(step));
        }
        rows.extend(self.incident.timeline().into_iter().map(|line| (Row::entry(line.entry), 0)));
        rows
    }
}

fn said_by_hypothesis(hypothesis: &Hypothesis) -> u64 {
    mark((&hypothesis.cause, hypothesis.confidence, &hypothesis.next_check))
}

fn said_by_step(step: &Step) -> u64 {
    let compared = step.compared.as_ref().map(|compared| format!("{:?}", compared.fit));
    mark((&step.step, &step.command, &step.expected, compared))
}

/// A number for what something says; the same in every run.
fn mark(said: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    said.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::triage::{Confidence, HypothesisStatus};

    fn hypothesis(id: &str, cause: &str) -> Hypothesis {
        Hypothesis {
            id: id.into(),
            confidence: Confidence::Low,
            cause: cause.into(),
            evidence: Vec::new(),
            against: Vec::new(),
            status: HypothesisStatus::Open,
            next_check: String::new(),
        }
    }

    fn app(causes: &[(&str, &str)]) -> App {
        let mut app = App { person: "ana".into(), ..App::default() };
        app.incident.triage.hypotheses = causes.iter().map(|(id, cause)| hypothesis(id, cause)).collect();
        app.incident.last_seq = 1;
        app.notice();
        app
    }

    fn changed(app: &mut App, change: impl FnOnce(&mut App)) {
        change(app);
        app.incident.last_seq += 1;
        app.notice();
    }

    #[test]
    fn nothing_is_new_before_anybody_looked() {
        let mut app = app(&[("a", "pool")]);
        changed(&mut app, |app| app.incident.triage.hypotheses.push(hypothesis("b", "disk")));
        assert_eq!(app.ui.fresh.count(Pane::Hypotheses), 0);
    }

    #[test]
    fn what_is_new_or_says_something_else_is_marked_until_it_is_looked_at() {
        let mut app = app(&[("a", "pool"), ("b", "disk"), ("c", "dns")]);
        app.ui.fresh.touch(Timestamp::UNIX_EPOCH);
        changed(&mut app, |app| {
            app.incident.triage.hypotheses[1].confidence = Confidence::High;
            let quote = Quote { quote: "No space left".into(), ..Quote::default() };
            app.incident.triage.hypotheses[2].evidence.push(quote);
            app.incident.triage.hypotheses.push(hypothesis("d", "clock"));
        });
        let marked: Vec<bool> = ["a", "b", "c", "d"].map(|id| app.ui.fresh.hypothesis(id)).to_vec();
        assert_eq!(marked, [false, true, false, true]);
        let quote = app.incident.triage.hypotheses[2].evidence[0].clone();
        assert!(app.ui.fresh.piece("c", &quote), "the piece is marked, its cause is as it was");
        assert_eq!(app.ui.fresh.count(Pane::Hypotheses), 3);
        app.ui.fresh.looked_at_hypothesis("c");
        app.ui.fresh.looked_at_hypothesis("d");
        assert_eq!(app.ui.fresh.count(Pane::Hypotheses), 1);
        changed(&mut app, |_| {});
        assert_eq!(app.ui.fresh.count(Pane::Hypotheses), 1, "what did not change again stays as it is");
        app.ui.fresh.left(Pane::Hypotheses);
        assert_eq!(app.ui.fresh.count(Pane::Hypotheses), 0);
    }

    #[test]
    fn what_fills_an_empty_pane_is_seen_without_a_sign() {
        let mut app = app(&[]);
        app.ui.fresh.touch(Timestamp::UNIX_EPOCH);
        let with_quote = |id: &str| {
            let evidence = vec![Quote { quote: "No space left".into(), ..Quote::default() }];
            Hypothesis { evidence, ..hypothesis(id, "disk") }
        };
        changed(&mut app, |app| app.incident.triage.hypotheses.push(with_quote("a")));
        assert_eq!(app.ui.fresh.count(Pane::Hypotheses), 0);
        changed(&mut app, |app| app.incident.triage.hypotheses.push(with_quote("b")));
        let quote = app.incident.triage.hypotheses[1].evidence[0].clone();
        assert!(app.ui.fresh.hypothesis("b") && !app.ui.fresh.piece("b", &quote), "one sign is enough");
    }

    #[test]
    fn a_row_that_is_gone_is_no_news() {
        let mut app = app(&[("a", "pool")]);
        app.ui.fresh.touch(Timestamp::UNIX_EPOCH);
        changed(&mut app, |app| app.incident.triage.hypotheses.push(hypothesis("b", "disk")));
        changed(&mut app, |app| app.incident.triage.hypotheses.truncate(1));
        assert_eq!(app.ui.fresh.count(Pane::Hypotheses), 0);
    }
}
