//! What a SOURCE argument means.

use std::fs;
use std::path::Path;

use crate::failure::Failure;
use crate::incident::SourceSpec;

/// Largest `--context` file, bytes; larger texts are logs and belong among the sources.
pub const CONTEXT_MAX: u64 = 16 * 1024 * 1024;

/// Reads one SOURCE: `-`, a file, a directory or a pattern. Paths become absolute, so that an incident can be resumed
/// from anywhere. A file that is not there yet is fine as long as its folder is: logs appear late.
///
/// # Errors
/// When neither the file nor its folder exists.
pub fn spec(argument: &str) -> Result<SourceSpec, Failure> {
    if argument == "-" {
        return Ok(SourceSpec::Stdin);
    }
    let path = std::path::absolute(argument)
        .map_err(|error| Failure::usage(format!("source {argument:?}")).because(error))?;
    let text = path.to_string_lossy().into_owned();
    if path.is_dir() {
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
    let length = fs::metadata(path).map_err(unreadable)?.len();
    if length > CONTEXT_MAX {
        let limit = CONTEXT_MAX / 1024 / 1024;
        return Err(Failure::unreadable(format!("--context {shown}: over {limit} MiB"))
            .hint("give it as a SOURCE instead: logs of any size are read there"));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    let name =
        path.file_name().map_or_else(|| "context".to_owned(), |name| name.to_string_lossy().into_owned());
    Ok((name, String::from_utf8_lossy(&bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
