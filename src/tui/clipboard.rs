//! How a text reaches the clipboard from here: through tmux, screen, ssh or a local program. Nothing acknowledges an
//! OSC 52 sequence, so the answer says "sent", never "copied".

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::app::placeholder;

/// Longest text for OSC 52, bytes: hterm takes 100,000 encoded bytes, most others at least as much.
pub const OSC_52_MAX: usize = 74_994;
/// Longest string GNU screen passes on in one piece, bytes; its oldest versions take 256.
const SCREEN_CHUNK: usize = 240;

/// What decides the way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClipboardEnv {
    /// A program the person configured, with arguments.
    pub command: Option<Vec<String>>,
    /// Inside tmux (`TMUX`).
    pub tmux: bool,
    /// Inside GNU screen (`STY`).
    pub screen: bool,
    /// Over ssh (`SSH_CONNECTION` or `SSH_TTY`).
    pub ssh: bool,
    /// A Wayland session (`WAYLAND_DISPLAY`).
    pub wayland: bool,
    /// An X session (`DISPLAY`).
    pub x11: bool,
    /// On macOS.
    pub macos: bool,
}

impl ClipboardEnv {
    /// Reads the environment.
    pub fn detect(command: Option<Vec<String>>, var: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| var(name).is_some_and(|value| !value.is_empty());
        Self {
            command: command.filter(|argv| !argv.is_empty()),
            tmux: set("TMUX"),
            screen: set("STY"),
            ssh: set("SSH_CONNECTION") || set("SSH_TTY"),
            wayland: set("WAYLAND_DISPLAY"),
            x11: set("DISPLAY"),
            macos: cfg!(target_os = "macos"),
        }
    }
}

/// A way to the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// A program that takes the text on its standard input. Of several the first that works is enough.
    Command {
        /// Program and arguments.
        argv: Vec<String>,
        /// The text.
        stdin: Vec<u8>,
        /// What to say when it worked.
        sent: String,
    },
    /// Bytes for the terminal.
    Bytes {
        /// The sequence.
        bytes: Vec<u8>,
        /// What to say.
        sent: String,
    },
}

/// The ways for `text`, to be taken all: bytes at once, and the first command that works. Empty when the text is too
/// long for every one of them.
pub fn plan(env: &ClipboardEnv, text: &str) -> Vec<Route> {
    let text = cleaned(text);
    let command = |argv: &[&str], sent: &str| Route::Command {
        argv: argv.iter().map(|part| (*part).to_owned()).collect(),
        stdin: text.clone().into_bytes(),
        sent: sent.to_owned(),
    };
    if let Some(argv) = &env.command {
        let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
        return vec![command(&argv, &format!("Sent to {}", argv[0]))];
    }
    let osc = |wrap: fn(&[u8]) -> Vec<u8>, sent: &str| {
        let bytes = (text.len() <= OSC_52_MAX).then(|| wrap(&osc_52(&text)));
        bytes.map(|bytes| Route::Bytes { bytes, sent: sent.to_owned() })
    };
    let raw = |sent| osc(<[u8]>::to_vec, sent);
    let mut routes = Vec::new();
    if env.tmux {
        // A stock tmux drops OSC 52 from panes in silence; load-buffer -w (tmux 3.2) is the way that works.
        routes
            .push(command(&["tmux", "load-buffer", "-w", "-"], "Sent to tmux and its terminal's clipboard"));
        routes.push(command(&["tmux", "load-buffer", "-"], "Sent to tmux: paste with its prefix and ]"));
        routes.extend(raw("Sent to the terminal's clipboard"));
    } else if env.screen {
        routes.extend(osc(screen_wrapped, "Sent through screen to the terminal's clipboard"));
    } else if env.ssh {
        routes.extend(raw("Sent to the terminal's clipboard"));
    } else {
        if env.macos {
            routes.push(command(&["pbcopy"], "Sent to the clipboard"));
        }
        if env.wayland {
            routes.push(command(&["wl-copy"], "Sent to the clipboard"));
        }
        if env.x11 {
            routes.push(command(&["xclip", "-selection", "clipboard"], "Sent to the clipboard"));
            routes.push(command(&["xsel", "--clipboard", "--input"], "Sent to the clipboard"));
        }
        routes.extend(raw("Sent to the terminal's clipboard"));
    }
    routes
}

/// What a person has to know about the text before it is pasted into a shell; empty for an ordinary command.
pub fn caution(text: &str) -> String {
    let text = cleaned(text);
    if let Some(name) = placeholder::names(&text).first() {
        return format!("; fill in <{name}>");
    }
    match text.lines().count() {
        0 | 1 => String::new(),
        lines => format!("; it has {lines} lines"),
    }
}

/// Without the line break at the end, which would run the command, and without controls, which could do worse.
fn cleaned(text: &str) -> String {
    let kept = |c: &char| !c.is_control() || *c == '\t' || *c == '\n';
    let text: String = text.chars().filter(kept).collect();
    text.trim_end_matches('\n').to_owned()
}

/// OSC 52 for the clipboard, `c` alone: some terminals read one letter only. BEL ends it, which screen does not eat.
fn osc_52(text: &str) -> Vec<u8> {
    format!("\x1b]52;c;{}\x07", STANDARD.encode(text)).into_bytes()
}

/// In pieces that screen passes on, each in a DCS of its own.
fn screen_wrapped(sequence: &[u8]) -> Vec<u8> {
    sequence.chunks(SCREEN_CHUNK).flat_map(|chunk| [b"\x1bP", chunk, b"\x1b\\"].concat()).collect()
}

#[cfg(test)]
mod tests;
