//! Builders of case files.

use jiff::Timestamp;
use sevdeck::evidence::CaseFile;
use sevdeck::incident::triage::Language;
use sevdeck::incident::{Place, Quote, SourceId};
use sevdeck::log::digest::TemplateDigest;

/// The moment of every test.
pub(super) fn now() -> Timestamp {
    "2026-11-21T15:00:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A case of one text.
pub(super) fn prose(text: &str, language: Language) -> CaseFile {
    CaseFile { language, ..CaseFile::of_texts(&[text], now()) }
}

/// A line of a log as a verified quote.
pub(super) fn line(text: &str, number: u64) -> Quote {
    let start = number * 200;
    let place = Place { source: SourceId(2), start, end: start + text.len() as u64 };
    Quote {
        quote: text.to_owned(),
        source: "app.log".to_owned(),
        line: Some(number),
        verified: true,
        place: Some(place),
    }
}

/// A template whose first and newest record are `first` and `last`.
pub(super) fn template(first: &str, last: &str, number: u64, at: [&str; 2], count: u64) -> TemplateDigest {
    let level = sevdeck::evidence::statement::level_of(first);
    TemplateDigest {
        id: format!("t{number}"),
        text: first.to_owned(),
        level,
        count,
        trend: Vec::new(),
        first: at[0].parse().ok(),
        last: at[1].parse().ok(),
        example: line(first, number),
        newest: line(last, number + 1000),
    }
}
