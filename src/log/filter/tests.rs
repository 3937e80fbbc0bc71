//! Filters: their text, and what they let pass.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<Filter, String> {
    let source = |name: &str| match name {
        "app.log" => vec![SourceId(1)],
        "my db.log" => vec![SourceId(2)],
        _ => vec![],
    };
    let reading = Reading {
        now: "2026-03-02T08:00:00Z".parse().unwrap(),
        last: "2026-03-01T14:30:00Z".parse().ok(),
        source: &source,
    };
    Filter::parse(text, &reading)
}

fn text(text: &str) -> What {
    What::Text(Pattern { text: text.to_owned(), regex: false })
}

fn regex(text: &str) -> What {
    What::Text(Pattern { text: text.to_owned(), regex: true })
}

#[test]
fn words_and_expressions() {
    let table = [
        ("refused", vec![(text("refused"), false)]),
        ("connection refused", vec![(text("connection"), false), (text("refused"), false)]),
        ("\"connection refused\"", vec![(text("connection refused"), false)]),
        ("-health !\"GET /ready\"", vec![(text("health"), true), (text("GET /ready"), true)]),
        ("/timed? out/ -/a\\/b \\d/", vec![(regex("timed? out"), false), (regex("a/b \\d"), true)]),
        ("/var/log/app", vec![(text("/var/log/app"), false)]),
        ("/api /health", vec![(text("/api"), false), (text("/health"), false)]),
        ("\"say \\\"hi\\\" C:\\temp\"", vec![(text("say \"hi\" C:\\temp"), false)]),
        (
            "user:42 http://host/x 12:00:01",
            vec![(text("user:42"), false), (text("http://host/x"), false), (text("12:00:01"), false)],
        ),
        (
            "template:3F9a -template:00",
            vec![(What::Template("3f9a".to_owned()), false), (What::Template("00".to_owned()), true)],
        ),
        ("\"level:warn\"", vec![(text("level:warn"), false)]),
    ];
    for (typed, expected) in table {
        let terms: Vec<Term> = expected.into_iter().map(|(what, exclude)| Term { what, exclude }).collect();
        assert_eq!(read(typed).unwrap(), Filter { terms, ..Filter::default() }, "{typed}");
    }
}

#[test]
fn keys() {
    let filter =
        read("level:Warning since:14:02 until:14:10:30 source:app.log source:\"my db.log\" around:3")
            .unwrap();
    assert_eq!(
        filter,
        Filter {
            level: Some(Level::Warn),
            since: "2026-03-01T14:02:00Z".parse().ok(),
            until: "2026-03-01T14:10:30Z".parse().ok(),
            sources: [SourceId(1), SourceId(2)].into(),
            around: 3,
            ..Filter::default()
        }
    );
    assert_eq!(read("  ").unwrap(), Filter::default());
}

#[test]
fn times() {
    for (typed, expected) in [
        ("14:02", "2026-03-01T14:02:00Z"),
        ("9:02", "2026-03-01T09:02:00Z"),
        ("14:02:03.5", "2026-03-01T14:02:03.5Z"),
        // The newest record is of 14:30; its day's 23:59 lies less than half a day ahead.
        ("23:59", "2026-03-01T23:59:00Z"),
        ("2026-02-27", "2026-02-27T00:00:00Z"),
        ("2026-02-27T10:00", "2026-02-27T10:00:00Z"),
        ("2026-03-01T14:02Z", "2026-03-01T14:02:00Z"),
        ("2026-03-01T14:02:00+02:00", "2026-03-01T12:02:00Z"),
        ("\"2026-03-01 14:02\"", "2026-03-01T14:02:00Z"),
        ("-15m", "2026-03-02T07:45:00Z"),
        ("-1h30m", "2026-03-02T06:30:00Z"),
        ("now", "2026-03-02T08:00:00Z"),
    ] {
        let filter = read(&format!("since:{typed}")).unwrap();
        assert_eq!(filter.since, expected.parse().ok(), "{typed}");
    }
    let night = Reading {
        now: "2026-03-02T08:00:00Z".parse().unwrap(),
        last: "2026-03-02T00:10:00Z".parse().ok(),
        source: &|_| vec![],
    };
    let filter = Filter::parse("since:23:50 until:00:05", &night).unwrap();
    assert_eq!(filter.since, "2026-03-01T23:50:00Z".parse().ok());
    assert_eq!(filter.until, "2026-03-02T00:05:00Z".parse().ok());
}

#[test]
fn errors_name_the_part_and_an_example() {
    for (typed, part, example) in [
        ("ok level:wran", "level:wran", "level:warn"),
        ("since:yesterday", "since:yesterday", "since:14:02"),
        ("until:25:00", "until:25:00", "until:14:02"),
        ("since:-15x", "since:-15x", "since:-15m"),
        ("source:nope", "source:nope", "source:app.log"),
        ("around:many", "around:many", "around:3"),
        ("around:1000", "around:1000", "around:3"),
        ("template:xyz", "template:xyz", "template:3f9a"),
        ("\"open", "\"open", "\"timed out\""),
        ("\"\"", "\"\"", "\"timed out\""),
        ("/a(/", "/a(/", "/timed? out/"),
        ("/(a{1000}){1000}/", "too large", "/a{1,20}/"),
        ("- x", "-:", "-healthcheck"),
        ("-level:warn", "-level", "level:warn"),
        ("!since:14:00", "-since", "since:14:02"),
        (&"x ".repeat(33), "33 conditions", "/one|other/"),
        (&"x".repeat(5000), "4096", "leave"),
    ] {
        let error = read(typed).unwrap_err();
        assert!(error.contains(part) && error.contains(example), "{typed}: {error}");
    }
}

