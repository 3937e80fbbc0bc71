//! The configuration file: TOML with the keys of [`Config`](crate::config::Config).

use std::io;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use crate::config::{Layer, Problem, VARIABLES, Value};

/// Reads the file; one that is not there is empty.
pub(crate) fn read(path: &Path, problems: &mut Vec<Problem>) -> Layer {
    let mut problem = |line, text: String| {
        problems.push(Problem { file: Some(path.to_owned()), line, text });
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Layer::default(),
        Err(error) => {
            problem(0, format!("cannot be read, default settings are used: {error}"));
            return Layer::default();
        }
    };
    let line_of = |offset: usize| text.as_bytes()[..offset.min(text.len())].split(|b| *b == b'\n').count();
    let mut layer = Layer::default();
    let table = match DeTable::parse(&text) {
        Ok(table) => table.into_inner(),
        Err(error) => {
            let line = error.span().map_or(0, |span| line_of(span.start));
            problem(line, format!("{}; default settings are used", error.message()));
            return layer;
        }
    };
    for (key, value) in table {
        let line = line_of(key.span().start);
        let key = key.into_inner();
        if key == "models" {
            for (line, text) in providers(value.get_ref(), &mut layer, &line_of) {
                problem(line, text);
            }
            continue;
        }
        if !VARIABLES.iter().any(|(_, known)| *known == key) {
            let keys = VARIABLES.map(|(_, known)| known).join(", ");
            problem(line, format!("unknown key {key:?} is passed over; known keys: {keys}, models"));
            continue;
        }
        let value = match value.into_inner() {
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Boolean(on) => Value::Switch(on),
            _ => Value::Other,
        };
        if let Err(wanted) = layer.set(&key, value) {
            problem(line, format!("{key} must be {wanted}; it is passed over"));
        }
    }
    layer
}

/// Reads `[models]`, a table for each provider; gives what is wrong in it, with its lines.
fn providers(
    value: &DeValue<'_>,
    layer: &mut Layer,
    line_of: &dyn Fn(usize) -> usize,
) -> Vec<(usize, String)> {
    let mut problems = Vec::new();
    let DeValue::Table(providers) = value else {
        return vec![(0, "models must be a table: [models.PROVIDER]".to_owned())];
    };
    for (name, value) in providers {
        let DeValue::Table(fields) = value.get_ref() else {
            let text = format!("models.{} must be a table: [models.{}]", name.get_ref(), name.get_ref());
            problems.push((line_of(name.span().start), text));
            continue;
        };
        let settings = layer.models.entry(name.get_ref().to_string()).or_default();
        for (key, value) in fields {
            if let Err(text) = settings.set(key.get_ref(), value.get_ref()) {
                problems.push((line_of(key.span().start), text));
            }
        }
    }
    problems
}
