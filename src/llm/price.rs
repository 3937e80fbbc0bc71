//! Prices: a dated table, and what a call costs by it. What is not in the table is not guessed.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::llm::prompt::Problem;
use crate::llm::usage::Usage;

/// The table that comes with sevdeck.
const BUILT_IN: &str = include_str!("prices.toml");
/// A million tokens.
const MILLION: f64 = 1e6;

/// Rates of a model, US dollars per million tokens.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// The provider, as in `PROVIDER/NAME`; empty for any.
    #[serde(default)]
    pub provider: String,
    /// What the model's name begins with.
    pub model: String,
    /// Prompt tokens.
    pub input: f64,
    /// Prompt tokens read from the cache; those of the prompt where it is not known.
    #[serde(default)]
    pub cached: Option<f64>,
    /// Prompt tokens written to the cache; those of the prompt where it is not known.
    #[serde(default)]
    pub written: Option<f64>,
    /// Answer tokens.
    pub output: f64,
    /// Longest prompt these rates are for, tokens.
    #[serde(default)]
    pub up_to: Option<u64>,
    /// The day it was looked up.
    #[serde(default)]
    pub checked: String,
    /// Where.
    #[serde(default)]
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    price: Vec<Price>,
}

impl Price {
    /// What a call costs by this price; nothing known where the prompt is longer than it is for.
    pub fn cost(&self, usage: &Usage) -> Option<f64> {
        let count = |tokens: Option<u64>| tokens.unwrap_or(0);
        let (prompt, cached, written) =
            (count(usage.prompt), count(usage.cache_read), count(usage.cache_write));
        if self.up_to.is_some_and(|most| prompt > most) {
            return None;
        }
        // A server that counts wrongly has more in its cache than in the prompt.
        let input = prompt.saturating_sub(cached).saturating_sub(written);
        let sum = input as f64 * self.input
            + cached as f64 * self.cached.unwrap_or(self.input)
            + written as f64 * self.written.unwrap_or(self.input)
            + count(usage.output) as f64 * self.output;
        Some(sum / MILLION)
    }

    /// How many bytes of a model's name it fits; none where it is another model's.
    fn fits(&self, provider: &str, model: &str) -> Option<usize> {
        if !self.provider.is_empty() && !self.provider.eq_ignore_ascii_case(provider) {
            return None;
        }
        if let Some(head) = self.model.strip_suffix('*') {
            return model.starts_with(head).then_some(head.len());
        }
        let rest = model.strip_prefix(self.model.as_str())?;
        // `-mini` or `-5` behind it is another model; a date is not.
        let mut chars = rest.chars();
        let dated = matches!(chars.next(), Some('-' | '@' | ':'))
            && (chars.as_str() == "latest"
                || chars.clone().take(4).filter(char::is_ascii_digit).count() == 4);
        (rest.is_empty() || dated).then_some(self.model.len())
    }
}

/// The prices in force.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prices {
    own: Vec<Price>,
    built_in: Vec<Price>,
}

impl Prices {
    /// The table that comes with sevdeck.
    pub fn built_in() -> Self {
        Self { own: Vec::new(), built_in: parse(Path::new("prices.toml"), BUILT_IN).unwrap_or_default() }
    }

    /// With the user's table over it, and what is wrong with that.
    pub fn with(own: Option<(PathBuf, String)>) -> (Self, Option<Problem>) {
        let built_in = Self::built_in();
        match own.map(|(path, text)| parse(&path, &text)) {
            None => (built_in, None),
            Some(Ok(own)) => (Self { own, ..built_in }, None),
            Some(Err(problem)) => (built_in, Some(problem)),
        }
    }

    /// As [`Prices::with`], with a file that need not be there.
    pub fn load(path: &Path) -> (Self, Option<Problem>) {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::with(Some((path.to_owned(), text))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::with(None),
            Err(error) => {
                let text = format!("cannot be read, the built-in prices are used: {error}");
                (Self::built_in(), Some(Problem { file: path.display().to_string(), line: 0, text }))
            }
        }
    }

