//! Secrets of all kinds, planted wherever a text comes in: none is in what is kept, in what leaves, or in what is said
//! about a failure, whatever way a call of the model goes.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sevdeck::app::App;
use sevdeck::app::effect::Effect;
use sevdeck::app::key::Key;
use sevdeck::app::msg::{Msg, Opening};
use sevdeck::app::runtime::Runtime;
use sevdeck::app::ui::{Input, Overlay, Pane, Purpose};
use sevdeck::incident::event::StepOutcome;
use sevdeck::incident::triage::HypothesisStatus;
use sevdeck::incident::{IncidentId, SourceSpec};
use sevdeck::llm::Wire;

use crate::app::cockpit::Cockpit;
use crate::app::model::{said, source};
use crate::llm::rig::{KEY, events, script};
use crate::llm::secrets::paths;
use crate::support::endpoint::Endpoint;

/// Letters and digits that look like nothing but chance, another run for each seed.
fn chance(seed: u64, letters: &str, length: usize) -> String {
    let letters = letters.as_bytes();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        letters[(state >> 33) as usize % letters.len()] as char
    };
    (0..length).map(|_| next()).collect()
}

const WORD: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
const HEX: &str = "0123456789abcdef";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// How each kind stands in a line: what the secret is made of (what stands before it, letters, length), and the line
/// with `@` for it.
const KINDS: [(&str, &str, usize, &str); 42] = [
    ("", WORD, 12, "postgres://app:@@db-1:5432/ledger refused"),
    ("", WORD, 14, "redis://:@@cache-1:6379/0 timed out"),
    ("", WORD, 13, "amqp://svc:@@mq-1/vhost: ACCESS_REFUSED"),
    ("", WORD, 12, "mongodb+srv://root:@@cluster0.example.net/x failed"),
    ("", WORD, 12, "jdbc:mysql://db/x?user=app&password=@ cannot connect"),
    ("", WORD, 12, "app:@@tcp(db:3306)/x: connection refused"),
    ("", WORD, 16, "DB_PASSWORD=@ is wrong"),
    ("", WORD, 16, "export PGPASSWORD='@'"),
    ("", WORD, 16, "{\"password\": \"@\", \"level\": \"error\"}"),
    ("", WORD, 16, "{\"msg\":\"{\\\"client_secret\\\":\\\"@\\\"}\"}"),
    ("", WORD, 16, "level=error api_key=@ msg=denied"),
    ("", WORD, 16, "  password:   \"@\""),
    ("", WORD, 24, "Authorization: Bearer @"),
    ("", WORD, 24, "Authorization: Basic @"),
    ("", WORD, 20, "Cookie: sid=@"),
    ("", WORD, 20, "Set-Cookie: session=@; Path=/; HttpOnly"),
    ("", WORD, 20, "X-Api-Key: @"),
    ("", WORD, 30, "GET /cb?code=@&x=1 HTTP/1.1 401"),
    ("", WORD, 14, "GET https://h.example.com/a?access_token=@ 403"),
    ("", WORD, 14, "curl -u admin:@ https://x.example.com"),
    ("", WORD, 14, "deploy --password @ --region eu"),
    ("", WORD, 14, "<password>@</password>"),
    ("", WORD, 14, "{Host:db Password:@ Port:5432}"),
    ("", WORD, 14, "CREATE USER app IDENTIFIED BY '@'"),
    ("AKIA", UPPER, 16, "assumed with @ in eu-1"),
    ("AIza", WORD, 35, "key @ is over its quota"),
    ("ghp_", WORD, 36, "fatal: @ was revoked"),
    ("glpat-", WORD, 20, "runner registered with @"),
    ("xoxb-", WORD, 40, "slack says invalid_auth for @"),
    ("sk_live_", WORD, 24, "stripe: no such key @"),
    ("sk-ant-api03-", WORD, 95, "401 with @"),
    ("sk-proj-", WORD, 60, "wrong key @"),
    ("hf_", WORD, 34, "model needs @"),
    ("SG.", WORD, 22, "mail: api_key @.rejected"),
    ("npm_", WORD, 36, "npm publish with @ failed"),
    ("dckr_pat_", WORD, 27, "docker login: @ denied"),
    ("dop_v1_", HEX, 64, "droplet token @ expired"),
    ("hvs.", WORD, 90, "vault: permission denied for @"),
    ("glsa_", WORD, 40, "grafana token @ is not valid"),
    ("shpat_", HEX, 32, "shop refused @"),
    ("", WORD, 40, "aws_secret_access_key = @"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx", WORD, 60, "token @ has no signature"),
];

/// Secrets that stand nowhere else, and a text that holds them, a line each.
pub(crate) struct Planted {
    pub(crate) secrets: Vec<String>,
    pub(crate) text: String,
}

pub(crate) fn planted(place: u64) -> Planted {
    let mut planted = Planted { secrets: Vec::new(), text: String::new() };
    for (number, (head, letters, length, line)) in (0..).zip(KINDS) {
        let secret = format!("{head}{}", chance(1 + place * 100 + number, letters, length));
        // Where the line has one, the last @ but one is the secret's.
        let line = line.replacen('@', &secret, 1);
        let _ = writeln!(planted.text, "{line}");
        planted.secrets.push(secret);
    }
    planted
}

/// Every file below `folder`.
fn bytes(folder: &Path, all: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            bytes(&path, all);
        } else {
            all.extend(fs::read(&path).unwrap_or_default());
        }
    }
}

