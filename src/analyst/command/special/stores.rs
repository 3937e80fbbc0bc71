//! Data stores and queues.

use crate::analyst::command::effect::{self, Effect, positional};
use crate::analyst::command::special::platform::by_verbs;
use crate::analyst::command::special::{any, reads, value};
use crate::analyst::command::sql;
use crate::analyst::command::tools::Rule;

pub(in crate::analyst::command) fn psql(args: &[&str], wraps: usize) -> Effect {
    if any(args, &["--list", "--version"]) || args.contains(&"-l") {
        return Effect::Reads;
    }
    effect::by_rule(&Rule::Sql { flags: &["-c", "--command", "-e", "--execute"] }, args, wraps)
}

pub(in crate::analyst::command) fn sqlite(args: &[&str], _: usize) -> Effect {
    match positional(args, &["-cmd", "-separator"]).nth(1).map(|at| args[at]) {
        Some(text) if text.starts_with('.') => Effect::Reads,
        Some(text) => sql::effect(text),
        None => Effect::Unknown,
    }
}

pub(in crate::analyst::command) fn mongo(args: &[&str], _: usize) -> Effect {
    const LOOKS: [&str; 27] = [
        "currentop",
        "serverstatus",
        "status(",
        "stats(",
        "find(",
        "findone(",
        "count",
        "aggregate(",
        "explain(",
        "getindexes",
        "printreplicationinfo",
        "printsecondaryreplicationinfo",
        "isMaster",
        "hello(",
        "getprofilingstatus",
        "dbstats",
        "collstats",
        "getlog",
        "hostinfo",
        "listdatabases",
        "getcollection",
        "printslavereplicationinfo",
        "getdefaultrwconcern",
        "getparameter",
        "getcmdlineopts",
        "replsetgetstatus",
        "replsetgetconfig",
    ];
    const DOES: [&str; 20] = [
        "insert",
        "update",
        "delete",
        "remove",
        "drop",
        "kill",
        "create",
        "setprofilinglevel",
        "stepdown",
        "reconfig",
        "shutdown",
        "initiate",
        "fsync",
        "compact",
        "rename",
        "setparameter",
        "$out",
        "$merge",
        "replaceone",
        "grant",
    ];
    let Some(script) = value(args, "-e", "--eval") else { return Effect::Unknown };
    let lower = script.to_ascii_lowercase();
    if lower.contains("drop") || lower.contains("deletemany({})") {
        return Effect::Destroys;
    }
    if DOES.iter().any(|does| lower.contains(does)) {
        return Effect::Changes;
    }
    if LOOKS.iter().any(|look| lower.contains(&look.to_ascii_lowercase())) {
        Effect::Reads
    } else {
        Effect::Unknown
    }
}

/// Commands of Redis that look.
const REDIS_LOOKS: [&str; 44] = [
    "info",
    "get",
    "mget",
    "exists",
    "ttl",
    "pttl",
    "type",
    "keys",
    "scan",
    "dbsize",
    "strlen",
    "llen",
    "lrange",
    "lindex",
    "hget",
    "hgetall",
    "hlen",
    "hkeys",
    "hscan",
    "scard",
    "smembers",
    "sscan",
    "sismember",
    "zcard",
    "zrange",
    "zscore",
    "zscan",
    "xlen",
    "xinfo",
    "xrange",
    "xpending",
    "ping",
    "time",
    "role",
    "lastsave",
    "monitor",
    "memory",
    "latency",
    "slowlog",
    "client",
    "config",
    "cluster",
    "object",
    "command",
];

/// Second words of its commands that look and act.
const REDIS_DOES: [&str; 22] = [
    "set",
    "reset",
    "kill",
    "pause",
    "unpause",
    "rewrite",
    "resetstat",
    "purge",
    "failover",
    "forget",
    "meet",
    "addslots",
    "delslots",
    "setslot",
    "replicate",
    "flushslots",
    "setname",
    "no-evict",
    "reply",
    "unblock",
    "tracking",
    "bumpepoch",
];

/// Ways of its client to look.
const REDIS_OPTIONS: [&str; 8] = [
    "--bigkeys",
    "--hotkeys",
    "--memkeys",
    "--latency",
    "--stat",
    "--latency-history",
    "--scan",
    "--version",
];

pub(in crate::analyst::command) fn redis(args: &[&str], _: usize) -> Effect {
    let values =
        ["-h", "-p", "-a", "-n", "-u", "-s", "--user", "--pass", "-i", "-r", "--cacert", "--pattern"];
    if any(args, &REDIS_OPTIONS) {
        return Effect::Reads;
    }
    let words: Vec<String> =
        positional(args, &values).take(2).map(|at| args[at].to_ascii_lowercase()).collect();
    let Some(verb) = words.first() else { return Effect::Unknown };
    if matches!(verb.as_str(), "flushall" | "flushdb") {
        return Effect::Destroys;
    }
    let acts = words.get(1).is_some_and(|second| REDIS_DOES.contains(&second.as_str()));
    let whole = ["memory", "latency", "slowlog", "client", "config", "cluster"].contains(&verb.as_str());
    reads(
        (REDIS_LOOKS.contains(&verb.as_str())
            || verb == "acl"
                && words.get(1).is_some_and(|w| matches!(w.as_str(), "list" | "whoami" | "log" | "getuser")))
            && !(whole && acts),
    )
}

pub(in crate::analyst::command) fn rabbit(args: &[&str], _: usize) -> Effect {
    // Erlang is not judged.
    if args.contains(&"eval") { Effect::Unknown } else { by_verbs("rabbit-verbs", args) }
}

pub(in crate::analyst::command) fn kafka(args: &[&str], _: usize) -> Effect {
    if any(args, &["--delete"]) {
        return Effect::Destroys;
    }
    let does = [
        "--create",
        "--alter",
        "--reset-offsets",
        "--delete-offsets",
        "--execute",
        "--add",
        "--remove",
        "--cancel",
    ];
    // An offset reset without `--execute` shows what it would do.
    let planned = any(args, &["--dry-run"]) && !any(args, &["--execute"]);
    reads(planned || !any(args, &does))
}
