//! What a piece of text says by itself, whoever says it and when. Each property is found when it is first asked for,
//! and shared by all statements that have the same words, those of later revisions included.

use std::sync::{Arc, OnceLock};

use crate::evidence::clock::{self, StatedTime};
use crate::evidence::hostile;
use crate::evidence::lexicon::{self, Sense, Senses};
use crate::evidence::memo::Memo;
use crate::evidence::statement::asides::Asides;
use crate::evidence::statement::cut::sentences;
use crate::evidence::statement::fraction::is_full;
use crate::evidence::statement::level::level_of;
use crate::evidence::statement::marks::marks;
use crate::evidence::statement::pairs::none_left;
use crate::evidence::statement::record::Logged;
use crate::evidence::statement::references::without_references;
use crate::evidence::statement::traits::{
    denies_alert, denies_health, is_alarming, is_api_change, is_columns, is_guess, is_low, is_mixed,
    is_ready_row, is_release, is_speech, names_failure, strong_failure,
};
use crate::evidence::statement::vain::is_vain;
use crate::incident::Level;

/// The words of every piece of text that was read.
pub type Vocabulary = Memo<Arc<Words>>;

/// The words of `text`.
pub(super) fn words(known: &mut Vocabulary, text: &str) -> Arc<Words> {
    known.get(text, |text| Arc::new(Words::of(Arc::clone(text))))
}

/// A piece of text with what was found in it.
#[derive(Debug, Default)]
pub struct Words {
    text: Arc<str>,
    lower: OnceLock<Box<str>>,
    level: OnceLock<Option<Level>>,
    said: OnceLock<Said>,
    logged: OnceLock<Logged>,
    marks: OnceLock<Vec<String>>,
    full: OnceLock<bool>,
    none_left: OnceLock<bool>,
    hostile: OnceLock<bool>,
    lists: OnceLock<u32>,
    sentences: OnceLock<Vec<(usize, usize)>>,
    /// By whether the text around it is Chinese.
    stated: [OnceLock<Vec<StatedTime>>; 2],
    asides: Asides,
}

/// What words say in prose.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    /// What they point to.
    pub(super) senses: Senses,
    /// Level, where they are the line of a log.
    pub(super) level: Option<Level>,
    /// Speech, if a time stands before it.
    pub(super) speech: bool,
    /// A guess, an opinion or a question.
    pub(super) guess: bool,
    /// Something is well, unless somebody only says so.
    pub(super) well: bool,
    /// Something was tried and changed nothing.
    pub(super) vain: bool,
    /// Something was changed, unless somebody only says so.
    pub(super) change: bool,
    /// Names a release, if a time stands before it.
    pub(super) release: bool,
}

impl Words {
    /// The words of `text`, in which nothing was looked for yet.
    pub fn of(text: Arc<str>) -> Self {
        Self { text, ..Self::default() }
    }

    /// The text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The text with its ASCII letters in lower case.
    pub fn lower(&self) -> &str {
        self.lower.get_or_init(|| self.text.to_ascii_lowercase().into_boxed_str())
    }

    /// Identifiers, each once.
    pub fn marks(&self) -> &[String] {
        self.marks.get_or_init(|| marks(&self.text))
    }

    /// Whether a resource stands at its limit.
    pub fn is_full(&self) -> bool {
        *self.full.get_or_init(|| is_full(&self.text))
    }

    /// Whether nothing is left of something.
    pub fn is_none_left(&self) -> bool {
        *self.none_left.get_or_init(|| none_left(&self.text))
    }

    /// Which lists of words of a reader have one that stands here, a bit each; `find` is a pure function of the text in
    /// lower case, and asked once.
    pub fn lists(&self, find: impl FnOnce(&str) -> u32) -> u32 {
        *self.lists.get_or_init(|| find(self.lower()))
    }

    /// What its readers found in it.
    pub fn asides(&self) -> &Asides {
        &self.asides
    }

    pub(super) fn level(&self) -> Option<Level> {
        *self.level.get_or_init(|| level_of(&self.text))
    }

    pub(super) fn is_instruction(&self) -> bool {
        *self.hostile.get_or_init(|| hostile::instructs(&self.text, self.lower()))
    }

    /// Where its sentences begin and end.
    pub(super) fn sentences(&self) -> &[(usize, usize)] {
        self.sentences.get_or_init(|| sentences(&self.text))
    }

    /// Dates and times.
    pub(super) fn stated(&self, chinese: bool) -> &[StatedTime] {
        self.stated[usize::from(chinese)].get_or_init(|| clock::scan(&self.text, chinese))
    }

    pub(super) fn said(&self) -> Said {
        *self.said.get_or_init(|| self.say())
    }

    pub(super) fn logged(&self) -> Logged {
        *self.logged.get_or_init(|| Logged::of(&self.text))
    }

    fn say(&self) -> Said {
        let (text, lower) = (&*self.text, self.lower());
        let mut senses = if is_columns(text) { Senses::default() } else { lexicon::senses_of(lower) };
        // `9.8k/s (normal 1.1k)`: what is usual is told beside it.
        if senses.has(Sense::Healthy) && text.contains(['(', '（']) {
            let told = lexicon::senses(&without_references(text));
            if !told.has(Sense::Healthy) {
                senses.remove(Sense::Healthy);
            }
        }
        if senses.has(Sense::Healthy) && denies_health(self.lower()) {
            senses.remove(Sense::Healthy);
            senses.add(Sense::Bad);
        }
        if self.is_full() || names_failure(text) {
            senses.add(Sense::Bad);
        }
        if text.trim_start_matches(|c: char| !c.is_alphabetic()).starts_with("page ") {
            senses.add(Sense::Alert);
        }
        if denies_alert(lower) {
            senses.remove(Sense::Alert);
            if !strong_failure(lower) {
                senses.remove(Sense::Bad);
            }
        }
        let level = self.level();
        // A record in JSON begins with a quoted name, as speech does.
        let record = level.is_some() || text.trim_start().starts_with(['{', '[']) && text.contains("\":");
        let alarming = || is_alarming(lower, senses, level) || self.is_full() || self.is_none_left();
        Said {
            senses,
            level,
            speech: !record && is_speech(text),
            guess: !record && is_guess(text, senses),
            well: (senses.has(Sense::Healthy) || is_low(lower) || is_ready_row(text))
                && !alarming()
                && !is_mixed(text),
            vain: is_vain(self.lower()),
            change: senses.has(Sense::Change) || is_api_change(text),
            release: is_release(text),
        }
    }
}
