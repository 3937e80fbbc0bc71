//! themes/*.toml -> styles by role. Colours appear in theme files only; the panes speak of roles.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::tui::ground::Ground;
use crate::tui::terminal::Dialect;

/// The themes that come with sevdeck, by name, in the order of switching.
pub const BUILT_IN: [(&str, &str); 10] = [
    ("ansi16", include_str!("../../themes/ansi16.toml")),
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
    ("contrast", include_str!("../../themes/contrast.toml")),
    ("cvd", include_str!("../../themes/cvd.toml")),
    ("solarized", include_str!("../../themes/solarized.toml")),
    ("solarized-light", include_str!("../../themes/solarized-light.toml")),
    ("gruvbox", include_str!("../../themes/gruvbox.toml")),
    ("catppuccin", include_str!("../../themes/catppuccin.toml")),
];

/// The theme where none was chosen: the terminal's own colours.
pub const DEFAULT: &str = "ansi16";

/// The theme for a ground where none was chosen; the terminal's own colours where nothing is known of it.
pub fn of_ground(ground: Option<Ground>) -> &'static str {
    if ground == Some(Ground::Light) { "light" } else { DEFAULT }
}

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None (`NO_COLOR`).
    Mono,
    /// The 16 of the terminal's own palette.
    Ansi,
    /// 256.
    Indexed,
    /// Any.
    True,
}

impl Depth {
    /// What the environment says: `NO_COLOR`, a terminal that has none, then `COLORTERM`, then `TERM`.
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let var = |name: &str| var(name).unwrap_or_default();
        if !var("NO_COLOR").is_empty() || Dialect::is_mono(&var("TERM")) {
            Self::Mono
        } else if matches!(var("COLORTERM").as_str(), "truecolor" | "24bit") {
            Self::True
        } else if var("TERM").contains("256") || var("TERM").contains("direct") {
            Self::Indexed
        } else {
            Self::Ansi
        }
    }
}

/// Why a theme file is refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("theme {name}, line {line}: {problem}")]
pub struct BadTheme {
    /// Name of the theme.
    pub name: String,
    /// Line at fault, from 1.
    pub line: usize,
    /// What is wrong, with the role.
    pub problem: String,
}

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident),* $(,)?) => {
        /// A style for every role.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Theme {
            $($(#[$doc])* pub $role: Style,)*
        }

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Written {
            $($role: String,)*
        }

        impl Theme {
            /// Every role by its name.
            pub fn roles(&self) -> impl Iterator<Item = (&'static str, Style)> {
                [$((stringify!($role), self.$role)),*].into_iter()
            }

            /// Reads a theme file; every role must be there and no other key.
            pub fn parse(name: &str, text: &str, depth: Depth) -> Result<Self, BadTheme> {
                let bad = |line: usize, problem: String| BadTheme { name: name.to_owned(), line, problem };
                let written: Written = toml::from_str(text).map_err(|error| {
                    let at = error.span().map_or(0, |span| span.start.min(text.len()));
                    let line = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
                    bad(line, error.message().to_owned())
                })?;
                let refuse = |role: &str, word: String| {
                    bad(line_of(text, role), format!("{role}: {word:?} is no colour and no attribute"))
                };
                Ok(Self {
                    $($role: style(&written.$role, depth).map_err(|word| refuse(stringify!($role), word))?,)*
                })
            }
        }
    };
}

roles! {
    /// Ordinary text.
    text,
    /// Text that matters less.
    faded,
    /// Titles, the incident's and a document's.
    title,
    /// Badge of SEV1.
    sev1,
    /// Badge of SEV2.
    sev2,
    /// Badge of SEV3.
    sev3,
    /// Badge of SEV4.
    sev4,
    /// Badge while the severity is unknown.
    sev_unknown,
    /// Rules between panes.
    border,
    /// Rule and title of the pane with the focus.
    focus,
    /// The row under the cursor, laid over its text.
    selection,
    /// Sign of what changed since it was looked at.
    fresh,
    /// Confidence high.
    high,
    /// Confidence medium.
    medium,
    /// Confidence low.
    low,
    /// Confirmed by a person.
    confirmed,
    /// Ruled out.
    ruled_out,
    /// Sign of verified evidence.
    verified,
    /// Evidence that was not found in its source.
    struck,
    /// Sign of what speaks against.
    against,
    /// Names of sources and places.
    place,
    /// Commands.
    command,
    /// Mark of what changes the system.
    changes,
    /// A step done or as expected.
    done,
    /// A step not as expected.
    unexpected,
    /// Times.
    time,
    /// Timeline: deploys.
    kind_deploy,
    /// Timeline: alerts.
    kind_alert,
    /// Timeline: symptoms.
    kind_symptom,
    /// Timeline: persons.
    kind_person,
    /// Timeline: findings.
    kind_finding,
    /// Log level fatal.
    level_fatal,
    /// Log level error.
    level_error,
    /// Log level warning.
    level_warn,
    /// Log levels debug and trace.
    level_debug,
    /// A cited place in the context.
    cited,
    /// A hit of the search.
    hit,
    /// The word that says that only some of the lines are shown.
    filter,
    /// Names of sources beside merged lines, one of six in turn.
    source_a,
    /// The second.
    source_b,
    /// The third.
    source_c,
    /// The fourth.
    source_d,
    /// The fifth.
    source_e,
    /// The sixth.
    source_f,
    /// The sparkline where there are failures.
    spark_bad,
    /// The sparkline elsewhere.
    spark,
    /// It gets worse.
    worse,
    /// It gets better.
    better,
    /// A key in the key bar.
    key,
    /// A message.
    toast,
    /// A message that something failed.
    toast_bad,
    /// Something is wrong with the store or a source.
    trouble,
}

