//! What was changed, by name: a service with its version and the key words of the change, so that a sentence can say
//! it without quoting a whole line.

use std::sync::LazyLock;

use jiff::Timestamp;
use regex::Regex;

use crate::analyst::offline::belief::Belief;
use crate::analyst::offline::names::compiled;
use crate::analyst::offline::phrase::{self, phrase};
use crate::analyst::offline::scene::{Scene, room};
use crate::evidence::lexicon::{self, Sense};

/// Most characters of the key words beside a name, and without one.
const WORDS: [usize; 2] = [60, 80];

/// Most characters of the words of a change without a name, where it is to be found and taken back.
const DETAILS: usize = 110;

/// Changes looked through for words about the same version.
const LOOKED_AT: usize = 6;

static RELEASE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compiled(r"(?:^|[^\w./@:-])([a-z][a-z0-9]*(?:[-_][a-z0-9]+)+)\s+(?:version\s+)?(v?\d+(?:\.\d+)+[\w-]*)")
});

static SAID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        "[\"“「]([^\"”」]{12,})[\"”」]|(?i:changelog|release notes|变更内容)[^:：]{0,12}[:：]\\s*(.{8,})",
    )
    .ok()
});

/// A change that may have set the harm off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Service and version, where the change names them.
    pub name: Option<String>,
    /// Its key words; absent where the name says it all.
    pub words: Option<String>,
    /// More of its words, for who has to find it and take it back; absent where there is a name.
    pub details: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
    /// That time in words, for a sentence.
    time: Option<String>,
}

impl Change {
    /// The change that most likely set `belief` off.
    pub fn of(scene: &Scene<'_>, belief: &Belief) -> Option<Self> {
        let number = *belief.triggers.first()?;
        let own = scene.words(number);
        let name = release(own);
        let at = scene.whole(number).at;
        let time = at.map(|at| scene.clock_near(at));
        let words = match &name {
            None => Some(key_words(scene, own, WORDS[1])),
            Some(name) => {
                let about = belief.triggers.iter().take(LOOKED_AT).map(|&number| scene.words(number));
                let mut same = about.filter(|words| release(words).as_ref() == Some(name));
                let said = same.find_map(said);
                said.map_or_else(
                    || rest(own, name).map(|rest| key_words(scene, rest, WORDS[0])),
                    |said| Some(key_words(scene, said, WORDS[0])),
                )
            }
        };
        let details = name.is_none().then(|| phrase(own, 0, DETAILS));
        Some(Self { name, details, words: words.filter(|words| words.chars().count() >= 4), time, at })
    }

    /// The change in a sentence, with its time.
    pub fn told(&self, zh: bool) -> String {
        self.write(zh, self.time.as_deref())
    }

    /// The change as something to look at or to take back.
    pub fn named(&self, zh: bool) -> String {
        match &self.details {
            Some(details) => format!("“{details}”"),
            None => self.write(zh, None),
        }
    }

    /// The service it is about and its version, where the change names them.
    pub fn release(&self) -> Option<(&str, &str)> {
        self.name.as_deref()?.split_once(' ')
    }

    /// Its key words in brackets, to stand after its name; empty where there are none.
    pub fn aside(&self, zh: bool) -> String {
        let words = self.words.as_ref();
        words.map_or_else(String::new, |words| {
            if zh { format!("（“{words}”）") } else { format!(" (“{words}”)") }
        })
    }

    fn write(&self, zh: bool, time: Option<&str>) -> String {
        let quoted = self.words.as_ref().map(|words| format!("“{words}”"));
        let [open, close, comma] = if zh { ["（", "）", "，"] } else { [" (", ")", ", "] };
        let (head, inside): (String, Vec<&str>) = match (&self.name, &quoted) {
            (Some(name), Some(quoted)) => {
                (name.clone(), std::iter::once(quoted.as_str()).chain(time).collect())
            }
            (Some(name), None) => (name.clone(), time.into_iter().collect()),
            (None, Some(quoted)) => (quoted.clone(), time.into_iter().collect()),
            (None, None) => (if zh { "一次变更" } else { "a change" }.to_owned(), time.into_iter().collect()),
        };
        if inside.is_empty() { head } else { format!("{head}{open}{}{close}", inside.join(comma)) }
    }
}

/// Service and version that a text names.
fn release(text: &str) -> Option<String> {
    let caps = RELEASE.as_ref()?.captures(text)?;
    Some(format!("{} {}", caps.get(1)?.as_str(), caps.get(2)?.as_str()))
}

/// What a text quotes, or gives as the contents of a release.
fn said(text: &str) -> Option<&str> {
    let caps = SAID.as_ref()?.captures(text)?;
    caps.get(1).or_else(|| caps.get(2)).map(|found| found.as_str())
}

/// What a text says beyond the name and that it was shipped.
fn rest<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    const SHIPPED: [&str; 16] = [
        "shipped",
        "deployed",
        "released",
        "rolled out",
        "rollout",
        "deploy",
        "released to",
        "to production",
        "to prod",
        "complete",
        "done",
        "上线",
        "发布",
        "部署",
        "全量",
        "灰度",
    ];
    let version = name.split(' ').next_back()?;
    let mut rest = &text[text.find(version)? + version.len()..];
    loop {
        let start = rest.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '(' && c != '（');
        let Some(after) = SHIPPED.iter().find_map(|word| start.strip_prefix(word)) else {
            let start = start.trim_start_matches(['(', '（']);
            return (!start.starts_with("was ")).then_some(start).filter(|start| start.len() >= 8);
        };
        rest = after;
    }
}

/// The words that tell: without the speaker, and of a long text the clause that names the change.
fn key_words(scene: &Scene<'_>, text: &str, max: usize) -> String {
    let max = room(scene.zh(), text, max);
    let text = phrase::bare(text);
    let text = text.split_once(" (cron").map_or(text, |(before, _)| before);
    if text.chars().count() <= max {
        return phrase(text, 0, max);
    }
    let clauses = clauses(text);
    let telling = |&(from, to): &(usize, usize)| {
        let senses = lexicon::senses(&text[from..to]);
        i32::from(senses.has(Sense::Change)) * 2 + i32::from(senses.has(Sense::Action))
    };
    let best = (0..clauses.len()).rev().max_by_key(|&at| telling(&clauses[at])).unwrap_or(0);
    let (mut from, mut to) = clauses.get(best).copied().unwrap_or((0, text.len()));
    let fits = |from: usize, to: usize| text[from..to].chars().count() <= max;
    if let Some(&(_, end)) = clauses[best..].iter().take_while(|&&(_, end)| fits(from, end)).last() {
        to = end;
    }
    if let Some(&(start, _)) = clauses[..best].iter().rev().take_while(|&&(start, _)| fits(start, to)).last()
    {
        from = start;
    }
    phrase(text[from..to].trim(), 0, max)
}

/// The pieces of a text between commas, semicolons and full stops.
fn clauses(text: &str) -> Vec<(usize, usize)> {
    let mut cuts = vec![0];
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let spaced = text[end..].starts_with(' ');
        if matches!(c, ';' | '；' | '。' | '，' | '—') || matches!(c, ',' | '.') && spaced {
            cuts.push(end);
        }
    }
    cuts.push(text.len());
    let pieces = cuts.windows(2).map(|cut| (cut[0], cut[1]));
    pieces.filter(|&(from, to)| text[from..to].chars().any(char::is_alphanumeric)).collect()
}
