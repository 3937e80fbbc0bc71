//! The configuration file: TOML with the keys of [`Config`](crate::config::Config).

use std::io;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use crate::config::Problem;
use crate::config::keys::{self, KEYS, MODEL_KEYS, Value};
use crate::config::layer::{Layer, Origin};

/// Reads the file; one that is not there is empty.
pub(super) fn read(path: &Path, problems: &mut Vec<Problem>) -> Layer {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Layer::default(),
        Err(error) => {
            return refused(path, 0, &format!("cannot be read: {error}"), problems);
        }
    };
    let table = match DeTable::parse(&text) {
        Ok(table) => table.into_inner(),
        Err(error) => {
            let line = error.span().map_or(0, |span| line_of(&text, span.start));
            return refused(path, line, error.message(), problems);
        }
    };
    let mut reading =
        Reading { path, text: &text, layer: Layer::default(), guards: Layer::default(), problems };
    for (key, value) in &table {
        if key.get_ref() == "models" {
            reading.providers(key.span().start, value.get_ref());
        } else {
            reading.setting("", &KEYS, (key.get_ref(), key.span().start), value.get_ref());
        }
    }
    reading.guards.over(reading.layer)
}

/// A file that cannot be understood may hold guards.
fn refused(path: &Path, line: usize, why: &str, problems: &mut Vec<Problem>) -> Layer {
    let text = format!("{why}; default settings are used, and no model is asked until it is right");
    problems.push(Problem { file: Some(path.to_owned()), line, text });
    let mut layer = Layer::default();
    layer.put("offline", Value::Switch(true), Origin::File(path.to_owned(), line));
    layer
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].split(|byte| *byte == b'\n').count()
}

struct Reading<'a> {
    path: &'a Path,
    text: &'a str,
    layer: Layer,
    /// What holds while something cannot be read; nothing in the file undoes it.
    guards: Layer,
    problems: &'a mut Vec<Problem>,
}

impl Reading<'_> {
    fn problem(&mut self, line: usize, text: String) {
        self.problems.push(Problem { file: Some(self.path.to_owned()), line, text });
    }

    /// One key of the table that is called `table`, with a point at its end.
    fn setting(&mut self, table: &str, known: &[keys::Key], (name, at): (&str, usize), value: &DeValue<'_>) {
        let line = line_of(self.text, at);
        let origin = Origin::File(self.path.to_owned(), line);
        match keys::find(known, name) {
            Ok(key) => match key.kind.of_toml(value) {
                Ok(value) => self.layer.put(&format!("{table}{name}"), value, origin),
                Err(wanted) => {
                    let then = self.guards.careful(key, origin);
                    self.problem(line, format!("{name} must be {wanted}; {then}"));
                }
            },
            Err(_) if !table.is_empty() && matches!(name, "key" | "api_key" | "token") => {
                let text = "a key does not stand here: say where it is by key_env, key_file or key_command";
                self.problem(line, text.to_owned());
            }
            Err(Some(near)) => {
                let then = self.guards.careful(near, origin);
                self.problem(line, format!("unknown key {name:?}, did you mean {}? {then}", near.name));
            }
            Err(None) => {
                let names: Vec<&str> = known.iter().map(|key| key.name).collect();
                let names = names.join(", ");
                self.problem(line, format!("unknown key {name:?} is passed over; known keys: {names}"));
            }
        }
    }

    /// `[models]`, a table for each provider.
    fn providers(&mut self, at: usize, value: &DeValue<'_>) {
        let DeValue::Table(providers) = value else {
            let line = line_of(self.text, at);
            return self.problem(line, "models must be tables: [models.PROVIDER]".to_owned());
        };
        for (name, value) in providers {
            let DeValue::Table(fields) = value.get_ref() else {
                let line = line_of(self.text, name.span().start);
                let name = name.get_ref();
                self.problem(line, format!("models.{name} must be a table: [models.{name}]"));
                continue;
            };
            for (key, value) in fields {
                let table = format!("models.{}.", name.get_ref());
                self.setting(&table, &MODEL_KEYS, (key.get_ref(), key.span().start), value.get_ref());
            }
        }
    }
}
