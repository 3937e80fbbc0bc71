//! Quotes that are there are found at their bytes, others are not.

use super::*;
use crate::incident::SourceId;
use crate::log::digest::TemplateDigest;

fn case(text: &str) -> CaseFile {
    let line = "2026 FATAL:  sorry, too many clients already";
    let place = Place { source: SourceId(2), start: 1000, end: 1000 + line.len() as u64 };
    let quote = Quote {
        quote: line.into(),
        source: "pg.log".into(),
        line: Some(9),
        verified: true,
        place: Some(place),
    };
    CaseFile {
        templates: vec![TemplateDigest {
            id: "t".into(),
            text: line.into(),
            level: None,
            count: 1,
            first: None,
            last: None,
            trend: Vec::new(),
            example: quote.clone(),
            newest: quote,
        }],
        ..CaseFile::of_texts(&[text], jiff::Timestamp::UNIX_EPOCH)
    }
}

#[test]
fn quotes_are_found_exactly_and_tolerantly() {
    let text = "first\nactive_connections:  500 / 500\nHe said “DB looks – Healthy”\n变更：无";
    let case = case(text);
    let table = [
        ("500 / 500", "500 / 500", 2),
        ("ACTIVE_connections: 500 / 500", "active_connections:  500 / 500", 2),
        ("said \"db looks - healthy\"", "said “DB looks – Healthy”", 3),
        ("变更：无", "变更：无", 4),
    ];
    for (quote, found, line) in table {
        let cited = cite(&case, quote);
        let place = cited.place.unwrap();
        assert_eq!(&text[place.start as usize..place.end as usize], found);
        assert_eq!((cited.verified, cited.line), (true, Some(line)), "{quote}");
    }
}

#[test]
fn log_quotes_are_found_in_the_lines_that_the_case_carries() {
    let case = case("");
    let cited = cite(&case, "too many clients already");
    assert_eq!((cited.source.as_str(), cited.line), ("pg.log", Some(9)));
    assert_eq!(cited.place.unwrap(), Place { source: SourceId(2), start: 1020, end: 1044 });
}

#[test]
fn what_is_not_there_is_unverified() {
    let case = case("abc");
    for quote in ["thousands of users", "", "   ", "abcd"] {
        assert_eq!(locate(&case, quote), None, "{quote}");
        assert!(!cite(&case, quote).verified);
    }
}
