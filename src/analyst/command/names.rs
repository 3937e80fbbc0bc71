//! The names that a command uses: services, hosts, tables, namespaces, files. A name that stands nowhere in the case
//! was made up: a placeholder says so better.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::analyst::command::effect::positional;
use crate::analyst::command::shell::{self, Simple, Word};

mod everywhere;
mod platform;

use everywhere::is_everywhere;
use platform::{containers, kubernetes};

/// Tables after these words of SQL.
static TABLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(?:from|join|into|update|table|analyze|vacuum)\s+(?:only\s+)?["`]?([a-z_][a-z0-9_.$]*)["`]?(\s*\()?"#).ok()
});

/// Names that a `WITH` gives to queries of its own.
static OWN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(?:\bwith|,)\s+(?:recursive\s+)?([a-z_][a-z0-9_]*)\s+as\s*\(").ok());

/// `command` with each name that `is_known` does not know replaced by a placeholder, and the names replaced.
pub fn placeholders(command: &str, is_known: impl Fn(&str) -> bool) -> (String, Vec<String>) {
    let mut found = of_sql(command);
    for simple in &shell::read(command).commands {
        of_simple(simple, &mut found);
    }
    found.sort_by_key(|(range, _)| (range.start, range.end));
    let (mut out, mut replaced, mut from) = (String::with_capacity(command.len()), Vec::new(), 0);
    for (range, slot) in found {
        let Some(name) = command.get(range.clone()) else { continue };
        if range.start < from || !is_name(name) || is_everywhere(name, slot) || stands(name, slot, &is_known)
        {
            continue;
        }
        out.push_str(&command[from..range.start]);
        out.extend(["<", slot, ">"]);
        replaced.push(name.to_owned());
        from = range.end;
    }
    out.push_str(&command[from..]);
    (out, replaced)
}

/// A plain name rather than a variable, a pattern, a number or a placeholder.
fn is_name(text: &str) -> bool {
    text.len() > 1
        && text.len() <= 200
        && text.chars().all(|c| c.is_alphanumeric() || "._-/:@".contains(c))
        && text.chars().any(char::is_alphabetic)
}

/// The part of `user@host:port` that names.
fn host_of(name: &str) -> &str {
    let parts = name.split([':', '@']);
    parts.rev().find(|part| part.bytes().any(|byte| !byte.is_ascii_digit())).unwrap_or("")
}

/// Whether the name stands in the case, as it is or without its port, its user or its schema.
fn stands(name: &str, slot: &str, is_known: &impl Fn(&str) -> bool) -> bool {
    let host = host_of(name);
    let table = name.rsplit('.').next().filter(|_| slot == "table");
    is_known(name) || host != name && is_known(host) || table.is_some_and(is_known)
}

fn of_sql(command: &str) -> Vec<(Range<usize>, &'static str)> {
    let (Some(table), Some(own)) = (TABLE.as_ref(), OWN.as_ref()) else { return Vec::new() };
    let lower = command.to_ascii_lowercase();
    let sql =
        ["select ", "update ", "delete ", "insert ", "alter ", "vacuum", "analyze ", "drop ", "truncate "];
    if !sql.iter().any(|word| lower.contains(word)) {
        return Vec::new();
    }
    let given: Vec<&str> =
        own.captures_iter(command).filter_map(|caps| Some(caps.get(1)?.as_str())).collect();
    let names =
        table.captures_iter(command).filter(|caps| caps.get(2).is_none()).filter_map(|caps| caps.get(1));
    let words =
        ["select", "set", "only", "where", "lateral", "unnest", "values", "now", "generate_series", "clause"];
    let named = |name: &str| !given.contains(&name) && !words.contains(&name.to_ascii_lowercase().as_str());
    names.filter(|name| named(name.as_str())).map(|name| (name.range(), "table")).collect()
}

/// The range of a part of a word, where the word stands in the command as it is.
fn part(word: &Word, text: &str) -> Option<Range<usize>> {
    if word.quoted && word.end - word.start != word.text.len() + 2 {
        return None;
    }
    let shift = usize::from(word.quoted);
    let at = text.as_ptr() as usize - word.text.as_ptr() as usize;
    Some(word.start + shift + at..word.start + shift + at + text.len())
}

type Found = Vec<(Range<usize>, &'static str)>;

/// Programs whose arguments name something.
const TOOLS: [&str; 37] = [
    "kubectl",
    "oc",
    "k",
    "helm",
    "istioctl",
    "systemctl",
    "journalctl",
    "service",
    "docker",
    "podman",
    "crictl",
    "ssh",
    "ping",
    "dig",
    "nslookup",
    "host",
    "mtr",
    "traceroute",
    "tracepath",
    "nc",
    "telnet",
    "psql",
    "pg_isready",
    "mysql",
    "mysqladmin",
    "mariadb",
    "redis-cli",
    "mongosh",
    "curl",
    "wget",
    "openssl",
    "kcat",
    "tail",
    "cat",
    "grep",
    "less",
    "zgrep",
];

fn of_simple(simple: &Simple, found: &mut Found) {
    let named = |word: &Word| word.text.rsplit('/').next().unwrap_or("").to_owned();
    let kafka = |name: &str| name.starts_with("kafka-");
    let Some(at) =
        simple.words.iter().position(|word| TOOLS.contains(&named(word).as_str()) || kafka(&named(word)))
    else {
        return;
    };
    let (program, args) = (named(&simple.words[at]), &simple.words[at + 1..]);
    let end = args.iter().position(|word| word.text == "--").unwrap_or(args.len());
    let args = &args[..end];
    flags(&program, args, found);
    match program.as_str() {
        "kubectl" | "oc" | "k" => kubernetes(args, found),
        "systemctl" => after_verb(args, 1, "unit", &["-t", "-p", "-n", "-H"], found),
        "service" => after_verb(args, 0, "unit", &[], found),
        "docker" | "podman" | "crictl" => containers(args, found),
        "ssh" | "ping" | "dig" | "nslookup" | "host" | "mtr" | "traceroute" | "tracepath" | "nc"
        | "telnet" => {
            let values = ["-p", "-i", "-l", "-o", "-J", "-F", "-c", "-w", "-W", "-t", "-s", "-m", "-q", "-n"];
            after_verb(args, 0, "host", &values, found);
        }
        "curl" | "wget" => {
            for word in args {
                let host = word
                    .text
                    .split_once("://")
                    .map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or(""));
                found.extend(host.and_then(|host| Some((part(word, host)?, "host"))));
            }
        }
        "tail" | "cat" | "grep" | "less" | "zgrep" => {
            for word in args.iter().filter(|word| word.text.starts_with('/')) {
                found.extend(part(word, &word.text).map(|range| (range, "file")));
            }
        }
        _ => {}
    }
}

/// Names that are the values of flags.
fn flags(program: &str, args: &[Word], found: &mut Found) {
    const FLAGS: &[(&[&str], &[&str], &str)] = &[
        (&["kubectl", "oc", "k", "helm", "istioctl"], &["-n", "--namespace"], "namespace"),
        (&["kubectl", "oc", "k"], &["-c", "--container"], "container"),
        (&["kubectl", "oc", "k"], &["-l", "--selector"], "label"),
        (&["journalctl"], &["-u", "--unit"], "unit"),
        (
            &["psql", "pg_isready", "mysql", "mysqladmin", "mariadb", "redis-cli", "mongosh"],
            &["-h", "--host"],
            "host",
        ),
        (&["psql"], &["-d", "--dbname"], "database"),
        (&["mysql", "mariadb"], &["-D", "--database"], "database"),
        (&["openssl"], &["-connect", "-servername"], "host"),
        (&["kcat", "kafka"], &["--topic", "-t"], "topic"),
        (&["kafka"], &["--group"], "group"),
        (&["kcat", "kafka"], &["--bootstrap-server", "-b"], "broker"),
    ];
    let program = if program.starts_with("kafka-") { "kafka" } else { program };
    for (_, names, slot) in FLAGS.iter().filter(|(tools, ..)| tools.contains(&program)) {
        for (at, word) in args.iter().enumerate() {
            let joined =
                word.text.split_once('=').filter(|(flag, _)| flag.starts_with("--") && names.contains(flag));
            let (word, value) = match joined {
                Some((_, value)) => (word, value),
                None if names.contains(&word.text.as_str()) => match args.get(at + 1) {
                    Some(next) => (next, next.text.as_str()),
                    None => continue,
                },
                None => continue,
            };
            // Of a label the value is a name.
            let value =
                if *slot == "label" { value.split_once('=').map_or("", |(_, name)| name) } else { value };
            found.extend(part(word, value).map(|range| (range, *slot)));
        }
    }
}

/// The arguments after `verbs` verbs.
fn after_verb(args: &[Word], verbs: usize, slot: &'static str, values: &[&str], found: &mut Found) {
    let texts: Vec<&str> = args.iter().map(|word| word.text.as_str()).collect();
    let names = positional(&texts, values).skip(verbs).take(if verbs == 0 { 1 } else { 4 });
    let names: Vec<usize> = names.collect();
    found.extend(names.into_iter().filter_map(|at| Some((part(&args[at], &args[at].text)?, slot))));
}
