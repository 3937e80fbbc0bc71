//! Streams in the cockpit: commands, the journal, pipes and compressed files, with real programs.

use std::fs;

use sevdeck::app::App;
use sevdeck::app::effect::Effect;
use sevdeck::incident::{SourceChange, SourceSpec};

use crate::app::cockpit::Cockpit;

fn command(text: impl Into<String>) -> SourceSpec {
    SourceSpec::Command(text.into())
}

fn lines(app: &App) -> u64 {
    app.digest.sources.iter().map(|source| source.lines).sum()
}

fn said(app: &App, words: &str) -> bool {
    app.incident.log.iter().any(|entry| entry.entry.text.contains(words))
}

/// Whether a process of this number is at work (and not only waiting to be buried).
fn is_alive(process: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{}/stat", process.trim())).unwrap_or_default();
    state.rsplit(") ").next().is_some_and(|state| !state.is_empty() && !state.starts_with('Z'))
}

async fn gone(process: &str) {
    let wait = async {
        while is_alive(process) {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(180), wait).await.expect("the process ends");
}

#[tokio::test]
async fn what_a_command_prints_is_followed_with_its_errors() {
    let home = tempfile::tempdir().unwrap();
    let script = "echo 2026-03-01T14:02:00Z ERROR one; echo 2026-03-01T14:02:01Z ERROR two >&2; sleep 1000";
    let mut cockpit = Cockpit::open(home.path(), vec![command(script)]);
    cockpit.until("both outputs are read", |app| lines(app) == 2).await;
    let source = cockpit.app.incident.sources.values().next().unwrap();
    assert_eq!(source.name, "echo 2026-03-01T14:02:00Z ERROR");
    cockpit.quit();
}

#[tokio::test]
async fn a_command_ends_when_we_do_with_all_it_started() {
    let home = tempfile::tempdir().unwrap();
    let pids = home.path().join("pids");
    let script =
        format!("sleep 1000 & echo $! > {0}; (sleep 1001 & echo $! >> {0}; wait); wait", pids.display());
    let mut cockpit = Cockpit::open(home.path(), vec![command(format!("echo begun; {script}"))]);
    cockpit.until("it runs", |app| lines(app) == 1).await;
    let both = || fs::read_to_string(&pids).unwrap_or_default().lines().count() == 2;
    cockpit.until("it has started two more", |_| both()).await;
    let started = fs::read_to_string(&pids).unwrap();
    assert!(started.lines().all(is_alive), "{started}");
    cockpit.quit();
    for process in started.lines() {
        gone(process).await;
    }
}

#[tokio::test]
async fn a_command_that_takes_no_hint_is_killed() {
    let home = tempfile::tempdir().unwrap();
    let pid = home.path().join("pid");
    let script = format!("trap '' TERM; echo $$ > {}; echo begun; while :; do sleep 1; done", pid.display());
    let mut cockpit = Cockpit::open(home.path(), vec![command(script)]);
    cockpit.until("it runs", |app| lines(app) == 1).await;
    cockpit.quit();
    gone(&fs::read_to_string(&pid).unwrap()).await;
}

#[tokio::test]
async fn a_command_that_fails_is_started_again_and_what_it_says_each_time_is_read_each_time() {
    let home = tempfile::tempdir().unwrap();
    let runs = home.path().join("runs");
    let script = format!(
        "echo run >> {0}; echo first; wc -l < {0}; echo cannot reach the cluster >&2; exit 3",
        runs.display()
    );
    let mut cockpit = Cockpit::open(home.path(), vec![command(script)]);
    cockpit.until("it has run twice", |app| lines(app) >= 6).await;
    let app = cockpit.quit();
    let sources: Vec<_> = app.incident.log.iter().map(|entry| entry.entry.text.clone()).collect();
    assert!(said(&app, "exit code 3: cannot reach the cluster"), "{sources:?}");
    // It does not go on: it fails again.
    assert!(!said(&app, "goes on"), "{sources:?}");
    assert_eq!(app.digest.sources[0].lines, 6, "first, 1, cannot; first, 2, cannot");
    assert!(app.digest.sources[0].prose.is_none(), "what a program says is a log, dated or not");
    assert!(app.digest.templates.iter().any(|template| template.text.contains("cannot reach")));
}

#[tokio::test]
async fn dated_lines_that_a_command_says_again_are_not_read_again() {
    let home = tempfile::tempdir().unwrap();
    let runs = home.path().join("runs");
    let script = format!(
        "echo run >> {0}; echo 2026-03-01T10:00:00Z INFO first; echo 2026-03-01T10:00:0$(wc -l < {0})Z; exit 3",
        runs.display()
    );
    let mut cockpit = Cockpit::open(home.path(), vec![command(script)]);
    cockpit.until("it has run twice", |app| lines(app) >= 3).await;
    let app = cockpit.quit();
    assert_eq!(app.digest.sources[0].lines, 3, "first, 1; then 2");
}

#[tokio::test]
async fn a_command_that_ends_well_at_once_is_read_once() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("app.log"), "one\ntwo\nthree").unwrap();
    let script = format!("cat {}", home.path().join("app.log").display());
    let mut cockpit = Cockpit::open(home.path(), vec![command(script)]);
    cockpit.until("it is over", |app| said(app, "ended")).await;
    cockpit.until("it is counted", |app| lines(app) == 3).await;
    cockpit.quit();
}

