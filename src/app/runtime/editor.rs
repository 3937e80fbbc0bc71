//! A text written in the person's own editor.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use tokio::sync::mpsc::Sender;

use crate::app::msg::Msg;

/// Longest text taken back, bytes.
const TEXT_MAX: u64 = 8 * 1024 * 1024;
/// What a shell says when it does not find a program.
const NOT_FOUND: i32 = 127;

/// Runs the editor on a file of this name in `folder`, on a thread of its own. It has the terminal meanwhile.
pub(super) fn run(sender: Sender<Msg>, editor: String, folder: PathBuf, name: String, text: String) {
    let work = move || {
        let answer = write_in(&editor, &folder, &name, &text);
        let _ = sender.blocking_send(Msg::Written(answer));
    };
    // Without a thread nobody has the terminal; the answer is as good as "no".
    let _ = thread::Builder::new().name("sevdeck-editor".to_owned()).spawn(work);
}

/// The text after the editor; or why not, and where what was written is.
fn write_in(editor: &str, folder: &Path, name: &str, text: &str) -> Result<String, String> {
    let file = folder.join(name);
    put(&file, text).map_err(|error| format!("{}: {error}; the text is as it was", file.display()))?;
    let tty = fs::File::open("/dev/tty").map_or_else(|_| Stdio::inherit(), Stdio::from);
    // As git does: the variable holds a command line, not the name of a file.
    let status =
        Command::new("sh").arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(&file).stdin(tty).status();
    let taken = take(&file);
    let failed = match status {
        Ok(status) if status.success() => None,
        Ok(status) if status.code() == Some(NOT_FOUND) => Some("not found; EDITOR names another".to_owned()),
        Ok(status) => Some(status.to_string()),
        Err(error) => Some(error.to_string()),
    };
    let answer = match (failed, taken) {
        (None, Ok(taken)) => Ok(taken),
        (None, Err(error)) => return Err(format!("{}: {error}; the text is as it was", file.display())),
        (Some(why), Ok(taken)) if taken != text => {
            return Err(format!("{editor}: {why}; what it wrote is in {}", file.display()));
        }
        (Some(why), _) => Err(format!("{editor}: {why}; the text is as it was")),
    };
    let _ = fs::remove_file(&file);
    answer
}

fn put(file: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(file)?;
    file.write_all(text.as_bytes())
}

fn take(file: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    fs::File::open(file)?.take(TEXT_MAX).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(editor: &str) -> (Result<String, String>, bool) {
        let folder = tempfile::tempdir().unwrap();
        let answer = write_in(editor, folder.path(), "note.md", "before\n");
        (answer, folder.path().join("note.md").exists())
    }

    #[test]
    fn what_the_editor_saved_comes_back_and_leaves_no_file() {
        let append = "sh -c 'echo after >> \"$1\"' sh";
        assert_eq!(edited(append), (Ok("before\nafter\n".to_owned()), false));
        assert_eq!(edited("true"), (Ok("before\n".to_owned()), false), "nothing was changed");
    }

    #[test]
    fn an_editor_that_fails_says_so_and_loses_nothing() {
        let (answer, left) = edited("false");
        assert!(answer.unwrap_err().contains("the text is as it was") && !left);
        let (answer, left) = edited("sh -c 'echo half > \"$1\"; exit 3' sh");
        assert!(answer.unwrap_err().contains("what it wrote is in") && left);
        let (answer, _) = edited("no-such-editor-anywhere");
        assert!(answer.unwrap_err().contains("not found"));
    }
}
