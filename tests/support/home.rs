//! A hermetic environment: a home in a temporary folder, no settings and no variables of the person who runs the
//! tests.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A home that is removed when dropped.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Run {
    /// Exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::Builder::new().prefix("sevdeck-test-").tempdir().unwrap() }
    }

    /// A path in the home.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in the home.
    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap();
        path
    }

    /// Every file the program keeps, with its size, for the message of a failed test.
    pub(crate) fn files(&self) -> String {
        let mut left = vec![self.store()];
        let mut lines = Vec::new();
        while let Some(folder) = left.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let size = entry.metadata().map_or(0, |metadata| metadata.len());
                lines.push(format!("{} {size}", entry.path().display()));
                left.extend(entry.path().is_dir().then(|| entry.path()));
            }
        }
        lines.join("\n")
    }

    /// Where the program keeps incidents.
    pub(crate) fn store(&self) -> PathBuf {
        self.path(".local/state/sevdeck")
    }

    /// The variables that programs get here.
    pub(crate) fn env(&self) -> Vec<(&'static str, String)> {
        let home = self.folder.path().to_str().unwrap().to_owned();
        let tmp = self.path("tmp");
        fs::create_dir_all(&tmp).unwrap();
        vec![
            ("HOME", home),
            ("TMPDIR", tmp.to_str().unwrap().to_owned()),
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("LANG", "C.UTF-8".to_owned()),
            ("USER", "ada".to_owned()),
            ("TZ", "UTC".to_owned()),
        ]
    }

    /// The program, to be given arguments.
    pub(crate) fn sevdeck(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sevdeck"));
        command.env_clear().envs(self.env()).current_dir(self.folder.path()).args(args);
        command
    }

    /// Runs the program with nothing on its standard input.
    pub(crate) fn run(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
        Run::of(self.sevdeck(args).stdin(Stdio::null()).output().unwrap())
    }

    /// Runs the program with this on its standard input.
    pub(crate) fn run_with(&self, input: &[u8], args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
        let mut child = self
            .sevdeck(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that refuses may be gone before it has read everything.
        let _ = stdin.write_all(input);
        drop(stdin);
        Run::of(child.wait_with_output().unwrap())
    }
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}