#[tokio::test]
async fn a_program_that_is_not_there_is_said_plainly_and_not_tried_again() {
    let home = tempfile::tempdir().unwrap();
    let mut cockpit = Cockpit::open(home.path(), vec![command("kubectll logs -f api")]);
    cockpit.until("it is said", |app| said(app, "no such program")).await;
    let app = cockpit.quit();
    assert!(said(&app, "kubectll"), "{:?}", app.incident.log);
    // That its output is over does not hide why there is none.
    let trouble = app.incident.sources.values().next().and_then(|source| source.trouble.as_ref());
    assert!(matches!(trouble, Some(SourceChange::Unreadable { .. })), "{trouble:?}");
    assert!(!said(&app, "started again") && !said(&app, " ended"), "{:?}", app.incident.log);
}

#[tokio::test]
async fn a_compressed_file_is_read_as_the_text_it_is() {
    use std::process::Command;
    let home = tempfile::tempdir().unwrap();
    let text: String =
        (0..5000).map(|number| format!("2026-03-01T14:02:00Z INFO served {number}\n")).collect();
    let mut specs = Vec::new();
    for (program, ending) in [("gzip", "gz"), ("bzip2", "bz2"), ("xz", "xz"), ("zstd", "zst")] {
        let plain = home.path().join(format!("{program}.log"));
        fs::write(&plain, &text).unwrap();
        let Ok(done) = Command::new(program).arg("-q").arg("-k").arg(&plain).status() else { continue };
        assert!(done.success(), "{program}");
        // The name does not matter.
        let path = home.path().join(format!("{program}.packed"));
        fs::rename(home.path().join(format!("{program}.log.{ending}")), &path).unwrap();
        specs.push(SourceSpec::File(path.to_str().unwrap().to_owned()));
    }
    let count = specs.len() as u64;
    assert!(count > 0);
    let mut cockpit = Cockpit::open(home.path(), specs);
    cockpit.until("all are read", |app| lines(app) == count * 5000).await;
    let ended = |app: &App| app.incident.log.iter().filter(|it| it.entry.text.ends_with(" ended")).count();
    cockpit.until("all have an end", |app| ended(app) as u64 == count).await;
    cockpit.quit();
}

#[tokio::test]
async fn a_damaged_archive_is_read_up_to_the_damage() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("app.log.gz");
    let text: String = (0..50_000).map(|number| format!("line {number} {}\n", number % 977 * 7919)).collect();
    let script = format!("cat > {0}.plain; gzip -c {0}.plain | head -c 100000 > {0}", path.display());
    let mut child = std::process::Command::new("sh")
        .arg("-c")
        .arg(script)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let mut cockpit = Cockpit::open(home.path(), vec![SourceSpec::File(path.to_str().unwrap().to_owned())]);
    cockpit.until("the damage is told", |app| said(app, "damaged")).await;
    cockpit.until("what is whole is read", |app| lines(app) > 10_000).await;
    cockpit.quit();
}

#[tokio::test]
async fn a_pipe_with_a_name_is_read_by_turns() {
    let home = tempfile::tempdir().unwrap();
    let pipe = home.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut cockpit = Cockpit::open(home.path(), vec![SourceSpec::File(pipe.to_str().unwrap().to_owned())]);
    for turn in 1..4 {
        let pipe = pipe.clone();
        let writer = std::thread::spawn(move || fs::write(pipe, "a line\nanother\n").unwrap());
        cockpit.until("a writer is read", |app| lines(app) == turn * 2).await;
        writer.join().unwrap();
    }
    cockpit.quit();
}

#[tokio::test]
async fn a_pipe_without_a_writer_says_what_it_waits_for_until_one_comes() {
    let home = tempfile::tempdir().unwrap();
    let pipe = home.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut cockpit = Cockpit::open(home.path(), vec![SourceSpec::File(pipe.to_str().unwrap().to_owned())]);
    let why = |app: &App| app.incident.sources.keys().find_map(|source| app.why_silent(*source));
    cockpit.until("it is said", |app| why(app).is_some()).await;
    let said = why(&cockpit.app).unwrap();
    assert!(said.contains("nobody has written") && said.contains("PROGRAM > /"), "{said}");
    let writer = std::thread::spawn(move || fs::write(pipe, "a line\n").unwrap());
    cockpit.until("it is read", |app| lines(app) == 1 && why(app).is_none()).await;
    writer.join().unwrap();
    cockpit.quit();
}

#[tokio::test]
async fn utf16_is_followed_as_it_grows() {
    use std::io::Write;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("win.log");
    let bytes = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    fs::write(&path, bytes("\u{feff}2026-03-01T14:02:00Z ERROR ошибка\r\n")).unwrap();
    let mut cockpit = Cockpit::open(home.path(), vec![SourceSpec::File(path.to_str().unwrap().to_owned())]);
    cockpit.until("it is read", |app| lines(app) == 1).await;
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(&bytes("next\r\n")).unwrap();
    cockpit.until("what is added is read", |app| lines(app) == 2).await;
    cockpit.until("it is shown", |app| app.ui.context.window.lines.len() == 2).await;
    assert!(cockpit.app.ui.context.window.lines[0].text.ends_with("ERROR ошибка"));
    cockpit.quit();
}

#[tokio::test]
async fn an_incident_read_back_has_what_a_command_said_and_starts_it_again() {
    let home = tempfile::tempdir().unwrap();
    let runs = home.path().join("runs");
    let script = format!("echo run >> {0}; echo run $(wc -l < {0}); sleep 1000", runs.display());
    let mut cockpit = Cockpit::open(home.path(), vec![command(script)]);
    cockpit.until("it has run", |app| lines(app) == 1).await;
    let id = cockpit.app.incident.id.clone().unwrap();
    let stored = |app: &App| app.ui.durable_seq == app.incident.last_seq;
    cockpit.until("it is stored", stored).await;
    cockpit.quit();

    let mut again = Cockpit::start(home.path());
    again.ask(Effect::Load(id.to_string()));
    again.until("what was said is there, and what is said now", |app| lines(app) == 2).await;
    again.quit();
}
