//! Blocks of bytes with what their lines say, looked at by the engine or, ahead of their turn, by its crew.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use crate::log::crew::Crew;
use crate::log::engine::BLOCK;
use crate::log::facts::Batch;
use crate::log::record::Reader;
use crate::log::source::plan::{Drawn, Plan};

/// Bytes, and what their lines say.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    pub(super) batch: Batch,
}

impl Block {
    fn new() -> Self {
        Self { bytes: vec![0; BLOCK], batch: Batch::default() }
    }

    /// Reads what was planned and looks at its lines.
    fn read(&mut self, plan: &Plan, reader: &Reader) -> Drawn {
        let drawn = plan.read(&mut self.bytes);
        if let Ok(count) = drawn.count {
            self.batch.read(&self.bytes[..count], reader);
        }
        drawn
    }
}

/// A block that is read ahead of its turn.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) plan: Plan,
    answer: Receiver<(Block, Drawn)>,
    /// Counts those under way.
    _token: Arc<()>,
}

/// Where blocks are read.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) crew: Crew,
    /// Blocks that were read and taken in.
    spare: Vec<Block>,
    token: Arc<()>,
}

impl Desk {
    pub(super) fn new(crew: Crew) -> Self {
        Self { crew, spare: Vec::new(), token: Arc::default() }
    }

    /// Whether there is a hand for another block ahead.
    pub(super) fn has_room(&self) -> bool {
        let hands = self.crew.hands();
        hands > 0 && Arc::strong_count(&self.token) - 1 < 2 * hands + 2
    }

    /// A block to read into.
    pub(super) fn block(&mut self) -> Block {
        self.spare.pop().unwrap_or_else(Block::new)
    }

    /// Takes a block back.
    pub(super) fn put_back(&mut self, block: Block) {
        self.spare.push(block);
    }

    /// Has a block read ahead of its turn, by a guess at what the reader knows by then.
    pub(super) fn ask(&mut self, plan: Plan, reader: Reader) -> Pending {
        let mut block = self.block();
        let work = plan.clone();
        let answer = self.crew.ask(false, move || {
            let drawn = block.read(&work, &reader);
            (block, drawn)
        });
        Pending { plan, answer, _token: Arc::clone(&self.token) }
    }

    /// Waits for it; absent when it could not be read by others.
    pub(super) fn wait(&self, pending: &Pending) -> Option<(Block, Drawn)> {
        self.crew.wait(&pending.answer)
    }
}
