//! Finds the time stamp a log line begins with, so that a narrow pane can show the time of day instead.

/// Longest stamp looked at, bytes.
const STAMP_MAX: usize = 48;

/// Bytes of the time stamp and the white space after it at the beginning of `line`; 0 when it does not begin with one.
/// A stamp is a run of digits, separators and the letters of months, days and zones that holds a time of day.
pub fn leading_stamp(line: &str) -> usize {
    let bytes = &line.as_bytes()[..line.len().min(STAMP_MAX)];
    let Some(colon) = find_time_of_day(bytes) else { return 0 };
    let before = &line[..colon];
    let plain = |c: char| c.is_ascii_digit() || " -/.:,T[(".contains(c);
    let words_are_calendar =
        before.split(plain).filter(|word| !word.is_empty()).all(|word| CALENDAR.contains(&word));
    // A dash between spaces separates the fields of an access log: the client's address is no part of a stamp.
    if !words_are_calendar || before.contains(" - ") {
        return 0;
    }
    let mut end = colon + "00:00:00".len();
    end += run(&bytes[end..], |b| b.is_ascii_digit() || b == b'.' || b == b',');
    let zone = &line[end..];
    end += ["Z", " UTC", " GMT"].into_iter().find(|name| zone.starts_with(name)).map_or(0, str::len);
    let offset = bytes.get(end..).unwrap_or_default();
    let skip = usize::from(offset.first() == Some(&b' '));
    if matches!(offset.get(skip), Some(b'+' | b'-')) {
        let digits = run(&offset[skip + 1..], |b| b.is_ascii_digit() || b == b':');
        end += if digits >= 2 { skip + 1 + digits } else { 0 };
    }
    let year = &line.as_bytes()[end..];
    if before.starts_with('[')
        && year.len() > 5
        && year[5] == b']'
        && year[1..5].iter().all(u8::is_ascii_digit)
    {
        end += 5;
    }
    end += run(&line.as_bytes()[end..], |b| b == b']' || b == b')' || b == b' ');
    end
}

/// Bytes of a line's beginning in which a thread or process in brackets and the name of a logger are looked for.
const LABELS_MAX: usize = 64;
/// Longest named field in brackets (`[tenant=acme]`) that is kept; the id of a trace is longer.
const FIELD_MAX: usize = 24;

/// The text without a thread or process in brackets and with the last part of a dotted logger name only, as a narrow
/// pane needs it: what happened matters more than where in the program. `None` where there is neither.
pub fn abridged(text: &str) -> Option<String> {
    if let Some(short) = access(text) {
        return Some(short);
    }
    let mut short = String::with_capacity(text.len());
    let mut changed = false;
    for (at, word) in text.split(' ').scan(0, |at, word| {
        let start = *at;
        *at += word.len() + 1;
        Some((start, word))
    }) {
        let label = at < LABELS_MAX;
        let field = word.contains('=') && word.len() <= FIELD_MAX;
        if label && !field && word.len() > 2 && word.starts_with('[') && word.ends_with(']') {
            changed = true;
            continue;
        }
        let name = word.trim_end_matches(':');
        let dotted = label && name.matches('.').count() >= 2 && is_dotted_name(name);
        let shown = if dotted { word.rsplit('.').next().unwrap_or(word) } else { word };
        changed |= dotted;
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(shown);
    }
    changed.then_some(short)
}

/// An access line without its time, which stands beside it, and the version of the protocol: who, what, which answer.
fn access(text: &str) -> Option<String> {
    let open = text.find(" [").filter(|open| *open < LABELS_MAX)?;
    let close = open + text[open..].find("] \"")?;
    find_time_of_day(&text.as_bytes()[open..close])?;
    let client = text.split(' ').next()?;
    let (request, rest) = text[close + 3..].split_once('"')?;
    let request = request.rsplit_once(" HTTP/").map_or(request, |(request, _)| request);
    Some(format!("{client} \"{request}\"{rest}"))
}

fn is_dotted_name(name: &str) -> bool {
    name.split('.').all(|part| part.starts_with(|c: char| c.is_ascii_alphabetic()))
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "._$".contains(c))
}

const CALENDAR: [&str; 19] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Mon", "Tue", "Wed",
    "Thu", "Fri", "Sat", "Sun",
];

fn find_time_of_day(bytes: &[u8]) -> Option<usize> {
    bytes.windows(8).position(|window| {
        window.iter().enumerate().all(|(i, b)| if i == 2 || i == 5 { *b == b':' } else { b.is_ascii_digit() })
    })
}

fn run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|b| belongs(**b)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_pane_keeps_what_happened() {
        let cases = [
            (
                "ERROR [http-nio-8080-exec-30] c.a.pay.LedgerService - refused",
                Some("ERROR LedgerService - refused"),
            ),
            ("[812] sorry, too many clients already", Some("sorry, too many clients already")),
            ("INFO com.acme.Main: started", Some("INFO Main: started")),
            ("[7] [tenant=acme] refused", Some("[tenant=acme] refused")),
            ("[trace_id=4bf92f3577b34da6a3ce929d0e0e4736] refused", Some("refused")),
            (
                r#"10.0.0.1 - - [01/Mar/2026:14:02:11 +0000] "GET /x HTTP/1.1" 503 7"#,
                Some(r#"10.0.0.1 "GET /x" 503 7"#),
            ),
            (r#"10.0.0.1 - ada [01/Mar/2026:14:02:11 +0000] "-" 408 0"#, Some(r#"10.0.0.1 "-" 408 0"#)),
            (r#"queue [3] "full""#, Some(r#"queue "full""#)),
            ("connect to 10.0.0.12 failed", None),
            ("plain words", None),
        ];
        for (text, expected) in cases {
            assert_eq!(abridged(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn common_stamps_are_found_and_text_is_left_alone() {
        let cases = [
            ("2026-03-01T14:02:11.123Z FATAL sorry", "FATAL sorry"),
            ("2026-03-01 14:02:11.123 UTC [812] FATAL", "[812] FATAL"),
            ("[2026-03-01 14:02:11,123] ERROR x", "ERROR x"),
            ("2026-03-01 14:02:11+00:00 x", "x"),
            ("Mar  1 14:02:11 host sshd: x", "host sshd: x"),
            ("[Sun Dec 04 04:47:44 2005] x", "x"),
            ("14:02:11 x", "x"),
            ("10.0.0.1 - - [01/Mar/2026:14:02:11 +0000] x", "10.0.0.1 - - [01/Mar/2026:14:02:11 +0000] x"),
            ("level=info ts=14:02:11 x", "level=info ts=14:02:11 x"),
            ("{\"time\":\"14:02:11\"}", "{\"time\":\"14:02:11\"}"),
            ("no stamp at all", "no stamp at all"),
            ("", ""),
            ("连接 14:02:11", "连接 14:02:11"),
        ];
        for (line, rest) in cases {
            assert_eq!(&line[leading_stamp(line)..], rest, "{line}");
        }
    }
}
