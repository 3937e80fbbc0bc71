//! What the histogram above the lines shows: which stretch of time, and from where the counts come.

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::app::moment::Clock;
use crate::log::view::Scope;

impl App {
    /// All the time there is in what is shown.
    pub fn whole_stretch(&self) -> Option<(Timestamp, Timestamp)> {
        let (first, last) = self.span(self.ui.context.scope)?;
        // The last moment belongs to it.
        Some((first, last + SignedDuration::from_secs(1)))
    }

    /// The stretch of time that the strip shows.
    pub fn stretch(&self) -> Option<(Timestamp, Timestamp)> {
        self.ui.context.strip.range.or_else(|| self.whole_stretch())
    }

    /// Whether the digest's own histogram tells what the strip shows: all of the time of all logs.
    pub fn strip_is_told(&self) -> bool {
        let context = &self.ui.context;
        let all = match context.scope {
            Some(Scope::Source(source)) => self.logs().eq([source]),
            Some(Scope::Merged) | None => true,
        };
        all && context.strip.range.is_none() && !context.is_filtered()
    }

    /// What moments are read against: where the reader is, and where the logs are.
    pub fn clock(&self) -> Clock {
        let span = self.span(self.ui.context.scope);
        let line = self.ui.context.current().and_then(|line| line.at);
        let here = line.or(span.map(|(_, last)| last)).unwrap_or(self.now);
        Clock { here, span }
    }
}
