//! The rules of the house that no compiler checks: who may import whom, where the world may be touched, headers,
//! sizes, and that no file is forgotten.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use sevdeck::tui::theme::{Depth, Theme};

/// What a module may import, of ours.
const MAY_IMPORT: [(&str, &[&str]); 12] = [
    ("incident", &[]),
    ("config", &[]),
    ("failure", &[]),
    ("log", &["incident"]),
    ("evidence", &["incident", "log"]),
    ("llm", &["incident", "evidence"]),
    ("analyst", &["incident", "evidence", "llm"]),
    ("store", &["incident"]),
    ("export", &["incident"]),
    ("app", &["incident", "config", "failure", "log", "evidence", "llm", "analyst", "store"]),
    ("tui", &["incident", "app", "config", "failure"]),
    (
        "cli",
        &[
            "incident", "config", "failure", "log", "evidence", "llm", "analyst", "store", "export", "app",
            "tui",
        ],
    ),
];

/// Where something may stand: a pattern, the folders and files of `src` it may stand in, and why.
const ONLY_IN: [(&str, &[&str], &str); 8] = [
    (r"\b(ratatui|crossterm|tui_textarea)::", &["tui"], "the rest of the program draws nothing"),
    (r"\bsled::(Config|Db|Tree|Batch|Error|open)", &["store/sled.rs"], "engines are exchangeable"),
    (r"\bnotify::", &["log/source"], "files are watched in one place"),
    (r"\breqwest::", &["llm"], "one place talks to the network"),
    (r"\bclap::", &["cli"], "arguments are read in one place"),
    (
        r"\bspawn\w*\(|thread::Builder|thread::scope",
        &["app/runtime", "cli/demo/writer.rs"],
        "one place decides what runs beside what; the demo's writer is another program in all but name",
    ),
    (
        r"\b(Timestamp|SystemTime|Zoned)::now\b",
        &["app/runtime", "cli"],
        "everything else is told the time, so that it can be replayed",
    ),
    (r"\bprint(ln)?!\(|\beprint(ln)?!\(", &["main.rs"], "the screen belongs to the terminal module"),
];

/// Lines of code a file may have, and a file of tests.
const LINES: usize = 400;
const LINES_OF_TESTS: usize = 600;

struct Source {
    /// Relative to the package.
    path: String,
    text: String,
}

