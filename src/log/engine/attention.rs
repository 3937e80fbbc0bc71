//! Where the engine looks, and when: what patterns and directories lead to, what the watcher told, what is due.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::SignedDuration;

use crate::incident::{SourceId, SourceSpec};
use crate::log::engine::{Engine, News};
use crate::log::source::discover;
use crate::log::source::watch::Reach;

/// How often a source is looked at although the watcher says nothing.
const SAFETY: SignedDuration = SignedDuration::from_secs(5);
/// How often a source is looked at where the watcher is not told of writes.
const UNTOLD: SignedDuration = SignedDuration::from_secs(2);
/// How often a source is looked at without a watcher.
const POLLED: SignedDuration = SignedDuration::from_secs(1);
/// So many sources are looked at as often as one.
const MANY: usize = 256;
/// Least time between two looks for new files.
const RESCAN_PAUSE: SignedDuration = SignedDuration::from_millis(200);
/// How often a source is looked at in the middle of a rotation.
const UNSETTLED: SignedDuration = SignedDuration::from_millis(100);
/// How often patterns and directories are looked at although the watcher says nothing.
const RESCAN: SignedDuration = SignedDuration::from_secs(10);

impl Engine {
    pub(super) fn watch_spec(&mut self, spec: SourceSpec) {
        match &spec {
            SourceSpec::File(path) if !Path::new(path).is_dir() => {
                self.news.push(News::Discovered { paths: vec![path.clone()], spec });
                return;
            }
            SourceSpec::File(path) => self.specs.push(SourceSpec::Directory(path.clone())),
            SourceSpec::Glob(_) | SourceSpec::Directory(_) => self.specs.push(spec),
            SourceSpec::Command(_) | SourceSpec::Journal(_) | SourceSpec::Stdin | SourceSpec::Context(_) => {
                return;
            }
        }
        self.discover(true);
    }

    /// Looks for new files of patterns and directories. Later on, what rotation leaves behind is no new source.
    pub(super) fn discover(&mut self, first: bool) {
        let mut reach = if self.polling { Reach::Deaf } else { Reach::Told };
        for spec in self.specs.clone() {
            for directory in discover::directories(&spec) {
                reach = reach.min(self.watch.directory(&directory));
            }
            let (files, left_out) = discover::files(&spec, &self.discovered);
            if left_out > 0 && self.left_out.insert(spec.clone(), left_out).is_none() {
                self.news.push(News::LeftOut { spec: spec.clone(), files: left_out });
            }
            let mut paths = Vec::new();
            for path in files {
                let new = !self.discovered.contains(&path) && !self.is_alias(&path);
                if new && (first || !discover::is_rotated(&self.discovered, &path)) {
                    paths.push(path.to_string_lossy().into_owned());
                    self.discovered.insert(path);
                }
            }
            if !paths.is_empty() {
                self.news.push(News::Discovered { spec, paths });
            }
        }
        self.rescanned = self.now;
        let pause = if reach == Reach::Told { RESCAN } else { UNTOLD };
        self.rescan_at = (!self.specs.is_empty()).then(|| self.now + pause);
    }

    /// Whether a name is a link to a file that is followed, or about to be, under its own name or another.
    pub(super) fn is_alias(&mut self, path: &Path) -> bool {
        let Ok(real) = std::fs::canonicalize(path) else { return false };
        if real == path {
            return false;
        }
        let known = self.discovered.contains(&real)
            || self.names.contains_key(&real)
            || self.specs.iter().any(|spec| discover::covers(spec, &real));
        known || !self.linked.insert(real)
    }

    /// Looks where the watcher, or the time that has passed, says so.
    pub(super) fn notice(&mut self) {
        let noticed = self.watch.take();
        if noticed.everything {
            self.look_everywhere();
        }
        if noticed.appeared || noticed.everything {
            // Many names that appear one after the other are looked for together.
            let soon = self.now.max(self.rescanned + RESCAN_PAUSE);
            self.rescan_at = self.rescan_at.map(|at| at.min(soon));
        }
        if self.rescan_at.is_some_and(|at| at <= self.now) {
            self.discover(false);
        }
        let now = self.now;
        let mut due = BTreeSet::new();
        while let Some((at, source)) = self.turns.take_late(now) {
            if self.channels.get(&source).is_some_and(|channel| channel.look_at() == Some(at)) {
                due.insert(source);
            }
        }
        due.extend(noticed.files.iter().filter_map(|name| self.names.get(name)).flatten());
        // The source on screen first.
        let shown = self.pane.as_ref().and_then(|pane| pane.scope().source());
        for source in due.iter().filter(|source| Some(**source) == shown) {
            self.look(*source);
        }
        for source in due.iter().filter(|source| Some(**source) != shown) {
            self.look(*source);
        }
    }

    pub(super) fn look_everywhere(&mut self) {
        let all: Vec<SourceId> = self.channels.keys().copied().collect();
        for source in all {
            self.look(source);
        }
    }

    /// Looks at one source and settles when to look again.
    pub(super) fn look(&mut self, source: SourceId) {
        let Some(mut channel) = self.channels.remove(&source) else { return };
        let others = &self.channels;
        let taken = |device, inode| others.values().any(|other| other.knows(device, inode));
        let reach = channel.look(self.now, &taken, &mut self.watch);
        for name in channel.names() {
            if !self.names.get(name).is_some_and(|sources| sources.contains(&source)) {
                self.names.entry(name.to_owned()).or_default().push(source);
            }
        }
        let pause = match reach {
            _ if channel.is_unsettled() => UNSETTLED,
            // Looking at very many files again and again would be work in itself.
            Reach::Told if !self.polling => SAFETY * (1 + (self.channels.len() / MANY) as i32),
            Reach::Untold if !self.polling => UNTOLD,
            _ => POLLED,
        };
        channel.look_again(self.now + pause);
        self.turns.look_at(source, channel.look_at());
        self.turns.is_ready(source);
        self.channels.insert(source, channel);
        self.tell(source);
    }
}
