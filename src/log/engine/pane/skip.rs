//! What the index knows of levels and times, so that stretches that cannot pass are left out.

use crate::log::engine::channel::Channel;
use crate::log::filter::Sieve;
use crate::log::time::Micros;

/// Earliest and latest time of the stretch that holds an offset, where its records have times.
pub(super) fn stretch_at(channel: &Channel, offset: u64) -> Option<(Micros, Micros)> {
    let lane = &channel.lane;
    let stretches = lane.index.stretches();
    let at = stretches.partition_point(|stretch| stretch.start <= offset).checked_sub(1)?;
    let known = offset < lane.counted_to() && stretches[at].first <= stretches[at].last;
    known.then(|| (stretches[at].first, stretches[at].last))
}

/// Whether the index knows the levels and times of records.
pub(super) fn is_indexed(channel: &Channel) -> bool {
    channel.lane.analysed && !channel.lane.is_prose()
}

/// The first head at or after an offset that can pass by what the index knows.
pub(super) fn skip_ahead(channel: &Channel, sieve: &Sieve, offset: u64) -> u64 {
    let (stretches, counted) = (channel.lane.index.stretches(), channel.lane.counted_to());
    let Some(first) = stretches.partition_point(|stretch| stretch.start <= offset).checked_sub(1) else {
        return offset;
    };
    if offset >= counted || !is_indexed(channel) {
        return offset;
    }
    let passing = stretches[first..]
        .iter()
        .find(|stretch| sieve.may_pass_stretch(stretch.first, stretch.last, stretch.bad));
    passing.map_or(counted, |stretch| stretch.start).max(offset)
}

/// One past the last head before an offset that can pass by what the index knows.
pub(super) fn skip_behind(channel: &Channel, sieve: &Sieve, offset: u64) -> u64 {
    let (stretches, counted) = (channel.lane.index.stretches(), channel.lane.counted_to());
    if offset > counted || !is_indexed(channel) {
        return offset;
    }
    let until = stretches.partition_point(|stretch| stretch.start < offset);
    let passing = stretches[..until]
        .iter()
        .rposition(|stretch| sieve.may_pass_stretch(stretch.first, stretch.last, stretch.bad));
    let first = stretches.first().map_or(0, |stretch| stretch.start);
    passing.map_or(first, |at| stretches.get(at + 1).map_or(counted, |next| next.start)).min(offset)
}
