//! How sure one may be: confidence is bounded by what the verified quotes carry.

use crate::analyst::model::check::Quoted;
use crate::analyst::model::facts::Checker;
use crate::incident::triage::Confidence;

/// What bounds a confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// Nothing: verified evidence of the mechanism and of what set it off, and nothing against it.
    None,
    /// No quote was found in the sources.
    NoQuote,
    /// The quotes show no failure.
    NoMechanism,
    /// No verified quote tells what set it off, in time.
    NoTrigger,
    /// One statement alone carries it.
    Single,
    /// A verified quote speaks against it.
    Against,
    /// What it rests on does not fit with other statements.
    Doubted,
    /// Almost nothing is known.
    Thin,
}

impl Bound {
    /// In English and Chinese.
    pub fn words(self) -> [&'static str; 2] {
        match self {
            Self::None => ["", ""],
            Self::NoQuote => ["no quote was found in the sources", "没有可核实的引文"],
            Self::NoMechanism => ["no verified quote shows the failure", "没有可核实的引文表明故障机制"],
            Self::NoTrigger => {
                ["no verified trigger before the onset", "没有可核实的、早于起始时间的触发因素"]
            }
            Self::Single => ["it rests on one statement alone", "仅凭一处记录"],
            Self::Against => ["a verified quote speaks against it", "有可核实的反证"],
            Self::Doubted => ["what it rests on does not fit with other statements", "其依据与其他记录矛盾"],
            Self::Thin => ["almost nothing is known yet", "目前几乎没有资料"],
        }
    }
}

impl Checker {
    /// The highest confidence that quotes for and against carry, and what bounds it.
    pub(super) fn cap(&self, evidence: &[Quoted], against: &[Quoted]) -> (Confidence, Bound) {
        let counted: Vec<&Quoted> = evidence.iter().filter(|quoted| quoted.counts()).collect();
        if counted.is_empty() {
            return (Confidence::Low, Bound::NoQuote);
        }
        if self.thin {
            return (Confidence::Low, Bound::Thin);
        }
        if !counted.iter().any(|quoted| quoted.bad || quoted.mechanism) {
            return (Confidence::Low, Bound::NoMechanism);
        }
        let mut places: Vec<_> = counted.iter().filter_map(|quoted| quoted.place()).collect();
        places.sort_unstable();
        places.dedup();
        let bound = if against.iter().any(Quoted::counts) {
            Bound::Against
        } else if !counted.iter().any(|quoted| quoted.trigger) {
            Bound::NoTrigger
        } else if places.len() < 2 {
            Bound::Single
        } else if counted.iter().any(|quoted| quoted.doubted && quoted.bad && !quoted.trigger) {
            Bound::Doubted
        } else {
            return (Confidence::High, Bound::None);
        };
        (Confidence::Medium, bound)
    }
}
