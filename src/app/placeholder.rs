//! What a person has to fill in before a command can run: `<namespace>`. Values are asked for once, with suggestions
//! from the evidence, and are quoted for the shell as the place demands where they stand.

use std::borrow::Cow;
use std::collections::BTreeMap;

use regex::Regex;

use crate::app::App;
use crate::evidence::redaction::placeholders;

/// Longest name of a placeholder, characters.
const NAME_MAX: usize = 40;
/// Most suggestions.
const SUGGESTIONS: usize = 5;
/// Evidence that is searched for suggestions, bytes.
const SEARCHED: usize = 512 * 1024;
/// What programs print in angle brackets when there is nothing: no placeholder.
const PRINTED: [&str; 5] = ["none", "unknown", "nil", "unset", "invalid"];

/// The placeholders of a text: where they stand, with their brackets.
fn found(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('<').filter_map(|(start, _)| {
        let end = start + text[start..].find('>')? + 1;
        let name = &text[start + 1..end - 1];
        let named = name.starts_with(char::is_alphabetic)
            && name.chars().all(|c| c.is_alphanumeric() || "-_ .".contains(c))
            && name.chars().count() <= NAME_MAX
            && !name.ends_with(' ')
            && !PRINTED.contains(&name)
            && !text[..start].ends_with('<');
        named.then(|| (start, &text[start..end]))
    })
}

/// The names to fill in, each once, in order, without their brackets.
pub fn names(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for (_, name) in found(text) {
        let name = &name[1..name.len() - 1];
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Why a value cannot stand for a placeholder.
pub fn refused(value: &str) -> Option<&'static str> {
    if value.chars().any(char::is_control) {
        Some("one line without control characters")
    } else if value.starts_with('-') {
        Some("a value that begins with - would be read as an option")
    } else if value.contains(['<', '>']) {
        Some("the value itself, without < and >")
    } else {
        None
    }
}

/// The command with the values that are known, quoted for a POSIX shell.
pub fn fill<'a>(command: &'a str, values: &BTreeMap<String, String>) -> Cow<'a, str> {
    if values.is_empty() || !command.contains('<') {
        return Cow::Borrowed(command);
    }
    let mut filled = String::with_capacity(command.len());
    let (mut within, mut at) = (Within::Nothing, 0);
    for (start, name) in found(command) {
        let Some(value) = values.get(&name[1..name.len() - 1]) else { continue };
        if start < at {
            continue;
        }
        within = within.after(&command[at..start]);
        filled.push_str(&command[at..start]);
        filled.push_str(&within.quoted(value));
        at = start + name.len();
    }
    filled.push_str(&command[at..]);
    Cow::Owned(filled)
}

/// The quotes a place of a command stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    Single,
    Double,
}

impl Within {
    /// Where `text`, which begins here, leads.
    fn after(self, text: &str) -> Self {
        let mut within = self;
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            within = match (within, c) {
                (Self::Nothing, '\'') => Self::Single,
                (Self::Nothing, '"') => Self::Double,
                (Self::Single, '\'') | (Self::Double, '"') => Self::Nothing,
                (Self::Nothing | Self::Double, '\\') => {
                    chars.next();
                    within
                }
                _ => within,
            };
        }
        within
    }

    fn quoted(self, value: &str) -> Cow<'_, str> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._/:@%+=,-".contains(c);
        match self {
            _ if value.chars().all(plain) => Cow::Borrowed(value),
            Self::Nothing => Cow::Owned(format!("'{}'", value.replace('\'', r"'\''"))),
            Self::Single => Cow::Owned(value.replace('\'', r"'\''")),
            Self::Double => {
                let escaped = value.chars().flat_map(|c| {
                    let escape = matches!(c, '\\' | '"' | '$' | '`').then_some('\\');
                    escape.into_iter().chain([c])
                });
                Cow::Owned(escaped.collect())
            }
        }
    }
}

