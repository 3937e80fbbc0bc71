//! Programs whose effect takes more than a flag or a verb to tell.

mod platform;
mod stores;

pub(super) use platform::*;
pub(super) use stores::*;

use crate::analyst::command::effect::{self, Effect, is_flag, positional, run};

fn reads(yes: bool) -> Effect {
    if yes { Effect::Reads } else { Effect::Changes }
}

fn any(args: &[&str], flags: &[&str]) -> bool {
    args.iter().any(|arg| is_flag(arg, flags))
}

/// Value of a flag, written apart, attached or after `=`.
fn value<'a>(args: &[&'a str], short: &str, long: &str) -> Option<&'a str> {
    args.iter().enumerate().find_map(|(at, arg)| {
        if *arg == short || *arg == long {
            return args.get(at + 1).copied();
        }
        let attached = arg.strip_prefix(long).and_then(|rest| rest.strip_prefix('='));
        attached.or_else(|| arg.strip_prefix(short).filter(|rest| !rest.is_empty() && !arg.starts_with("--")))
    })
}

pub(super) fn rm(args: &[&str], _: usize) -> Effect {
    let whole =
        any(args, &["-r", "-R", "--recursive", "-f", "--force"]) || args.iter().any(|arg| arg.contains('*'));
    if whole { Effect::Destroys } else { Effect::Changes }
}

pub(super) fn sed(args: &[&str], _: usize) -> Effect {
    let in_place =
        args.iter().any(|arg| arg.starts_with("--in-place") || arg.starts_with("-i") || *arg == "-ni");
    // The commands `w file` and `e` of a script write and run.
    let acts = args.iter().any(|arg| arg.ends_with("/e") || arg.contains("/w ") || arg.starts_with("w "));
    reads(!in_place && !acts)
}

pub(super) fn awk(args: &[&str], _: usize) -> Effect {
    let writes = |arg: &&str| {
        let apart: String = arg.split_whitespace().collect();
        apart.contains("system(")
            || apart.contains("|\"")
            || apart.contains(">\"")
            || apart.contains("|getline")
    };
    reads(!args.iter().any(writes) && !any(args, &["-i"]))
}

pub(super) fn find(args: &[&str], wraps: usize) -> Effect {
    if args.contains(&"-delete") {
        return Effect::Destroys;
    }
    if any(args, &["-fprint", "-fprintf", "-fls"]) {
        return Effect::Changes;
    }
    let runs = |flag: &&str| matches!(*flag, "-exec" | "-execdir" | "-ok" | "-okdir");
    let starts: Vec<usize> = (0..args.len()).filter(|&at| runs(&args[at])).collect();
    starts.into_iter().map(|at| run(&args[at + 1..], wraps)).max().unwrap_or(Effect::Reads)
}

pub(super) fn tee(args: &[&str], _: usize) -> Effect {
    let files = args.iter().filter(|arg| !arg.starts_with('-'));
    files.map(|file| effect::writing(file)).max().unwrap_or(Effect::Reads)
}

pub(super) fn hostname(args: &[&str], _: usize) -> Effect {
    reads(args.iter().all(|arg| arg.starts_with('-') && !is_flag(arg, &["-F", "--file", "-b"])))
}

pub(super) fn mount(args: &[&str], _: usize) -> Effect {
    reads(
        args.is_empty() || args.iter().all(|arg| matches!(*arg, "-l" | "-s" | "--show" | "--summary" | "-t")),
    )
}

pub(super) fn ulimit(args: &[&str], _: usize) -> Effect {
    reads(args.iter().all(|arg| arg.starts_with('-')))
}

pub(super) fn sysctl(args: &[&str], _: usize) -> Effect {
    reads(
        !any(args, &["-w", "--write", "-p", "--system", "--load"])
            && !args.iter().any(|arg| arg.contains('=')),
    )
}

pub(super) fn curl(args: &[&str], _: usize) -> Effect {
    let long =
        ["--data", "--data-raw", "--data-binary", "--data-urlencode", "--form", "--json", "--upload-file"];
    let short = |letter: &str| {
        args.iter().any(|arg| *arg == letter || arg.starts_with(letter) && !arg.starts_with("--"))
    };
    let sends = any(args, &long) || ["-d", "-F", "-T"].iter().any(|letter| short(letter));
    let as_get =
        args.iter().any(|arg| matches!(*arg, "-G" | "--get" | "-sG" | "-Gs" | "-I" | "--head" | "-sI"));
    let method = value(args, "-X", "--request").or_else(|| {
        // `-sX POST`: the method is the value of the last letter.
        let at = args
            .iter()
            .position(|arg| arg.starts_with('-') && !arg.starts_with("--") && arg.ends_with('X'))?;
        args.get(at + 1).copied()
    });
    let method = method.map(str::to_ascii_uppercase);
    let harmless = match method.as_deref() {
        Some(method) => matches!(method, "GET" | "HEAD" | "OPTIONS"),
        None => as_get || !sends,
    };
    let output = value(args, "-o", "--output").map_or(Effect::Reads, effect::writing);
    let saves = args.iter().any(|arg| matches!(*arg, "-O" | "--remote-name" | "-K" | "--config"));
    reads(harmless && !saves).max(output)
}

