//! A log goes wrong while it is watched.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use sevdeck::app::key::Key;
use sevdeck::app::runtime::Runtime;
use sevdeck::incident::SourceSpec;

use crate::app::cockpit::Cockpit;

fn line(seconds_ago: i64, text: &str) -> String {
    let at = Runtime::now() - jiff::SignedDuration::from_secs(seconds_ago);
    format!("{} {text}\n", at.strftime("%Y-%m-%dT%H:%M:%SZ"))
}

fn append(path: &Path, lines: impl IntoIterator<Item = String>) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).expect("the log");
    for line in lines {
        file.write_all(line.as_bytes()).expect("a line");
    }
}

#[tokio::test]
async fn a_failure_that_starts_while_watched_is_explained_with_the_lines_that_say_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("app.log");
    append(&log, (0..200).map(|i| line(300 - i, &format!("INFO request {i} served in 12 ms"))));
    let mut cockpit = Cockpit::open(folder.path(), vec![SourceSpec::File(log.display().to_string())]);
    cockpit.until("the log is read", |app| app.digest.sources.iter().any(|one| one.lines == 200)).await;
    assert!(cockpit.app.incident.triage.hypotheses.is_empty(), "a healthy log has no cause of failure");
    append(&log, (0..40).map(|_| line(0, "FATAL sorry, too many clients already")));
    // The first lines may be judged before the rest is there: what counts is what it settles on.
    cockpit
        .until("exhausted connections in the lead", |app| {
            let leading = app.incident.triage.hypotheses.first();
            leading.is_some_and(|leading| leading.cause.to_lowercase().contains("connection"))
        })
        .await;
    let leading = cockpit.app.incident.hypotheses()[0].clone();
    let text = fs::read(&log).expect("the log");
    for quote in &leading.evidence {
        let place = quote.place.expect("a place");
        let cited = &text[place.start as usize..place.end as usize];
        assert!(quote.verified && String::from_utf8_lossy(cited).contains(&quote.quote), "{quote:?}");
    }
    cockpit.keys(&[Key::Char('2'), Key::Char('j'), Key::Enter]);
    let place = leading.evidence[0].place.expect("a place");
    cockpit
        .until("the cited line under the cursor", |app| {
            let context = &app.ui.context;
            let line = context.cursor.and_then(|row| context.window.lines.get(row));
            line.is_some_and(|line| line.start <= place.start && place.end <= line.end + 1)
        })
        .await;
}

#[tokio::test]
async fn pasted_context_alone_is_triaged() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut cockpit = Cockpit::open(folder.path(), vec![]);
    let text = "14:02 UTC checkout p99 120ms -> 4.8s, errors 12%\n14:03 disk /var 100% full on db-1\n";
    cockpit.send(sevdeck::app::msg::Msg::Paste(text.into()));
    cockpit.until("a summary", |app| !app.incident.triage.summary.is_empty()).await;
    assert!(cockpit.app.incident.severity().is_some());
}
