//! What all strands of a view share: how records are judged, and which blocks need not be read.

use crate::incident::SourceId;
use crate::log::engine::channel::Channel;
use crate::log::engine::pane::page::Pages;
use crate::log::engine::pane::record::Judge;
use crate::log::filter::Sieve;
use crate::log::template::Miner;

/// Words of a template that blocks are looked through for, and their least length.
const HINTS: usize = 3;
const HINT_MIN: usize = 3;

/// What all strands of a view share.
#[derive(Debug, Default)]
pub(super) struct Tools {
    pub(super) pages: Pages,
    pub(super) sieve: Sieve,
    pub(super) around: usize,
    /// Records are ordered by time.
    pub(super) timed: bool,
    /// Most records of a source that wait to be merged, on either side.
    pub(super) waiting: usize,
    /// Room for a block that is looked through.
    pub(super) block: Vec<u8>,
    /// Templates there were when the one that is filtered by was looked up, and which one it is.
    template: (usize, Option<usize>),
    /// No record has the template that is filtered by.
    pub(super) void: bool,
}

impl Tools {
    pub(super) fn new(sieve: Sieve, around: usize, timed: bool) -> Self {
        Self { sieve, around, timed, template: (usize::MAX, None), ..Self::default() }
    }

    /// Where records of one template are looked for, its constant words tell which blocks can be left out.
    pub(super) fn take_hints(&mut self, miner: &Miner) {
        let Some(id) = self.sieve.template() else { return };
        let patterns = miner.patterns();
        if self.template.0 != patterns.len() {
            let named = |at: &usize| {
                miner.settled(*at as u32) as usize == *at && miner.id(*at as u32).starts_with(id)
            };
            let mut named = (0..patterns.len()).filter(named);
            let one = named.next().filter(|_| named.next().is_none());
            self.template = (patterns.len(), one);
            self.void = one.is_none() && self.sieve.is_void(miner);
        }
        let text = self.template.1.map(|at| patterns[at].text()).unwrap_or_default();
        let is_plain =
            |word: &&str| word.len() >= HINT_MIN && word.bytes().all(|byte| byte.is_ascii_graphic());
        let mut words: Vec<&str> =
            text.split(char::is_whitespace).flat_map(|token| token.split("<*>")).filter(is_plain).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        self.sieve.set_hints(words.into_iter().take(HINTS).map(str::to_owned).collect());
    }

    pub(super) fn judge<'a>(
        &'a mut self,
        source: SourceId,
        channel: &'a Channel,
        miner: &'a Miner,
    ) -> Judge<'a> {
        let Self { pages, sieve, around, timed, .. } = self;
        Judge { source, channel, pages, sieve, miner, around: *around, timed: *timed }
    }
}