/// Which of the secrets stand there.
pub(crate) fn found<'s>(secrets: &'s [String], bytes: &[u8]) -> Vec<&'s str> {
    let stands = |secret: &&String| memchr::memmem::find(bytes, secret.as_bytes()).is_some();
    secrets.iter().filter(stands).map(String::as_str).collect()
}

fn write(cockpit: &mut Cockpit, purpose: Purpose, text: &str) {
    let input = Input { purpose, text: text.to_owned() };
    cockpit.app.ui.overlays.push(Overlay::Input(input));
    cockpit.send(Msg::DraftSubmitted);
}

fn toast(app: &App) -> String {
    app.ui.toast.as_ref().map(|toast| toast.text.clone()).unwrap_or_default()
}

/// Gives the cockpit a text with secrets at every place that takes one; all of them.
async fn give(cockpit: &mut Cockpit) -> Vec<String> {
    let mut secrets = Vec::new();
    let mut plant = |place| {
        let Planted { secrets: new, text } = planted(place);
        secrets.extend(new);
        text
    };
    cockpit.send(Msg::Paste(plant(1)));
    let text = format!("{:?}", cockpit.app.incident.sources);
    assert_eq!(found(&planted(1).secrets, text.as_bytes()), Vec::<&str>::new());
    assert!(
        toast(&cockpit.app).ends_with("42 secrets masked: kept in memory only"),
        "{}",
        toast(&cockpit.app)
    );
    cockpit.until("causes", |app| !app.incident.triage.hypotheses.is_empty()).await;
    cockpit.until("steps", |app| !app.incident.triage.checklist.is_empty()).await;
    write(cockpit, Purpose::Note, &plant(2));
    let hypothesis = cockpit.app.incident.triage.hypotheses[0].id.clone();
    let verdict = HypothesisStatus::Confirmed;
    write(cockpit, Purpose::Reason { hypothesis, verdict }, &plant(3));
    let step = cockpit.app.incident.triage.checklist[0].id.clone();
    write(cockpit, Purpose::StepNote { step: step.clone(), outcome: StepOutcome::Done }, &plant(4));
    write(cockpit, Purpose::StepNote { step, outcome: StepOutcome::NotAsExpected }, &plant(5));
    write(cockpit, Purpose::Postmortem, &plant(6));
    write(cockpit, Purpose::Update, &plant(7));
    let word = chance(4711, "abcdefghijklmnopqrstuvwxyz", 18);
    let (name, left) = ("password".to_owned(), Vec::new());
    let command = "psql -W <password> -c 'select 1'".to_owned();
    write(cockpit, Purpose::Placeholder { name, command, left }, &word);
    assert_eq!(cockpit.app.filled("login <password>"), format!("login {word}"), "it is used here");
    cockpit.app.ui.focus = Pane::Context;
    let line = "a bookmark on api_key=".to_owned() + &chance(4712, WORD, 20);
    let mut bookmark = cockpit.app.incident.bookmarks.values().next().cloned().unwrap_or_else(|| {
        sevdeck::incident::Bookmark {
            place: sevdeck::incident::Place { source: sevdeck::incident::SourceId(1), start: 0, end: 9 },
            name: String::new(),
            text: String::new(),
            line: None,
            at: None,
        }
    });
    bookmark.text.clone_from(&line);
    write(cockpit, Purpose::Bookmark { bookmark: Box::new(bookmark) }, "for token=");
    // What is left unfinished is kept, too.
    let text = plant(8);
    secrets.extend([word, line.split('=').next_back().unwrap_or_default().to_owned()]);
    cockpit.app.ui.kept_draft = Some(Input { purpose: Purpose::Note, text });
    secrets
}

fn opening(folder: &Path) -> (Opening, Vec<String>) {
    let Planted { mut secrets, text } = planted(0);
    let log = folder.join("app.log");
    let lines: String = text.lines().map(|line| format!("2026-03-01T14:02:11Z ERROR {line}\n")).collect();
    fs::write(&log, lines.repeat(3)).expect("the log");
    let [title, said, given] = [1, 2, 3].map(|seed| chance(900 + seed, WORD, 18));
    let command = format!("sh -c 'echo lost password={said} >&2; exit 3' --password {given}");
    let opening = Opening {
        incident: Some(IncidentId::new(Runtime::now(), Runtime::random())),
        title: format!("login with password={title} fails"),
        specs: vec![SourceSpec::File(log.display().to_string()), SourceSpec::Command(command)],
        ..Opening::default()
    };
    secrets.extend([title, said, given]);
    (opening, secrets)
}

