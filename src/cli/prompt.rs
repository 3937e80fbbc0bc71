//! `sevdeck prompt`: what exactly would be asked of a model.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use crate::app::msg::Opening;
use crate::app::runtime::Runtime;
use crate::app::runtime::model::policy;
use crate::cli::sources::{self, Known};
use crate::cli::triage::{Analysed, analyse, complain, read};
use crate::cli::{Globals, print, warn};
use crate::evidence::CaseFile;
use crate::evidence::redaction::{Policy, Redactor};
use crate::failure::Failure;
use crate::incident::IncidentId;
use crate::llm::prompt::{Estimator, Library, Origin, Problem, Request};

/// What exactly is asked of a model.
#[derive(Debug, Args)]
pub(super) struct PromptArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Id, version, language and hash of each; your own are marked with their file.
    List,
    /// The text of one, as a start for your own: sevdeck prompt show v2 > ~/.config/sevdeck/prompts/v2.md.
    Show {
        /// Its id.
        #[arg(value_name = "ID")]
        id: String,
    },
    /// The request that would be sent about these logs, masked as it would be.
    Render(Render),
}

#[derive(Debug, Args)]
struct Render {
    /// Tokens the request may take, about [default: those of the settings].
    #[arg(long, value_name = "TOKENS")]
    budget: Option<usize>,
    /// Mask e-mail addresses, IP addresses, names of hosts and ids of customers as well.
    #[arg(long)]
    mask_all: bool,
    /// What to read: files (also compressed), directories, 'patterns*', cmd:'COMMAND', journal:UNIT, or - for standard
    /// input, which is also read when nothing is named and something is piped in.
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    #[command(flatten)]
    known: Known,
}

/// Answers what was asked.
pub(super) fn run(args: &PromptArgs, globals: &Globals) -> Result<u8, Failure> {
    let (library, problems) = Library::load(&globals.paths.prompts());
    for problem in &problems {
        warn(&problem.to_string());
    }
    match &args.what {
        What::List => list(&library),
        What::Show { id } => {
            let prompt = library.find(id, globals.language()).map_err(unknown)?;
            print(&prompt.text)?;
            Ok(0)
        }
        What::Render(args) => render(args, &library, globals),
    }
}

fn unknown(problem: Problem) -> Failure {
    Failure::usage(problem.to_string()).hint("sevdeck prompt list shows them")
}

fn list(library: &Library) -> Result<u8, Failure> {
    let mut text = String::new();
    for prompt in library.prompts() {
        let own = match &prompt.origin {
            Origin::BuiltIn => String::new(),
            Origin::File(path) => format!("  ({})", path.display()),
        };
        let _ = writeln!(text, "{}  {}{own}", prompt.id(), prompt.title());
    }
    print(&text)?;
    Ok(0)
}

fn render(args: &Render, library: &Library, globals: &Globals) -> Result<u8, Failure> {
    let specs = sources::named_or_piped(&args.sources, &args.known, "sevdeck prompt render app.log")?;
    let known = args.known.opening()?;
    for spec in &specs {
        sources::check(spec)?;
    }
    let now = Timestamp::now();
    let incident = Some(IncidentId::new(now, Runtime::random()));
    let opening = Opening { incident, language: globals.language(), specs, ..known };
    let read = read(opening, &globals.config.name, now, globals.zone.clone(), &globals.paths.runtime);
    complain(&read)?;
    let Analysed { case, triage } = analyse(globals, &read, now);
    let case = CaseFile { previous: triage, ..CaseFile::clone(&case) };
    let policy = if args.mask_all {
        Policy { patterns: policy(&globals.config).patterns, ..Policy::strict() }
    } else {
        policy(&globals.config)
    };
    let vault = read.vault.clone();
    let request = Request {
        case: &case,
        budget: args.budget.unwrap_or(usize::try_from(globals.config.request_tokens).unwrap_or(usize::MAX)),
        schema: "",
        seed: &read.incident.id.as_ref().map(ToString::to_string).unwrap_or_default(),
        estimator: Estimator::default(),
    };
    let composed =
        library.compose(&globals.config.prompt, &request, &Redactor::new(policy), &vault).map_err(unknown)?;
    print(&format!("{}\n\n---\n\n{}\n", composed.system, composed.user))?;
    warn(&format!("{}: {}, about {} tokens", composed.id, composed.weight, composed.weight.tokens));
    if composed.masked > 0 {
        warn(&format!("{} places masked, {} values", composed.masked, vault.len()));
    }
    Ok(0)
}
