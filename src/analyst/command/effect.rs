//! What a command does to the system, judged from its words alone and never from what somebody says about it. What
//! is not known to only look is not taken for looking.

use crate::analyst::command::shell::{self, Simple, Word};
use crate::analyst::command::tools::{self, Rule};
use crate::analyst::command::{query, sql};

/// What a command does, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It looks only.
    Reads,
    /// It is not known what it does.
    Unknown,
    /// It changes something.
    Changes,
    /// It takes data away for good.
    Destroys,
}

/// Longest chain of programs that run programs.
const WRAPS_MAX: usize = 6;

/// What `command` does: the gravest of its parts.
pub fn effect(command: &str) -> Effect {
    let command = command.trim();
    let text = sql::statement(command).or_else(|| query::is_query(command).then_some(Effect::Reads));
    if let Some(effect) = text {
        return if query::is_balanced(command) { effect } else { effect.max(Effect::Unknown) };
    }
    let script = shell::read(command);
    let worst = script.commands.iter().map(|simple| simple_effect(simple, 0)).max();
    match worst {
        Some(worst) if script.faults.is_empty() => worst,
        // What is not well formed is not judged by the parts that could be read.
        Some(worst) => worst.max(Effect::Unknown),
        None => Effect::Unknown,
    }
}

fn simple_effect(simple: &Simple, wraps: usize) -> Effect {
    let written = simple.writes.iter().map(|file| writing(file)).max().unwrap_or(Effect::Reads);
    written.max(words_effect(&simple.words, wraps))
}

/// Writing to a file of one's own looks only.
pub(super) fn writing(file: &str) -> Effect {
    const HARMLESS: [&str; 4] = ["/dev/null", "/dev/stderr", "/dev/stdout", "-"];
    let own = file.starts_with("/tmp/") && !file.contains("..");
    if HARMLESS.contains(&file) || own { Effect::Reads } else { Effect::Changes }
}

fn words_effect(words: &[Word], wraps: usize) -> Effect {
    let words = skip_keywords(words);
    let Some((program, args)) = words.split_first() else { return Effect::Reads };
    if wraps > WRAPS_MAX {
        return Effect::Unknown;
    }
    let name = program.text.rsplit('/').next().unwrap_or(&program.text);
    let args: Vec<&str> = args.iter().map(|word| word.text.as_str()).collect();
    match tools::rule(name) {
        Some(rule) => by_rule(rule, &args, wraps),
        None if name.starts_with("mkfs") => Effect::Destroys,
        None if is_look(&args) => Effect::Reads,
        None => Effect::Unknown,
    }
}

/// `do`, `then` and what else may stand before a command; the head of a `for` loop runs nothing itself.
fn skip_keywords(words: &[Word]) -> &[Word] {
    const BEFORE: [&str; 10] = ["do", "then", "else", "if", "elif", "while", "until", "!", "{", "time"];
    const ALONE: [&str; 5] = ["for", "done", "fi", "}", "esac"];
    let plain = |word: &Word| !word.quoted;
    let mut rest = words;
    while let Some((first, tail)) = rest.split_first().filter(|(first, _)| plain(first)) {
        if ALONE.contains(&first.text.as_str()) {
            return &[];
        }
        if !BEFORE.contains(&first.text.as_str()) {
            break;
        }
        rest = tail;
    }
    rest
}

/// A program of one's own that is asked to show something.
fn is_look(args: &[&str]) -> bool {
    const LOOKS: [&str; 12] = [
        "status", "list", "ls", "get", "show", "describe", "logs", "info", "version", "inspect", "stats",
        "health",
    ];
    const DOES: [&str; 8] = ["delete", "remove", "restart", "reset", "set", "drop", "purge", "force"];
    args.first().is_some_and(|first| LOOKS.contains(first) || matches!(*first, "--version" | "--help"))
        && !args.iter().any(|arg| DOES.contains(&arg.trim_start_matches('-')))
}

pub(super) fn by_rule(rule: &Rule, args: &[&str], wraps: usize) -> Effect {
    let reads = |yes: bool| if yes { Effect::Reads } else { Effect::Changes };
    match rule {
        Rule::Reads => Effect::Reads,
        Rule::Changes => Effect::Changes,
        Rule::Destroys => Effect::Destroys,
        Rule::Unless(flags) => reads(!args.iter().any(|arg| is_flag(arg, flags))),
        Rule::Only(flags) => reads(args.iter().any(|arg| is_flag(arg, flags))),
        Rule::Verbs { values, looks, destroys } => verbs(args, values, looks, destroys),
        Rule::Wraps { values, positions } => {
            let rest = positional(args, values).nth(*positions);
            rest.map_or(Effect::Reads, |at| run(&args[at..], wraps))
        }
        Rule::Shell { flags, positions } => {
            if let Some(at) = args.iter().position(|arg| flags.contains(arg)) {
                return args.get(at + 1).map_or(Effect::Unknown, |script| effect_within(script, wraps));
            }
            match positional(args, &["-p", "-i", "-l", "-o", "-J", "-F"]).nth(*positions) {
                Some(at) if *positions > 0 => effect_within(&args[at..].join(" "), wraps),
                _ => Effect::Unknown,
            }
        }
        Rule::Sql { flags } => sql_tool(args, flags),
        Rule::Special(special) => special(args, wraps),
    }
}

