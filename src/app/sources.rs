//! The sources as a person looks at them: logs, tabs, short names, what is to be said about one.

use jiff::Timestamp;

use crate::app::App;
use crate::evidence::case_file::NOTES;
use crate::incident::{SourceChange, SourceId};
use crate::log::digest::SourceDigest;
use crate::log::view::Scope;

impl App {
    /// Sources that are logs; texts written by people are left out, pasted or in files.
    pub fn logs(&self) -> impl Iterator<Item = SourceId> + '_ {
        let prose = |id: SourceId| self.source_digest(id).is_some_and(|digest| digest.prose.is_some());
        let sources = self.incident.sources.iter();
        sources.filter(move |(id, source)| source.text.is_none() && !prose(**id)).map(|(id, _)| *id)
    }

    /// Everything the context pane can show, in the order of the tabs: all logs merged where there are several, each
    /// source, the notes.
    pub fn scopes(&self) -> impl Iterator<Item = Scope> + '_ {
        let shown = self.ui.context.scope == Some(Scope::Merged);
        let merged = (shown || self.logs().nth(1).is_some()).then_some(Scope::Merged);
        let sources = self.incident.sources.keys().copied().map(Scope::Source);
        let notes = (!self.incident.notes.is_empty()).then_some(Scope::Source(NOTES));
        merged.into_iter().chain(sources).chain(notes)
    }

    /// Name of what is shown.
    pub fn scope_name(&self, scope: Scope) -> &str {
        match scope {
            Scope::Merged => "all",
            Scope::Source(NOTES) => "notes",
            Scope::Source(source) => self.incident.source_name(source),
        }
    }

    /// What the engine knows about a source.
    pub fn source_digest(&self, source: SourceId) -> Option<&SourceDigest> {
        let sources = &self.digest.sources;
        sources.binary_search_by_key(&source, |digest| digest.source).ok().map(|at| &sources[at])
    }

    /// Why nothing comes from a source, and what to do about it, where something is wrong.
    pub fn why_silent(&self, source: SourceId) -> Option<String> {
        let state = self.incident.sources.get(&source)?;
        match state.trouble.as_ref()? {
            SourceChange::Unreadable { reason } => Some(format!("{} cannot be read: {reason}.", state.name)),
            SourceChange::Waiting { reason } => Some(format!("{}: {reason}.", state.name)),
            SourceChange::Disappeared => Some(format!(
                "{} is gone; it is read again as soon as it is back. Was it moved? Name the new place.",
                state.name
            )),
            _ => None,
        }
    }

    /// Sources that cannot be read.
    pub fn unreadable(&self) -> usize {
        let sources = self.incident.sources.values();
        sources.filter(|state| matches!(state.trouble, Some(SourceChange::Unreadable { .. }))).count()
    }

    /// How far reading of what is shown is, in percent and of how many bytes; absent once it has nearly caught up. Whole
    /// percents that are done: the one figure for every place that tells it.
    pub fn reading(&self, scope: Option<Scope>) -> Option<(u64, u64)> {
        let shown = |digest: &&SourceDigest| match scope {
            Some(Scope::Source(source)) => digest.source == source,
            _ => true,
        };
        let sum =
            |(read, known): (u64, u64), one: &SourceDigest| (read + one.bytes_read, known + one.bytes_known);
        let (read, known) = self.digest.sources.iter().filter(shown).fold((0, 0), sum);
        let behind = known > read && (known - read) * 50 > known;
        behind.then(|| ((u128::from(read) * 100 / u128::from(known.max(1))) as u64, known))
    }

    /// First and last time of what is shown.
    pub fn span(&self, scope: Option<Scope>) -> Option<(Timestamp, Timestamp)> {
        let shown = |digest: &&SourceDigest| match scope {
            Some(Scope::Source(source)) => digest.source == source,
            _ => digest.prose.is_none(),
        };
        let digests = || self.digest.sources.iter().filter(shown);
        let first = digests().filter_map(|digest| digest.first).min()?;
        let last = digests().filter_map(|digest| digest.last).max()?;
        Some((first, last))
    }
}

/// A source's name without the ending that says it is a log.
pub fn brief(name: &str) -> &str {
    let packed = [".log.gz", ".log.zst", ".log.bz2", ".log.xz"];
    let plain = [".log", ".txt", ".json", ".out", ".jsonl"];
    let ending = packed.into_iter().chain(plain).find_map(|ending| name.strip_suffix(ending));
    ending.filter(|rest| !rest.is_empty() && !rest.ends_with('/')).unwrap_or(name)
}

/// How far a clock is off, in words: `2 m 04 s behind`.
pub fn skew(ms: i64) -> String {
    let seconds = ms.unsigned_abs() / 1000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let amount = match seconds {
        0..60 => format!("{}.{} s", seconds, ms.unsigned_abs() % 1000 / 100),
        60..3600 => format!("{minutes} m {:02} s", seconds % 60),
        3600..86_400 => format!("{hours} h {minutes:02} m"),
        _ => format!("{days} d {hours} h"),
    };
    format!("{amount} {}", if ms < 0 { "behind" } else { "ahead" })
}

/// `950 B`, `1.2 KiB`, `2.1 GiB`.
pub fn size(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    if value < 10.0 { format!("{value:.1} {}", units[unit]) } else { format!("{value:.0} {}", units[unit]) }
}

/// What of a source was lost or could not be read as it stands, each in a clause; empty when nothing was.
pub fn losses(digest: &SourceDigest) -> Vec<String> {
    let losses = digest.losses;
    let lines = |count: u64, one: &str, many: &str| {
        (count > 0)
            .then(|| if count == 1 { format!("1 line {one}") } else { format!("{count} lines {many}") })
    };
    let dropped = losses.dropped_bytes;
    [
        (dropped > 0).then(|| format!("{} fell out of the buffer", size(dropped))),
        lines(losses.cut_lines, "over 64 KiB is analysed in part", "over 64 KiB are analysed in part"),
        lines(losses.invalid_lines, "is not UTF-8", "are not UTF-8"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_told_in_words() {
        let cases = [
            (-124_000, "2 m 04 s behind"),
            (1_500, "1.5 s ahead"),
            (3_600_000, "1 h 00 m ahead"),
            (-90_000_000, "1 d 1 h behind"),
        ];
        for (ms, expected) in cases {
            assert_eq!(skew(ms), expected);
        }
    }

    #[test]
    fn sizes_are_read_at_a_glance() {
        for (bytes, expected) in
            [(950, "950 B"), (1_229, "1.2 KiB"), (2_254_857_830, "2.1 GiB"), (40 << 20, "40 MiB")]
        {
            assert_eq!(size(bytes), expected);
        }
    }

    #[test]
    fn a_name_loses_its_ending_and_no_more() {
        for (name, expected) in [
            ("pg.log", "pg"),
            ("b/app.log", "b/app"),
            ("syslog", "syslog"),
            (".log", ".log"),
            ("gw.log.gz", "gw"),
            ("db.gz", "db.gz"),
        ] {
            assert_eq!(brief(name), expected);
        }
    }
}
