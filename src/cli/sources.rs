//! What a SOURCE argument means.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::app::msg::Opening;
use crate::failure::Failure;
use crate::incident::SourceSpec;

/// Largest `--context` file, bytes; larger texts are logs and belong among the sources.
pub const CONTEXT_MAX: u64 = 16 * 1024 * 1024;

/// Reads one SOURCE: `-`, `cmd:COMMAND`, `journal:UNIT`, a file, a directory or a pattern. Paths become absolute, so that an incident can be resumed
/// from anywhere. A file that is not there yet is fine as long as its folder is: logs appear late.
///
/// # Errors
/// When neither the file nor its folder exists, or a folder may not be read.
pub fn spec(argument: &str) -> Result<SourceSpec, Failure> {
    if argument == "-" {
        return Ok(SourceSpec::Stdin);
    }
    if let Some(command) = argument.strip_prefix("cmd:") {
        return match command.trim() {
            "" => Err(Failure::usage("cmd: no command is named")
                .hint("as in: sevdeck cmd:'kubectl logs -f deploy/api'")),
            command => Ok(SourceSpec::Command(command.to_owned())),
        };
    }
    if let Some(unit) = argument.strip_prefix("journal:") {
        return match unit.trim() {
            "" => Err(Failure::usage("journal: no unit is named")
                .hint("as in: sevdeck journal:nginx; systemctl list-units lists them")),
            unit => Ok(SourceSpec::Journal(unit.to_owned())),
        };
    }
    let path = std::path::absolute(argument)
        .map_err(|error| Failure::usage(format!("source {argument:?}")).because(error))?;
    let text = path.to_string_lossy().into_owned();
    if path.is_dir() {
        // Nothing would ever appear, and nothing would say why.
        fs::read_dir(&path).map_err(|error| cannot_read(&path, error))?;
        return Ok(SourceSpec::Directory(text));
    }
    if SourceSpec::is_pattern(argument) && fs::symlink_metadata(&path).is_err() {
        return Ok(SourceSpec::Glob(text));
    }
    let folder = path.parent().unwrap_or(Path::new("/"));
    if fs::symlink_metadata(&path).is_err() && !folder.is_dir() {
        return Err(Failure::unreadable(format!("{argument}: no such file, and its folder does not exist"))
            .hint(format!("check the path; {} is not there", folder.display())));
    }
    Ok(SourceSpec::File(text))
}

/// Reads every SOURCE; what is named twice, also through a link, is one.
pub(super) fn specs(arguments: &[String]) -> Result<Vec<SourceSpec>, Failure> {
    let mut seen = BTreeSet::new();
    let mut specs = Vec::new();
    for argument in arguments {
        let spec = spec(argument)?;
        let same = match &spec {
            SourceSpec::File(path) => SourceSpec::File(real(path)),
            SourceSpec::Directory(path) => SourceSpec::Directory(real(path)),
            other => other.clone(),
        };
        if seen.insert(same) {
            specs.push(spec);
        }
    }
    Ok(specs)
}

/// Every SOURCE, or else what is piped in, where no context is given either; `hint` is said when there is nothing at all.
pub(super) fn named_or_piped(
    arguments: &[String],
    known: &Known,
    hint: &str,
) -> Result<Vec<SourceSpec>, Failure> {
    let specs = specs(arguments)?;
    if !specs.is_empty() || !known.context.is_empty() {
        return Ok(specs);
    }
    if is_piped() {
        return Ok(vec![SourceSpec::Stdin]);
    }
    Err(Failure::usage("there is nothing to read: no source is named and nothing is piped in").hint(hint))
}

/// Where a name leads, through links.
fn real(path: &str) -> String {
    fs::canonicalize(path).map_or_else(|_| path.to_owned(), |real| real.to_string_lossy().into_owned())
}

/// What is known about a new incident before a log is read.
#[derive(Debug, Args)]
pub(super) struct Known {
    /// A text with what is known: chat, alerts, metrics, deploys. May be given several times.
    #[arg(long, value_name = "FILE")]
    pub(super) context: Vec<PathBuf>,
    /// Name of the service that is hurt.
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Title of the incident.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
}

