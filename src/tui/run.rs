//! The interactive loop: events of the terminal and messages of the runtime in, update, effects out, frames.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use crossterm::event::EventStream;

use crate::app::App;
use crate::app::effect::Effect;
use crate::app::msg::Msg;
use crate::app::runtime::{Pump, Runtime, Signals};
use crate::app::ui::Overlay;
use crate::app::update::update;
use crate::tui::clipboard::ClipboardEnv;
use crate::tui::feed::{Fed, feed, sync};
use crate::tui::frame::Pace;
use crate::tui::ground::{Ground, Heard, Listener};
use crate::tui::look::Look;
use crate::tui::terminal::{self, Dialect, Terminal};
use crate::tui::theme::{Depth, Themes};
use crate::tui::view;
use crate::tui::widget::draft::Draft;
use crate::tui::{hangup, header, layout, overlay, theme};

mod perform;

/// Messages taken before keys and frames get their chance; a flood must not keep the screen still.
const DRAIN_MAX: usize = 100;
/// Exit code of a program whose terminal is gone: 128 and SIGHUP.
const HUNG_UP: i32 = 129;

/// How the cockpit looks and copies.
#[derive(Debug, Clone)]
pub struct Options {
    /// All themes.
    pub themes: Themes,
    /// The terminal's ground decides the theme: nobody chose one.
    pub theme_by_ground: bool,
    /// What the environment tells of the ground.
    pub ground: Option<Ground>,
    /// Folder of the person's own themes, which are read again when they change.
    pub theme_folder: PathBuf,
    /// How many colours the terminal shows.
    pub depth: Depth,
    /// What the terminal understands.
    pub dialect: Dialect,
    /// Only signs that any terminal shows.
    pub ascii: bool,
    /// Write little: what arrives is shown less than once a second.
    pub slow: bool,
    /// How to reach the clipboard.
    pub clipboard: ClipboardEnv,
    /// Folder for pictures of the screen.
    pub pictures: PathBuf,
}

/// What happens first, after the first frame.
#[derive(Debug, Clone, Default)]
pub struct First {
    /// Messages for the app, such as [`Msg::Opened`].
    pub messages: Vec<Msg>,
    /// Effects, such as [`Effect::Load`].
    pub effects: Vec<Effect>,
}

/// Runs the cockpit until it ends; the exit code. The first frame is on screen before `start` opens anything.
///
/// # Errors
/// When the terminal cannot be entered or the runtime cannot start. The terminal is given back in any case.
pub async fn run(
    app: &mut App,
    options: Options,
    start: impl FnOnce(Signals) -> io::Result<Runtime>,
    first: First,
) -> io::Result<i32> {
    // A signal must find the terminal given back, from the first moment it is ours.
    let signals = Signals::listen()?;
    let terminal = Terminal::enter(options.dialect)?;
    let look = Look { theme: options.themes.get(&app.ui.theme), ascii: options.ascii };
    app.now = Runtime::now();
    app.ui.size = terminal::size();
    let size = app.ui.size;
    let pace = if options.slow { Pace::slow() } else { Pace::default() };
    let theme_changed = theme_changed(&options, &app.ui.theme);
    let listener = Listener::default();
    let mut screen =
        Screen { terminal, look, options, draft: None, pace, size, theme_changed, listener, lent: false };
    screen.draw(app)?;
    screen.ask_ground();
    let runtime = start(signals)?;
    runtime.watch(hangup::wait, Msg::Stop(HUNG_UP));
    let mut cockpit = Cockpit { app, screen, runtime, lending: None, ended: None };
    cockpit.resized();
    for msg in first.messages {
        cockpit.handle(msg);
    }
    for effect in first.effects {
        cockpit.perform(effect);
    }
    let code = cockpit.serve().await;
    let Cockpit { app, screen, runtime, .. } = cockpit;
    drop(screen);
    let unsaved = runtime.finish();
    app.fatal = app.fatal.take().or(unsaved);
    Ok(code)
}

/// When the person's own file of a theme was last changed, where there is one.
fn theme_changed(options: &Options, name: &str) -> Option<SystemTime> {
    let file = options.theme_folder.join(format!("{name}.toml"));
    std::fs::metadata(file).and_then(|meta| meta.modified()).ok()
}