#[tokio::test]
async fn no_secret_is_kept_sent_or_said_whatever_way_a_call_goes() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut scripts = vec![script(&events(Wire::Chat, &said()))];
    scripts.extend(paths(Wire::Chat).into_iter().map(|(_, acts)| acts));
    let ways = scripts.len();
    let endpoint = Endpoint::start(scripts);
    let mut cockpit = Cockpit::with_model(folder.path(), Some(source(folder.path(), &endpoint)));
    let (opening, mut secrets) = opening(folder.path());
    cockpit.send(Msg::Opened(opening));
    secrets.extend(give(&mut cockpit).await);
    secrets.push(KEY.to_owned());
    assert!(secrets.len() > 9 * 42);
    let mut said = String::new();
    while endpoint.seen().len() < ways {
        cockpit.keys(&[Key::Char('t')]);
        let calls = cockpit.app.incident.calls.len();
        cockpit
            .until("a call", |app| app.incident.calls.len() > calls || app.model.running().is_some())
            .await;
        cockpit.until("its end", |app| app.model.phase == sevdeck::app::model::Phase::Idle).await;
        said += &toast(&cockpit.app);
    }
    for seen in endpoint.seen() {
        assert_eq!(found(&secrets, seen.body.as_bytes()), Vec::<&str>::new(), "a request");
        assert!(seen.body.contains("postgres://app:<secret:"), "it holds the evidence");
    }
    assert_eq!(found(&secrets, said.as_bytes()), Vec::<&str>::new(), "a message");
    let failures = cockpit.app.incident.calls.values().filter(|call| {
        call.end.as_ref().is_some_and(|end| end.outcome != sevdeck::incident::ModelOutcome::Complete)
    });
    assert!(failures.count() > 30, "the ways were gone");
    let before = cockpit.quit();
    let mut kept = Vec::new();
    bytes(&folder.path().join("store"), &mut kept);
    assert!(memchr::memmem::find(&kept, b"was revoked").is_some(), "the record is there");
    assert_eq!(found(&secrets, &kept), Vec::<&str>::new(), "the store");
    // The same fold of the same events, in another session: placeholders only.
    let mut again = Cockpit::start(folder.path());
    again.ask(Effect::Load(before.incident.id.as_ref().expect("an id").to_string()));
    again.until("the incident is back", |app| app.incident.calls.len() == before.incident.calls.len()).await;
    let state = format!("{:?}", again.app.incident);
    assert_eq!(found(&secrets, state.as_bytes()), Vec::<&str>::new(), "the state");
    assert!(state.contains("DB_PASSWORD=<secret:"));
    assert_eq!(again.app.filled("login <password>"), "login <password>", "it is asked for again");
}

#[tokio::test]
async fn a_pasted_secret_is_on_screen_and_a_quote_with_its_placeholder_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = chance(77, WORD, 16);
    let address = format!("DATABASE_URL=postgres://app:{secret}@db.internal/pay");
    let quote = "DATABASE_URL=postgres://app:<secret:1>@db.internal/pay";
    let mut answer: serde_json::Value = serde_json::from_str(&said()).expect("JSON");
    answer["hypotheses"][0]["evidence"] =
        serde_json::json!([{"quote": quote, "source": "context", "line": 2}]);
    let endpoint = Endpoint::start(vec![script(&events(Wire::Chat, &answer.to_string()))]);
    let mut cockpit = Cockpit::with_model(folder.path(), Some(source(folder.path(), &endpoint)));
    let incident = Some(IncidentId::new(Runtime::now(), Runtime::random()));
    cockpit.send(Msg::Opened(Opening { incident, ..Opening::default() }));
    let text = format!("FATAL: sorry, too many clients already\n{address}\nERROR no connection is left\n");
    cockpit.send(Msg::Paste(text));
    assert_eq!(toast(&cockpit.app), "Added as context: 3 lines · 1 secret masked: kept in memory only");
    let shows = |app: &App| app.ui.context.window.lines.iter().any(|line| line.text == address);
    cockpit.until("the line as it was pasted", shows).await;
    cockpit.until("causes", |app| !app.incident.triage.hypotheses.is_empty()).await;
    cockpit.keys(&[Key::Char('t')]);
    cockpit.until("an end", |app| app.incident.calls.values().any(|call| call.end.is_some())).await;
    let of = |triage: &sevdeck::incident::Triage| {
        let quotes = triage.hypotheses.iter().flat_map(|one| &one.evidence);
        quotes.filter(|quote| quote.verified).map(|quote| quote.quote.clone()).collect::<Vec<_>>()
    };
    let incident = &cockpit.app.incident;
    assert!(of(&incident.triage).contains(&quote.to_owned()), "{:#?}", incident.triage.hypotheses);
    assert!(of(incident.shown()).contains(&address), "{:#?}", incident.shown().hypotheses);
    let source = incident.sources.values().find_map(|source| source.text.clone()).expect("the context");
    let place = incident.triage.hypotheses.iter().flat_map(|one| &one.evidence);
    let place = place.filter(|one| one.quote == quote).find_map(|one| one.place).expect("a place");
    assert_eq!(&source[place.start as usize..place.end as usize], quote, "it points at what is kept");
}
