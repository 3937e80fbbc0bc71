//! A shipped incident as data: files, each with tracks of lines over time.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A value that moves along straight lines between points of (time in seconds, value).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Curve(Vec<(f64, f64)>);

/// An incident.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// The service that is hurt.
    pub(crate) service: String,
    /// Seconds of history before the start.
    pub(crate) history: u32,
    /// Start of every random choice.
    pub(crate) seed: u64,
    /// Values that lines show, by name.
    #[serde(default)]
    pub(crate) curves: BTreeMap<String, Curve>,
    /// What is written.
    pub(crate) files: Vec<LogFile>,
}

/// One file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogFile {
    /// Name in the folder.
    pub(crate) name: String,
    /// Format of `{time}`.
    pub(crate) time: String,
    /// What it says when.
    pub(crate) tracks: Vec<Track>,
}

/// Lines of one kind. Exactly one of `rate`, `every` and `at` says when.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Track {
    /// Lines a second.
    pub(crate) rate: Option<Curve>,
    /// Seconds between two lines, from `from` to `to`.
    pub(crate) every: Option<f64>,
    /// First line of `every`; the start of the history when absent.
    pub(crate) from: Option<f64>,
    /// End of `every`; never when absent.
    pub(crate) to: Option<f64>,
    /// The one moment of the line.
    pub(crate) at: Option<f64>,
    /// The lines, one of which is taken each time.
    pub(crate) lines: Vec<Template>,
}

/// A line with places to fill in.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Template(pub(crate) Vec<Part>);

/// A piece of a line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    /// As it stands.
    Text(String),
    /// The time of the line in the file's format.
    Time,
    /// The time of day at this second of the scenario.
    Clock(f64),
    /// A number between two, both included.
    Int(u64, u64),
    /// So many hexadecimal digits.
    Hex(u32),
    /// One of these.
    Pick(Vec<String>),
    /// A curve's value with so many decimals.
    Curve(String, usize),
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (inside, behind) = after.split_once('}').ok_or_else(|| format!("no }} in {text:?}"))?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::read(inside).ok_or_else(|| format!("{{{inside}}} is not known"))?);
            rest = behind;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }
}

impl Part {
    fn read(inside: &str) -> Option<Self> {
        let words: Vec<&str> = inside.split(' ').collect();
        Some(match words[..] {
            ["time"] => Self::Time,
            ["clock", at] => Self::Clock(at.parse().ok()?),
            ["int", from, to] => Self::Int(from.parse().ok()?, to.parse().ok()?),
            ["hex", digits] => Self::Hex(digits.parse().ok()?),
            ["pick", choices] => Self::Pick(choices.split('|').map(str::to_owned).collect()),
            ["curve", name] => Self::Curve(name.to_owned(), 0),
            ["curve", name, decimals] => Self::Curve(name.to_owned(), decimals.parse().ok()?),
            _ => return None,
        })
    }
}

impl Curve {
    /// The value at a time; before the first and after the last point it stays.
    pub(crate) fn at(&self, time: f64) -> f64 {
        let behind = self.0.partition_point(|(at, _)| *at <= time);
        match (behind.checked_sub(1).map(|i| self.0[i]), self.0.get(behind)) {
            (Some((_, value)), None) | (None, Some(&(_, value))) => value,
            (Some((from, low)), Some(&(to, high))) => low + (high - low) * (time - from) / (to - from),
            (None, None) => 0.0,
        }
    }
}

impl Scenario {
    /// Reads a scenario, and checks what the format alone does not.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let scenario: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        for track in scenario.files.iter().flat_map(|file| &file.tracks) {
            let kinds = [track.rate.is_some(), track.every.is_some(), track.at.is_some()];
            if kinds.into_iter().filter(|kind| *kind).count() != 1 || track.lines.is_empty() {
                return Err(format!("a track needs lines and one of rate, every, at: {track:?}"));
            }
            for part in track.lines.iter().flat_map(|line| &line.0) {
                if let Part::Curve(name, _) = part
                    && !scenario.curves.contains_key(name)
                {
                    return Err(format!("curve {name:?} is not known"));
                }
            }
        }
        Ok(scenario)
    }
}