/// The terminal and what belongs to it.
struct Screen {
    terminal: Terminal,
    look: Look,
    options: Options,
    draft: Option<Draft>,
    pace: Pace,
    size: (u16, u16),
    /// When the file of the theme in use was last changed, where it is the person's own.
    theme_changed: Option<SystemTime>,
    /// Takes what the terminal answers out of the keys.
    listener: Listener,
    /// Another program has the terminal.
    lent: bool,
}

impl Screen {
    /// Asks for the terminal's ground where that decides something; nothing waits for the answer.
    fn ask_ground(&mut self) {
        if self.options.theme_by_ground && !self.options.slow && self.terminal.ask_ground() {
            self.listener.expect();
        }
    }

    /// Reads the themes again where the file of the one in use changed; what is wrong with them.
    fn renew_theme(&mut self, name: &str) -> Option<Vec<String>> {
        let changed = theme_changed(&self.options, name);
        if changed == self.theme_changed {
            return None;
        }
        let (themes, refused) = Themes::with_own(&self.options.theme_folder, self.options.depth);
        self.theme_changed = changed;
        // A file that cannot be read yet leaves the screen as it is.
        if refused.is_empty() {
            self.look.theme = themes.get(name);
            self.options.themes = themes;
        }
        Some(refused)
    }

    /// Gives the terminal to another program, until [`Cockpit::back`].
    fn lend(&mut self) {
        self.lent = true;
        self.terminal.lend();
    }

    fn draw(&mut self, app: &App) -> io::Result<()> {
        let now = Instant::now();
        if self.lent {
            self.pace.drawn(now, Duration::ZERO);
            return Ok(());
        }
        let mut page = terminal::page(self.size);
        view::paint(&mut page, app, &self.look, self.draft.as_ref());
        let slowest = self.terminal.draw(page)?;
        self.pace.drawn(now, slowest);
        Ok(())
    }
}

struct Cockpit<'a> {
    app: &'a mut App,
    screen: Screen,
    runtime: Runtime,
    /// What another program is to have the terminal for.
    lending: Option<Effect>,
    ended: Option<i32>,
}

