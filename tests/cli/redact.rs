//! `sevdeck redact` and `sevdeck prompt`, as a person or a script meets them.

use std::io::Write;
use std::process::{Output, Stdio};

use crate::support::home::Home;

/// Runs with `input` on standard input.
fn piped(home: &Home, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = home.sevdeck(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn secrets_are_masked_line_for_line_and_other_bytes_pass() {
    let home = Home::new();
    let input = b"one\r\n\npassword=hunter22 \xff\nagain password=hunter22 from 203.0.113.9";
    let output = piped(&home, &["redact", "--summary"], input);
    assert!(output.status.success(), "{output:?}");
    let expected = b"one\r\n\npassword=<secret:1> \xff\nagain password=<secret:1> from 203.0.113.9";
    assert_eq!(output.stdout, expected.to_vec());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("password: 1 masked, in 2 places") && !said.contains("hunter22"), "{said}");
    let output = piped(&home, &["redact", "--addresses", "--pattern", "ag(ai)n"], input);
    assert!(output.stdout.ends_with(b"\nag<masked:1>n password=<secret:1> from <ip:1>"), "{output:?}");
}

#[test]
fn a_bad_pattern_is_wrong_use() {
    let output = piped(&Home::new(), &["redact", "--pattern", "("], b"");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let home = Home::new();
    let mut command = home.sevdeck(["redact"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    // The program may be gone before all of it is written.
    let _ = child.stdin.take().unwrap().write_all("line\n".repeat(200_000).as_bytes());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_request_is_shown_as_it_would_be_sent() {
    let home = Home::new();
    home.write("notes.txt", "14:02 payments fail for all users\nDB_PASSWORD=hunter22hunter in the config\n");
    let run = home.run(["prompt", "render", "--context", "notes.txt"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.contains("2| DB_PASSWORD=<secret:1> in the config"), "{run:?}");
    assert!(!run.out.contains("hunter22") && run.err.contains("of prompt stand for"), "{run:?}");
    let list = home.run(["prompt", "list"]);
    assert_eq!(list.out.lines().count(), 4, "{list:?}");
    assert_eq!(home.run(["prompt", "show", "v9"]).code, Some(2));
}

#[test]
fn a_prompt_in_the_users_folder_is_used_and_a_broken_one_is_named() {
    let home = Home::new();
    let text = home.run(["prompt", "show", "v1"]).out;
    home.write(".config/sevdeck/prompts/v1.md", text.replace("version = 1", "version = 4"));
    home.write(".config/sevdeck/prompts/bad.md", "no front matter");
    let list = home.run(["prompt", "list"]);
    assert!(list.out.contains("v1.4 en ") && list.out.contains("prompts/v1.md)"), "{list:?}");
    assert!(list.err.contains("bad.md:1: "), "{list:?}");
}
