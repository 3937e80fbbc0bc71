//! The names that a command uses: services, hosts, tables, namespaces, files. A name that stands nowhere in the case
//! was made up: a placeholder says so better.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::analyst::command::effect::positional;
use crate::analyst::command::shell::{self, Simple, Word};

/// Names that are the same everywhere, or of software rather than of a system.
const EVERYWHERE: [&str; 52] = [
    "localhost",
    "default",
    "kube-system",
    "kube-public",
    "kubernetes",
    "postgres",
    "root",
    "admin",
    "mysql",
    "template1",
    "kubelet",
    "docker",
    "containerd",
    "crio",
    "cron",
    "crond",
    "chronyd",
    "chrony",
    "ntpd",
    "ntp",
    "sshd",
    "ssh",
    "systemd-resolved",
    "systemd-timesyncd",
    "systemd-journald",
    "systemd-networkd",
    "networkmanager",
    "firewalld",
    "nginx",
    "haproxy",
    "postgresql",
    "mariadb",
    "mysqld",
    "redis",
    "redis-server",
    "rabbitmq-server",
    "kafka",
    "zookeeper",
    "elasticsearch",
    "mongod",
    "cassandra",
    "etcd",
    "coredns",
    "kube-dns",
    "kube-proxy",
    "prometheus",
    "alertmanager",
    "grafana",
    "istio-proxy",
    "istio-system",
    "master",
    "main",
];

/// Files that every host has, by their beginning.
const FILES: [&str; 12] =
    ["/proc", "/sys", "/dev", "/tmp", "/run", "/etc", "/usr", "/bin", "/sbin", "/var/run", "/opt", "/boot"];

/// Logs and folders that every host has.
const LOGS: [&str; 14] = [
    "/",
    "/var",
    "/var/log",
    "/home",
    "/var/lib",
    "/var/spool",
    "/var/log/syslog",
    "/var/log/messages",
    "/var/log/auth.log",
    "/var/log/secure",
    "/var/log/kern.log",
    "/var/log/dmesg",
    "/var/lib/docker",
    "/var/lib/kubelet",
];

/// Tables after these words of SQL.
static TABLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(?:from|join|into|update|table|analyze|vacuum)\s+(?:only\s+)?["`]?([a-z_][a-z0-9_.$]*)["`]?(\s*\()?"#).ok()
});

/// Names that a `WITH` gives to queries of its own.
static OWN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(?:\bwith|,)\s+(?:recursive\s+)?([a-z_][a-z0-9_]*)\s+as\s*\(").ok());

/// Tables that come with a database.
const CATALOGUES: [&str; 13] = [
    "pg_",
    "information_schema",
    "performance_schema",
    "sys.",
    "mysql.",
    "system.",
    "system_",
    "v$",
    "gv$",
    "dba_",
    "sqlite_",
    "all_",
    "user_",
];

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

fn is_everywhere(name: &str, slot: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    if slot == "file" {
        let trimmed = lower.trim_end_matches('/');
        return LOGS.contains(&trimmed)
            || lower == "/"
            || FILES.iter().any(|file| {
                lower.strip_prefix(file).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
    }
    if slot == "table" {
        return CATALOGUES.iter().any(|catalogue| lower.starts_with(catalogue)) || lower == "dual";
    }
    let bare = lower.strip_suffix(".service").unwrap_or(&lower);
    let host = host_of(bare);
    EVERYWHERE.contains(&bare) || EVERYWHERE.contains(&host) || host.starts_with("127.") || host == "0.0.0.0"
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

fn kubernetes(args: &[Word], found: &mut Found) {
    let values = [
        "-n",
        "--namespace",
        "--context",
        "--kubeconfig",
        "-c",
        "--container",
        "-l",
        "--selector",
        "-o",
        "--output",
        "--tail",
        "--since",
        "--sort-by",
        "--field-selector",
        "-s",
        "-f",
        "-p",
        "--replicas",
        "--since-time",
    ];
    let texts: Vec<&str> = args.iter().map(|word| word.text.as_str()).collect();
    // `-f` follows a log, and names a file elsewhere.
    let values: Vec<&str> = values
        .into_iter()
        .filter(|flag| !(texts.contains(&"logs") && matches!(*flag, "-f" | "-p")))
        .collect();
    let own: Vec<&Word> = positional(&texts, &values).map(|at| &args[at]).collect();
    let Some((verb, rest)) = own.split_first() else { return };
    let (kind, names) = match verb.text.as_str() {
        "logs" | "exec" | "attach" | "port-forward" | "debug" => (Some("pod"), rest.get(..1).unwrap_or(&[])),
        "cordon" | "uncordon" | "drain" => (Some("node"), rest),
        "rollout" | "top" | "set" => (None, rest.get(1..).unwrap_or(&[])),
        "get" | "describe" | "delete" | "scale" | "edit" | "patch" | "label" | "annotate" | "wait" => {
            (None, rest)
        }
        _ => return,
    };
    let mut kind = kind;
    for word in names.iter().take(6) {
        match (word.text.split_once('/'), kind) {
            (Some((of, name)), _) => found.extend(part(word, name).map(|range| (range, slot(of)))),
            (None, Some(kind)) => found.extend(part(word, &word.text).map(|range| (range, kind))),
            (None, None) => kind = Some(slot(&word.text)),
        }
    }
}

/// The placeholder for a thing of this kind.
fn slot(kind: &str) -> &'static str {
    const KINDS: [(&str, &str); 14] = [
        ("po", "pod"),
        ("deploy", "deployment"),
        ("sts", "statefulset"),
        ("statefulset", "statefulset"),
        ("ds", "daemonset"),
        ("daemonset", "daemonset"),
        ("svc", "service"),
        ("service", "service"),
        ("cronjob", "cronjob"),
        ("job", "job"),
        ("node", "node"),
        ("configmap", "configmap"),
        ("secret", "secret"),
        ("n", "namespace"),
    ];
    KINDS.iter().find(|(start, _)| kind.starts_with(start)).map_or("name", |(_, slot)| slot)
}

fn containers(args: &[Word], found: &mut Found) {
    let texts: Vec<&str> = args.iter().map(|word| word.text.as_str()).collect();
    let values = ["--tail", "-n", "--since", "-u", "-w", "-e", "-f", "--format"];
    let values: Vec<&str> =
        values.into_iter().filter(|flag| !(texts.contains(&"logs") && *flag == "-f")).collect();
    let own: Vec<&Word> = positional(&texts, &values).map(|at| &args[at]).collect();
    let verbs = ["logs", "inspect", "exec", "restart", "stop", "start", "top", "stats", "kill", "port"];
    if own.first().is_some_and(|verb| verbs.contains(&verb.text.as_str())) {
        found.extend(own.get(1).and_then(|word| Some((part(word, &word.text)?, "container"))));
    }
}
