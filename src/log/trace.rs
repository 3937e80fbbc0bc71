//! Which lines without a time of their own go on with the record before them: stack traces of the usual runtimes,
//! objects printed over several lines, backtraces. A line that tells of a crash nobody caught begins a record.

use crate::incident::Level;

/// How far into a line the parts of a frame are looked for, bytes.
const REACH: usize = 400;
/// Longest name of an exception, bytes.
const NAME_MAX: usize = 160;

/// What kind of trace the lines before were part of, as far as later lines depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Within {
    #[default]
    Nothing,
    /// After `Traceback`: the next line that is not indented names the exception.
    Python,
    /// After the exception of a `Traceback`: another one may follow.
    Raised,
    /// After `panic:` or `goroutine`: functions and their files follow, not all of them indented.
    Go,
    /// After `thread 'x' panicked at f.rs:1:2:`: the message follows on a line of its own.
    Panicked,
    /// After the place of a JavaScript throw: the exception follows.
    Thrown,
}

/// What is known of the lines before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Trace {
    within: Within,
    /// The record before reports trouble.
    troubled: bool,
    /// It has a time of its own.
    timed: bool,
}

impl Trace {
    /// A record begins with `line`, which has no time of its own.
    pub(crate) fn begin_untimed(&mut self, line: &[u8], level: Option<Level>) {
        self.begin(level, false);
        self.enter(line);
    }

    /// A record begins.
    #[inline]
    pub(crate) fn begin(&mut self, level: Option<Level>, timed: bool) {
        (self.within, self.timed) = (Within::Nothing, timed);
        self.troubled = level.is_some_and(|level| level >= Level::Warn);
    }

    /// Whether a line without time goes on with the record before it by its own look and by what came before.
    pub(crate) fn takes(&mut self, line: &[u8], indented: bool) -> bool {
        if indented || matches!(line[0], b'}' | b')' | b']') {
            return true;
        }
        let taken = self.follows(line)
            || is_part(line)
            || (self.troubled && line.starts_with(b"Traceback ("))
            || (self.troubled && is_frame_of_ruby(line))
            || (self.troubled && self.timed && exception(line).is_some());
        if taken {
            self.enter(line);
        }
        taken
    }

    /// What the lines before let one expect.
    fn follows(&mut self, line: &[u8]) -> bool {
        let next = match self.within {
            Within::Python => Within::Raised,
            Within::Raised if line.starts_with(b"Traceback (") => Within::Python,
            Within::Go if is_go(line) => Within::Go,
            Within::Panicked => Within::Nothing,
            Within::Thrown if exception(line).is_some() => Within::Nothing,
            _ => return false,
        };
        self.within = next;
        true
    }

    fn enter(&mut self, line: &[u8]) {
        if line.starts_with(b"Traceback (") {
            self.within = Within::Python;
        } else if line.starts_with(b"During handling of the") || line.starts_with(b"The above exception was")
        {
            self.within = Within::Raised;
        } else if line.starts_with(b"panic: ")
            || line.starts_with(b"fatal error: ")
            || is_numbered(line, b"goroutine ")
        {
            self.within = Within::Go;
        } else if is_rust_panic(line) && line.ends_with(b":") {
            self.within = Within::Panicked;
        } else if is_throw_site(line) {
            self.within = Within::Thrown;
        }
    }
}

/// What PostgreSQL says about the message before, each with a time of its own: `DETAIL:  Process 7 waits …`.
pub(crate) fn is_attached(text: &[u8]) -> bool {
    const STARTS: [&[u8]; 4] = [b"DETAIL:  ", b"HINT:  ", b"STATEMENT:  ", b"CONTEXT:  "];
    STARTS.iter().any(|start| text.starts_with(start))
}

/// The level of a line that reports a crash nobody caught: it begins a record wherever it stands.
pub(crate) fn crash(line: &[u8]) -> Option<Level> {
    const FATAL: [&[u8]; 8] = [
        b"panic: ",
        b"fatal error: ",
        b"Unhandled exception",
        b"Unhandled Exception",
        b"PHP Fatal error:",
        b"PHP Parse error:",
        b"terminate called ",
        b"Segmentation fault",
    ];
    const ERROR: [&[u8]; 4] =
        [b"Exception in thread ", b"Uncaught ", b"Traceback (most recent call last)", b"** ("];
    // Most lines end here.
    let begins = match line.first() {
        Some(b'p' | b'f' | b'U' | b'P' | b't' | b'S' | b'E' | b'T' | b'*') => {
            if FATAL.iter().any(|start| line.starts_with(start)) || is_rust_panic(line) {
                return Some(Level::Fatal);
            }
            ERROR.iter().any(|start| line.starts_with(start))
        }
        _ => false,
    };
    let placed = match line.last() {
        Some(b'0'..=b'9') => is_throw_site(line),
        Some(b')') => is_raised_by_ruby(line),
        _ => false,
    };
    (begins || placed).then_some(Level::Error)
}

