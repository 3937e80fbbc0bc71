//! How a view keeps up with its sources: texts that grow or start over, sources that come and go.

use crate::incident::SourceId;
use crate::log::engine::channel::Channel;
use crate::log::engine::pane::record::Row;
use crate::log::engine::pane::seek::Seek;
use crate::log::engine::pane::strand::{Change, Strand};
use crate::log::engine::pane::{Pane, Pin, Place, Sources, WAITING, WAITING_MIN};
use crate::log::filter::Sieve;
use crate::log::view::Scope;

impl Pane {
    /// Starts over at one offset of each source.
    pub(super) fn cut(&mut self, sources: Sources<'_>, at: impl Fn(&Channel) -> u64) {
        self.rows.clear();
        let tools = &self.tools;
        let part = |(source, channel): (&SourceId, &Channel)| {
            is_part(self.scope, &tools.sieve, *source, channel)
                .then(|| Strand::new(*source, channel, at(channel)))
        };
        self.strands = sources.channels.iter().filter_map(part).collect();
        if self.tools.void {
            self.strands.iter_mut().for_each(Strand::exhaust);
        }
        self.reset_heads();
    }

    /// All strands are cut in anew.
    pub(super) fn reset_heads(&mut self) {
        self.tools.waiting = (WAITING / self.strands.len().max(1)).max(WAITING_MIN);
        self.heads_ahead.reset(self.strands.iter().map(|strand| strand.source));
        self.heads_behind.reset(self.strands.iter().map(|strand| strand.source));
    }

    /// Takes note of what happened to the sources.
    pub(super) fn refresh(&mut self, sources: Sources<'_>) {
        let (mut known, mut joined, mut gone) = (Vec::new(), Vec::new(), false);
        for source in std::mem::take(&mut self.noted) {
            let is_part = |channel| is_part(self.scope, &self.tools.sieve, source, channel);
            let part = sources.channels.get(&source).is_some_and(is_part);
            match (part, self.strands.binary_search_by_key(&source, |strand| strand.source)) {
                (true, Ok(at)) => known.push(at),
                (true, Err(_)) => joined.push(source),
                (false, Ok(_)) => gone = true,
                (false, Err(_)) => {}
            }
        }
        for at in known {
            let strand = &mut self.strands[at];
            let Some(channel) = sources.channels.get(&strand.source) else { continue };
            let source = strand.source;
            match strand.refresh(channel, &mut self.tools.pages) {
                Change::None => {}
                Change::Anew { from, before } => {
                    self.heads_ahead.outdate(source);
                    self.heads_behind.outdate(source);
                    self.remove(|row| row.source == source && (row.head >= from || row.start < before));
                    self.touch();
                }
                Change::Other => {
                    self.tools.pages.forget(source);
                    gone = true;
                }
            }
        }
        if gone || !joined.is_empty() && !self.join(&joined, sources) {
            self.start_over(sources);
        }
    }

    /// Takes in sources that have come: their records belong among those that are shown. False where it is not the
    /// newest records that are shown.
    fn join(&mut self, joined: &[SourceId], sources: Sources<'_>) -> bool {
        if self.place != Place::End || self.seek.is_some() {
            return false;
        }
        for source in joined {
            if let Some(channel) = sources.channels.get(source) {
                self.strands.push(Strand::new(*source, channel, channel.tape().end()));
                self.heads_ahead.outdate(*source);
                self.heads_behind.outdate(*source);
            }
        }
        self.strands.sort_by_key(|strand| strand.source);
        self.tools.waiting = (WAITING / self.strands.len().max(1)).max(WAITING_MIN);
        self.touch();
        true
    }

    /// Reads everything anew, at the same place as far as it is there.
    pub(super) fn start_over(&mut self, sources: Sources<'_>) {
        self.touch();
        if let Place::Pinned(..) = self.place {
            self.seek.clone_from(&self.sought);
        }
        if let Place::Top(top) = self.place {
            let shown = self.rows.get(top.clamp(0, self.rows.len() as i64) as usize);
            let there = shown.and_then(|row| Some((row, sources.channels.get(&row.source)?)));
            match there.map(|(row, channel)| (row.source, row.start.min(channel.tape().end()))) {
                Some((source, offset)) => self.pin(Seek::Offset(source, offset), Pin::At(source, offset), 0),
                None => self.place = Place::End,
            }
        }
        self.cut(sources, |channel| channel.tape().end());
    }

    fn remove(&mut self, gone: impl Fn(&Row) -> bool) {
        if !self.rows.iter().any(&gone) {
            return;
        }
        if let Place::Top(top) = self.place {
            let above = self.rows.iter().take(top.max(0) as usize).filter(|row| gone(row)).count();
            self.place = Place::Top(top - above as i64);
        }
        self.rows.retain(|row| !gone(row));
    }
}

/// Whether a source is part of a view.
fn is_part(scope: Scope, sieve: &Sieve, source: SourceId, channel: &Channel) -> bool {
    match scope {
        Scope::Source(one) => one == source,
        Scope::Merged => sieve.wants(source) && channel.lane.analysed && !channel.lane.is_prose(),
    }
}
