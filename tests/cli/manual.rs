//! What is made from the tables of commands and arguments: keys, themes, completions, the manual page.

use std::fs;

use crate::support::home::Home;

fn output(home: &Home, arguments: &[&str]) -> (String, String) {
    let output = home.sevdeck(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_table_of_keys_in_the_readme_is_the_programs_own() {
    let home = Home::new();
    let (table, _) = output(&home, &["keys", "--markdown"]);
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let written = readme.split("<!-- sevdeck keys --markdown -->").nth(1).unwrap();
    let written = written.split("<!-- end of keys -->").next().unwrap();
    assert_eq!(written.trim(), table.trim(), "sevdeck keys --markdown prints what belongs between the marks");
}

#[test]
fn own_keys_are_shown_and_what_is_wrong_with_them_is_said() {
    let home = Home::new();
    home.write(".config/sevdeck/keys.toml", "zoom = \"F5\"\nhlep = \"F6\"\n");
    let (keys, problems) = output(&home, &["keys"]);
    assert!(keys.lines().any(|line| line.trim_start().starts_with("F5") && line.contains("zoom")), "{keys}");
    assert!(problems.contains("keys.toml:2:") && problems.contains("did you mean help?"), "{problems}");
}

#[test]
fn there_are_eight_themes_at_least_and_ones_own_are_among_them() {
    let home = Home::new();
    let dark = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/themes/dark.toml")).unwrap();
    home.write(".config/sevdeck/themes/mine.toml", &dark);
    home.write(".config/sevdeck/themes/broken.toml", "text = 3");
    let (names, problems) = output(&home, &["themes", "--names"]);
    assert!(names.lines().count() >= 9 && names.lines().any(|name| name == "mine"), "{names}");
    assert!(problems.contains("broken, line 1"), "{problems}");
}

#[test]
fn every_shell_gets_completions_and_the_manual_names_every_command() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish"] {
        let (script, _) = output(&home, &["completions", shell]);
        assert!(script.contains("triage") && script.contains("--handover") || shell == "fish", "{shell}");
    }
    let (page, _) = output(&home, &["man"]);
    assert!(page.contains(".TH sevdeck") && page.contains("demo") && page.contains("resume"), "{page}");
}
