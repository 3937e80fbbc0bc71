//! Ways into the cockpit: new sources, the demo, an incident from the record.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;

use crate::app::App;
use crate::app::effect::Effect;
use crate::app::msg::{Msg, Opening};
use crate::app::runtime::{Runtime, Settings};
use crate::cli::demo::Demo;
use crate::cli::sources::{self, Known};
use crate::cli::{Globals, keys, model};
use crate::failure::Failure;
use crate::incident::{IncidentId, SourceSpec};
use crate::tui::clipboard::ClipboardEnv;
use crate::tui::glyphs;
use crate::tui::ground::Ground;
use crate::tui::run::{First, Options};
use crate::tui::terminal::{self, Dialect};
use crate::tui::theme::{self, Depth, Themes};

/// The cockpit on a new incident.
#[derive(Debug, Args)]
pub(super) struct CockpitArgs {
    /// What to read: files (also compressed), directories, 'patterns*', cmd:'COMMAND' for what a command prints,
    /// journal:UNIT for the journal of a systemd unit, or - for standard input. Without any, the cockpit opens empty:
    /// paste what you know, or resume an earlier incident.
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    #[command(flatten)]
    known: Known,
}

impl CockpitArgs {
    /// Whether nothing was asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.known.is_empty()
    }
}

/// A shipped incident.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Which one [default: the first].
    name: Option<String>,
    /// How many times faster than the clock it unfolds.
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    speed: f64,
}

/// An incident from the record.
#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// Its id, or a part of it that no other has [default: the one that changed last].
    id: Option<String>,
}

/// Opens the cockpit on new sources.
pub(super) fn open(args: &CockpitArgs, globals: &Globals) -> Result<u8, Failure> {
    let mut specs = sources::specs(&args.sources)?;
    let piped = !io::stdin().is_terminal();
    if specs.is_empty() && args.known.context.is_empty() && piped {
        specs.push(SourceSpec::Stdin);
    }
    if specs.contains(&SourceSpec::Stdin) && !piped {
        return Err(Failure::usage("-: standard input is the terminal, not a pipe")
            .hint("pipe something in, as in: kubectl logs -f deploy/app | sevdeck -"));
    }
    let opening = args.known.opening()?;
    let welcome = specs.is_empty() && opening.contexts.is_empty();
    let opening = Opening { specs, welcome, ..opening };
    enter(Way::New(opening), globals)
}

/// Opens the cockpit on a shipped incident: to everything behind this line it is an incident like any other.
pub(super) fn demo(args: &DemoArgs, globals: &Globals) -> Result<u8, Failure> {
    check_terminal()?;
    if !(args.speed.is_finite() && args.speed > 0.0) {
        return Err(Failure::usage(format!("--speed {}: not a positive number", args.speed)));
    }
    let demo = Demo::start(args.name.as_deref(), args.speed, Runtime::now())?;
    let specs = demo.files().iter().map(|file| SourceSpec::File(file.display().to_string())).collect();
    let opening = Opening { service: demo.service.clone(), specs, ..Opening::default() };
    enter(Way::New(opening), globals)
}

/// Opens the cockpit on an incident from the record.
pub(super) fn resume(args: &ResumeArgs, globals: &Globals) -> Result<u8, Failure> {
    enter(Way::Resume(args.id.clone().unwrap_or_default()), globals)
}

enum Way {
    New(Opening),
    Resume(String),
}

fn check_terminal() -> Result<(), Failure> {
    terminal::check(std::env::var("TERM").ok().as_deref()).map_err(|unfit| Failure::usage(unfit.to_string()))
}