impl Cockpit<'_> {
    async fn serve(&mut self) -> i32 {
        let mut events = Some(Runtime::pump(EventStream::new()));
        loop {
            if let Some(code) = self.ended {
                return code;
            }
            if let Some(effect) = self.lending.take() {
                // Keys are the other program's from here on.
                if let Some(events) = events.take() {
                    events.stop().await;
                }
                self.screen.lend();
                self.runtime.execute(effect);
            } else if events.is_none() && !self.screen.lent {
                events = Some(Runtime::pump(EventStream::new()));
            }
            if self.screen.pace.due(Instant::now()) && self.screen.draw(self.app).is_err() {
                self.handle(Msg::Stop(HUNG_UP));
                continue;
            }
            let deadline = self.screen.pace.deadline(Instant::now());
            let frame = async {
                match deadline {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            let event = async {
                match &mut events {
                    Some(events) => events.next().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                event = event => self.event(event),
                msg = self.runtime.next() => self.message(msg),
                () = frame => {}
            }
            for _ in 0..DRAIN_MAX {
                if self.ended.is_some() {
                    break;
                }
                if let Some(event) = events.as_mut().and_then(Pump::try_next) {
                    self.event(Some(event));
                } else if let Some(msg) = self.runtime.try_next() {
                    self.message(msg);
                } else {
                    break;
                }
            }
        }
    }

    /// Something from the terminal: an event, an error, or its end.
    fn event(&mut self, event: Option<io::Result<crossterm::event::Event>>) {
        let Some(Ok(event)) = event else {
            self.handle(Msg::Stop(HUNG_UP));
            return;
        };
        match self.screen.listener.hear(event) {
            Heard::Events(events) => {
                for event in events {
                    self.input(event);
                }
            }
            Heard::Ground(ground) => self.stand_on(ground),
            Heard::Part | Heard::Garbled => {}
        }
    }

    /// The theme for this ground, unless another one was chosen meanwhile.
    fn stand_on(&mut self, ground: Ground) {
        let options = &self.screen.options;
        let guess = theme::of_ground(options.ground);
        let name = theme::of_ground(Some(ground));
        if self.app.ui.theme == guess && name != guess {
            self.screen.look.theme = options.themes.get(name);
            self.screen.theme_changed = theme_changed(options, name);
            name.clone_into(&mut self.app.ui.theme);
            self.screen.pace.key();
        }
    }

    /// An event that is no answer.
    fn input(&mut self, event: crossterm::event::Event) {
        match feed(self.app, &mut self.screen.draft, event) {
            Fed::Messages(messages) => {
                for msg in messages {
                    self.handle(msg);
                }
                overlay::settle(self.app, &self.screen.look);
                self.sync_draft();
                self.screen.pace.key();
            }
            Fed::Moved => self.screen.pace.key(),
            Fed::Size(columns, rows) => {
                self.screen.size = (columns, rows);
                self.resized();
                self.screen.pace.key();
            }
            Fed::Spoilt => self.perform(Effect::Redraw),
            Fed::Suspend => self.perform(Effect::Suspend),
            Fed::Nothing => {}
        }
    }

    /// Something from the runtime.
    fn message(&mut self, msg: Msg) {
        let written = matches!(msg, Msg::Written(_));
        if written {
            self.screen.lent = false;
            self.back();
        }
        // A resize before anybody listened is told by nobody: the clock looks.
        if msg == Msg::Tick {
            self.measure_again();
            self.renew_theme();
        }
        let tick = msg == Msg::Tick;
        let seen = |app: &App| {
            (app.ui.toast.clone(), app.ui.analysing, app.ui.overlays.len(), app.incident.last_seq)
        };
        let blank = |app: &App| app.ui.context.window.lines.is_empty();
        let (before, was_blank) = (seen(self.app), blank(self.app));
        self.handle(msg);
        if was_blank && !blank(self.app) {
            // The first lines of what is shown are an answer: they do not wait because news without lines came first.
            self.screen.pace.key();
        } else if !tick {
            self.screen.pace.data();
        } else if self.screen.options.slow {
            // The clock goes with the next data.
            self.screen.pace.data();
        } else if seen(self.app) != before || header::has_clock(self.app) {
            // One small frame a second is no data: a line that arrives next to it must not wait for it.
            self.screen.pace.key();
        }
        let writes = matches!(self.app.ui.overlays.last(), Some(Overlay::Input(_)));
        if written || writes != self.screen.draft.is_some() {
            self.sync_draft();
        }
    }

    /// Lets the app take a message and does what follows.
    fn handle(&mut self, msg: Msg) {
        let stop = match msg {
            Msg::Stop(code) => Some(code),
            _ => None,
        };
        let effects = update(self.app, Runtime::now(), msg);
        for effect in effects {
            self.perform(effect);
        }
        if stop.is_some() && self.ended.is_none() {
            self.ended = stop;
        }
        let measure = self.measure();
        let known = (self.app.ui.context.rows, self.app.ui.context.strip.columns);
        if self.app.ui.size == self.screen.size && known != measure {
            self.resized();
        }
    }

    fn measure(&self) -> (usize, usize) {
        let (columns, rows) = self.screen.size;
        let measure = layout::measure(columns, rows, &self.app.ui);
        (measure.context_rows, measure.strip_columns)
    }

    /// Tells the app the size of the terminal and of the context pane.
    fn resized(&mut self) {
        let (columns, rows) = self.screen.size;
        let (context_rows, strip_columns) = self.measure();
        let msg = Msg::Resized { columns, rows, context_rows, strip_columns };
        for effect in update(self.app, Runtime::now(), msg) {
            self.perform(effect);
        }
    }

    /// Takes over the size that the terminal has by now.
    fn measure_again(&mut self) {
        let size = terminal::size();
        if size != self.screen.size {
            self.screen.size = size;
            self.resized();
            self.screen.pace.key();
        }
    }

    fn sync_draft(&mut self) {
        if let Some(cleaned) = sync(self.app, &mut self.screen.draft) {
            self.handle(cleaned);
        }
    }
}
