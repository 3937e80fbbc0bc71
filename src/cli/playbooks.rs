//! `sevdeck playbooks`: what the offline analyst knows, and a check for what users add.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};

use crate::analyst::offline::playbook::own::{self, Own, Problem};
use crate::analyst::offline::playbook::{Playbook, Registry};
use crate::cli::{Globals, print, warn};
use crate::config::Paths;
use crate::failure::Failure;

/// Longest file that is read, bytes.
const FILE_MAX: u64 = 4 * 1024 * 1024;

/// What the offline analyst knows.
#[derive(Debug, Args)]
pub(super) struct PlaybooksArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Id and title of each; your own are marked with their file.
    List,
    /// The text of one, as an example for your own.
    Show {
        /// Its id.
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Try your own: whether they can be read, and match their samples and no other's.
    Check {
        /// Files to check [default: those in ~/.config/sevdeck/playbooks].
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

/// The playbooks that come with sevdeck together with this user's, where there are any, and what is wrong with the latter.
pub(super) fn load(paths: &Paths) -> (Option<Arc<Registry>>, Vec<String>) {
    let files = files(&paths.playbooks());
    if files.is_empty() {
        return (None, Vec::new());
    }
    let (found, mut problems) = read(&files);
    let (registry, more) = own::join(&Registry::built_in(), found);
    problems.extend(more.iter().map(left_out));
    (Some(Arc::new(registry)), problems)
}

/// Answers what was asked.
pub(super) fn run(args: &PlaybooksArgs, globals: &Globals) -> Result<u8, Failure> {
    match &args.what {
        What::List => list(globals),
        What::Show { id } => show(id, globals),
        What::Check { files } => check(files, globals),
    }
}

fn list(globals: &Globals) -> Result<u8, Failure> {
    let folder = globals.paths.playbooks();
    let own = read(&files(&folder)).0;
    let mut text = String::new();
    let chinese = usize::from(globals.config.language == "zh");
    let registry = globals.playbooks();
    let width = registry.playbooks.iter().map(|playbook| playbook.id.len()).max().unwrap_or(0);
    for playbook in &registry.playbooks {
        let mine = own.iter().find(|own| own.playbook.id == playbook.id);
        let from = mine.map_or_else(String::new, |own| format!("  ({})", own.file.display()));
        let _ = writeln!(text, "{:width$}  {}{from}", playbook.id, playbook.title[chinese]);
    }
    print(&text)?;
    Ok(0)
}

fn show(id: &str, globals: &Globals) -> Result<u8, Failure> {
    let found = read(&files(&globals.paths.playbooks())).0;
    if let Some(own) = found.iter().find(|own| own.playbook.id == id) {
        let place = format!("{}:{}", own.file.display(), own.line);
        let text = fs::read_to_string(&own.file).unwrap_or_default();
        let text = own::part(&text, own.line).unwrap_or_default();
        print(&format!("# {place}\n{}\n", text.trim_end()))?;
        return Ok(0);
    }
    let text = own::text_of(id).ok_or_else(|| unknown(id, &globals.playbooks()))?;
    print(&format!("{}\n", text.trim_end()))?;
    Ok(0)
}

fn unknown(id: &str, registry: &Registry) -> Failure {
    let near = |playbook: &&Playbook| playbook.id.contains(id) || id.contains(&playbook.id);
    let near: Vec<&str> =
        registry.playbooks.iter().filter(near).take(4).map(|playbook| playbook.id.as_str()).collect();
    let hint = if near.is_empty() {
        "sevdeck playbooks list shows them".to_owned()
    } else {
        format!("is it one of these? {}", near.join(", "))
    };
    Failure::usage(format!("no playbook is called {id:?}")).hint(hint)
}

fn check(named: &[PathBuf], globals: &Globals) -> Result<u8, Failure> {
    let folder = globals.paths.playbooks();
    let chosen = if named.is_empty() { files(&folder) } else { named.to_vec() };
    if chosen.is_empty() {
        return Err(Failure::usage(format!("there are no playbooks in {}", folder.display()))
            .hint("sevdeck playbooks show db-connections > FILE.toml there begins one"));
    }
    let (found, mut problems) = read(&chosen);
    let ids: Vec<(String, String)> = found
        .iter()
        .map(|own| (own.playbook.id.clone(), format!("{}:{}", own.file.display(), own.line)))
        .collect();
    let (registry, more) = own::join(&Registry::built_in(), found);
    problems.extend(more.iter().map(ToString::to_string));
    for problem in &problems {
        warn(problem);
    }
    let mut text = String::new();
    for (id, place) in &ids {
        if let Some(playbook) = registry.playbooks.iter().find(|playbook| &playbook.id == id) {
            let samples = playbook.samples().len() + playbook.not_samples().len();
            let _ = writeln!(text, "{place}: {id}: in order, {samples} samples");
        }
    }
    // What a new one takes from the others' samples is the others' loss.
    for (id, sample, wanted) in own::misses(&registry) {
        let verb = if wanted { "no longer matches" } else { "now matches" };
        let _ = writeln!(text, "{id}: {verb} {sample:?}");
    }
    print(&text)?;
    Ok(u8::from(!problems.is_empty()))
}

/// The playbooks of these files, and what is wrong with the rest.
fn read(files: &[PathBuf]) -> (Vec<Own>, Vec<String>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for file in files {
        // A pipe would never end, and nobody writes megabytes of playbooks by hand.
        let about = fs::metadata(file);
        if let Ok(about) = &about
            && (!about.is_file() || about.len() > FILE_MAX)
        {
            problems.push(format!("{}: is no file, or larger than 4 MiB; it is left out", file.display()));
            continue;
        }
        match fs::read_to_string(file) {
            Ok(text) => {
                let (good, bad) = own::read(file, &text);
                found.extend(good);
                problems.extend(bad.iter().map(left_out));
            }
            Err(error) => problems.push(format!("{}: cannot be read: {error}", file.display())),
        }
    }
    (found, problems)
}

fn left_out(problem: &Problem) -> String {
    format!("{problem}; it is left out")
}

/// The files of playbooks in a folder, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let toml = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "toml");
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(toml).collect();
    files.sort();
    files
}
