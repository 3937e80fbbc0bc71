//! Names found in the evidence: service, namespace, host, table and so on. Commands use them; what is not found
//! stays an `<angle placeholder>`.

pub mod service;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use regex::{Captures, Regex};

use crate::evidence::CaseFile;
use crate::evidence::memo::Memo;
use crate::evidence::statement::{Origin, Reading};

/// Names by slot.
#[derive(Debug, Default)]
pub struct Names {
    found: BTreeMap<&'static str, String>,
}

/// A name that commands ask for, and how it is recognised.
struct Slot {
    name: &'static str,
    /// Words, one of each list, without which a text in lower case has no such name.
    needs: &'static [&'static [&'static str]],
    /// The last group that took part is the name.
    pattern: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Slot {
    const fn new(
        name: &'static str,
        needs: &'static [&'static [&'static str]],
        pattern: &'static str,
    ) -> Self {
        Self { name, needs, pattern, compiled: OnceLock::new() }
    }

    /// The pattern, where `lower` may have such a name: to compile one takes longer than to look for words.
    fn pattern(&self, lower: &str) -> Option<&Regex> {
        let may = self.needs.iter().all(|words| words.iter().any(|word| lower.contains(word)));
        if may { self.compiled.get_or_init(|| compiled(self.pattern)).as_ref() } else { None }
    }

    /// The first name in `text`, which is `lower` in lower case.
    fn first<'t>(&self, text: &'t str, lower: &str) -> Option<&'t str> {
        named(&self.pattern(lower)?.captures(text)?)
    }
}

/// The last group that took part.
fn named<'t>(caps: &Captures<'t>) -> Option<&'t str> {
    (1..caps.len()).rev().find_map(|group| caps.get(group)).map(|found| found.as_str())
}

/// How the domains end that are recognised.
const ENDS: &[&str] = &[
    ".example",
    ".com",
    ".net",
    ".org",
    ".io",
    ".dev",
    ".cn",
    ".eu",
    ".internal",
    ".local",
    ".corp",
    ".test",
    ".de",
    ".uk",
    ".jp",
];

/// Settings, in lower case.
const SETTINGS: &[&str] = &[
    "activeprocessorcount",
    "gomaxprocs",
    "availableprocessors",
    "uv_threadpool_size",
    "maximumpoolsize",
    "max_connections",
    "worker_processes",
];

