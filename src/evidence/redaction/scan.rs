//! The scanner: one pass over a block of lines finds the places where a secret may stand, and looks at each of them.
//! A look is bounded, so the whole is linear in the length of the text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::evidence::redaction::anchors::{ANCHORS, Anchor};
use crate::evidence::redaction::bytes::{self, Set};
use crate::evidence::redaction::names::{self, Tells};
use crate::evidence::redaction::pem::Pem;
use crate::evidence::redaction::shapes::{self, AZURE, MAILCHIMP, Middle, SHAPES, TELEGRAM};
use crate::evidence::redaction::values;
use crate::evidence::redaction::{Hit, Kind, bare, link};

/// Farthest an address is followed from `://` to its `@`.
const URL_MAX: usize = 512;
/// How far behind a name its value may stand where no mark links them.
const NEAR: usize = 40;

/// Finds secrets in one block after another of the same text. A block is whole lines, but for the last one.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    pem: Pem,
    hits: Vec<Hit>,
    /// Everything before this is decided.
    done: usize,
}

impl Scanner {
    /// The secrets of `text`, in order, none touching another.
    pub(super) fn scan(&mut self, text: &[u8]) -> Vec<Hit> {
        self.hits.clear();
        self.done = self.pem.go_on(text, &mut self.hits);
        if let Some(anchors) = ANCHORS.as_ref() {
            for found in anchors.automaton.find_overlapping_iter(text) {
                let (start, end) = (found.start(), found.end());
                // What begins within a secret is a part of it, unless it is a longer one from the same place.
                if start >= self.done || matches!(anchors.kinds[found.pattern().as_usize()], Anchor::Shape(_))
                {
                    self.look(text, start, end, anchors.kinds[found.pattern().as_usize()]);
                }
            }
        }
        bare::find(text, &mut self.hits);
        join(std::mem::take(&mut self.hits))
    }

    fn look(&mut self, text: &[u8], start: usize, end: usize, anchor: Anchor) {
        match anchor {
            Anchor::Shape(index) => {
                if let Some(end) = shapes::end(&SHAPES[index], text, start) {
                    self.push(text, start, end, Kind::Token);
                }
            }
            Anchor::Name => self.name(text, start, end),
            Anchor::HanName => self.linked(text, end, Tells::Password, false),
            Anchor::Url => self.url(text, end),
            Anchor::Dsn => self.dsn(text, start),
            Anchor::Pem => {
                if let Some(done) = self.pem.begin(text, start, &mut self.hits) {
                    self.done = self.done.max(done);
                }
            }
            Anchor::Scheme(basic) => self.scheme(text, start, end, basic),
            Anchor::Identified => {
                let value = values::value(text, end);
                if value.quoted {
                    self.push(text, value.start, value.end, Kind::Password);
                }
            }
            Anchor::UserFlag => {
                let value = values::value(text, end);
                let colon = memchr::memchr(b':', &text[value.start..value.end]);
                if let Some(colon) = colon.filter(|colon| value.start + colon + 1 < value.end) {
                    self.push(text, value.start + colon + 1, value.end, Kind::Password);
                }
            }
            Anchor::Query => self.query(text, end),
            Anchor::Azure => self.around(text, start, &AZURE),
            Anchor::Telegram => self.around(text, start, &TELEGRAM),
            Anchor::Mailchimp => self.around(text, start, &MAILCHIMP),
        }
    }

    fn push(&mut self, text: &[u8], start: usize, end: usize, kind: Kind) {
        // Of a long value only the first bytes were looked at.
        let end = if end - start.min(end) >= bytes::LOOK { values::true_end(text, start, end) } else { end };
        if start < end && !values::is_placeholder(&text[start..end]) {
            self.hits.push(Hit { start, end, kind });
            self.done = self.done.max(end);
        }
    }

    /// A run around `at`, which is a part of the shape and not its beginning.
    fn around(&mut self, text: &[u8], at: usize, middle: &Middle) {
        let start = bytes::run_back(text, at, middle.set, middle.back);
        let end = bytes::run(&text[..text.len().min(at + middle.length.end() + 2)], at, middle.set);
        let all = &text[start..end];
        if middle.length.contains(&all.len()) && (middle.fits)(all) {
            self.push(text, start, end, Kind::Token);
        }
    }