impl Theme {
    /// A theme that comes with sevdeck, for a terminal of this depth. Without 256 colours only the terminal's own
    /// palette is used, without colours none.
    pub fn built_in(name: &str, depth: Depth) -> Option<Self> {
        let used = match depth {
            Depth::Mono => "mono",
            Depth::Ansi if !matches!(name, DEFAULT | "mono") => DEFAULT,
            _ => name,
        };
        BUILT_IN.iter().find(|(known, _)| *known == name)?;
        let (name, text) = BUILT_IN.iter().find(|(known, _)| *known == used)?;
        Self::parse(name, text, depth).ok()
    }
}

/// All themes for one terminal, by name.
#[derive(Debug, Clone, Default)]
pub struct Themes(BTreeMap<String, Theme>);

impl Themes {
    /// The themes that come with sevdeck.
    pub fn built_in(depth: Depth) -> Self {
        let themes =
            BUILT_IN.iter().filter_map(|(name, _)| Some(((*name).to_owned(), Theme::built_in(name, depth)?)));
        Self(themes.collect())
    }

    /// Adds a theme file of the person's, which may replace one of ours.
    pub fn add(&mut self, name: &str, text: &str, depth: Depth) -> Result<(), BadTheme> {
        let theme = Theme::parse(name, text, depth)?;
        self.0.insert(name.to_owned(), theme);
        Ok(())
    }

    /// The themes that come with sevdeck and the person's own, `name.toml` each in `folder`; what is wrong with those that
    /// are left out.
    pub fn with_own(folder: &Path, depth: Depth) -> (Self, Vec<String>) {
        let mut themes = Self::built_in(depth);
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
        files.sort();
        let mut refused = Vec::new();
        for file in files {
            let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            match fs::read_to_string(&file) {
                Ok(text) => refused.extend(themes.add(&name, &text, depth).err().map(|bad| bad.to_string())),
                Err(error) => refused.push(format!("theme {name}: {}: {error}", file.display())),
            }
        }
        (themes, refused)
    }

    /// Names in the order of switching.
    pub fn names(&self) -> Vec<&str> {
        let own = BUILT_IN.iter().map(|(name, _)| *name);
        let added =
            self.0.keys().map(String::as_str).filter(|name| !BUILT_IN.iter().any(|(own, _)| own == name));
        own.chain(added).collect()
    }

    /// A theme by name; an unknown name gives the default.
    pub fn get(&self, name: &str) -> Theme {
        let found = self.0.get(name).or_else(|| self.0.get(DEFAULT)).cloned();
        found.unwrap_or_else(plain)
    }
}

/// The line, from 1, that sets `role`.
fn line_of(text: &str, role: &str) -> usize {
    let sets = |line: &str| line.split('=').next().is_some_and(|key| key.trim() == role);
    text.lines().position(sets).map_or(1, |index| index + 1)
}

/// Everything in the terminal's own text style; stands in where no theme could be read.
fn plain() -> Theme {
    Theme::built_in("mono", Depth::Mono).unwrap_or_else(|| unreachable!("a test reads every built-in theme"))
}

/// Reads `bold red on #202020`: attributes and a colour, then the background after `on`. The word at fault, otherwise.
fn style(text: &str, depth: Depth) -> Result<Style, String> {
    let mut style = Style::new();
    let mut background = false;
    for word in text.split_whitespace() {
        if word == "on" {
            background = true;
        } else if let Some(modifier) = modifier(word) {
            style = style.add_modifier(modifier);
        } else {
            let colour = reduce(word.parse::<Color>().map_err(|_| word.to_owned())?, depth);
            style = match (depth, background) {
                (Depth::Mono, _) => style,
                (_, true) => style.bg(colour),
                (_, false) => style.fg(colour),
            };
        }
    }
    Ok(style)
}

fn modifier(word: &str) -> Option<Modifier> {
    Some(match word {
        "bold" => Modifier::BOLD,
        "dim" => Modifier::DIM,
        "italic" => Modifier::ITALIC,
        "underline" => Modifier::UNDERLINED,
        "reverse" => Modifier::REVERSED,
        "strike" => Modifier::CROSSED_OUT,
        _ => return None,
    })
}

/// The nearest of the 256 colours where the terminal shows no more: the 6x6x6 cube or the grey ramp of xterm.
fn reduce(colour: Color, depth: Depth) -> Color {
    let Color::Rgb(red, green, blue) = colour else { return colour };
    if depth == Depth::True {
        return colour;
    }
    let level = |value: u8| match value {
        0..48 => 0,
        48..115 => 1,
        _ => (value - 35) / 40,
    };
    let value = |level: u8| if level == 0 { 0 } else { 55 + 40 * level };
    let (r, g, b) = (level(red), level(green), level(blue));
    let mean = ((u16::from(red) + u16::from(green) + u16::from(blue)) / 3) as u8;
    let step = (mean.saturating_sub(3) / 10).min(23);
    let grey = 8 + 10 * step;
    let far = |a: u8, b: u8| i32::from(a).abs_diff(i32::from(b)).pow(2);
    let distance = |(x, y, z): (u8, u8, u8)| far(red, x) + far(green, y) + far(blue, z);
    if distance((grey, grey, grey)) < distance((value(r), value(g), value(b))) {
        Color::Indexed(232 + step)
    } else {
        Color::Indexed(16 + 36 * r + 6 * g + b)
    }
}

#[cfg(test)]
mod tests;
