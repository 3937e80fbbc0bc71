//! Lines within lines: what a container runtime, the journal or a collector wrapped around the line of a program.

use crate::incident::Level;
use crate::log::header;
use crate::log::time::Micros;

/// How far into a line the object of a program may begin after what a collector wrote.
const LED_MAX: usize = 160;

/// Streams of a container whose last line goes on, and what an export of the journal said of the coming record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// Unfinished streams: standard output, standard error.
    partial: [bool; 2],
    /// Time and level of the record whose message is still to come.
    export: Option<(Option<Micros>, Option<Level>)>,
}

/// A line of a container, in the format of the Container Runtime Interface: `stdout F text`, after the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Contained<'a> {
    pub(crate) text: &'a [u8],
    /// It goes on with a line that was cut.
    pub(crate) goes_on: bool,
}

/// A line of an export of the journal (systemd, "Journal Export Formats").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exported<'a> {
    /// A field of a record.
    Field,
    /// The message, with what was said before it.
    Message(&'a [u8], Option<Micros>, Option<Level>),
}

impl Envelope {
    /// What of `rest`, after a timestamp, a container wrote.
    #[inline]
    pub(crate) fn contained<'a>(&mut self, rest: &'a [u8]) -> Option<Contained<'a>> {
        let (stream, tail) = match rest {
            [b's', b't', b'd', b'o', b'u', b't', b' ', tail @ ..] => (0, tail),
            [b's', b't', b'd', b'e', b'r', b'r', b' ', tail @ ..] => (1, tail),
            _ => return None,
        };
        let [mark @ (b'F' | b'P'), b' ', text @ ..] = tail else { return None };
        Some(self.part(stream, text, *mark == b'P'))
    }

    /// A line of a container as Docker's `json-file` keeps it: a piece without a break at its end goes on.
    pub(crate) fn of_docker<'a>(&mut self, text: &'a [u8], stream: &[u8]) -> Contained<'a> {
        let whole = text.strip_suffix(b"\\n");
        let text = whole.unwrap_or(text);
        let text = text.strip_suffix(b"\\r").unwrap_or(text);
        self.part(usize::from(stream == b"stderr"), text, whole.is_none())
    }

    fn part<'a>(&mut self, stream: usize, text: &'a [u8], partial: bool) -> Contained<'a> {
        let goes_on = std::mem::replace(&mut self.partial[stream], partial);
        Contained { text, goes_on }
    }

    /// What an export of the journal says in this line; absent when it is none.
    pub(crate) fn exported<'a>(
        &mut self,
        line: &'a [u8],
        time: impl FnOnce(&[u8]) -> Option<Micros>,
    ) -> Option<Exported<'a>> {
        if self.export.is_none() && !line.starts_with(b"__CURSOR=") {
            return None;
        }
        let equals = line.iter().take(64).position(|byte| *byte == b'=')?;
        let (key, value) = (&line[..equals], &line[equals + 1..]);
        let capital = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
        if key.is_empty() || !key.iter().all(capital) {
            return None;
        }
        match (key, self.export) {
            (b"__CURSOR", _) => self.export = Some((None, None)),
            (_, None) => return None,
            (b"__REALTIME_TIMESTAMP", Some((_, level))) => self.export = Some((time(value), level)),
            (b"PRIORITY", Some((at, _))) => self.export = Some((at, crate::log::level::value(value))),
            (b"MESSAGE", Some((at, level))) => return Some(Exported::Message(value, at, level)),
            _ => {}
        }
        Some(Exported::Field)
    }
}

/// Where a program's object begins in a line that ends with it: after a collector's prefix (`web-1  | {`).
pub(crate) fn object(line: &[u8]) -> Option<&[u8]> {
    if line.last() != Some(&b'}') {
        return None;
    }
    let at = memchr::memmem::find(&line[..line.len().min(LED_MAX)], b"{\"")?;
    let led = at == 0 || matches!(line[at - 1], b' ' | b'\t' | b'|' | b':');
    led.then(|| &line[at..])
}

/// The line of a program behind its name in a line of syslog: `app[7]: {`, `kubelet[7]: E0301 …`.
pub(crate) fn spoken(text: &[u8]) -> Option<&[u8]> {
    let reach = &text[..text.len().min(LED_MAX)];
    let colon = header::colon_and_blank(reach)?;
    let name = &reach[..colon];
    let named = match memchr::memchr(b' ', name) {
        None => colon > 0,
        Some(blank) => name.ends_with(b"]") && memchr::memchr(b' ', &name[blank + 1..]).is_none(),
    };
    named.then(|| text[colon + 2..].trim_ascii_start())
}

/// A level among pairs behind a free head: `heroku[router]: at=error code=H12`, `app level=warn msg=…`.
pub(crate) fn paired_level(text: &[u8]) -> Option<Level> {
    const KEYS: [&[u8]; 5] = [b"level", b"severity", b"lvl", b"loglevel", b"at"];
    let reach = &text[..text.len().min(LED_MAX)];
    memchr::memchr_iter(b'=', reach).find_map(|equals| {
        let start = reach[..equals]
            .iter()
            .rposition(|byte| matches!(byte, b' ' | b'|' | b'\t'))
            .map_or(0, |at| at + 1);
        if !KEYS.contains(&&reach[start..equals]) {
            return None;
        }
        let value = &text[equals + 1..];
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        let width = value.iter().take(14).take_while(|byte| byte.is_ascii_alphabetic()).count();
        crate::log::level::word(&value[..width])
    })
}

#[cfg(test)]
mod tests;