    /// A word that may tell of a secret: takes the whole name around it, and looks at what follows.
    fn name(&mut self, text: &[u8], start: usize, end: usize) {
        let from = bytes::run_back(text, start, Set::Dotted, names::NAME_MAX);
        // Of a word found at the end with its mark (`sid=`), the mark is not a part of the name.
        let end = start + text[start..end].iter().take_while(|&&byte| bytes::is(byte, Set::Dotted)).count();
        let to = bytes::run(&text[..text.len().min(end + names::NAME_MAX)], end, Set::Dotted);
        let flag = text[from..].starts_with(b"-");
        let Some(tells) = names::judge(&text[from..to]) else {
            // `key` after another word: `API key`, `private key`.
            let pair = bytes::run_back(text, from.saturating_sub(1), Set::Word, 16);
            if bytes::before(text, from) == Some(b' ')
                && let Some(tells) = names::judge(&text[pair..to])
            {
                self.linked(text, to, tells, false);
            }
            return;
        };
        self.linked(text, to, tells, flag);
    }

    /// What stands behind a name that ends at `at`.
    fn linked(&mut self, text: &[u8], at: usize, tells: Tells, flag: bool) {
        let Some((at, link)) = link::link(text, at, flag) else {
            if !matches!(tells, Tells::Code | Tells::Cookie | Tells::Authorization | Tells::Session) {
                self.nearby(text, at, if tells == Tells::Password { 8 } else { 20 });
            }
            return;
        };
        match tells {
            Tells::Cookie => self.cookie(text, at),
            Tells::Authorization => self.authorization(text, at),
            _ => {
                let mut value = values::value(text, at);
                // `token=Bearer abc`, `password = Basic …`: the scheme is looked at on its own.
                if !value.quoted && bytes::is_any(&text[value.start..value.end], &["bearer", "basic"]) {
                    return;
                }
                if value.quoted && bytes::starts(&text[value.start..value.end], b"bearer ") {
                    value.start += 7;
                }
                if values::is_plausible(text, value, tells, link) {
                    let kind = if tells == Tells::Password { Kind::Password } else { Kind::Secret };
                    self.push(text, value.start, value.end, kind);
                }
            }
        }
    }

    /// `API key provided was abc…`: a value that looks like chance within reach of a name.
    fn nearby(&mut self, text: &[u8], at: usize, min: usize) {
        let reach = values::line_end(text, at, NEAR);
        let mut from = at;
        while let Some(step) = text[from..reach].iter().position(|&byte| bytes::is(byte, Set::Token)) {
            let start = from + step;
            let end = bytes::run(&text[..text.len().min(start + 4096)], start, Set::Token);
            let found = &text[start..end];
            if found.len() >= min && !found.contains(&b'/') && bytes::is_random(found) {
                return self.push(text, start, end, Kind::Secret);
            }
            if end >= reach {
                return;
            }
            from = end;
        }
    }

