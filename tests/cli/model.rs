//! `triage`, `doctor` and `config` with a model: what its answer may change, what a failure costs, what leaves.

use std::io::Read;
use std::process::Stdio;

use serde_json::{Value, json};
use sevdeck::llm::Wire;

use crate::app::secrets::{Planted, found, planted};
use crate::llm::rig::{KEY, WIRES, answer, block, event, events, opening, script, stream};
use crate::support::endpoint::{Act, Endpoint};
use crate::support::home::{Home, Run};

const TEXT: &str = include_str!("payment_pool.txt");
/// A secret of the logs.
const PASSWORD: &str = "Xk29vLq81mZp";

fn model(wire: Wire) -> (&'static str, &'static str) {
    match wire {
        Wire::Chat => ("openai", "openai/test-model"),
        Wire::Messages => ("anthropic", "anthropic/test-model"),
    }
}

/// A home with the incident, and settings for the endpoint.
fn home(wire: Wire, url: &str) -> Home {
    let home = Home::new();
    home.write("incident.txt", format!("{TEXT}\nDATABASE_URL=postgres://app:{PASSWORD}@db.internal/pay\n"));
    let (provider, _) = model(wire);
    home.write("key", format!("{KEY}\n"));
    let key = home.path("key");
    home.write(
        ".config/sevdeck/config.toml",
        format!("[models.{provider}]\nurl = '{url}'\nkey_file = '{}'\n", key.display()),
    );
    home
}

fn triage(home: &Home, wire: Wire, more: &[&str]) -> Run {
    let mut args = vec!["triage", "--json", "--context", "incident.txt", "--model", model(wire).1];
    args.extend(more);
    home.run(args)
}

