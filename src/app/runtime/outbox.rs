//! Messages a thread has for the interface. A thread that serves the interface must never wait for it, or the two
//! could wait for each other: what does not fit stays here and is tried again.

use std::collections::VecDeque;

use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use crate::app::msg::Msg;

/// Messages on their way.
#[derive(Clone)]
pub(super) struct Outbox {
    sender: Sender<Msg>,
    waiting: VecDeque<Msg>,
}

impl Outbox {
    pub(super) fn new(sender: Sender<Msg>) -> Self {
        Self { sender, waiting: VecDeque::new() }
    }

    pub(super) fn push(&mut self, msg: Msg) {
        self.waiting.push_back(msg);
        self.flush();
    }

    /// Sends what fits; true when nothing is left.
    pub(super) fn flush(&mut self) -> bool {
        while let Some(msg) = self.waiting.pop_front() {
            match self.sender.try_send(msg) {
                Ok(()) => {}
                Err(TrySendError::Full(msg)) => {
                    self.waiting.push_front(msg);
                    return false;
                }
                Err(TrySendError::Closed(_)) => self.waiting.clear(),
            }
        }
        true
    }

    /// Whether the interface is gone.
    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }
}
