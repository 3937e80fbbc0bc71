//! A filter between the person and the engine: read from what is typed, told in words.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::{App, query};
use crate::evidence::case_file::NOTES;
use crate::incident::{Level, SourceId};
use crate::log::filter::{Filter, Reading, What};
use crate::log::view::Scope;

impl App {
    /// Reads a filter as a person types it.
    ///
    /// # Errors
    /// Says what is wrong, with a correct example.
    pub fn read_filter(&self, text: &str) -> Result<Filter, String> {
        let source = |name: &str| {
            let named = |known: &str| known == name || crate::app::sources::brief(known) == name;
            let sources = self.incident.sources.iter();
            sources.filter(|(_, source)| named(&source.name)).map(|(id, _)| *id).collect()
        };
        let last = self.span(Some(Scope::Merged)).map(|(_, last)| last);
        // In a log that has ended, 15 minutes ago are 15 minutes before its end.
        let now =
            last.map_or(
                self.now,
                |last| if self.now.duration_since(last).as_mins() < 60 { self.now } else { last },
            );
        Filter::parse(text, &Reading { now, last, source: &source })
    }

    /// The text that leads to a filter.
    pub fn filter_text(&self, filter: &Filter) -> String {
        filter.to_text(&|source| Some(self.scope_name(Scope::Source(source)).to_owned()))
    }

    /// The conditions of a filter in words, one each.
    pub fn chips(&self, filter: &Filter) -> Vec<String> {
        let mut chips = Vec::new();
        chips.extend(filter.level.map(|level| match level {
            Level::Fatal => "fatal".to_owned(),
            level => format!("{} and worse", level.name().to_lowercase()),
        }));
        chips.extend(filter.since.map(|at| format!("from {}", self.clock_text(at))));
        chips.extend(filter.until.map(|at| format!("to {}", self.clock_text(at))));
        if !filter.sources.is_empty() {
            let name = |source: &SourceId| {
                if *source == NOTES { "notes" } else { self.incident.source_name(*source) }
            };
            chips.push(filter.sources.iter().map(name).collect::<Vec<_>>().join(" or "));
        }
        for term in &filter.terms {
            let what = match &term.what {
                What::Text(pattern) if pattern.regex => query::written(pattern),
                What::Text(pattern) => format!("“{}”", pattern.text),
                What::Template(id) => match self.template_text(id) {
                    Some(text) => format!("like “{text}”"),
                    None => format!("pattern {}", id.get(..8).unwrap_or(id)),
                },
            };
            chips.push(if term.exclude { format!("not {what}") } else { what });
        }
        if filter.around > 0 {
            chips.push(format!("and {} lines around", filter.around));
        }
        chips
    }

    /// Text of a template, by its id or the beginning of it.
    pub fn template_text(&self, id: &str) -> Option<&str> {
        let found = self.digest.templates.iter().find(|template| template.id.starts_with(id));
        found.map(|template| template.text.as_str())
    }

    /// A moment as short as it can be told, UTC: the day only where it is another one than the end of the logs.
    pub fn clock_text(&self, at: Timestamp) -> String {
        let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
        let here = self.span(Some(Scope::Merged)).map_or(self.now, |(_, last)| last);
        let format = if day(at) == day(here) { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
        at.strftime(format).to_string()
    }
}
