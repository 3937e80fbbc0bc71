//! Questions about the text, answered from disk: where is the next hit, how many are there, how are records spread over
//! time. Each is answered a bounded piece at a time, in turn, so that reading goes on beside it.

mod count;
mod course;
mod find;
pub(crate) mod ground;
mod judge;
mod matcher;
mod piece;
mod zoom;

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use crate::log::search::count::Count;
use crate::log::search::find::Search;
use crate::log::search::ground::Grounds;
use crate::log::search::zoom::Zoom;
use crate::log::talk::News;
use crate::log::view::{CountAnswer, CountRequest, SearchAnswer, SearchRequest, ZoomAnswer, ZoomRequest};

/// Least time between two answers to one question.
const PAUSE: SignedDuration = SignedDuration::from_millis(100);

/// The questions that are open: at most one of each kind.
#[derive(Debug, Default)]
pub(crate) struct Questions {
    search: Option<(Search, Timestamp)>,
    found: Option<SearchAnswer>,
    count: Option<Asked<Count, CountAnswer>>,
    zoom: Option<Asked<Zoom, ZoomAnswer>>,
}

/// A question that is answered as the answer grows.
#[derive(Debug)]
struct Asked<Question, Answer> {
    question: Question,
    /// The answer given last.
    told: Option<Answer>,
    /// When it was given, or the question asked.
    at: Timestamp,
    /// Something was looked through since.
    moved: bool,
    /// Everything there is was looked through.
    complete: bool,
}

impl<Question, Answer: PartialEq + Clone> Asked<Question, Answer> {
    fn new(question: Question, at: Timestamp) -> Self {
        Self { question, told: None, at, moved: true, complete: false }
    }

    fn due_at(&self) -> Option<Timestamp> {
        let first = self.complete && self.told.is_none();
        self.moved.then(|| if first { self.at } else { self.at + PAUSE })
    }

    /// The answer, when one is due and it is another than before.
    fn due(&mut self, now: Timestamp, answer: impl FnOnce(&Question) -> Answer) -> Option<Answer> {
        // A clock that was set back holds nothing up.
        self.due_at().filter(|due| *due <= now || now < self.at)?;
        (self.moved, self.at) = (false, now);
        let answer = answer(&self.question);
        (self.told.as_ref() != Some(&answer)).then(|| self.told.insert(answer).clone())
    }
}

impl Questions {
    /// Looks for something else, or for nothing.
    pub(crate) fn search(&mut self, request: Option<SearchRequest>, now: Timestamp) {
        self.found = None;
        self.search = request.map(|request| (Search::new(request), now));
    }

    /// Counts something else, or nothing.
    pub(crate) fn count(&mut self, request: Option<CountRequest>, now: Timestamp) {
        match (&mut self.count, request) {
            (Some(count), Some(request)) if count.question.asks_as(&request) => {
                count.question.mark(request);
                count.moved = true;
            }
            (count, request) => *count = request.map(|request| Asked::new(Count::new(request), now)),
        }
    }

    /// Looks at another stretch of time, or at none.
    pub(crate) fn zoom(&mut self, request: Option<ZoomRequest>, now: Timestamp) {
        self.zoom = request.map(|request| Asked::new(Zoom::new(request), now));
    }

    /// Lines arrived.
    pub(crate) fn touch(&mut self) {
        if let Some(count) = &mut self.count {
            count.moved = true;
        }
        if let Some(zoom) = &mut self.zoom {
            zoom.moved = true;
        }
    }

    /// Looks through pieces until the deadline; true when there is more to look through.
    pub(crate) fn step(&mut self, grounds: &impl Grounds, deadline: Instant) -> bool {
        if let Some(count) = &mut self.count {
            count.question.prepare(grounds);
        }
        if let Some(zoom) = &mut self.zoom {
            zoom.question.prepare(grounds);
        }
        loop {
            let mut more = false;
            if let Some((search, _)) = &mut self.search {
                self.found = search.step(grounds);
                match self.found {
                    Some(_) => self.search = None,
                    None => more = true,
                }
            }
            if let Some(count) = &mut self.count {
                let stepped = count.question.step(grounds);
                (count.moved, count.complete) = (count.moved | stepped, !stepped);
                more |= stepped;
            }
            if let Some(zoom) = &mut self.zoom {
                let stepped = zoom.question.step(grounds);
                (zoom.moved, zoom.complete) = (zoom.moved | stepped, !stepped);
                more |= stepped;
            }
            if !more || Instant::now() >= deadline {
                return more;
            }
        }
    }

    /// What there is to say.
    pub(crate) fn drain(&mut self, grounds: &impl Grounds, now: Timestamp) -> Vec<News> {
        let mut news: Vec<News> = self.found.take().map(News::Found).into_iter().collect();
        if let Some((search, told)) = &mut self.search
            && now.duration_since(*told) >= PAUSE
        {
            *told = now;
            news.push(News::Searching { id: search.id(), share: search.share(grounds) });
        }
        let count = self.count.as_mut().and_then(|count| count.due(now, |asked| asked.answer(grounds)));
        news.extend(count.map(News::Counted));
        let zoom = self.zoom.as_mut().and_then(|zoom| zoom.due(now, |asked| asked.answer(grounds)));
        news.extend(zoom.map(News::Zoomed));
        news
    }

    /// When there is something to say although nothing happens.
    pub(crate) fn due_at(&self) -> Option<Timestamp> {
        let count = self.count.as_ref().and_then(Asked::due_at);
        count.into_iter().chain(self.zoom.as_ref().and_then(Asked::due_at)).min()
    }
}

#[cfg(test)]
mod tests;