    /// The price of a model: the user's, else the table's; of several the one that fits most of its name. Gateways write
    /// the maker before the name (`anthropic/claude-…`); their price is their own, and only the user's table knows it.
    pub fn find(&self, provider: &str, model: &str) -> Option<&Price> {
        let best = |prices: &'_ [Price]| -> Option<usize> {
            let fitting =
                prices.iter().enumerate().filter_map(|(at, price)| Some((price.fits(provider, model)?, at)));
            fitting.max_by_key(|(length, at)| (*length, std::cmp::Reverse(*at))).map(|(_, at)| at)
        };
        best(&self.own).map(|at| &self.own[at]).or_else(|| best(&self.built_in).map(|at| &self.built_in[at]))
    }

    /// What a call costs: as the provider reports it, else by the table, else unknown.
    pub fn cost(&self, provider: &str, model: &str, usage: &Usage) -> Cost {
        if let Some(usd) = usage.cost_usd.filter(|usd| usd.is_finite() && *usd >= 0.0) {
            return Cost::Reported(usd);
        }
        self.find(provider, model).and_then(|price| price.cost(usage)).map_or(Cost::Unknown, Cost::Estimated)
    }
}

fn parse(path: &Path, text: &str) -> Result<Vec<Price>, Problem> {
    let line = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
    let problem = |line, what: &str| Problem {
        file: path.display().to_string(),
        line,
        text: format!("{what}; the built-in prices are used"),
    };
    let file: File = toml::from_str(text)
        .map_err(|error| problem(error.span().map_or(0, |span| line(span.start)), error.message()))?;
    let sound = |rate: f64| rate.is_finite() && (0.0..10_000.0).contains(&rate);
    for price in &file.price {
        let rates = [Some(price.input), price.cached, price.written, Some(price.output)];
        if !rates.into_iter().flatten().all(sound) || price.model.is_empty() {
            let at = text.find(&format!("{:?}", price.model)).map_or(0, line);
            return Err(problem(
                at,
                &format!("{:?} has a rate that is none, in dollars per million", price.model),
            ));
        }
    }
    Ok(file.price)
}

/// What a call costs, US dollars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cost {
    /// As the provider says.
    Reported(f64),
    /// By the table: rates have exceptions, so it is an estimate.
    Estimated(f64),
    /// No price is known.
    Unknown,
}

impl Cost {
    /// The amount, where one is known.
    pub fn usd(self) -> Option<f64> {
        match self {
            Self::Reported(usd) | Self::Estimated(usd) => Some(usd),
            Self::Unknown => None,
        }
    }
}

/// `$0.0021`, `≈$0.0021`; nothing where it is unknown.
impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Reported(usd) => f.write_str(&amount(usd)),
            Self::Estimated(usd) => write!(f, "≈{}", amount(usd)),
            Self::Unknown => Ok(()),
        }
    }
}

/// What several calls cost together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Total {
    /// What is known of it, US dollars.
    pub usd: f64,
    /// Calls of unknown price.
    pub unknown: u32,
    /// Part of it is estimated.
    pub estimated: bool,
}

impl Total {
    /// Adds a call.
    pub fn add(&mut self, cost: Cost) {
        match cost {
            Cost::Reported(usd) => self.usd += usd,
            Cost::Estimated(usd) => {
                self.usd += usd;
                self.estimated = true;
            }
            Cost::Unknown => self.unknown += 1,
        }
    }
}

/// `$0.12`, `≈$0.12`, and `≥$0.12` where calls of unknown price are among it.
impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match (self.unknown, self.estimated) {
            (1.., _) => "≥",
            (0, true) => "≈",
            (0, false) => "",
        };
        write!(f, "{mark}{}", amount(self.usd))
    }
}

/// Dollars with two figures that say something: `$0.0021`, `$0.12`, `$3.40`.
fn amount(usd: f64) -> String {
    let places = match usd {
        usd if usd == 0.0 || usd >= 0.1 => 2,
        usd if usd >= 0.01 => 3,
        usd if usd >= 0.001 => 4,
        _ => 5,
    };
    format!("${usd:.places$}")
}

#[cfg(test)]
mod tests;
