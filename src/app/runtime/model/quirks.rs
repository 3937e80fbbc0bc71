//! What was learned of models, kept from one run to the next: a small file in the cache. Without it, or with a broken
//! one, everything is learned again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::llm::{Endpoint, Quirks};

/// Form of the file; another one is not read.
const VERSION: u32 = 1;
/// Largest file, bytes.
const FILE_MAX: u64 = 64 * 1024;
/// Most models remembered; the oldest go.
const MODELS_MAX: usize = 64;
/// How long something learned holds: servers get better.
const HOLDS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What was learned, by model and host.
#[derive(Debug)]
pub(super) struct Memory {
    path: PathBuf,
    lessons: BTreeMap<String, Lesson>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    version: u32,
    models: BTreeMap<String, Lesson>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Lesson {
    at: Timestamp,
    quirks: Quirks,
}

impl Memory {
    /// Reads the file.
    pub(super) fn open(path: PathBuf) -> Self {
        let lessons = read(&path).unwrap_or_default();
        Self { path, lessons }
    }

    /// What is known of a model at `now`.
    pub(super) fn of(&self, endpoint: &Endpoint, now: Timestamp) -> Quirks {
        let lesson = self.lessons.get(&key(endpoint)).filter(|lesson| now.duration_since(lesson.at) < HOLDS);
        lesson.map(|lesson| lesson.quirks.clone()).unwrap_or_default()
    }

    /// Keeps what was learned. A file that cannot be written costs a refusal in the next run, no more.
    pub(super) fn learn(&mut self, endpoint: &Endpoint, quirks: Quirks, now: Timestamp) {
        // Another sevdeck may have learned something meanwhile.
        for (model, lesson) in read(&self.path).unwrap_or_default() {
            let older = self.lessons.get(&model).is_none_or(|known| known.at < lesson.at);
            if older {
                self.lessons.insert(model, lesson);
            }
        }
        self.lessons.insert(key(endpoint), Lesson { at: now, quirks });
        while self.lessons.len() > MODELS_MAX {
            let oldest =
                self.lessons.iter().min_by_key(|(_, lesson)| lesson.at).map(|(model, _)| model.clone());
            let Some(oldest) = oldest else { break };
            self.lessons.remove(&oldest);
        }
        let _ = self.write();
    }

    fn write(&self) -> std::io::Result<()> {
        let kept = Kept { version: VERSION, models: self.lessons.clone() };
        let text = serde_json::to_vec_pretty(&kept)?;
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let aside = self.path.with_extension(format!("{}.tmp", std::process::id()));
        File::create(&aside)?.write_all(&text)?;
        fs::rename(&aside, &self.path)
    }
}

/// The same name behind another address may be another server.
fn key(endpoint: &Endpoint) -> String {
    format!("{} at {}", endpoint.name(), endpoint.host())
}

fn read(path: &PathBuf) -> Option<BTreeMap<String, Lesson>> {
    let mut text = Vec::new();
    File::open(path).ok()?.take(FILE_MAX).read_to_end(&mut text).ok()?;
    let kept: Kept = serde_json::from_slice(&text).ok()?;
    (kept.version == VERSION).then_some(kept.models)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::endpoint::World;
    use crate::llm::{Mode, Settings};

    fn endpoint(model: &str) -> Endpoint {
        let settings = Settings {
            model: format!("openai/{model}"),
            url: Some("http://127.0.0.1:9/v1".into()),
            ..Settings::default()
        };
        Endpoint::resolve(&settings, &World { env: &|_| None, run: &|_| Err(String::new()) }).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn what_was_learned_is_there_in_the_next_run_and_fades() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache/quirks.json");
        let learned = Quirks { mode: Some(Mode::Object), no_stream_options: true, ..Quirks::default() };
        Memory::open(path.clone()).learn(&endpoint("a"), learned.clone(), at(0));
        let again = Memory::open(path);
        assert_eq!(again.of(&endpoint("a"), at(60)), learned);
        assert_eq!(again.of(&endpoint("b"), at(60)), Quirks::default());
        assert_eq!(again.of(&endpoint("a"), at(31 * 86_400)), Quirks::default(), "servers get better");
    }

    #[test]
    fn a_broken_or_newer_file_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("quirks.json");
        for text in ["", "{", "[1]", r#"{"version":99,"models":{}}"#, "\u{0}\u{1}"] {
            fs::write(&path, text).unwrap();
            let mut memory = Memory::open(path.clone());
            assert_eq!(memory.of(&endpoint("a"), at(0)), Quirks::default(), "{text}");
            memory.learn(&endpoint("a"), Quirks { no_cap: true, ..Quirks::default() }, at(0));
            assert!(Memory::open(path.clone()).of(&endpoint("a"), at(1)).no_cap, "{text}");
        }
    }

    #[test]
    fn the_file_stays_small() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("quirks.json");
        let mut memory = Memory::open(path.clone());
        for number in 0..2 * MODELS_MAX as i64 {
            memory.learn(
                &endpoint(&format!("m{number}")),
                Quirks { no_cap: true, ..Quirks::default() },
                at(number),
            );
        }
        assert!(fs::metadata(&path).unwrap().len() < FILE_MAX);
        let again = Memory::open(path);
        assert!(!again.of(&endpoint("m0"), at(200)).no_cap);
        assert!(again.of(&endpoint(&format!("m{}", 2 * MODELS_MAX - 1)), at(200)).no_cap);
    }
}
