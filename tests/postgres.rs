//! A real system: PostgreSQL with ten connections, exhausted by real clients, its real log read.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::support::home::Home;
use crate::support::postgres::Server;
use crate::support::tmux::{Terminal, poll, poll_for};

/// Connections of the server; three are kept for superusers.
const CONNECTIONS: u32 = 10;
/// Between two clients: the server is being used, not waited for.
const PACE: Duration = Duration::from_millis(100);

/// Clients of a service at work, a few a second.
fn be_served(server: &Server, times: u32) {
    for _ in 0..times {
        server.psql("app", "select 'an order'").unwrap();
        sleep(PACE);
    }
}

/// The same clients when they are refused; they keep trying.
fn be_refused(server: &Server, times: u32) {
    for _ in 0..times {
        let error = server.psql("app", "select 'an order'").unwrap_err();
        assert!(error.contains("FATAL"), "{error}");
        sleep(PACE);
    }
}

/// Time of the first line of the log with these words, and the number of that line.
fn first_line(log: &Path, words: &str) -> (Timestamp, u64) {
    let text = fs::read_to_string(log).unwrap();
    let (number, line) = (1..).zip(text.lines()).find(|(_, line)| line.contains(words)).unwrap();
    let time = line.split(" UTC").next().unwrap().replacen(' ', "T", 1);
    (format!("{time}Z").parse().unwrap(), number)
}

/// What PostgreSQL says when only the places kept for superusers are left, by version, or none at all.
fn refusal(log: &Path) -> &'static str {
    let text = fs::read_to_string(log).unwrap();
    let known = ["remaining connection slots are reserved", "sorry, too many clients already"];
    known.into_iter().find(|words| text.contains(words)).unwrap()
}

#[test]
#[ignore = "needs PostgreSQL: .ci/run installs it"]
fn exhausted_connections_are_the_leading_hypothesis_with_lines_of_the_log() {
    let home = Home::new();
    let server = Server::start(CONNECTIONS);
    be_served(&server, 30);
    let clients = server.hold(CONNECTIONS - 3);
    be_refused(&server, 20);
    let log = server.log();
    let run = home.run(["triage", "--json", log.to_str().unwrap()]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let triage: Value = serde_json::from_str(&run.out).unwrap();

    let first = &triage["hypotheses"][0];
    let cause = first["cause"].as_str().unwrap().to_lowercase();
    assert!(cause.contains("connection"), "{cause}");
    assert!(["exhaust", "used up", "limit", "full"].iter().any(|word| cause.contains(word)), "{cause}");
    let words = refusal(&log);
    let (onset, number) = first_line(&log, words);
    let text = fs::read_to_string(&log).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let evidence = first["evidence"].as_array().unwrap();
    assert!(!evidence.is_empty());
    for piece in evidence {
        assert_eq!(piece["verified"], true, "{piece}");
        let line = lines[piece["line"].as_u64().unwrap() as usize - 1];
        assert!(line.contains(piece["quote"].as_str().unwrap()), "{piece} is not in {line}");
    }
    assert!(evidence.iter().any(|piece| piece["quote"].as_str().unwrap().contains(words)), "{evidence:?}");
    assert!(evidence.iter().any(|piece| piece["line"] == number), "the first refusal is cited: {evidence:?}");

    let checklist = triage["checklist"].as_array().unwrap();
    assert!(checklist.iter().all(|step| step["effect"] == "reads"), "{checklist:?}");
    assert!(checklist.iter().any(|step| step["command"].as_str().unwrap().contains("pg_stat_activity")));
    let commands: Vec<_> = checklist.iter().map(|step| step["command"].as_str().unwrap()).collect();
    assert!(!commands.iter().any(|command| command.contains("pg_terminate_backend")), "{commands:?}");
    let mitigations = triage["mitigations"].as_array().unwrap();
    let terminate = mitigations
        .iter()
        .find(|mitigation| {
            mitigation["command"].as_str().unwrap_or_default().contains("pg_terminate_backend")
        })
        .expect("terminating sessions is a mitigation");
    assert_eq!(terminate["effect"], "changes");
    assert!(!terminate["risk"].as_str().unwrap().is_empty());
    assert!(!terminate["rollback"].as_str().unwrap().is_empty());

    let timeline = triage["timeline"].as_array().unwrap();
    let at = |entry: &Value| entry["at"].as_str().unwrap().parse::<Timestamp>().unwrap().as_second();
    let harm = |entry: &&Value| ["finding", "symptom", "alert"].iter().any(|kind| entry["kind"] == *kind);
    let began = timeline.iter().filter(harm).map(at).min().unwrap();
    assert_eq!(began, onset.as_second(), "{timeline:?}");
    drop(clients);
}

#[test]
#[ignore = "needs tmux and PostgreSQL: .ci/run installs them"]
fn the_cockpit_shows_it_while_it_happens_and_says_when_it_is_over() {
    let home = Home::new();
    let server = Server::start(CONNECTIONS);
    let log = server.log();
    let terminal = Terminal::open(&home, 160, 50);
    terminal.sevdeck(&format!("--service shop {}", log.display()));
    terminal.wait_for("Hypotheses");

    be_served(&server, 30);
    let clients = server.hold(CONNECTIONS - 3);
    be_refused(&server, 20);
    let shown = |screen: &str| {
        let screen = screen.to_lowercase();
        screen.contains("connection") && screen.contains("✓")
    };
    terminal.wait("the hypothesis with verified evidence", shown);
    drop(clients);
    poll("the server to take clients again", || server.psql("app", "select 1").is_ok(), || terminal.screen());
    let over = || {
        // Ordinary traffic goes on, so that the end of the refusals can be told from a silent server.
        be_served(&server, 5);
        let screen = terminal.screen().to_lowercase();
        ["back to normal", "ended", "over since"].iter().any(|word| screen.contains(word))
    };
    poll_for(Duration::from_secs(120), "the end of the finding", over, || terminal.screen());
    terminal.text("q");
    terminal.wait("the shell", |_| terminal.format("alternate_on") == "0");
}