#[test]
fn names_are_shown_where_they_are_known() {
    let filter = read("source:#7 x source:\"my db.log\"").unwrap();
    assert_eq!(filter.to_string(), "source:#2 source:#7 x");
    let name = |source| (source == SourceId(2)).then(|| "my db.log".to_owned());
    assert_eq!(filter.to_text(&name), "source:\"my db.log\" source:#7 x");
}

fn record(level: Option<Level>, at: Option<i64>, text: &str) -> RecordText<'_> {
    let at = at.map(|seconds| seconds * 1_000_000);
    RecordText { source: SourceId(1), at, level, template: Some("3f9a00"), text: text.as_bytes() }
}

#[test]
fn what_passes() {
    let base = "2026-03-01T14:00:00Z".parse::<Timestamp>().unwrap().as_second();
    let boom = "x ERROR boom: Refused\r\n\tat a.b(C.java:1)\ncaused by \x1b[31mTime\x1b[0mout\n";
    let one = record(Some(Level::Error), Some(base + 150), boom);
    for (typed, passes) in [
        ("", true),
        ("level:warn", true),
        ("level:fatal", false),
        ("since:14:02 until:14:03", true),
        ("until:14:02:30", false),
        ("since:14:02:30", true),
        ("refused", true),
        ("REFUSED", false),
        ("Refused c.java", true),
        ("Refused absent", false),
        ("-absent", true),
        ("-C.java", false),
        ("timeout", true),
        ("/Refused$/", true),
        ("/^\\s+at/", true),
        ("/Refused.at/", false),
        ("/Refused\\sat/", false),
        ("/\\Acaused/", true),
        ("template:3f9a", true),
        ("template:3f9b", false),
        ("-template:3f", false),
        ("source:#1", true),
        ("source:#2", false),
    ] {
        let sieve = Sieve::new(&read(typed).unwrap()).unwrap();
        assert_eq!(sieve.passes(&one), passes, "{typed}");
        assert!(!passes || sieve.may_pass_block(boom.as_bytes()), "{typed}");
    }
    let bare = record(None, None, "no level, no time");
    for typed in ["level:trace", "since:14:00", "until:14:00"] {
        assert!(!Sieve::new(&read(typed).unwrap()).unwrap().passes(&bare), "{typed}");
    }
}

#[test]
fn case_matters_when_it_is_given() {
    for (text, regex, minds) in [
        ("error", false, false),
        ("Error", false, true),
        ("\\W\\S+", true, false),
        ("\\p{Lu}x", true, false),
        ("\\pL", true, false),
        ("(?P<name>x)", true, false),
        ("\\dA", true, true),
    ] {
        assert_eq!(Pattern { text: text.to_owned(), regex }.minds_case(), minds, "{text}");
    }
    let pattern = Pattern { text: "zürich".to_owned(), regex: false };
    assert!(pattern.compile().unwrap().is_match("in ZÜRICH".as_bytes()));
}

fn terms() -> impl Strategy<Value = Term> {
    let word =
        r#"[a-zA-Z:/"\\!\- .#\n\t(é]{1,12}"#.prop_map(|text| What::Text(Pattern { text, regex: false }));
    let regex =
        r"[a-z/ \-!:.]{1,8}(\\\\|\\d|\\[.])?".prop_map(|text| What::Text(Pattern { text, regex: true }));
    let template = "[0-9a-f]{1,16}".prop_map(What::Template);
    (prop_oneof![word, regex, template], any::<bool>()).prop_map(|(what, exclude)| Term { what, exclude })
}

proptest! {
    #[test]
    fn what_is_shown_reads_as_the_same_filter(
        level in proptest::option::of(prop_oneof![Just(Level::Trace), Just(Level::Notice), Just(Level::Fatal)]),
        since in proptest::option::of(0_i64..2_000_000_000_000_000),
        until in proptest::option::of(0_i64..2_000_000_000_000_000),
        sources in proptest::collection::btree_set((0_u32..90).prop_map(SourceId), 0..4),
        terms in proptest::collection::vec(terms(), 0..6),
        around in 0_usize..=Filter::AROUND_MAX,
    ) {
        let at = |at: Option<i64>| at.map(|at| Timestamp::from_microsecond(at).unwrap());
        let filter = Filter { level, since: at(since), until: at(until), sources, terms, around };
        prop_assert_eq!(read(&filter.to_string()), Ok(filter));
    }

    #[test]
    fn any_text_is_read_or_refused(typed in "[ -~\"/\\\\é]{0,40}") {
        if let Ok(filter) = read(&typed) {
            prop_assert_eq!(read(&filter.to_string()), Ok(filter));
        }
    }
}
