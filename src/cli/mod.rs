//! The command line: arguments in, a mode of the program out. One file per subcommand.

mod cockpit;
mod config;
pub mod demo;
mod doctor;
mod incidents;
mod keys;
mod logs;
mod manual;
mod model;
mod playbooks;
mod prompt;
mod redact;
mod show;
pub mod sources;
mod themes;
mod triage;
mod zone;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use jiff::tz::TimeZone;

use crate::analyst::offline::Offline;
use crate::analyst::offline::playbook::Registry;
use crate::config::{Config, Layer, Paths};
use crate::failure::Failure;
use crate::incident::triage::Language;
use crate::store::Location;

/// A terminal cockpit for people who are on call.
///
/// Point it at log files: it shows what broke and why it thinks so, what to check next, what to do, and a running
/// timeline, and keeps all of it current while the files grow. It needs no model and no network, and it changes
/// nothing: commands are shown and copied, never run.
#[derive(Debug, Parser)]
#[command(name = "sevdeck", version, subcommand_precedence_over_arg = true, disable_help_subcommand = true)]
#[command(override_usage = "sevdeck [OPTIONS] [SOURCE]...\n       sevdeck [OPTIONS] <COMMAND>", after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    cockpit: cockpit::CockpitArgs,
    #[command(flatten)]
    common: Common,
}

const EXAMPLES: &str = "\
Examples:
  sevdeck demo                                  watch a shipped incident, live
  sevdeck /var/log/app.log /var/log/postgresql  follow a file and the logs in a folder
  sevdeck '/var/log/app/*.log'                  also files that appear later
  sevdeck cmd:'kubectl logs -f deploy/api'      follow what a command prints; it is started again when it fails
  sevdeck journal:nginx app.log.1.gz            follow a systemd unit, beside what was rotated away
  kubectl logs -f deploy/api | sevdeck -        follow what is piped in
  sevdeck triage --markdown app.log             a report, without a terminal

Exit codes: 0 done, 1 failed, 2 wrong use, 3 input cannot be read, 4 the model gave no answer: what is printed is the
offline result.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Watch a shipped incident unfold in real files; needs nothing.
    Demo(cockpit::DemoArgs),
    /// Return to an incident exactly where it was.
    Resume(cockpit::ResumeArgs),
    /// Read logs once and print the triage; needs no terminal and keeps nothing.
    Triage(triage::TriageArgs),
    /// Read logs once and print their records, templates or findings.
    Logs(logs::LogsArgs),
    /// List earlier incidents, the newest first.
    Incidents(incidents::IncidentsArgs),
    /// Print an earlier incident.
    Show(show::ShowArgs),
    /// What the offline analyst knows: list it, read it, try your own.
    Playbooks(playbooks::PlaybooksArgs),
    /// What exactly is asked of a model: list the prompts, read one, see a request.
    Prompt(prompt::PromptArgs),
    /// Mask secrets in what is piped in, as before anything leaves the host.
    Redact(redact::RedactArgs),
    /// What works here and what does not: terminal, clipboard, store, model; asks the model where one is set.
    Doctor(doctor::DoctorArgs),
    /// The settings in force and where each comes from.
    Config(config::ConfigArgs),
    /// Every command with its keys.
    Keys(keys::KeysArgs),
    /// The themes, in their own colours.
    Themes(themes::ThemesArgs),
    /// Completions for a shell, on standard output.
    Completions(manual::CompletionsArgs),
    /// The manual page, on standard output: sevdeck man | man -l -
    Man,
}

/// Settings every subcommand takes.
#[derive(Debug, Args)]
struct Common {
    /// Language of what is written: en or zh.
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<String>,
    /// Configuration file [default: ~/.config/sevdeck/config.toml].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder where incidents are kept, or memory: to keep nothing [default: ~/.local/state/sevdeck].
    #[arg(long, global = true, value_name = "FOLDER")]
    store: Option<String>,
    /// Theme; sevdeck themes shows them [default: the terminal's own colours].
    #[arg(long, global = true, value_name = "NAME")]
    theme: Option<String>,
    /// Zone of times in logs that do not name theirs: a name such as Europe/Berlin, an offset such as +02:00, or local
    /// [default: UTC].
    #[arg(long, global = true, value_name = "ZONE", allow_hyphen_values = true)]
    tz: Option<String>,
    /// Model to ask beside the offline analyst; sevdeck doctor checks it [default: none].
    #[arg(long, global = true, value_name = "PROVIDER/NAME")]
    model: Option<String>,
    /// Prompt to ask it with; sevdeck prompt list shows them [default: v2].
    #[arg(long, global = true, value_name = "NAME")]
    prompt: Option<String>,
    /// Use no network at all: no model is asked, whatever is configured.
    #[arg(long, global = true)]
    offline: bool,
    /// Draw with ASCII characters only.
    #[arg(long, global = true)]
    ascii: bool,
    /// Look at files once a second instead of waiting to be told of changes (network file systems).
    #[arg(long, global = true)]
    poll: bool,
    /// For slow links: 16 colours, and what arrives is shown every 1.25 s.
    #[arg(long, global = true)]
    slow: bool,
}

impl Common {
    /// The settings among the flags.
    fn layer(&self) -> Result<Layer, Failure> {
        let texts = [
            ("theme", "--theme", self.theme.as_deref()),
            ("language", "--lang", self.lang.as_deref()),
            ("store", "--store", self.store.as_deref()),
            ("model", "--model", self.model.as_deref()),
            ("prompt", "--prompt", self.prompt.as_deref()),
            ("ascii", "--ascii", self.ascii.then_some("true")),
            ("poll", "--poll", self.poll.then_some("true")),
            ("slow", "--slow", self.slow.then_some("true")),
            ("offline", "--offline", self.offline.then_some("true")),
        ];
        let mut layer = Layer::default();
        for (key, flag, text) in texts {
            let Some(text) = text else { continue };
            layer.flag(key, flag, text).map_err(|wanted| {
                Failure::usage(format!("{flag} {text}: must be {wanted}"))
                    .hint("sevdeck --help lists what each setting takes")
            })?;
        }
        Ok(layer)
    }
}

