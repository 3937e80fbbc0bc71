//! Writes logs to measure with: the same bytes in every run.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// What a log is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Lines of one service, ISO 8601 times.
    Plain,
    /// Six formats, line by line, with stack traces.
    Mixed,
    /// Words of their own in each line, so that each has its own template until there are too many.
    Unlike,
    /// The same line but for one word, which is one of 100,000.
    Words,
    /// Digits and nothing else.
    Digits,
    /// One line.
    OneLine,
}

/// A generator of numbers (Knuth's constants for 64 bits): the upper bits are as good as random for this.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 20
    }
}

/// Writes a log of at least so many bytes; returns its lines.
pub(crate) fn write(path: &Path, kind: Kind, bytes: u64) -> io::Result<u64> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut numbers = Numbers(7);
    let (mut written, mut lines, mut line) = (0, 0, Vec::new());
    while written < bytes {
        line.clear();
        let breaks = match kind {
            Kind::Plain => plain(&mut line, lines, &mut numbers)?,
            Kind::Mixed => mixed(&mut line, lines, &mut numbers)?,
            Kind::Unlike => unlike(&mut line, lines, &mut numbers)?,
            Kind::Words => {
                writeln!(
                    line,
                    "2026-03-01T10:00:00Z INFO the word {} came up",
                    word(numbers.next() % 100_000)
                )?;
                1
            }
            Kind::Digits => {
                writeln!(line, "{}", numbers.next())?;
                1
            }
            Kind::OneLine => {
                line.extend_from_slice(b"a word and 17 more ");
                0
            }
        };
        out.write_all(&line)?;
        written += line.len() as u64;
        lines += breaks;
    }
    out.flush()?;
    Ok(lines)
}

/// A word of letters for a number, another one for each.
fn word(mut number: u64) -> String {
    let mut word = String::from("w");
    for _ in 0..5 {
        word.push(char::from(b'g' + (number % 16) as u8));
        number /= 16;
    }
    word
}

fn clock(line: u64) -> (u64, u64, u64, u64) {
    let at = line / 3;
    (at / 3_600_000 % 24, at / 60_000 % 60, at / 1000 % 60, at % 1000)
}

fn plain(out: &mut Vec<u8>, line: u64, numbers: &mut Numbers) -> io::Result<u64> {
    const WHAT: [&str; 5] =
        ["GET /api/orders", "POST /api/pay", "job done", "cache refreshed", "session opened"];
    let ((hour, minute, second, milli), number) = (clock(line), numbers.next());
    let level = if number % 50 == 0 { "WARN" } else { "INFO" };
    let what = WHAT[number as usize % WHAT.len()];
    writeln!(
        out,
        "2026-03-01T{hour:02}:{minute:02}:{second:02}.{milli:03}Z {level} api [{:08x}] {what} took {} ms",
        number & 0xffff_ffff,
        number % 900
    )?;
    Ok(1)
}

fn mixed(out: &mut Vec<u8>, line: u64, numbers: &mut Numbers) -> io::Result<u64> {
    let ((hour, minute, second, milli), number) = (clock(line), numbers.next());
    let (id, small) = (number & 0xffff_ffff, number % 900);
    match number % 12 {
        0 | 1 => writeln!(
            out,
            "2026-03-01T{hour:02}:{minute:02}:{second:02}.{milli:03}Z INFO  [orders,{id:08x}] --- [exec-{}] c.shop.orders.Handler : committed offset {small} for partition 7",
            small % 16
        )?,
        2 | 3 => writeln!(
            out,
            "ts=2026-03-01T{hour:02}:{minute:02}:{second:02}.{milli:03}Z level=info service=auth trace_id={id:08x} msg=\"token refreshed for 10.2.{}.{}\"",
            small % 250,
            id % 250
        )?,
        4 | 5 => writeln!(
            out,
            "{{\"ts\":\"2026-03-01T{hour:02}:{minute:02}:{second:02}.{milli:03}Z\",\"level\":\"INFO\",\"service\":\"pay\",\"msg\":\"charge {id:012x} captured {small}\"}}"
        )?,
        6 | 7 => writeln!(
            out,
            "Mar  1 {hour:02}:{minute:02}:{second:02} prod-{} sshd[{small}]: session closed for user bob",
            id % 12
        )?,
        8 | 9 => writeln!(
            out,
            "10.0.{}.{} - - [01/Mar/2026:{hour:02}:{minute:02}:{second:02} +0000] \"GET /api/v1/items/{id} HTTP/1.1\" 200 {small}",
            small % 250,
            id % 250
        )?,
        10 if small == 1 => {
            writeln!(
                out,
                "2026-03-01 {hour:02}:{minute:02}:{second:02},{milli:03} ERROR [main] a.b.Handler - order {id} failed\njava.lang.IllegalStateException: order {id}\n\tat a.b.Handler.run(Handler.java:{small})\n\tat a.b.Main.main(Main.java:7)"
            )?;
            return Ok(4);
        }
        _ => writeln!(
            out,
            "2026-03-01 {hour:02}:{minute:02}:{second:02}.{milli:03} UTC [{small}] LOG:  duration: {small}.{milli} ms  statement: SELECT {id}"
        )?,
    }
    Ok(1)
}

fn unlike(out: &mut Vec<u8>, line: u64, numbers: &mut Numbers) -> io::Result<u64> {
    let (hour, minute, second, milli) = clock(line);
    write!(out, "2026-03-01T{hour:02}:{minute:02}:{second:02}.{milli:03}Z INFO")?;
    for _ in 0..9 {
        let mut word = numbers.next();
        out.push(b' ');
        for _ in 0..7 {
            out.push(b'a' + (word % 26) as u8);
            word /= 26;
        }
    }
    out.push(b'\n');
    Ok(1)
}