/// `java.lang.IllegalStateException: …`, `ValueError: …`: the line that names an exception is an error.
pub(crate) fn exception(line: &[u8]) -> Option<Level> {
    let named = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$' | b'\\');
    let width = line.iter().take(NAME_MAX).take_while(|byte| named(byte)).count();
    let name = &line[..width];
    let named = name.ends_with(b"Exception") || name.ends_with(b"Error");
    (named && matches!(line.get(width), None | Some(b':' | b' '))).then_some(Level::Error)
}

/// Lines that are part of a trace whatever came before.
fn is_part(line: &[u8]) -> bool {
    const STARTS: [&[u8]; 14] = [
        b"Caused by: ",
        b"Suppressed: ",
        b"... ",
        b"During handling of the above",
        b"The above exception was",
        b"---> ",
        b"--- End of ",
        b"stack backtrace:",
        b"note: run with `RUST_BACKTRACE",
        b"note: Some details are omitted",
        b"Stack trace:",
        b"PHP Stack trace:",
        b"[signal SIG",
        b"created by ",
    ];
    match line[0] {
        b'a' => is_frame(line),
        b'#' => is_numbered(line, b"#"),
        b'g' => is_numbered(line, b"goroutine "),
        b'N' => is_numbered(line, b"Node.js v"),
        b'P' if line.starts_with(b"PHP   ") => true,
        _ => line == b"Caused by:" || STARTS.iter().any(|start| line.starts_with(start)),
    }
}

/// `at a.b.C.d(C.java:1)`, `at Object.<anonymous> (/x.js:1:2)`, `at /x.js:1:2`.
fn is_frame(line: &[u8]) -> bool {
    let Some(place) = line.strip_prefix(b"at ") else { return false };
    let place = &place[..place.len().min(REACH)];
    let named =
        place.first().is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'<' | b'_'));
    named && place.iter().any(|byte| matches!(byte, b'(' | b'/' | b'.'))
}

/// `start` and a number, then a blank, a dot or the end: `#12 `, `goroutine 7 `.
fn is_numbered(line: &[u8], start: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(start) else { return false };
    let digits = rest.iter().take(12).take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0 && matches!(rest.get(digits), None | Some(b' ' | b'.'))
}

/// Lines of a Go trace that are not indented: `main.main()`, `net/http.(*conn).serve(0xc0, {0x7, 0x8})`, registers.
fn is_go(line: &[u8]) -> bool {
    const STARTS: [&[u8]; 5] = [b"created by ", b"exit status ", b"[signal ", b"runtime stack:", b"panic: "];
    let call = || {
        let name = line.iter().take(REACH).position(|byte| matches!(byte, b'(' | b' ')).unwrap_or(0);
        let dotted = line[..name].contains(&b'.');
        (dotted || &line[..name] == b"panic") && line[name] == b'(' && matches!(line.last(), Some(b')'))
    };
    let register = || {
        let name = line.iter().take(7).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        name > 1 && line[name..].trim_ascii_start().starts_with(b"0x")
    };
    STARTS.iter().any(|start| line.starts_with(start)) || call() || register()
}

/// `thread 'main' panicked at src/main.rs:2:5:`
fn is_rust_panic(line: &[u8]) -> bool {
    line.starts_with(b"thread '")
        && memchr::memmem::find(&line[..line.len().min(REACH)], b"' panicked at ").is_some()
        || line.starts_with(b"thread '")
            && memchr::memmem::find(&line[..line.len().min(REACH)], b") panicked at ").is_some()
}

/// `/app/index.js:10`, `node:internal/modules:7`: where JavaScript threw, on a line of its own.
fn is_throw_site(line: &[u8]) -> bool {
    let Some(colon) = memchr::memrchr(b':', &line[..line.len().min(REACH)]) else { return false };
    let (file, number) = (&line[..colon], &line[colon + 1..]);
    let known = [&b".js"[..], b".mjs", b".cjs", b".ts"].iter().any(|end| file.ends_with(end))
        || (file.starts_with(b"node:") && file.contains(&b'/'));
    known && !file.contains(&b' ') && !number.is_empty() && number.iter().all(u8::is_ascii_digit)
}

/// `app.rb:7:in 'x': message (RuntimeError)`
fn is_raised_by_ruby(line: &[u8]) -> bool {
    is_frame_of_ruby(line)
        && line.ends_with(b")")
        && memchr::memrchr(b'(', line)
            .is_some_and(|at| line[at + 1..].first().is_some_and(u8::is_ascii_uppercase))
}

/// `app/models/x.rb:12:in 'call'`
fn is_frame_of_ruby(line: &[u8]) -> bool {
    let head = &line[..line.len().min(REACH)];
    memchr::memmem::find(head, b":in `").or_else(|| memchr::memmem::find(head, b":in '")).is_some_and(|at| {
        let numbered = head[..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        numbered > 0 && !head[..at].contains(&b' ')
    })
}

#[cfg(test)]
mod tests;