impl Known {
    /// Whether nothing was said.
    pub(super) fn is_empty(&self) -> bool {
        self.context.is_empty() && self.service.is_none() && self.title.is_none()
    }

    /// An opening without sources.
    pub(super) fn opening(&self) -> Result<Opening, Failure> {
        Ok(Opening {
            title: self.title.clone().unwrap_or_default(),
            service: self.service.clone().unwrap_or_default(),
            contexts: self.context.iter().map(|file| context(file)).collect::<Result<_, _>>()?,
            ..Opening::default()
        })
    }
}

/// Reads a `--context` file: its short name and its text.
///
/// # Errors
/// When it cannot be read or is too large.
pub fn context(path: &Path) -> Result<(String, String), Failure> {
    let shown = path.display();
    let unreadable = |error| {
        Failure::unreadable(format!("--context {shown}"))
            .because(error)
            .hint("give a text file that you can read: chat, alerts, metrics, notes")
    };
    let kind = fs::metadata(path).map_err(unreadable)?.file_type();
    // The shell's `<(command)` is a pipe below /dev; any other may have nobody at its other end.
    if !(kind.is_file() || kind.is_dir() || kind.is_fifo() && path.starts_with("/dev")) {
        return Err(unreadable(io::Error::other("not a regular file")));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(CONTEXT_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > CONTEXT_MAX {
        let limit = CONTEXT_MAX / 1024 / 1024;
        return Err(Failure::unreadable(format!("--context {shown}: over {limit} MiB"))
            .hint("give it as a SOURCE instead: logs of any size are read there"));
    }
    let name =
        path.file_name().map_or_else(|| "context".to_owned(), |name| name.to_string_lossy().into_owned());
    Ok((name, String::from_utf8_lossy(&bytes).into_owned()))
}

/// Whether a source can be read now: for one look there is no later.
pub(super) fn check(spec: &SourceSpec) -> Result<(), Failure> {
    match spec {
        SourceSpec::File(path) => check_file(Path::new(path)),
        SourceSpec::Directory(path) => {
            let mut entries = fs::read_dir(path).map_err(|error| cannot_read(Path::new(path), error))?;
            if entries.next().is_none() {
                return Err(Failure::unreadable(format!("{path}: the folder is empty"))
                    .hint("name the folder of the logs"));
            }
            Ok(())
        }
        SourceSpec::Glob(pattern) => {
            let mut matches = glob::glob(pattern).map_err(|error| {
                Failure::usage(format!("{pattern}: not a pattern")).because(error).hint("* ? [a-z] are known")
            })?;
            if matches.next().is_none() {
                return Err(Failure::unreadable(format!("{pattern}: no file has such a name"))
                    .hint("check the pattern, and that it is quoted"));
            }
            Ok(())
        }
        SourceSpec::Command(_) | SourceSpec::Journal(_) | SourceSpec::Stdin | SourceSpec::Context(_) => {
            Ok(())
        }
    }
}

fn check_file(path: &Path) -> Result<(), Failure> {
    let kind = fs::metadata(path).map_err(|error| cannot_read(path, error))?.file_type();
    // The shell's `<(command)` is a pipe below /dev; any other may have nobody at its other end.
    if !(kind.is_file() || kind.is_fifo() && path.starts_with("/dev")) {
        let hint = if kind.is_fifo() {
            format!("pipe it in: sevdeck triage - < {}", path.display())
        } else {
            "name a file with lines of text".to_owned()
        };
        return Err(Failure::unreadable(format!("{}: not a regular file", path.display())).hint(hint));
    }
    File::open(path).map(drop).map_err(|error| cannot_read(path, error))
}

fn cannot_read(path: &Path, error: io::Error) -> Failure {
    let hint = match error.kind() {
        io::ErrorKind::NotFound => "check the name",
        io::ErrorKind::PermissionDenied => {
            "ask for read access, or pipe it in: sudo cat FILE | sevdeck triage -"
        }
        _ => "check the path",
    };
    Failure::unreadable(path.display().to_string()).because(error).hint(hint)
}

/// Whether a pipe or a file is on standard input: something to read that ends.
pub(super) fn is_piped() -> bool {
    use rustix::fs::FileType;
    let Ok(stat) = rustix::fs::fstat(rustix::stdio::stdin()) else { return false };
    matches!(FileType::from_raw_mode(stat.st_mode), FileType::Fifo | FileType::RegularFile | FileType::Socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_units_are_taken_as_they_are() {
        let command = "kubectl logs -f deploy/api | grep -v 'GET /health'";
        assert_eq!(spec(&format!("cmd:{command}")).unwrap(), SourceSpec::Command(command.to_owned()));
        assert_eq!(
            spec("journal:nginx@1.service").unwrap(),
            SourceSpec::Journal("nginx@1.service".to_owned())
        );
        for (argument, words) in [("cmd: ", "no command is named"), ("journal:", "no unit is named")] {
            let failure = spec(argument).unwrap_err();
            assert!(failure.to_string().contains(words), "{failure}");
            assert_eq!(failure.kind.code(), 2);
        }
    }

    #[test]
    fn sources_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().display();
        fs::write(folder.path().join("a[1].log"), "x").unwrap();
        let is = |argument: String| spec(&argument).unwrap();
        assert_eq!(spec("-").unwrap(), SourceSpec::Stdin);
        assert!(matches!(is(format!("{base}")), SourceSpec::Directory(_)));
        assert!(matches!(is(format!("{base}/*.log")), SourceSpec::Glob(_)));
        assert!(
            matches!(is(format!("{base}/a[1].log")), SourceSpec::File(_)),
            "a file that looks like a pattern"
        );
        assert!(matches!(is(format!("{base}/later.log")), SourceSpec::File(_)), "not there yet");
    }

    #[test]
    fn a_path_into_nowhere_names_what_is_missing() {
        let failure = spec("/no/such/folder/app.log").unwrap_err().to_string();
        assert!(failure.contains("no such file") && failure.contains("/no/such/folder"), "{failure}");
    }

    #[test]
    fn what_cannot_be_read_at_once_is_named_with_a_next_step() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
        fs::create_dir(home.path().join("empty")).unwrap();
        fs::write(home.path().join("app.log"), "x\n").unwrap();
        let cases = [
            (SourceSpec::File(path("no.log")), "no.log: no such file or directory\n  check the name"),
            (SourceSpec::Directory(path("empty")), "empty: the folder is empty\n  name the folder"),
            (SourceSpec::Glob(path("*.nothing")), "*.nothing: no file has such a name\n  check the pattern"),
            (SourceSpec::File("/dev/null".into()), "/dev/null: not a regular file\n  name a file"),
        ];
        for (spec, message) in cases {
            let failure = check(&spec).unwrap_err();
            assert!(failure.to_string().contains(message), "{failure}");
            assert_eq!(failure.kind.code(), 3);
        }
        for spec in [SourceSpec::File(path("app.log")), SourceSpec::Glob(path("*.log")), SourceSpec::Stdin] {
            assert!(check(&spec).is_ok(), "{spec}");
        }
    }

    #[test]
    fn a_context_is_a_file_or_what_the_shell_pipes_in_and_never_endless() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("chat.md");
        fs::write(&path, "x".repeat(CONTEXT_MAX as usize)).unwrap();
        assert_eq!(context(&path).unwrap().1.len() as u64, CONTEXT_MAX);
        fs::write(&path, "x".repeat(CONTEXT_MAX as usize + 1)).unwrap();
        assert!(context(&path).unwrap_err().to_string().contains("over 16 MiB"));

        let pipe = home.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        for path in [&pipe, Path::new("/dev/zero")] {
            let failure = context(path).unwrap_err();
            assert!(failure.to_string().contains("not a regular file"), "{failure}");
            assert_eq!(failure.kind.code(), 3);
        }
    }
}
