//! Reading on in a source, a block at a time, up to where its text is over or starts over.

use jiff::Timestamp;

use crate::incident::SourceChange;
use crate::log::engine::block::{Block, Desk};
use crate::log::engine::channel::{Channel, Input};
use crate::log::lane::{Lane, Shared};
use crate::log::source::discover;
use crate::log::source::follow::{Follower, Piece};

impl Channel {
    /// Reads on: a block that was read ahead, or one on the spot.
    fn next(&mut self, desk: &mut Desk) -> (Block, Piece) {
        if let (Some(pending), Input::File(follower)) = (self.pending.pop_front(), &mut self.input) {
            if follower.is_next(&pending.plan)
                && let Some((block, drawn)) = desk.wait(&pending)
            {
                return (block, follower.take_planned(drawn));
            }
            self.pending.clear();
        }
        let mut block = desk.block();
        let buffer = &mut block.bytes[..];
        let piece = match &mut self.input {
            Input::File(follower) => follower.next(buffer),
            Input::Stream(reel) => reel.next(buffer),
            Input::Text { tape, read } => {
                let count = tape.read(*read, buffer);
                let at = *read;
                *read += count as u64;
                if count == 0 { Piece::Nothing } else { Piece::Bytes(count, at) }
            }
        };
        if let Piece::Bytes(count, _) = piece {
            self.sniff(&block.bytes[..count]);
            if self.lane.analysed {
                block.batch.read(&block.bytes[..count], &self.lane.reader());
            }
        }
        (block, piece)
    }

    /// Reads and analyses one block; absent when there is nothing to read.
    pub(in crate::log::engine) fn read(
        &mut self,
        now: Timestamp,
        desk: &mut Desk,
        shared: &mut Shared,
    ) -> Option<usize> {
        self.lane.set_now(now);
        let (block, piece) = self.next(desk);
        let read = match piece {
            Piece::Bytes(count, at) => {
                self.caught_up &= count < block.bytes.len();
                self.lane.arriving = self.caught_up;
                self.lane.skip_to(at);
                self.lane.take_in(&block.bytes[..count], &block.batch, shared);
                self.end_if_over(shared);
                Some(count)
            }
            Piece::Over(_) if self.lane.is_prose() && matches!(self.input, Input::File(_)) => {
                self.start_over(now, shared);
                Some(0)
            }
            Piece::Over(at) => {
                self.lane.finish(shared);
                if let Input::Stream(reel) = &mut self.input
                    && let Some(lines) = reel.take_jump()
                {
                    // Lines that fell out before they were read have numbers all the same.
                    self.lane.lines = self.lane.lines.max(lines);
                }
                self.lane.skip_to(at);
                self.sniffed = false;
                Some(0)
            }
            Piece::Nothing => self.settle(shared),
        };
        desk.put_back(block);
        read
    }

    /// At the end of what there is for now: ends the source where it is over.
    fn settle(&mut self, shared: &mut Shared) -> Option<usize> {
        self.caught_up = true;
        let before = self.ended;
        self.end_if_over(shared);
        (self.ended != before).then_some(0)
    }

    /// A text by people was saved anew: it replaces the one before, as a pasted text would.
    fn start_over(&mut self, now: Timestamp, shared: &mut Shared) {
        if let Input::File(follower) = &mut self.input {
            let path = follower.path().to_owned();
            **follower = Follower::new(path, None, follower.ended);
            shared.forget(self.lane.source);
            self.lane = Lane::new(self.lane.source, &self.lane.name, 0, 0);
            self.lane.set_zone(self.zone.clone());
            self.sniffed = false;
            self.epoch += 1;
            self.look_at = Some(now);
        }
    }

    /// Looks whether the first block is text.
    fn sniff(&mut self, block: &[u8]) {
        if !self.sniffed {
            self.sniffed = true;
            let binary = discover::is_binary(block);
            if binary && !self.binary {
                self.changes.push(SourceChange::Binary);
            }
            self.binary = binary;
        }
        self.lane.analysed = !self.binary;
    }

    /// The last line of a text that is complete needs no line break.
    fn end_if_over(&mut self, shared: &mut Shared) {
        let complete = match &self.input {
            Input::File(follower) => follower.ended && !follower.indirect,
            Input::Stream(reel) => reel.is_over(),
            Input::Text { .. } => true,
        };
        if !complete || self.ended || self.has_more() {
            return;
        }
        self.ended = true;
        if self.piped {
            self.lane.set_log(false);
        }
        self.lane.end(shared);
        if !matches!(self.input, Input::Text { .. }) {
            self.look_at = None;
            self.changes.push(SourceChange::Ended);
        }
    }
}