static SLOTS: [Slot; 14] = [
    Slot::new(
        "namespace",
        &[&[" -n", "\t-n", "\n-n", "\r-n", "namespace", "ns/", "ns=", "ns:"]],
        r"(?:\s-n\s+|\bnamespace[ =:/]+|\bns[/=:]|--namespace[= ])([a-z][a-z0-9-]{1,40})\b",
    ),
    Slot::new(
        "table",
        &[&["from", "into", "join", "table", "update", "relation", "vacuum"], &["_", "public."]],
        r#"(?i)\b(?:from|into|join|table|update|relation|vacuum)\s+["'`]?((?:[a-z_][a-z0-9_]*\.)?[a-z_]+_[a-z0-9_]+|public\.[a-z0-9_]+)\b"#,
    ),
    Slot::new(
        "database",
        &[&["database"], &["\"", "'", "`"]],
        r#"(?i)\bdatabase\s+["'`]([a-z_][a-z0-9_]*)["'`]"#,
    ),
    Slot::new("pod", &[&["-"]], r"\b([a-z][a-z0-9-]*-[0-9a-f]{3,10}-[a-z0-9]{5})\b"),
    Slot::new("image", &[&["image"], &["\""]], r#"(?i)image\s+"([^"\s]+)""#),
    Slot::new(
        "secret",
        &[&["secret"]],
        r"(?i)\bsecret\s+[a-z0-9-]+/([a-z0-9.-]+)|\bsecret[ /]([a-z][a-z0-9]*-[a-z0-9.-]+|regcred)",
    ),
    Slot::new(
        "bucket",
        &[&["bucket", "arn:aws:s3:::", "s3://"]],
        r"(?:\bbucket[= ]|arn:aws:s3:::|s3://)([a-z0-9][a-z0-9.-]{2,62})",
    ),
    Slot::new("topic", &[&["topic"]], r"(?i)\btopic[ =:]+([a-z][a-z0-9._-]+)"),
    Slot::new(
        "domain",
        &[ENDS],
        r"\b((?:[a-z0-9-]+\.)+(?:example|com|net|org|io|dev|cn|eu|internal|local|corp|test|de|uk|jp))\b",
    ),
    Slot::new(
        "dependency",
        &[&["refused", "timed out", "unreachable"], &[":"]],
        r"(?i)\b((?:[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*|(?:\d{1,3}\.){3}\d{1,3}):\d{2,5})\b[^\n]{0,40}(?:refused|timed out|unreachable)|(?:refused|timed out|unreachable)[^\n]{0,60}?\b((?:[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*|(?:\d{1,3}\.){3}\d{1,3}):\d{2,5})\b",
    ),
    Slot::new("ip", &[&["."]], r"\b((?:\d{1,3}\.){3}\d{1,3})\b"),
    Slot::new(
        "host",
        &[&["host", "node", "server", "on ", "on\t", "on\n", "on\r", "$"]],
        r"\b(?:host|node|server|on)\s+([a-z]+-?[a-z0-9-]*\d+)\b|(?m)^([a-z][a-z0-9-]*\d)\$\s",
    ),
    Slot::new("endpoint", &[&["vpce-"]], r"\b(vpce-[0-9a-z]+)\b"),
    Slot::new(
        "setting",
        &[SETTINGS],
        r"\b(ActiveProcessorCount|GOMAXPROCS|availableProcessors|UV_THREADPOOL_SIZE|maximumPoolSize|max_connections|worker_processes)\b",
    ),
];

/// Names are ASCII: a boundary of Unicode words would not be seen beside Chinese, and takes ten times as long there.
pub(super) fn compiled(pattern: &str) -> Option<Regex> {
    let pattern = pattern.replace(r"\b", r"(?-u:\b)").replace(r"\d", "[0-9]").replace(r"\s", r"[ \t\r\n]");
    let pattern = pattern.replace(r"\w", "0-9A-Za-z_");
    Regex::new(&pattern).ok()
}

/// Names that a command may ask for.
pub const SLOT_NAMES: [&str; 16] = [
    "service",
    "namespace",
    "table",
    "database",
    "pod",
    "image",
    "secret",
    "bucket",
    "topic",
    "domain",
    "ip",
    "dependency",
    "host",
    "endpoint",
    "setting",
    "queue",
];

/// A `{slot}` of a command that is none of the known ones.
pub fn unknown_slot(command: &str) -> Option<&str> {
    // `%{http_code}` and `${variable}` are the shell's and curl's.
    let own = command.match_indices('{').filter(|(at, _)| !command[..*at].ends_with(['%', '$']));
    let inner = own.filter_map(|(at, _)| command[at + 1..].split_once('}')).map(|(inner, _)| inner);
    let word = |inner: &&str| !inner.is_empty() && inner.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    inner.filter(word).find(|slot| *slot != "end" && !SLOT_NAMES.contains(slot))
}

/// Most bytes of a text in which names are looked for.
const TEXT_MAX: usize = 64 * 1024;

impl Names {
    /// Looks for names in `case`; texts that are `known` are not searched again.
    pub fn find(case: &CaseFile, reading: &Reading<'_>, known: &mut Memo<Arc<Slots>>) -> Self {
        let mut names = Self::default();
        // What people write comes first, and changes less often than what logs say.
        let (mut corpora, mut failing) = ([String::new(), String::new()], String::new());
        for statement in reading.statements.iter().filter(|statement| !statement.hostile) {
            let [prose, logs] = &corpora;
            if prose.len() + logs.len() + statement.text.len() > TEXT_MAX {
                break;
            }
            let corpus = &mut corpora[usize::from(statement.origin == Origin::Log)];
            corpus.extend([statement.text, "\n"]);
            if statement.is_bad() {
                failing.extend([statement.text, "\n"]);
            }
        }
        let found = corpora.map(|corpus| known.get(&corpus, |text| Arc::new(Slots::of(text))));
        let lower = failing.to_ascii_lowercase();
        for (at, slot) in SLOTS.iter().enumerate() {
            // An address, a pod or a host that fails is meant rather than one that answers.
            let narrow = matches!(slot.name, "ip" | "pod" | "host");
            let failed = if narrow { slot.first(&failing, &lower) } else { None };
            let mut all = found.iter().filter_map(|slots| slots.0[at].as_ref());
            // Of several endpoints the last one named is the one in use now; of everything else the first.
            let told = if slot.name == "endpoint" { all.next_back() } else { all.next() };
            if let Some(name) = failed.map(ToOwned::to_owned).or_else(|| told.cloned()) {
                names.found.insert(slot.name, name);
            }
        }
        let service =
            if case.service.is_empty() { service::named(reading) } else { Some(case.service.clone()) };
        if let Some(service) = service {
            names.found.insert("service", service);
        }
        names
    }

    /// The first name of a slot in `text`.
    pub fn in_text(slot: &str, text: &str) -> Option<String> {
        let slot = SLOTS.iter().find(|known| known.name == slot)?;
        slot.first(text, &text.to_ascii_lowercase()).map(ToOwned::to_owned)
    }

    /// The name of a slot.
    pub fn get(&self, slot: &str) -> Option<&str> {
        self.found.get(slot).map(String::as_str)
    }

    /// `text` with its `{slots}` filled; an unknown name becomes `<slot>`.
    pub fn fill(&self, text: &str) -> String {
        self.fill_with(text, |slot| format!("<{slot}>"))
    }

    /// `text` with its `{slots}` filled; a bracket around nothing but an unknown name goes.
    pub fn fill_prose(&self, text: &str) -> String {
        let filled = self.fill_with(text, |_| "\u{0}".to_owned());
        let filled = filled.replace(" (\u{0})", "").replace("（\u{0}）", "");
        filled.replace('\u{0}', "<name>")
    }

    fn fill_with(&self, text: &str, unknown: impl Fn(&str) -> String) -> String {
        let mut out = text.to_owned();
        for slot in SLOT_NAMES {
            let mark = format!("{{{slot}}}");
            if out.contains(&mark) {
                let value = self.get(slot).filter(|value| is_plain(value));
                out = out.replace(&mark, &value.map_or_else(|| unknown(slot), ToOwned::to_owned));
            }
        }
        out
    }
}

/// The name that a text gives for each slot, in the order of the slots.
#[derive(Debug)]
pub struct Slots(Vec<Option<String>>);

impl Slots {
    fn of(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        let name = |slot: &Slot| {
            let mut all = slot.pattern(&lower)?.captures_iter(text).filter_map(|caps| named(&caps));
            let found = if slot.name == "endpoint" { all.next_back_of() } else { all.next() };
            found.map(|found| found.trim_end_matches('.').to_owned())
        };
        Self(SLOTS.iter().map(name).collect())
    }
}

/// Takes the last item of an iterator that cannot be walked from its end.
trait LastOf: Iterator + Sized {
    fn next_back_of(&mut self) -> Option<Self::Item> {
        let mut last = None;
        for item in self.by_ref() {
            last = Some(item);
        }
        last
    }
}

impl<I: Iterator> LastOf for I {}

/// Safe inside a command line.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 100
        && !name.starts_with('-')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/:".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_stay_placeholders() {
        let names = Names::default();
        assert_eq!(names.fill("kubectl get pods -n {namespace}"), "kubectl get pods -n <namespace>");
        assert_eq!(names.fill_prose("update the secret ({secret}) now"), "update the secret now");
    }

    #[test]
    fn a_name_that_could_break_a_command_is_not_used() {
        let mut names = Names::default();
        names.found.insert("host", "a;reboot".to_owned());
        assert_eq!(names.fill("ping {host}"), "ping <host>");
    }
}