/// Other words for what a placeholder names, by the last word of its name.
const ALSO: [(&str, &[&str]); 8] = [
    ("namespace", &["ns"]),
    ("deployment", &["deploy", "app", "service"]),
    ("service", &["svc", "app"]),
    ("host", &["hostname", "server", "instance"]),
    ("server", &["host", "hostname"]),
    ("db", &["database", "dbname"]),
    ("database", &["db", "dbname"]),
    ("group", &["group_id", "consumer_group"]),
];

/// What may stand for a placeholder by the evidence, the most frequent first: `namespace=payments`, `pod/api-7d9`,
/// `-n payments`, `"host":"db-1"`.
pub fn suggestions(app: &App, name: &str) -> Vec<String> {
    let last = name.split([' ', '-', '_']).next_back().unwrap_or(name).to_lowercase();
    let also = ALSO.iter().find(|(word, _)| *word == last).map_or(&[][..], |(_, also)| also);
    let mut keys: Vec<String> = also.iter().map(|word| regex::escape(word)).collect();
    keys.push(regex::escape(&last));
    let whole: Vec<String> = name.split([' ', '-', '_']).map(regex::escape).collect();
    keys.push(whole.join("[ _-]?"));
    let keys = keys.join("|");
    let short = if last == "namespace" { r"|(?:^|\s)-n[ =]([A-Za-z0-9][\w.-]{0,62})" } else { "" };
    // Behind a blank a word of prose may follow: only what looks like a name counts there.
    let pattern = format!(
        r#"(?i)(?:^|[\s"'{{(\[,;-])(?:{keys})"?(?:\s?[=:/]\s?"?([A-Za-z0-9][\w.:@-]{{0,62}})|\s([A-Za-z0-9]\w*[-.\d][\w.-]{{0,62}})){short}"#
    );
    let Ok(pattern) = Regex::new(&pattern) else { return Vec::new() };
    let mut counts: Vec<(String, usize)> = Vec::new();
    let mut left = SEARCHED;
    for text in evidence(app) {
        let mut end = text.len().min(left);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        left -= end;
        for captures in pattern.captures_iter(&text[..end]) {
            let Some(value) = captures.iter().skip(1).flatten().next() else { continue };
            let value = value.as_str().trim_end_matches(['.', ':', '-', '@']);
            match counts.iter_mut().find(|(known, _)| known == value) {
                Some((_, count)) => *count += 1,
                None if !value.is_empty() => counts.push((value.to_owned(), 1)),
                None => {}
            }
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let is_service = matches!(last.as_str(), "service" | "deployment" | "app" | "workload" | "unit" | "job");
    let service = Some(app.incident.service()).filter(|service| is_service && !service.is_empty());
    let mut all: Vec<String> = service.map(str::to_owned).into_iter().collect();
    all.extend(counts.into_iter().map(|(value, _)| value).filter(|value| Some(value.as_str()) != service));
    all.truncate(SUGGESTIONS);
    all
}

/// The texts in which names of this system stand, the most telling first.
fn evidence(app: &App) -> impl Iterator<Item = &str> {
    let incident = &app.incident;
    let causes = incident.shown().hypotheses.iter();
    let cited =
        causes.flat_map(|one| one.evidence.iter().chain(&one.against)).map(|quote| quote.quote.as_str());
    let pasted = incident.sources.values().filter_map(|source| source.text.as_deref());
    let notes = incident.notes.iter().map(|note| note.text.as_str());
    let templates = app.digest.templates.iter();
    let examples = templates.flat_map(|one| [one.example.quote.as_str(), one.newest.quote.as_str()]);
    let lines = app.ui.context.window.lines.iter().map(|line| line.text.as_str());
    cited.chain(notes).chain(pasted).chain(examples).chain(lines)
}

impl App {
    /// A command with what was filled in so far. A secret of an earlier session is asked for again: it was not kept.
    pub fn filled<'a>(&self, command: &'a str) -> Cow<'a, str> {
        let values =
            self.incident.filled.iter().map(|(name, value)| (name.clone(), self.vault.restore(value)));
        fill(command, &values.filter(|(_, value)| placeholders(value).is_empty()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::state::Note;

    #[test]
    fn only_what_stands_for_something_is_a_placeholder() {
        let cases: [(&str, &[&str]); 7] = [
            ("kubectl -n <namespace> get pod <pod> -n <namespace>", &["namespace", "pod"]),
            ("redis-cli -h <redis host> info", &["redis host"]),
            ("sysctl -w net=<旧值>", &["旧值"]),
            ("grep -v '<none>' | sort < in > out", &[]),
            ("a < b && c > d", &[]),
            ("cat <<EOF>x", &[]),
            ("psql -c \"select 1 where a <> 2\"", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn values_are_quoted_for_the_place_they_stand_in() {
        let value = r#"a'b "c" $d"#;
        let cases = [
            ("ls <x>", "plain-1.txt", "ls plain-1.txt"),
            ("ls <x>", value, r#"ls 'a'\''b "c" $d'"#),
            ("echo '<x>'", value, r#"echo 'a'\''b "c" $d'"#),
            ("echo \"<x>\"", value, r#"echo "a'b \"c\" \$d""#),
            ("psql -c \"select '<x>'\"", "o'neil", "psql -c \"select 'o'neil'\""),
            (r#"echo \"<x>"#, "a b", r#"echo \"'a b'"#),
            ("a <x> <y> <x>", "1", "a 1 <y> 1"),
        ];
        for (command, value, expected) in cases {
            let values = BTreeMap::from([("x".to_owned(), value.to_owned())]);
            assert_eq!(fill(command, &values), expected, "{command}");
        }
    }

    #[test]
    fn a_filled_command_means_to_the_shell_what_was_typed() {
        let values = ["a b", "it's", "$(touch x)", "`id`", "a\\b", "\"", "*", "连接", "a;b|c&d", "~"];
        for value in values {
            for (command, before, after) in [
                ("printf %s <x>", "", ""),
                ("printf %s '[<x>]'", "[", "]"),
                ("printf %s \"[<x>]\"", "[", "]"),
            ] {
                let known = BTreeMap::from([("x".to_owned(), value.to_owned())]);
                let filled = fill(command, &known).into_owned();
                let shell = std::process::Command::new("sh").arg("-c").arg(&filled).output().unwrap();
                assert_eq!(
                    String::from_utf8_lossy(&shell.stdout),
                    format!("{before}{value}{after}"),
                    "{filled}"
                );
            }
        }
    }

    #[test]
    fn what_could_do_something_else_is_refused() {
        for value in ["-rf", "a\nb", "<namespace>", "\u{1b}[2J"] {
            assert!(refused(value).is_some(), "{value}");
        }
        assert_eq!(refused("payments-prod"), None);
    }

    #[test]
    fn the_evidence_suggests_values() {
        let mut app = App::default();
        let note = |text: &str| Note {
            text: text.into(),
            by: "ana".into(),
            at: jiff::Timestamp::UNIX_EPOCH,
            seq: 1,
        };
        app.incident.given_service = "payment-svc".into();
        app.incident.notes = vec![
            note("kubectl get pods -n payments"),
            note("level=error namespace=payments pod/api-7d9f-x2 failed, ns: shop, \"host\":\"db-1\""),
            note("the host is down; pid 812 holds the lock, the namespace is full"),
        ];
        let cases: [(&str, &[&str]); 6] = [
            ("namespace", &["payments", "shop"]),
            ("pod", &["api-7d9f-x2"]),
            ("redis host", &["db-1"]),
            ("pid", &["812"]),
            ("service", &["payment-svc"]),
            ("column", &[]),
        ];
        for (name, expected) in cases {
            assert_eq!(suggestions(&app, name), expected, "{name}");
        }
    }
}