fn document(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// What an honest model says about the incident.
fn honest() -> Value {
    json!({
        "title": "payment-svc: the settlement batch of v2.41 holds the connections",
        "service": "payment-svc",
        "severity": {"level": "SEV2", "reasoning": "12% of requests fail"},
        "summary": "postgres-primary is at 500 / 500 connections; a full table scan came with v2.41.",
        "hypotheses": [
            {"id": "h1", "confidence": "high", "cause": "the settlement batch of v2.41 exhausts the connection pool",
             "evidence": [{"quote": "active_connections: 500 / 500", "source": "notes", "line": 5}],
             "against": [], "status": "open", "next_check": "who holds the connections?"},
        ],
        "checklist": [
            {"id": "c1", "step": "Count the sessions that scan the ledger",
             "command": "psql -c \"SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%ledger_entries%'\"",
             "expected": "mostly the batch", "effect": "reads", "decides": ["h1"]},
        ],
        "mitigations": [], "customer_impact": "Checkouts fail.", "timeline": [], "contradictions": [],
        "missing": [], "follow_ups": [], "postmortem": "## Summary\n[FILL IN]\n",
    })
}

fn says(value: &Value) -> String {
    serde_json::to_string(value).unwrap()
}

/// The parts of the offline triage that do not depend on the moment.
fn lasting(triage: &Value) -> Value {
    let mut triage = triage.clone();
    triage["run"] = Value::Null;
    triage
}

fn shows_no_secret(run: &Run) {
    for secret in [KEY, &KEY[..12], PASSWORD] {
        assert!(!run.err.contains(secret), "{run:?}");
    }
    // The password stands in the logs, and quotes of them are shown here, but the key nowhere.
    assert!(!run.out.contains(KEY), "{run:?}");
}

#[test]
fn a_right_answer_is_blended_and_its_run_is_told() {
    for wire in WIRES {
        let endpoint = Endpoint::start(vec![script(&events(wire, &says(&honest())))]);
        let home = home(wire, &endpoint.url(""));
        let run = triage(&home, wire, &[]);
        assert_eq!(run.code, Some(0), "{run:?}");
        let triage = document(&run);
        assert_eq!(triage["run"]["model"], "test-model", "{}", triage["run"]);
        assert_eq!(triage["run"]["tokens_in"], 100);
        assert!(run.out.contains("Count the sessions that scan the ledger"), "{run:?}");
        for word in ["test-model", "v2", "100 tokens up (30 cached)", "40 down"] {
            assert!(run.err.contains(word), "{word}: {}", run.err);
        }
        shows_no_secret(&run);
        let seen = endpoint.seen();
        assert_eq!(seen.len(), 1);
        assert!(!seen[0].body.contains(PASSWORD) && !seen[0].body.contains(KEY), "{}", seen[0].body);
        assert!(seen[0].body.contains("too many clients already"), "the evidence is there");
    }
}

#[test]
fn secrets_of_the_context_are_shown_to_who_gave_them_and_said_nowhere_else() {
    let wire = Wire::Chat;
    let Planted { mut secrets, text } = planted(20);
    let said = "Kq7vR2mX9wPz4TbN";
    let command = format!("cmd:echo rejected password={said} >&2; exit 3");
    secrets.extend([KEY, said].map(str::to_owned));
    let paths = [
        ("a right answer", script(&events(wire, &says(&honest())))),
        ("a wrong key", answer(401, "", &format!(r#"{{"error":{{"message":"no {KEY}"}}}}"#))),
        (
            "a torn stream",
            vec![stream(), Act::Chunk(event(wire, &opening(wire)[0]).into_bytes()), Act::Reset],
        ),
    ];
    for (name, acts) in paths {
        let endpoint = Endpoint::start(vec![acts.clone(), acts.clone(), acts]);
        let home = home(wire, &endpoint.url(""));
        home.write("incident.txt", format!("{TEXT}\n{text}"));
        let run = triage(&home, wire, &[&command]);
        assert_eq!(found(&secrets, run.err.as_bytes()), Vec::<&str>::new(), "{name}: {run:?}");
        assert!(run.err.contains("the command failed"), "{name}: {run:?}");
        assert!(!run.out.contains("<secret:"), "{name}: nothing is kept, and all is shown: {run:?}");
        let seen = endpoint.seen();
        assert!(!seen.is_empty(), "{name}");
        for seen in seen {
            assert_eq!(found(&secrets, seen.body.as_bytes()), Vec::<&str>::new(), "{name}");
            assert!(seen.body.contains("DB_PASSWORD=<secret:"), "{name}: {}", seen.body);
        }
    }
}

#[test]
fn a_failure_is_one_line_and_the_offline_result_is_printed() {
    let wire = Wire::Chat;
    let half: String = events(wire, &says(&honest())).iter().take(12).cloned().collect();
    let wrong = format!(
        r#"{{"error":{{"message":"Incorrect API key provided: {KEY}","type":"invalid_request_error"}}}}"#
    );
    let paths = [
        ("a wrong key", answer(401, "", &wrong), "key"),
        ("a cut stream", vec![stream(), Act::Chunk(half.into_bytes()), Act::End], "openai/test-model"),
        ("a page", answer(404, "", "<title>Not here</title>"), "openai/test-model"),
        ("no answer", script(&events(wire, "")), "openai/test-model"),
    ];
    let offline = {
        let home = home(wire, "http://127.0.0.1:9");
        let run = home.run(["triage", "--json", "--context", "incident.txt"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(run.err, "", "no model, no word");
        lasting(&document(&run))
    };
    for (name, acts, word) in paths {
        let endpoint = Endpoint::start(vec![acts]);
        let home = home(wire, &endpoint.url(""));
        let run = triage(&home, wire, &[]);
        assert_eq!(run.code, Some(4), "{name}: {run:?}");
        assert_eq!(lasting(&document(&run)), offline, "{name}");
        let why = run.err.lines().rfind(|line| line.starts_with("sevdeck: ")).unwrap();
        assert!(why.contains(word), "{name}: {}", run.err);
        assert!(run.err.contains("this is the offline result"), "{name}: {}", run.err);
        shows_no_secret(&run);
    }
}

#[test]
fn what_a_lying_model_says_does_not_get_through() {
    let mut lie = honest();
    lie["summary"] = json!("The outage began at 09:13 and 83,417 customers lost money.");
    lie["hypotheses"][0]["cause"] = json!("the DNS resolver of the region failed");
    lie["hypotheses"][0]["evidence"] =
        json!([{"quote": "resolver-eu-7: SERVFAIL for every name", "source": "notes", "line": 3}]);
    lie["checklist"][0]["command"] = json!("psql -c \"DROP TABLE ledger_entries\"");
    for wire in WIRES {
        let endpoint = Endpoint::start(vec![script(&events(wire, &says(&lie)))]);
        let home = home(wire, &endpoint.url(""));
        let run = triage(&home, wire, &[]);
        assert_eq!(run.code, Some(0), "{run:?}");
        let triage = document(&run);
        let steps = triage["checklist"].to_string();
        assert!(!steps.contains("DROP TABLE"), "{steps}");
        for part in ["title", "summary", "customer_impact", "severity", "postmortem"] {
            let text = triage[part].to_string();
            assert!(!text.contains("83,417") && !text.contains("09:13"), "{part}: {text}");
        }
        for hypothesis in triage["hypotheses"].as_array().unwrap() {
            let quotes = hypothesis["evidence"].as_array().unwrap();
            let invented = quotes.iter().filter(|quote| quote["quote"].to_string().contains("SERVFAIL"));
            assert!(invented.clone().all(|quote| quote["verified"] == false), "{hypothesis}");
            if invented.count() > 0 {
                assert_eq!(hypothesis["confidence"], "low", "{hypothesis}");
            }
        }
        let first = triage["hypotheses"][0]["cause"].to_string();
        assert!(!first.contains("DNS"), "the lie does not lead: {first}");
    }
}

#[test]
fn nothing_connects_when_the_network_is_forbidden_or_no_model_is_set() {
    let endpoint = Endpoint::start(vec![script(&events(Wire::Chat, &says(&honest())))]);
    let home = home(Wire::Chat, &endpoint.url(""));
    let run = triage(&home, Wire::Chat, &["--offline"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.err.contains("--model openai/test-model is not used") && run.err.contains("--offline"),
        "{run:?}"
    );
    assert_eq!(document(&run)["run"]["analyst"], "offline");
    let run = home.run(["triage", "--json", "--context", "incident.txt"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let run = home.run(["doctor", "--offline", "--model", "openai/test-model"]);
    assert!(run.out.contains("the network is forbidden (--offline)"), "{run:?}");
    let mut command =
        home.sevdeck(["triage", "--json", "--context", "incident.txt", "--model", "openai/test-model"]);
    let run = Run::of(command.env("SEVDECK_OFFLINE", "1").stdin(Stdio::null()).output().unwrap());
    assert!(run.err.contains("SEVDECK_OFFLINE"), "{run:?}");
    assert!(endpoint.seen().is_empty(), "{:?}", endpoint.seen());
}

#[test]
fn a_guard_keeps_the_request_here() {
    let endpoint = Endpoint::start(vec![script(&events(Wire::Chat, &says(&honest())))]);
    for (setting, word) in [
        ("ask_first = true", "ask_first"),
        ("budget_tokens = 10", "budget of 10 tokens"),
        ("budget_usd = 0.5", "price of openai/test-model is not known"),
        ("mask = 'emails'", "no model is asked until it is right"),
    ] {
        let home = home(Wire::Chat, &endpoint.url(""));
        let file = home.path(".config/sevdeck/config.toml");
        let tables = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("{setting}\n{tables}")).unwrap();
        let run = triage(&home, Wire::Chat, &[]);
        assert!(run.err.contains(word), "{setting}: {run:?}");
        assert!(!document(&run)["hypotheses"].as_array().unwrap().is_empty(), "{setting}");
    }
    assert!(endpoint.seen().is_empty(), "{:?}", endpoint.seen());
}

#[test]
fn ctrl_c_ends_the_call_and_the_offline_result_is_printed() {
    let begun: String = opening(Wire::Chat).iter().map(|value| event(Wire::Chat, value)).collect();
    let mut endpoint = Endpoint::start(vec![vec![stream(), Act::Chunk(begun.into_bytes()), Act::Hold]]);
    let home = home(Wire::Chat, &endpoint.url(""));
    let mut child = home
        .sevdeck(["triage", "--json", "--context", "incident.txt", "--model", "openai/test-model"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    block(endpoint.until(|seen| seen.first().is_some_and(|seen| seen.held.is_some())));
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let (mut out, mut err) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    let run = Run { code: child.wait().unwrap().code(), out, err };
    assert_eq!(run.code, Some(4), "{run:?}");
    assert!(run.err.contains("the call was ended"), "{run:?}");
    assert_eq!(document(&run)["run"]["analyst"], "offline");
    block(endpoint.until(|seen| seen[0].closed.is_some()));
}

#[test]
fn doctor_says_what_works_and_what_to_fix() {
    let ok = r#"{"ok": true}"#;
    let wrong = format!(r#"{{"error":{{"message":"Incorrect API key provided: {KEY}"}}}}"#);
    let table = [
        (
            script(&events(Wire::Chat, ok)),
            Some(0),
            vec!["ok    reach", "ok    json", "key_file", "/v1/chat/completions"],
        ),
        (script(&events(Wire::Chat, "I would rather talk.")), Some(1), vec!["FAIL  json", "another model"]),
        (answer(401, "", &wrong), Some(1), vec!["ok    reach", "FAIL  access", "key"]),
        (answer(404, "", "<title>nothing here</title>"), Some(1), vec!["FAIL  model", "url"]),
    ];
    for (acts, code, words) in table {
        let endpoint = Endpoint::start(vec![acts]);
        let home = home(Wire::Chat, &endpoint.url(""));
        let run = home.run(["doctor", "--model", "openai/test-model"]);
        assert_eq!(run.code, code, "{run:?}");
        for word in words.iter().filter(|word| **word != "key_file") {
            assert!(run.out.contains(word), "{word}: {}", run.out);
        }
        assert!(!run.out.contains(KEY) && !run.err.contains(KEY), "{run:?}");
        assert_eq!(endpoint.seen().len(), 1, "one small call");
        assert!(endpoint.seen()[0].body.len() < 1_000, "{}", endpoint.seen()[0].body);
    }
    let run = home(Wire::Chat, "http://127.0.0.1:9").run(["doctor", "--model", "openai/test-model"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.out.contains("FAIL  reach") && run.out.contains("127.0.0.1:9"), "{run:?}");
    let bare = Home::new();
    let mut command = bare.sevdeck(["doctor"]);
    let run = Run::of(command.env("OPENAI_API_KEY", KEY).stdin(Stdio::null()).output().unwrap());
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.out.contains("OPENAI_API_KEY is there") && run.out.contains("--model openai/NAME"),
        "{run:?}"
    );
    assert!(!run.out.contains(KEY));
}

#[test]
fn config_shows_every_value_with_its_origin_and_no_secret() {
    let home = home(Wire::Chat, "http://gw.corp/v1?token=Hush0Hush0Hush0");
    let file = home.path(".config/sevdeck/config.toml");
    let tables = std::fs::read_to_string(&file).unwrap();
    let tables = tables.replace("key_file", "key_command = 'echo sk-Hush0Hush0Hush0Hush0'\nkey_file");
    std::fs::write(&file, format!("prompt = 'v1'\n{tables}")).unwrap();
    let mut command = home.sevdeck(["config", "--model", "openai/test-model"]);
    let run = Run::of(command.env("SEVDECK_MASK", "emails").stdin(Stdio::null()).output().unwrap());
    assert_eq!(run.code, Some(0), "{run:?}");
    let line = |key: &str| {
        run.out.lines().find(|line| line.starts_with(key)).unwrap_or_else(|| panic!("{key}: {run:?}"))
    };
    assert!(line("model =").contains("\"openai/test-model\"") && line("model =").ends_with("# --model"));
    assert!(line("prompt =").contains("\"v1\"") && line("prompt =").ends_with("config.toml:1"), "{run:?}");
    assert!(line("mask =").contains("[\"emails\"]") && line("mask =").ends_with("SEVDECK_MASK"), "{run:?}");
    assert!(line("interval_s =").ends_with("# default"), "{run:?}");
    assert!(line("url =").contains("gw.corp"), "{run:?}");
    assert!(!run.out.contains("Hush"), "{run:?}");
    // What is shown can be kept as a file.
    home.write("copy.toml", &run.out);
    let again = home.run(["config", "--config", "copy.toml"]);
    assert_eq!((again.code, again.err.as_str()), (Some(0), ""), "{again:?}");
}
