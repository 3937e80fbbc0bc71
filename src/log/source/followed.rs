//! A file in UTF-16 that grows.

use std::path::Path;

use jiff::Timestamp;

use crate::incident::SourceChange;
use crate::log::source::follow::{Follower, Piece};
use crate::log::source::open::Form;
use crate::log::source::utf16::Utf16;

/// Bytes read at a time.
const BLOCK: usize = 64 * 1024;

/// A file in UTF-16 that grows, followed by name as any other.
#[derive(Debug)]
pub struct Followed {
    follower: Follower,
    transcoder: Option<Utf16>,
    block: Vec<u8>,
}

impl Followed {
    /// Follows the file of this name.
    pub fn new(path: &Path) -> Self {
        let follower = Follower::raw(path.to_owned());
        Self { follower, transcoder: None, block: vec![0; BLOCK] }
    }

    /// Looks at the name; what is behind it is read by [`Self::read`].
    pub fn look(&mut self, now: Timestamp) {
        self.follower.check(now, &|_, _| false);
    }

    /// Appends the next piece as UTF-8; false when there is none at present.
    pub fn read(&mut self, text: &mut Vec<u8>) -> bool {
        match self.follower.next(&mut self.block) {
            Piece::Bytes(count, _) => {
                let bytes = &self.block[..count];
                let big = Form::of_head(bytes) == Form::Utf16Be;
                self.transcoder.get_or_insert_with(|| Utf16::new(big)).push(bytes, text);
                true
            }
            Piece::Over(_) => {
                if let Some(mut transcoder) = self.transcoder.take() {
                    transcoder.finish(text);
                }
                true
            }
            Piece::Nothing => false,
        }
    }

    /// What happened since the last call.
    pub fn changes(&mut self) -> Vec<SourceChange> {
        self.follower.take_changes()
    }
}
