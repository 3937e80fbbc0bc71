//! Logs to look at: files of any size, single lines, and floods at a steady rate. The same seed gives the same text;
//! only the times are of today.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How often the writer of a flood wakes up.
const TICK: Duration = Duration::from_millis(5);
/// Bytes that are written to a file at a time.
const BLOCK: usize = 1 << 20;
/// Microseconds.
const HOUR: i64 = 3_600_000_000;
/// About the length of a line.
const BYTES_PER_LINE: i64 = 90;
/// What a service says all day: level, text before a number, the number's range, text after it.
const MESSAGES: [(&str, &str, u64, &str); 8] = [
    ("INFO", "request finished method=GET path=/v1/orders/", 90_000, " status=200 took=12ms"),
    ("INFO", "request finished method=POST path=/v1/carts/", 90_000, " status=201 took=31ms"),
    ("INFO", "cache lookup key=user:", 40_000, " hit=true"),
    ("DEBUG", "connection returned to pool id=", 200, " idle=14 of 20"),
    ("INFO", "message published topic=orders partition=", 24, " in 3ms"),
    ("WARN", "slow query table=orders rows=", 5_000, " took=812ms"),
    ("INFO", "session renewed user=", 40_000, " ttl=1800s"),
    ("ERROR", "upstream timeout host=stock-", 12, " after 2000ms, will retry"),
];
/// How often each message is chosen, in percent.
const SHARES: [u64; 8] = [40, 18, 20, 10, 6, 3, 2, 1];

/// Texts of which at least one is on a screen that shows lines of such a log.
pub(crate) const SIGNS: [&str; 4] = ["request finished", "cache lookup", "connection returned", "marker MK"];

/// A small generator of numbers that look random (Marsaglia, "Xorshift RNGs", 2003).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit.max(1)
    }

    /// A duration from a range, in milliseconds.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> Duration {
        Duration::from_micros(least * 1000 + self.below((most - least) * 1000))
    }

    /// A word that is nowhere else, without vowels: nothing a log or a screen says by itself.
    pub(crate) fn word(&mut self) -> String {
        let letters = (0..10).map(|_| char::from(b"BCDFGHJKLMNPQRSTVWXZ"[self.below(20) as usize]));
        format!("MK{}", letters.collect::<String>())
    }
}

/// Times as logs write them. Formatting a whole date for each line would make the generator the slow part.
struct Stamp {
    second: i64,
    text: String,
}

impl Stamp {
    fn write(&mut self, out: &mut Vec<u8>, millis: i64) {
        let second = millis.div_euclid(1000);
        if second != self.second || self.text.is_empty() {
            let time = Timestamp::from_second(second).unwrap_or_default().to_zoned(TimeZone::UTC);
            self.second = second;
            self.text = time.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        }
        out.extend_from_slice(self.text.as_bytes());
        let _ = write!(out, ".{:03}Z ", millis.rem_euclid(1000));
    }
}

/// Makes lines.
struct Lines {
    random: Random,
    stamp: Stamp,
}

impl Lines {
    fn new(seed: u64) -> Self {
        Self { random: Random::new(seed), stamp: Stamp { second: 0, text: String::new() } }
    }

    /// One line; with a number where lines are counted.
    fn line(&mut self, out: &mut Vec<u8>, millis: i64, number: Option<u64>) {
        let mut share = self.random.below(100);
        let mut kind = 0;
        while share >= SHARES[kind] {
            share -= SHARES[kind];
            kind += 1;
        }
        let (level, before, range, after) = MESSAGES[kind];
        self.stamp.write(out, millis);
        out.extend_from_slice(level.as_bytes());
        if let Some(number) = number {
            out.extend_from_slice(b" seq=");
            digits(out, number);
        }
        out.push(b' ');
        out.extend_from_slice(before.as_bytes());
        digits(out, self.random.below(range));
        out.extend_from_slice(after.as_bytes());
        out.push(b'\n');
    }
}

fn digits(out: &mut Vec<u8>, mut number: u64) {
    let from = out.len();
    loop {
        out.push(b'0' + (number % 10) as u8);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out[from..].reverse();
}

/// Writes a log of at least this many bytes, whose last line, written just now, has a word of its own: that word.
pub(crate) fn fill(path: &Path, bytes: u64, seed: u64) -> io::Result<String> {
    let mut file = File::create(path)?;
    let mut lines = Lines::new(seed);
    // Whatever its size, the log tells of the last hour.
    let step = HOUR * BYTES_PER_LINE / bytes.max(1) as i64;
    let mut micros = Timestamp::now().as_microsecond() - HOUR;
    let mut written = 0;
    let mut block = Vec::with_capacity(BLOCK + 256);
    while written < bytes {
        block.clear();
        while block.len() < BLOCK && written + (block.len() as u64) < bytes {
            lines.line(&mut block, micros / 1000, None);
            micros += step;
        }
        file.write_all(&block)?;
        written += block.len() as u64;
    }
    let word = lines.random.word();
    append(&mut file, &word)?;
    // A disk that is still busy with this log would be measured as well.
    file.sync_all()?;
    Ok(word)
}

/// Appends one line with this word.
pub(crate) fn append(file: &mut File, word: &str) -> io::Result<()> {
    let mut line = Vec::new();
    Stamp { second: 0, text: String::new() }.write(&mut line, Timestamp::now().as_millisecond());
    line.extend_from_slice(format!("INFO marker {word} appended\n").as_bytes());
    // One write, as loggers do it: a reader sees the line whole or not at all.
    file.write_all(&line)
}

/// Opens a log to append to.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).open(path)
}

/// A write of a flood: after it, the file holds the lines up to this number.
pub(crate) struct Written {
    pub(crate) at: Instant,
    pub(crate) number: u64,
}

/// Appends numbered lines at a steady rate, on a thread of its own.
pub(crate) fn flood(
    path: &Path,
    lines_per_second: u64,
    lasts: Duration,
) -> io::Result<JoinHandle<io::Result<Vec<Written>>>> {
    let mut file = open(path)?;
    let work = move || {
        let mut lines = Lines::new(7);
        let mut written = Vec::new();
        let mut number = 0;
        let mut block = Vec::new();
        let started = Instant::now();
        loop {
            let past = started.elapsed();
            if past >= lasts {
                return Ok(written);
            }
            let due = (past.as_secs_f64() * lines_per_second as f64) as u64 + 1;
            let millis = Timestamp::now().as_millisecond();
            block.clear();
            while number < due {
                number += 1;
                lines.line(&mut block, millis, Some(number));
            }
            let at = Instant::now();
            file.write_all(&block)?;
            written.push(Written { at, number });
            thread::sleep((started + past + TICK).saturating_duration_since(Instant::now()));
        }
    };
    thread::Builder::new().name("flood".to_owned()).spawn(work)
}