pub(super) fn wget(args: &[&str], _: usize) -> Effect {
    let sends =
        args.iter().any(|arg| ["--post-", "--method", "--body-"].iter().any(|flag| arg.starts_with(flag)));
    let quiet = args.iter().any(|arg| matches!(*arg, "--spider" | "-O-" | "-qO-" | "-qO" | "-O"));
    let output = value(args, "-O", "--output-document").map_or(Effect::Reads, effect::writing);
    reads(quiet && !sends).max(output)
}

pub(super) fn httpie(args: &[&str], _: usize) -> Effect {
    let first = args.iter().find(|arg| !arg.starts_with('-'));
    let method = first.filter(|word| word.len() <= 7 && word.bytes().all(|byte| byte.is_ascii_uppercase()));
    let sends = args
        .iter()
        .any(|arg| !arg.starts_with('-') && !arg.contains("://") && arg.contains('=') && !arg.contains("=="));
    reads(method.map_or(!sends, |method| matches!(*method, "GET" | "HEAD" | "OPTIONS")))
}

pub(super) fn ip(args: &[&str], _: usize) -> Effect {
    const DOES: [&str; 20] = [
        "add",
        "del",
        "delete",
        "set",
        "flush",
        "change",
        "replace",
        "append",
        "up",
        "down",
        "modify",
        "connect",
        "disconnect",
        "reload",
        "on",
        "off",
        "exec",
        "save",
        "restore",
        "link-netnsid",
    ];
    reads(!args.iter().any(|arg| DOES.contains(arg)) && !any(args, &["-batch", "--batch"]))
}

pub(super) fn jcmd(args: &[&str], _: usize) -> Effect {
    let looks = [
        "Thread.print",
        "VM.flags",
        "VM.version",
        "VM.uptime",
        "VM.command_line",
        "VM.system_properties",
        "VM.native_memory",
        "VM.info",
        "VM.classloader_stats",
        "VM.stringtable",
        "GC.heap_info",
        "GC.class_histogram",
        "Compiler.codecache",
        "PerfCounter.print",
        "help",
        "-l",
        "JFR.check",
    ];
    let commands = args.iter().skip(1).filter(|arg| arg.contains('.') || **arg == "help");
    reads(
        args.len() < 2 || commands.clone().count() > 0 && commands.into_iter().all(|arg| looks.contains(arg)),
    )
}

/// `timedatectl` and its like: they look with no verb, `status` or `show`.
pub(super) fn ctl(args: &[&str], _: usize) -> Effect {
    let verb = args.iter().find(|arg| !arg.starts_with('-'));
    reads(verb.is_none_or(|verb| {
        ["status", "show", "list-", "timesync-status", "show-timesync"]
            .iter()
            .any(|look| verb.starts_with(look))
    }))
}

pub(super) fn service(args: &[&str], _: usize) -> Effect {
    reads(args.last().is_some_and(|last| matches!(*last, "status" | "--status-all")))
}

pub(super) fn watch(args: &[&str], wraps: usize) -> Effect {
    let at = positional(args, &["-n", "--interval"]).next();
    at.map_or(Effect::Unknown, |at| {
        if args.len() == at + 1 { effect::effect_within(args[at], wraps) } else { run(&args[at..], wraps) }
    })
}

pub(super) fn env(args: &[&str], wraps: usize) -> Effect {
    let at = positional(args, &["-u", "-C"]).find(|&at| !args[at].contains('='));
    at.map_or(Effect::Reads, |at| run(&args[at..], wraps))
}

pub(super) fn xargs(args: &[&str], wraps: usize) -> Effect {
    let values = ["-n", "-P", "-I", "-L", "-d", "-s", "-a", "-j", "--max-args", "--max-procs", "--replace"];
    let at = positional(args, &values).next();
    at.map_or(Effect::Reads, |at| run(&args[at..], wraps))
}

pub(super) fn eval(args: &[&str], wraps: usize) -> Effect {
    effect::effect_within(&args.join(" "), wraps)
}

pub(super) fn ssh(args: &[&str], wraps: usize) -> Effect {
    let values = ["-p", "-i", "-l", "-o", "-J", "-F", "-L", "-R", "-D", "-b", "-c", "-E", "-m", "-W"];
    let own: Vec<usize> = positional(args, &values).take(2).collect();
    match own.get(1) {
        Some(&at) => effect::effect_within(&args[at..].join(" "), wraps),
        // Only the way in.
        None => Effect::Reads,
    }
}

/// Code is not judged; only its version is looked at.
pub(super) fn code(args: &[&str], _: usize) -> Effect {
    let version = matches!(args, ["-version" | "--version" | "-V" | "version"]);
    if version { Effect::Reads } else { Effect::Unknown }
}
