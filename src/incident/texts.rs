//! The free texts of a triage, to change them all in one way: to hide what must not be kept, to put it back for the
//! screen. Ids, names of sources and places are none.

use crate::incident::opinion::{Checked, Opinion, Section};
use crate::incident::{Finding, Quote, Triage};

/// Sections whose items have no id: their text is the key by which an opinion speaks of them.
const BY_TEXT: [Section; 4] =
    [Section::Timeline, Section::Contradictions, Section::Missing, Section::FollowUps];

impl Triage {
    /// Gives every free text to `change`.
    pub fn each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        for text in [
            &mut self.title,
            &mut self.service,
            &mut self.summary,
            &mut self.customer_impact,
            &mut self.postmortem,
        ] {
            change(text);
        }
        if let Some(severity) = &mut self.severity {
            change(&mut severity.reasoning);
        }
        for item in &mut self.hypotheses {
            change(&mut item.cause);
            change(&mut item.next_check);
            quotes(item.evidence.iter_mut().chain(&mut item.against), change);
        }
        for item in &mut self.checklist {
            change(&mut item.step);
            change(&mut item.command);
            change(&mut item.expected);
            quotes(item.compared.iter_mut().filter_map(|compared| compared.quote.as_mut()), change);
        }
        for item in &mut self.mitigations {
            change(&mut item.action);
            change(&mut item.risk);
            change(&mut item.rollback);
            item.command.iter_mut().for_each(&mut *change);
        }
        self.timeline.iter_mut().for_each(|item| change(&mut item.text));
        for item in &mut self.contradictions {
            change(&mut item.text);
            quotes(&mut item.quotes, change);
        }
        for item in &mut self.missing {
            change(&mut item.what);
            change(&mut item.why);
            change(&mut item.command);
        }
        self.follow_ups.iter_mut().for_each(|item| change(&mut item.text));
        if let Some(opinion) = &mut self.opinion {
            opinion.each_text(change);
        }
    }
}

impl Opinion {
    fn each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        change(&mut self.stale);
        for said in self.said.iter_mut().filter(|said| BY_TEXT.contains(&said.section)) {
            change(&mut said.key);
        }
        for difference in &mut self.differences {
            change(&mut difference.offline);
            change(&mut difference.model);
        }
        for remark in &mut self.remarks {
            if BY_TEXT.contains(&remark.section) {
                change(&mut remark.key);
            }
            change(&mut remark.text);
        }
    }
}

impl Checked {
    /// Gives every free text to `change`.
    pub fn each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        self.triage.each_text(change);
        self.opinion.each_text(change);
    }
}

impl Finding {
    /// Gives every free text to `change`.
    pub fn each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        change(&mut self.subject);
        quotes(&mut self.quotes, change);
    }
}

fn quotes<'q>(list: impl IntoIterator<Item = &'q mut Quote>, change: &mut impl FnMut(&mut String)) {
    list.into_iter().for_each(|quote| change(&mut quote.quote));
}