/// What every subcommand is given.
pub struct Globals {
    /// The settings in force.
    pub config: Config,
    /// The file they are read from, whether it is there or not.
    pub config_file: PathBuf,
    /// How many of them are wrong and were passed over.
    pub problems: usize,
    /// The folders of this user.
    pub paths: Paths,
    /// The zone of times that do not name theirs; UTC without.
    pub zone: Option<TimeZone>,
    /// The playbooks: those that come with sevdeck, and this user's.
    /// Absent where the user has none: then the former are compiled when they are needed.
    own_playbooks: Option<Arc<Registry>>,
}

impl Globals {
    /// Where incidents are kept.
    pub fn location(&self) -> Location {
        match self.paths.store_folder(self.config.store.as_deref()) {
            Some(folder) => Location::Folder(folder),
            None => Location::Memory,
        }
    }

    /// The analyst that needs no model.
    pub fn offline(&self) -> Offline {
        self.own_playbooks.as_ref().map_or_else(Offline::new, |own| Offline::with(Arc::clone(own)))
    }

    /// The playbooks.
    pub fn playbooks(&self) -> Arc<Registry> {
        self.own_playbooks.clone().unwrap_or_else(Registry::built_in)
    }

    /// The language to write in.
    pub fn language(&self) -> Language {
        if self.config.language == "zh" { Language::Zh } else { Language::En }
    }
}

/// Runs the program with these arguments; the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<u8, Failure> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(argument) = arguments.iter().find(|argument| argument.to_str().is_none()) {
        return Err(Failure::usage(format!("{}: not a name in UTF-8", argument.display()))
            .hint("name its folder or a pattern, or pipe it in: sevdeck - < FILE"));
    }
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output and are no failure; clap knows which is which.
            let _ = error.print();
            return Ok(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    if cli.command.is_some() && !cli.cockpit.is_empty() {
        return Err(Failure::usage("a new incident and a command do not go together")
            .hint("what belongs to the command stands behind it; a file of that name is ./NAME"));
    }
    let globals = globals(&cli.common)?;
    match cli.command {
        None => cockpit::open(&cli.cockpit, &globals),
        Some(Command::Demo(args)) => cockpit::demo(&args, &globals),
        Some(Command::Resume(args)) => cockpit::resume(&args, &globals),
        Some(Command::Triage(args)) => triage::run(&args, &globals),
        Some(Command::Logs(args)) => logs::run(&args, &globals),
        Some(Command::Incidents(args)) => incidents::run(&args, &globals),
        Some(Command::Show(args)) => show::run(&args, &globals),
        Some(Command::Playbooks(args)) => playbooks::run(&args, &globals),
        Some(Command::Prompt(args)) => prompt::run(&args, &globals),
        Some(Command::Redact(args)) => redact::run(&args),
        Some(Command::Doctor(args)) => doctor::run(&args, &globals),
        Some(Command::Config(args)) => config::run(&args, &globals),
        Some(Command::Keys(args)) => keys::run(&args, &globals),
        Some(Command::Themes(args)) => themes::run(&args, &globals),
        Some(Command::Completions(args)) => manual::completions(&args),
        Some(Command::Man) => manual::page(),
    }
}

fn globals(common: &Common) -> Result<Globals, Failure> {
    let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let paths = Paths::of(&env);
    if let Some(lang) = &common.lang
        && !Config::LANGUAGES.contains(&lang.as_str())
    {
        return Err(Failure::usage(format!("--lang {lang}: not a language sevdeck writes"))
            .hint(format!("use one of: {}", Config::LANGUAGES.join(", "))));
    }
    let file = match &common.config {
        Some(file) if !file.is_file() => {
            return Err(Failure::usage(format!("--config {}: no such file", file.display()))
                .hint("leave it out, or name a file: settings are optional"));
        }
        Some(file) => file.clone(),
        None => paths.config_file(),
    };
    let flags = common.layer()?;
    let (config, problems) = Config::load(&file, &env, flags);
    for problem in &problems {
        warn(&problem.to_string());
    }
    let wrong = problems.len();
    let (own_playbooks, problems) = playbooks::load(&paths);
    for problem in problems {
        warn(&problem);
    }
    let zone = common.tz.as_deref().map(zone::zone).transpose()?;
    Ok(Globals { config, config_file: file, problems: wrong, paths, zone, own_playbooks })
}

/// Writes to standard output. A reader that has seen enough (`| head`) is no failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::runtime("standard output").because(error))
        }
        _ => Ok(()),
    }
}

/// Says something on standard error.
fn warn(text: &str) {
    let _ = writeln!(io::stderr().lock(), "sevdeck: {text}");
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_of_the_arguments_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_first_word_that_is_no_command_is_a_source() {
        assert!(Cli::parse_from(["sevdeck", "--service", "api", "a.log", "--lang", "zh"]).command.is_none());
        let cli = Cli::parse_from(["sevdeck", "triage", "--json", "-", "--store", "memory:"]);
        assert!(matches!(cli.command, Some(Command::Triage(_))));
        assert_eq!(cli.common.store.as_deref(), Some("memory:"));
        let cli = Cli::parse_from(["sevdeck", "--store", "memory:", "incidents", "demo"]);
        assert!(matches!(cli.command, Some(Command::Incidents(_))), "settings may come first");
    }
}
