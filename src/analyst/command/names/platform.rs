//! The names that commands of orchestration use: pods, nodes, deployments, containers.

use crate::analyst::command::effect::positional;
use crate::analyst::command::names::{Found, part};
use crate::analyst::command::shell::Word;

/// What `kubectl` is asked about.
pub(super) fn kubernetes(args: &[Word], found: &mut Found) {
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

/// The container that `docker` is asked about.
pub(super) fn containers(args: &[Word], found: &mut Found) {
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
