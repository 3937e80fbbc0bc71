//! Incidents as people write them down, in `tests/scenarios`: `tuned` were looked at while playbooks and rules were
//! made, `kept_out` never were. Whatever they say, what is quoted stands in them, and the same text gives the same bytes.

use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use sevdeck::analyst::offline::Offline;
use sevdeck::incident::triage::Language;

use super::case::prose;

#[derive(Deserialize)]
struct Scenario {
    id: String,
    output_lang: Option<String>,
    context: String,
}

fn scenarios() -> Vec<Scenario> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let folders = ["tuned", "kept_out"].map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let mut files: Vec<PathBuf> = folders.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .map(|file| {
            let text = fs::read_to_string(file).unwrap();
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        })
        .collect()
}

#[test]
fn what_is_quoted_stands_in_the_text_and_the_same_text_gives_the_same_bytes() {
    let scenarios = scenarios();
    assert!(scenarios.len() >= 80, "{}", scenarios.len());
    for scenario in &scenarios {
        let language =
            if scenario.output_lang.as_deref() == Some("zh") { Language::Zh } else { Language::En };
        let case = prose(&scenario.context, language);
        let triage = Offline::new().triage(&case);
        assert_eq!(Offline::new().triage(&case), triage, "{}", scenario.id);
        let pieces = triage.hypotheses.iter().flat_map(|hypothesis| &hypothesis.evidence);
        for quote in pieces {
            let place = quote.place.unwrap_or_else(|| panic!("{}: {quote:?}", scenario.id));
            let text = &scenario.context[place.start as usize..place.end as usize];
            assert!(quote.verified && text.contains(quote.quote.trim()), "{}: {quote:?}", scenario.id);
        }
    }
}