/// A command given as words.
pub(super) fn run(args: &[&str], wraps: usize) -> Effect {
    let words: Vec<Word> =
        args.iter().map(|arg| Word { text: (*arg).to_owned(), quoted: true, ..Word::default() }).collect();
    words_effect(&words, wraps + 1)
}

/// A command given as one text.
pub(super) fn effect_within(script: &str, wraps: usize) -> Effect {
    let read = shell::read(script);
    let worst = read.commands.iter().map(|simple| simple_effect(simple, wraps + 1)).max();
    let worst = worst.unwrap_or(Effect::Unknown);
    if read.faults.is_empty() { worst } else { worst.max(Effect::Unknown) }
}

/// Whether an argument is one of `flags`, with or without a value behind it.
pub(super) fn is_flag(arg: &str, flags: &[&str]) -> bool {
    flags.iter().any(|flag| match flag.strip_prefix("--") {
        Some(_) => arg == *flag || arg.strip_prefix(flag).is_some_and(|rest| rest.starts_with('=')),
        None if flag.len() == 2 && flag.starts_with('-') => {
            // Short flags are written together (`-xzf`) and with their value (`-XPOST`).
            let letter = &flag[1..];
            arg.starts_with('-') && !arg.starts_with("--") && arg.len() <= 12 && arg[1..].contains(letter)
        }
        None => arg == *flag,
    })
}

/// Indexes of the arguments that are neither flags nor the values of `values`.
pub(super) fn positional<'a>(args: &'a [&'a str], values: &'a [&'a str]) -> impl Iterator<Item = usize> + 'a {
    let mut skip = false;
    args.iter().enumerate().filter_map(move |(at, arg)| {
        if std::mem::take(&mut skip) {
            return None;
        }
        if arg.starts_with('-') && arg.len() > 1 {
            skip = values.contains(arg);
            return None;
        }
        Some(at)
    })
}

/// The verb of a tool, of one word or of two.
fn verbs(args: &[&str], values: &[&str], looks: &[&str], destroys: &[&str]) -> Effect {
    let at: Vec<usize> = positional(args, values).take(3).collect();
    let Some(&first) = at.first() else {
        // `tool --help`, `tool --version`.
        return Effect::Reads;
    };
    let one = args[first];
    let two = at.get(1).map(|&second| format!("{one} {}", args[second]));
    let is = |known: &&str| match known.strip_suffix('*') {
        Some(start) => two.as_deref().is_some_and(|two| two.starts_with(start)) || one.starts_with(start),
        None => *known == one || two.as_deref() == Some(*known),
    };
    // A verb that is followed by one of its own is told by both: `rollout undo` is not `rollout`.
    if destroys.iter().any(is) {
        Effect::Destroys
    } else if looks.iter().any(is) {
        Effect::Reads
    } else {
        Effect::Changes
    }
}

fn sql_tool(args: &[&str], flags: &[&str]) -> Effect {
    if args.iter().any(|arg| matches!(*arg, "-f" | "--file")) {
        return Effect::Unknown;
    }
    let mut worst: Option<Effect> = None;
    for (at, arg) in args.iter().enumerate() {
        let attached = flags.iter().find_map(|flag| {
            let rest = arg.strip_prefix(flag)?;
            if flag.starts_with("--") {
                rest.strip_prefix('=')
            } else {
                Some(rest).filter(|rest| rest.contains(' '))
            }
        });
        // Short flags are written together: the last one takes the statement.
        let cluster = |flag: &&str| {
            let letters = arg.strip_prefix('-').filter(|rest| rest.len() <= 5 && !rest.starts_with('-'));
            flag.len() == 2 && letters.is_some_and(|letters| letters.ends_with(&flag[1..]))
        };
        let next = || flags.iter().any(|flag| arg == flag || cluster(flag));
        if let Some(text) = attached.or_else(|| args.get(at + 1).copied().filter(|_| next())) {
            worst = worst.max(Some(sql::effect(text)));
        }
    }
    // Without a statement it lists (`psql -l`) or waits for someone to type.
    worst.unwrap_or(Effect::Unknown)
}