fn enter(way: Way, globals: &Globals) -> Result<u8, Failure> {
    check_terminal()?;
    let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let id = IncidentId::new(Runtime::now(), Runtime::random());
    let mut app = App { person: globals.config.name.clone(), ..App::default() };
    let options = options(globals, env)?;
    app.ui.theme = theme_of(globals, options.ground);
    app.keymap = keys::own(globals);
    let first = first(way, id, globals, &mut app);
    let chosen = model::chosen(globals)?;
    app.model.settings = chosen.as_ref().map(|chosen| chosen.settings.clone());
    app.model.forbidden = globals.config.offline;
    let settings = Settings {
        store: globals.location(),
        poll: globals.config.poll,
        zone: globals.zone.clone(),
        editor: env("VISUAL").or_else(|| env("EDITOR")).unwrap_or_else(|| "vi".to_owned()),
        drafts: globals.paths.state.join("drafts"),
        copy_file: globals.paths.state.join("last-copy"),
        spools: globals.paths.state.join("spool"),
        log_folders: log_folders(),
        offline: globals.offline(),
        model: chosen.map(|chosen| chosen.source),
    };
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::runtime("the system gives no event loop").because(error))?;
    let start = |signals| Runtime::start(settings, signals);
    let code = executor
        .block_on(crate::tui::run::run(&mut app, options, start, first))
        .map_err(|error| Failure::runtime("the terminal").because(error))?;
    if let Some(fatal) = app.fatal.take() {
        return Err(Failure::runtime(fatal));
    }
    if app.wants_demo {
        return demo(&DemoArgs { name: None, speed: 1.0 }, globals);
    }
    if let Some(id) = &app.incident.id
        && code == 0
    {
        let _ = writeln!(io::stdout(), "Kept as {id}. Return to it with: sevdeck resume {id}");
    }
    Ok(u8::try_from(code).unwrap_or(1))
}

/// The theme to begin with.
fn theme_of(globals: &Globals, ground: Option<Ground>) -> String {
    globals.config.theme.clone().unwrap_or_else(|| theme::of_ground(ground).to_owned())
}

/// How the cockpit looks and copies in this environment.
fn options(globals: &Globals, env: impl Fn(&str) -> Option<String> + Copy) -> Result<Options, Failure> {
    let slow = globals.config.slow;
    let depth = Depth::detect(env).min(if slow { Depth::Ansi } else { Depth::True });
    let theme_by_ground = globals.config.theme.is_none();
    let ground = Ground::told(env("COLORFGBG").as_deref());
    let name = theme_of(globals, ground);
    let theme_folder = globals.paths.config.join("themes");
    let (themes, refused) = Themes::with_own(&theme_folder, depth);
    for refused in refused {
        let _ = writeln!(io::stderr(), "sevdeck: {refused}; it is left out");
    }
    if !themes.names().contains(&name.as_str()) {
        return Err(Failure::usage(format!("no theme is called {name:?}"))
            .hint(format!("there are: {}", themes.names().join(", "))));
    }
    let command = globals.config.clipboard.as_ref();
    let command = command.map(|command| command.split_whitespace().map(str::to_owned).collect());
    let clipboard = ClipboardEnv::detect(command, env);
    let dialect = Dialect::of(&env("TERM").unwrap_or_default());
    let ascii = globals.config.ascii || !dialect.signs || !glyphs::locale_is_utf8(env);
    let pictures = globals.paths.state.join("pictures");
    Ok(Options {
        themes,
        theme_by_ground,
        ground,
        theme_folder,
        depth,
        dialect,
        ascii,
        slow,
        clipboard,
        pictures,
    })
}

/// Where logs are looked for: here first, then where the system keeps them.
fn log_folders() -> Vec<PathBuf> {
    let here = std::env::current_dir().ok().filter(|here| here.parent().is_some());
    here.into_iter().chain([PathBuf::from("/var/log")]).collect()
}

/// What happens after the first frame.
fn first(way: Way, id: IncidentId, globals: &Globals, app: &mut App) -> First {
    let opening = match way {
        Way::Resume(id) => {
            app.ui.loading = true;
            return First { messages: Vec::new(), effects: vec![Effect::Load(id)] };
        }
        Way::New(opening) => opening,
    };
    let opening = Opening { incident: Some(id), language: globals.language(), ..opening };
    First { messages: vec![Msg::Opened(opening)], effects: Vec::new() }
}