impl Source {
    fn is_test(&self) -> bool {
        self.path.starts_with("tests/") || self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// Without comments and without the test module at its end.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut lines = (1..).zip(self.text.lines()).peekable();
        std::iter::from_fn(move || {
            let (number, line) = lines.next()?;
            let opens_tests = line.starts_with("#[cfg(test)]")
                && lines.peek().is_some_and(|(_, next)| next.starts_with("mod tests {"));
            (!opens_tests).then_some((number, line))
        })
        .filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with("//"))
    }
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![package().join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn sources(folder: &str) -> Vec<Source> {
    let read = |path: PathBuf| Source {
        path: path.strip_prefix(package()).unwrap().to_str().unwrap().to_owned(),
        text: fs::read_to_string(path).unwrap(),
    };
    files(folder, "rs").into_iter().map(read).collect()
}

fn assert_none(what: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let import = Regex::new(r"\bcrate::(\w+)").unwrap();
    let mut found = Vec::new();
    for source in sources("src").iter().filter(|source| !source.is_test()) {
        let module = source.path.trim_start_matches("src/").split(['/', '.']).next().unwrap();
        if module == "lib" || module == "main" {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(known, _)| *known == module) else {
            found.push(format!("{}: module {module} is not in the table", source.path));
            continue;
        };
        for (number, line) in source.code() {
            for name in import.captures_iter(line).map(|captures| captures[1].to_owned()) {
                if name != module && !allowed.contains(&name.as_str()) {
                    found.push(format!("{}:{number}: {module} may not import {name}", source.path));
                }
            }
        }
    }
    assert_none("imports against the table", found);
}

#[test]
fn the_table_of_imports_has_no_circle() {
    for (module, allowed) in MAY_IMPORT {
        for other in allowed {
            let back = MAY_IMPORT.iter().find(|(known, _)| known == other).unwrap().1;
            assert!(!back.contains(&module), "{module} and {other} import each other");
        }
    }
}

#[test]
fn the_world_is_touched_only_where_it_may_be() {
    let mut found = Vec::new();
    for (pattern, places, why) in ONLY_IN {
        let pattern = Regex::new(pattern).unwrap();
        for source in sources("src").iter().filter(|source| !source.is_test()) {
            let path = source.path.trim_start_matches("src/");
            let allowed = |place: &str| {
                path == place || path.strip_prefix(place).is_some_and(|rest| rest.starts_with(['/', '.']))
            };
            if places.iter().any(|place| allowed(place)) {
                continue;
            }
            for (number, line) in source.code().filter(|(_, line)| pattern.is_match(line)) {
                found.push(format!("{}:{number}: {} ({why})", source.path, line.trim()));
            }
        }
    }
    assert_none("out of place", found);
}

#[test]
fn every_file_says_what_it_is() {
    let all = sources("src").into_iter().chain(sources("tests"));
    let found = all.filter(|source| !source.text.starts_with("//! ")).map(|source| source.path);
    assert_none("files that do not open with a //! line", found.collect());
}

#[test]
fn files_stay_readable() {
    let mut found = Vec::new();
    for source in sources("src").into_iter().chain(sources("tests")) {
        let (lines, limit) = (source.code().count(), if source.is_test() { LINES_OF_TESTS } else { LINES });
        if lines > limit {
            found.push(format!("{}: {lines} lines of code, at most {limit}", source.path));
        }
    }
    assert_none("too long", found);
}

#[test]
fn no_file_is_forgotten() {
    let declaration = Regex::new(r"(?m)^\s*(?:pub(?:\(crate\))? )?mod (\w+);").unwrap();
    let mut found = Vec::new();
    for folder in ["src", "tests"] {
        let all = sources(folder);
        let mut declared: BTreeSet<String> = [
            "src/lib.rs",
            "src/main.rs",
            "tests/main.rs",
            "tests/bench/analyst/main.rs",
            "tests/bench/engine/main.rs",
            "tests/bench/terminal/main.rs",
        ]
        .map(str::to_owned)
        .into();
        for source in &all {
            let path = Path::new(&source.path);
            let stem = path.file_stem().unwrap().to_str().unwrap();
            let parent = path.parent().unwrap();
            let home =
                if matches!(stem, "mod" | "lib" | "main") { parent.to_owned() } else { parent.join(stem) };
            for name in declaration.captures_iter(&source.text).map(|captures| captures[1].to_owned()) {
                declared.insert(home.join(format!("{name}.rs")).to_str().unwrap().to_owned());
                declared.insert(home.join(name).join("mod.rs").to_str().unwrap().to_owned());
            }
        }
        found.extend(all.into_iter().map(|source| source.path).filter(|path| !declared.contains(path)));
    }
    assert_none("files that no mod line leads to", found);
}

#[test]
fn the_top_level_has_its_files_and_no_others() {
    let known = [
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "prompts",
        "src",
        "target",
        "tests",
        "themes",
    ];
    let entries = fs::read_dir(package()).unwrap().map(|entry| entry.unwrap().file_name());
    let names = entries.map(|name| name.into_string().unwrap());
    // Where a property failed its seeds are noted; they are ignored by git.
    let found = names.filter(|name| !name.starts_with('.') && name != "proptest-regressions");
    assert_none("at the top level", found.filter(|name| !known.contains(&name.as_str())).collect());
    assert_none(
        "missing at the top level",
        known
            .iter()
            .filter(|name| !package().join(name).exists())
            .map(|name| (*name).to_owned())
            .filter(|name| name != "target")
            .collect(),
    );
}

#[test]
fn every_theme_loads() {
    let mut found = Vec::new();
    for path in files("themes", "toml") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        if let Err(problem) = Theme::parse(name, &fs::read_to_string(&path).unwrap(), Depth::True) {
            found.push(problem.to_string());
        }
    }
    assert_none("themes", found);
}

#[test]
fn data_files_are_toml() {
    let mut found = Vec::new();
    for path in ["src", "themes"].iter().flat_map(|folder| files(folder, "toml")) {
        if let Err(error) = fs::read_to_string(&path).unwrap().parse::<toml::Table>() {
            found.push(format!("{}: {error}", path.display()));
        }
    }
    assert_none("not TOML", found);
}

#[test]
fn nothing_points_at_the_machine_it_was_written_on() {
    let machine = Regex::new(r"(^|[^\w.])/(work|root)/").unwrap();
    let mut found = Vec::new();
    for extension in ["rs", "toml", "md", "html"] {
        for folder in ["src", "tests", "themes", "prompts"] {
            for path in files(folder, extension) {
                let text = fs::read_to_string(&path).unwrap();
                let harmless = path.ends_with("tests/house.rs");
                if !harmless && machine.is_match(&text) {
                    found.push(path.display().to_string());
                }
            }
        }
    }
    assert_none("machine's paths", found);
}