    /// Credentials in an address: what stands between its first colon and its `@`.
    fn url(&mut self, text: &[u8], at: usize) {
        let reach = &text[at..text.len().min(at + URL_MAX)];
        let Some(first) = memchr::memchr(b'@', reach) else { return };
        let ends =
            |byte: &u8| *byte <= b' ' || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | b'|');
        // A password may hold an `@`: the last one before the path counts.
        let stop = reach[first..].iter().position(|byte| ends(byte) || matches!(byte, b'/' | b'?' | b'#'));
        let stop = stop.map_or(reach.len(), |stop| first + stop);
        let Some(last) = memchr::memrchr(b'@', &reach[..stop]) else { return };
        let user = &reach[..last];
        let placeholder =
            values::is_nothing(&user[memchr::memchr(b':', user).map_or(0, |colon| colon + 1)..]);
        if placeholder || user.iter().any(ends) {
            return;
        }
        let oracle = text[..at].ends_with(b"thin:");
        match memchr::memchr2(b':', if oracle { b'/' } else { b':' }, user) {
            Some(colon) => {
                let (name, secret) = (&user[..colon], &user[colon + 1..]);
                let port = secret.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let host = secret.get(port) == Some(&b'/') && port > 0;
                if !host && !name.contains(&b'/') && !secret.is_empty() {
                    self.push(text, at + colon + 1, at + last, Kind::Password);
                }
            }
            None if user.len() >= 16 && !user.contains(&b'/') && bytes::is_random(user) => {
                self.push(text, at, at + last, Kind::Token);
            }
            None => {}
        }
    }

    /// `user:secret@tcp(host)`, as drivers for Go write it.
    fn dsn(&mut self, text: &[u8], at: usize) {
        let from = at.saturating_sub(URL_MAX);
        let ends = |byte: &u8| *byte <= b' ' || matches!(byte, b'"' | b'\'' | b'=');
        let start = text[from..at].iter().rposition(ends).map_or(from, |found| from + found + 1);
        if let Some(colon) = memchr::memchr(b':', &text[start..at]) {
            self.push(text, start + colon + 1, at, Kind::Password);
        }
    }

    /// `Bearer …` and `Basic …`, wherever they stand.
    fn scheme(&mut self, text: &[u8], start: usize, end: usize, basic: bool) {
        if bytes::before(text, start).is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            return;
        }
        let stop = values::token_end(text, end);
        let found = &text[end..stop];
        let fits = if basic { is_pair(found) } else { found.len() >= 12 && bytes::is_mixed(found) };
        if fits {
            self.push(text, end, stop, Kind::Authorization);
        }
    }

    fn authorization(&mut self, text: &[u8], at: usize) {
        let value = values::value(text, at);
        let end = if value.quoted { value.end } else { values::line_end(text, at, 2048) };
        let word = bytes::run(&text[..end], value.start, Set::Word);
        let scheme = &text[value.start..word];
        let behind = word + text[word..end].iter().take_while(|&&byte| byte == b' ').count();
        if bytes::is_any(scheme, &["digest", "oauth", "aws4-hmac-sha256", "hmac", "signature", "hawk"])
            && behind > word
        {
            return self.push(text, behind, end, Kind::Authorization);
        }
        let known = [
            "bearer",
            "basic",
            "token",
            "apikey",
            "negotiate",
            "ntlm",
            "ssws",
            "key",
            "jwt",
            "bot",
            "sharedkey",
        ];
        let start = if bytes::is_any(scheme, &known) && behind > word { behind } else { value.start };
        let stop = if value.quoted { value.end } else { values::plain_end(text, start) };
        let found = &text[start..stop];
        if !values::is_nothing(found)
            && (start > value.start && found.len() >= 4 || found.len() >= 8 && bytes::is_mixed(found))
        {
            self.push(text, start, stop, Kind::Authorization);
        }
    }

    /// `a=b; c=d`: all pairs of the header.
    fn cookie(&mut self, text: &[u8], at: usize) {
        let value = values::value(text, at);
        let mut end = value.end;
        if !value.quoted {
            let line = values::line_end(text, at, 8192);
            loop {
                end = values::plain_end(&text[..line], end);
                let more = text[end..line].starts_with(b";");
                let next = end
                    + 1
                    + text[(end + 1).min(line)..line].iter().take_while(|&&byte| byte == b' ').count();
                if !more || next >= line {
                    break;
                }
                end = next;
            }
        }
        let found = &text[value.start..end];
        if found.len() >= 6
            && !values::is_nothing(found)
            && (found.contains(&b'=') || bytes::is_random(found))
        {
            self.push(text, value.start, end, Kind::Cookie);
        }
    }

    /// A parameter of an address that is secret there and often harmless elsewhere.
    fn query(&mut self, text: &[u8], at: usize) {
        let end = values::plain_end(text, at);
        let end = memchr::memchr(b'#', &text[at..end]).map_or(end, |found| at + found);
        let found = &text[at..end];
        if found.len() >= 8 && bytes::is_mixed(found) && !values::is_nothing(found) {
            self.push(text, at, end, Kind::Secret);
        }
    }
}

/// Whether it is base64 of `name:password`.
fn is_pair(text: &[u8]) -> bool {
    let end = text.iter().rposition(|&byte| byte != b'=').map_or(0, |last| last + 1);
    let head = &text[..end.min(512)];
    let whole = &head[..head.len() - head.len() % 4];
    head.len() >= 6
        && STANDARD_NO_PAD
            .decode(whole)
            .is_ok_and(|plain| plain.contains(&b':') && plain.iter().all(|byte| (0x20..0x7f).contains(byte)))
}

/// Puts what overlaps together, in order.
pub(super) fn join(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
    let mut joined: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match joined.last_mut() {
            Some(last) if hit.start < last.end => last.end = last.end.max(hit.end),
            _ => joined.push(hit),
        }
    }
    joined
}
