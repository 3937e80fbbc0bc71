//! `sevdeck demo`: an incident that is shipped, written live into real files. To the rest of the program it is an
//! incident like any other.

mod generate;
mod scenario;
mod writer;

use std::path::PathBuf;

use jiff::Timestamp;

use crate::cli::demo::scenario::Scenario;
use crate::failure::Failure;

/// The incidents, by name; the first is the one shown when none is named.
const SHIPPED: [(&str, &str); 1] = [("payment-pool", include_str!("payment_pool.toml"))];

/// An incident that is being written while this value lives.
pub struct Demo {
    /// The service that is hurt.
    pub service: String,
    running: writer::Running,
}

impl Demo {
    /// The files to point the cockpit at.
    pub fn files(&self) -> &[PathBuf] {
        self.running.files()
    }

    /// Writes the history of the incident `name` into a new folder and goes on writing from a thread of its own,
    /// `speed` times as fast as the clock, until the value is dropped.
    pub fn start(name: Option<&str>, speed: f64, now: Timestamp) -> Result<Self, Failure> {
        let name = name.unwrap_or(SHIPPED[0].0);
        let Some((_, text)) = SHIPPED.iter().find(|(known, _)| *known == name) else {
            let known: Vec<_> = SHIPPED.iter().map(|(known, _)| *known).collect();
            return Err(Failure::usage(format!("no demo is called {name:?}"))
                .hint(format!("there is: {}", known.join(", "))));
        };
        let scenario =
            Scenario::parse(text).map_err(|error| Failure::runtime(format!("demo {name}")).because(error))?;
        let service = scenario.service.clone();
        let parent = std::env::temp_dir();
        let failed = |error| {
            Failure::runtime(format!("the demo's files in {}", parent.display()))
                .because(error)
                .hint("set TMPDIR to a folder with some space that you can write")
        };
        let folder = writer::fresh_folder(&parent, name, now).map_err(failed)?;
        let running = writer::start(scenario, &folder, speed, now).map_err(failed)?;
        Ok(Self { service, running })
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod story;
