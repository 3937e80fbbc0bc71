//! The stages of the engine one at a time, for measuring them.

use jiff::Timestamp;

use crate::log::facts::{Batch, Looker};
use crate::log::frame::Framer;
use crate::log::record::{Reader, Shape};
use crate::log::template::{Miner, sketch_of};

/// A stage. Each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Bytes to lines.
    Frames,
    /// Lines to time, level and message.
    Heads,
    /// Messages to the hashes by which their templates are found.
    Sketches,
    /// Messages to templates.
    Templates,
    /// Lines to what a crew prepares of them.
    Batches,
}

/// Takes bytes through a stage; returns how many lines there were, and a number that depends on all of them.
pub fn run(stage: Stage, bytes: &[u8], now: Timestamp) -> (u64, u64) {
    let (mut lines, mut sum) = (0, 0_u64);
    if stage == Stage::Batches {
        let mut reader = Reader::default();
        reader.set_now(now);
        let (mut batch, mut looker) = (Batch::default(), Looker::default());
        for block in bytes.chunks(crate::log::engine::BLOCK) {
            batch.read(block, &reader);
            batch.settle(block, 0, &mut reader, &mut looker, |_, facts| {
                (lines, sum) = (lines + 1, sum.wrapping_add(facts.sketch));
            });
        }
        return (lines, sum);
    }
    let mut reader = Reader::default();
    reader.set_now(now);
    let mut miner = Miner::default();
    Framer::default().push(bytes, &mut |line| {
        lines += 1;
        if stage == Stage::Frames {
            sum = sum.wrapping_add(line.end);
            return;
        }
        let head = reader.read(line.bytes);
        if !head.is_head() {
            return;
        }
        let access = head.shape == Shape::Access;
        sum = sum.wrapping_add(match stage {
            Stage::Templates => u64::from(miner.mine(head.message, access).template),
            Stage::Sketches => sketch_of(head.message, access, false),
            _ => head.message[0].len() as u64 ^ head.at.unwrap_or(0).cast_unsigned(),
        });
    });
    (lines, sum)
}
