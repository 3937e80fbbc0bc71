//! Tests of the ways to the clipboard.

use super::*;

fn env(names: &[&str]) -> ClipboardEnv {
    let env = ClipboardEnv::detect(None, |name| names.contains(&name).then(|| "1".to_owned()));
    ClipboardEnv { macos: false, ..env }
}

/// Programs by name, sequences by their first letters.
fn ways(env: &ClipboardEnv, text: &str) -> Vec<String> {
    let way = |route| match route {
        Route::Command { argv, .. } => argv.join(" "),
        Route::Bytes { bytes, .. } if bytes.starts_with(b"\x1b]52;c;") => "osc 52".to_owned(),
        Route::Bytes { bytes, .. } if bytes.starts_with(b"\x1bP\x1b]52;c;") => "osc 52 in screen".to_owned(),
        Route::Bytes { .. } => "?".to_owned(),
    };
    plan(env, text).into_iter().map(way).collect()
}

#[test]
fn the_environment_decides_the_way() {
    let tmux = ["tmux load-buffer -w -", "tmux load-buffer -", "osc 52"];
    let cases: &[(&[&str], &[&str])] = &[
        (&[], &["osc 52"]),
        (&["SSH_CONNECTION", "DISPLAY"], &["osc 52"]),
        (&["SSH_TTY"], &["osc 52"]),
        (&["TMUX", "SSH_TTY"], &tmux),
        (&["TMUX", "STY"], &tmux),
        (&["STY", "SSH_TTY"], &["osc 52 in screen"]),
        (&["WAYLAND_DISPLAY"], &["wl-copy", "osc 52"]),
        (&["DISPLAY"], &["xclip -selection clipboard", "xsel --clipboard --input", "osc 52"]),
    ];
    for (names, expected) in cases {
        assert_eq!(ways(&env(names), "x"), *expected, "{names:?}");
    }
    let own = ClipboardEnv { command: Some(vec!["mycopy".into(), "-x".into()]), ..env(&["TMUX"]) };
    assert_eq!(ways(&own, "x"), ["mycopy -x"]);
}

#[test]
fn the_text_loses_its_last_line_break_and_every_control() {
    let own = ClipboardEnv { command: Some(vec!["c".into()]), ..ClipboardEnv::default() };
    let routes = plan(&own, "ls\t-l\u{1b}[2J\n date\r\n\n");
    let Route::Command { stdin, .. } = &routes[0] else { panic!("a command") };
    assert_eq!(stdin, b"ls\t-l[2J\n date");
}

#[test]
fn osc_52_is_exact_and_has_a_limit() {
    let routes = plan(&env(&["SSH_TTY"]), "ls -l");
    let expected = Route::Bytes {
        bytes: b"\x1b]52;c;bHMgLWw=\x07".to_vec(),
        sent: "Sent to the terminal's clipboard".to_owned(),
    };
    assert_eq!(routes, [expected]);
    assert_eq!(ways(&env(&["SSH_TTY"]), &"x".repeat(OSC_52_MAX)), ["osc 52"]);
    assert!(ways(&env(&["SSH_TTY"]), &"x".repeat(OSC_52_MAX + 1)).is_empty());
    assert_eq!(ways(&env(&["TMUX"]), &"x".repeat(OSC_52_MAX + 1)).len(), 2, "tmux itself takes more");
}

#[test]
fn screen_gets_pieces_that_add_up() {
    let text = "y".repeat(1000);
    let routes = plan(&env(&["STY"]), &text);
    let Route::Bytes { bytes, .. } = &routes[0] else { panic!("bytes") };
    let bytes = String::from_utf8(bytes.clone()).unwrap();
    let pieces: Vec<&str> = bytes.split("\x1b\\").filter(|piece| !piece.is_empty()).collect();
    assert!(pieces.len() > 4);
    let joined: String = pieces.iter().map(|piece| piece.strip_prefix("\x1bP").unwrap()).collect();
    assert!(pieces.iter().all(|piece| piece.len() <= SCREEN_CHUNK + 2));
    assert_eq!(joined.into_bytes(), osc_52(&text));
}

#[test]
fn a_person_is_told_what_to_look_at_before_pasting() {
    let cases = [
        ("kubectl get pods", ""),
        ("kubectl -n <namespace> get pods", "; fill in <namespace>"),
        ("psql < a > b", ""),
        ("a\nb\n", "; it has 2 lines"),
    ];
    for (text, expected) in cases {
        assert_eq!(caution(text), expected, "{text}");
    }
}
