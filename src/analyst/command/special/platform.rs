//! Orchestration, clouds, networks.

use crate::analyst::command::effect::{self, Effect, positional, run};
use crate::analyst::command::special::{any, reads, value};
use crate::analyst::command::tools::{self, Rule};

/// By the verbs listed for `name`; `exec` runs what follows.
pub(super) fn by_verbs(name: &str, args: &[&str]) -> Effect {
    match tools::rule(name) {
        Some(rule @ Rule::Verbs { .. }) => effect::by_rule(rule, args, 0),
        _ => Effect::Unknown,
    }
}

pub(in crate::analyst::command) fn kubectl(args: &[&str], wraps: usize) -> Effect {
    let values = [
        "-n",
        "--namespace",
        "--context",
        "--kubeconfig",
        "-c",
        "--container",
        "-s",
        "--server",
        "--cluster",
        "--user",
    ];
    let first = positional(args, &values).next();
    if first.is_some_and(|at| matches!(args[at], "exec")) {
        return match args.iter().position(|arg| *arg == "--") {
            Some(at) => run(&args[at + 1..], wraps),
            // The old form: `kubectl exec pod command`.
            None => positional(args, &values).nth(2).map_or(Effect::Unknown, |at| run(&args[at..], wraps)),
        };
    }
    let worst = by_verbs("kubectl-verbs", args);
    let every = any(args, &["--all", "-A", "--all-namespaces"]);
    if first.is_some_and(|at| args[at] == "delete") && every { Effect::Destroys } else { worst }
}

pub(in crate::analyst::command) fn docker(args: &[&str], wraps: usize) -> Effect {
    let values = ["-H", "--host", "-u", "--user", "-e", "--env", "-w", "--workdir", "-f"];
    let at: Vec<usize> = positional(args, &values).take(4).collect();
    let words: Vec<&str> = at.iter().map(|&at| args[at]).collect();
    let command = match words.as_slice() {
        ["exec", _, ..] => at.get(2),
        ["compose" | "container", "exec", _, ..] => at.get(3),
        _ => return by_verbs("docker-verbs", args),
    };
    command.map_or(Effect::Unknown, |&at| run(&args[at..], wraps))
}

pub(in crate::analyst::command) fn aws(args: &[&str], _: usize) -> Effect {
    const LOOKS: [&str; 13] = [
        "describe-",
        "get-",
        "list-",
        "head-",
        "lookup-",
        "filter-",
        "search-",
        "batch-get-",
        "ls",
        "tail",
        "start-query",
        "query",
        "scan",
    ];
    let values = ["--region", "--profile", "--output", "--query", "--endpoint-url"];
    let verb = positional(args, &values).nth(1).map(|at| args[at]);
    match verb {
        Some(verb) if verb.starts_with("delete-") || matches!(verb, "rb" | "rm" | "terminate-instances") => {
            Effect::Destroys
        }
        Some(verb) => reads(LOOKS.iter().any(|look| verb.starts_with(look))),
        None => Effect::Reads,
    }
}

/// Command lines of clouds: the verb is the last plain word before the names, so any listed one tells.
pub(in crate::analyst::command) fn cloud(args: &[&str], _: usize) -> Effect {
    const LOOKS: [&str; 8] = ["list", "describe", "read", "show", "get", "tail", "version", "info"];
    const DOES: [&str; 14] = [
        "create", "update", "set", "add", "remove", "restart", "start", "stop", "deploy", "scale", "resize",
        "failover", "reset", "patch",
    ];
    let words = || {
        positional(args, &["--project", "--region", "--zone", "-g", "--resource-group"]).map(|at| args[at])
    };
    let starts = |word: &str, list: &[&str]| {
        list.iter().any(|known| word == *known || word.starts_with(&format!("{known}-")))
    };
    if words().any(|word| starts(word, &["delete", "destroy", "purge"])) {
        return Effect::Destroys;
    }
    reads(words().any(|word| starts(word, &LOOKS)) && !words().any(|word| starts(word, &DOES)))
}

/// Envoy's administration through its sidecar.
pub(in crate::analyst::command) fn pilot(args: &[&str], _: usize) -> Effect {
    reads(args.contains(&"GET") && !args.contains(&"POST"))
}

/// Consoles of routers: commands that begin with `show`.
pub(in crate::analyst::command) fn router(args: &[&str], _: usize) -> Effect {
    let commands: Vec<&str> = args.iter().copied().filter(|arg| !arg.starts_with('-')).collect();
    reads(
        !commands.is_empty()
            && (commands.iter().all(|command| command.starts_with("show")) || commands[0] == "show"),
    )
}

/// A module on many hosts: only a command that looks is known to look.
pub(in crate::analyst::command) fn ansible(args: &[&str], wraps: usize) -> Effect {
    match (value(args, "-m", "--module-name"), value(args, "-a", "--args")) {
        (Some("ping" | "setup"), _) => Effect::Reads,
        (Some("shell" | "command") | None, Some(command)) => effect::effect_within(command, wraps),
        _ => Effect::Changes,
    }
}
