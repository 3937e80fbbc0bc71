//! Hands that help the engine. Threads are hired by the runtime; the work given to them is pure or reads files, and
//! its results are taken in order, so that they make no difference to what comes out.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

type Task = Box<dyn FnOnce() + Send>;

/// Threads beside the engine's own. Dropping it sends them home.
pub struct Crew {
    board: Arc<Board>,
    hands: usize,
}

/// Tasks that wait for a hand. Those who put them there bound their number.
#[derive(Default)]
struct Board {
    tasks: Mutex<Tasks>,
    wake: Condvar,
}

#[derive(Default)]
struct Tasks {
    waiting: VecDeque<Task>,
    closed: bool,
}

impl Board {
    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works until the crew is dropped.
    fn work(&self) {
        loop {
            let mut tasks = self.tasks();
            let task = loop {
                if tasks.closed {
                    return;
                }
                match tasks.waiting.pop_front() {
                    Some(task) => break task,
                    None => tasks = self.wake.wait(tasks).unwrap_or_else(PoisonError::into_inner),
                }
            };
            drop(tasks);
            task();
        }
    }
}

impl Crew {
    /// Nobody: all work is done on the spot.
    pub fn none() -> Self {
        Self { board: Arc::default(), hands: 0 }
    }

    /// So many hands; `hire` starts a thread that runs what it is given, and tells whether it could.
    pub fn new(hands: usize, mut hire: impl FnMut(Box<dyn FnOnce() + Send>) -> bool) -> Self {
        let board: Arc<Board> = Arc::default();
        let hire = |_: &usize| {
            let board = Arc::clone(&board);
            hire(Box::new(move || board.work()))
        };
        let hands = (0..hands).filter(hire).count();
        Self { board, hands }
    }

    /// How many threads there are beside the engine's own.
    pub(crate) fn hands(&self) -> usize {
        self.hands
    }

    /// Puts a task before (`urgent`) or behind those that wait.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        urgent: bool,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Receiver<T> {
        let (sender, answer) = sync_channel(1);
        let task = Box::new(move || {
            let _ = sender.send(work());
        });
        let mut tasks = self.board.tasks();
        if urgent {
            tasks.waiting.push_front(task);
        } else {
            tasks.waiting.push_back(task);
        }
        drop(tasks);
        self.board.wake.notify_one();
        answer
    }

    /// Waits for an answer, and does what waits for a hand meanwhile; absent when the task failed.
    pub(crate) fn wait<T>(&self, answer: &Receiver<T>) -> Option<T> {
        loop {
            match answer.try_recv() {
                Ok(answer) => return Some(answer),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => {}
            }
            let task = self.board.tasks().waiting.pop_front();
            match task {
                Some(task) => task(),
                None => return answer.recv().ok(),
            }
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.board.tasks().closed = true;
        self.board.wake.notify_all();
    }
}

impl std::fmt::Debug for Crew {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crew").field("hands", &self.hands).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_with_and_without_hands() {
        for hands in [0, 1, 3] {
            let mut threads = Vec::new();
            let crew = Crew::new(hands, |work| {
                threads.push(std::thread::spawn(work));
                true
            });
            let answers: Vec<_> = (0..50).map(|n| crew.ask(n % 7 == 0, move || n * n)).collect();
            let squares: Vec<_> = answers.iter().map(|answer| crew.wait(answer).unwrap()).collect();
            assert_eq!(squares, (0..50).map(|n| n * n).collect::<Vec<_>>());
            drop(crew);
            for thread in threads {
                thread.join().unwrap();
            }
        }
    }

    #[test]
    fn a_hand_that_is_refused_is_not_missed() {
        let crew = Crew::new(2, |_| false);
        assert_eq!(crew.hands(), 0);
        assert_eq!(crew.wait(&crew.ask(false, || 7)), Some(7));
    }
}
