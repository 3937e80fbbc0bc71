//! The HTTP status of an access line, where each format keeps it.

/// Most columns of a table with named columns.
const COLUMNS_MAX: usize = 64;

/// The status of an HTTP access line: `"GET /path HTTP/1.1" 503 …`, or a load balancer's before the request.
pub(crate) fn access_status(rest: &[u8]) -> Option<u32> {
    let quote = memchr::memchr(b'"', &rest[..rest.len().min(240)])?;
    let request = &rest[quote + 1..];
    if !is_method(request) {
        return if request.starts_with(b"- ") { balanced(&rest[..quote]) } else { None };
    }
    let close = memchr::memchr(b'"', request)?;
    let after = request.get(close + 1..).unwrap_or_default();
    three_digits(after.strip_prefix(b" ").unwrap_or(b"x")).or_else(|| balanced(&rest[..quote]))
}

pub(crate) fn is_method(text: &[u8]) -> bool {
    const METHODS: [&[u8]; 7] = [b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELETE ", b"PATCH ", b"OPTIONS "];
    METHODS.iter().any(|method| text.starts_with(method))
}

/// The status in what a load balancer writes before the request: after three durations (AWS ELB and ALB; `-` where
/// there was no answer, which is an error), or after timers with slashes between (`%TR/%Tw/%Tc/%Tr/%Ta %ST` of the usual format of `HAProxy`).
fn balanced(before: &[u8]) -> Option<u32> {
    let mut durations = 0;
    for word in before.split(|byte| *byte == b' ').filter(|word| !word.is_empty()) {
        let duration = is_duration(word);
        if durations == 3 && !duration {
            return if word == b"-" { Some(502) } else { three_digits(word) };
        }
        durations = match duration {
            true => durations + 1,
            false if is_timers(word) => 3,
            false => 0,
        };
    }
    None
}

/// `0.000031`, `-1`
pub(crate) fn is_duration(word: &[u8]) -> bool {
    word == b"-1"
        || (word.contains(&b'.') && word.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') && {
            memchr::memchr_iter(b'.', word).count() == 1
        })
}

/// `10/0/30/69/109`, `0/-1/0/0/+5`
pub(crate) fn is_timers(word: &[u8]) -> bool {
    matches!(memchr::memchr_iter(b'/', word).count(), 2 | 4)
        && word.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'/' | b'-' | b'+'))
}

fn three_digits(text: &[u8]) -> Option<u32> {
    match text {
        [a @ b'1'..=b'5', b, c, rest @ ..]
            if b.is_ascii_digit()
                && c.is_ascii_digit()
                && !rest.first().is_some_and(u8::is_ascii_alphanumeric) =>
        {
            Some(u32::from(a - b'0') * 100 + u32::from(b - b'0') * 10 + u32::from(c - b'0'))
        }
        _ => None,
    }
}

/// The column of the status in a table that names its columns (`#Fields: date time cs-method sc-status`, W3C extended
/// log file format).
pub(crate) fn status_column(line: &[u8]) -> Option<u8> {
    let names = line.strip_prefix(b"#Fields:")?;
    let column = names
        .split(|byte| matches!(byte, b' ' | b'\t'))
        .filter(|name| !name.is_empty())
        .take(COLUMNS_MAX)
        .position(|name| name == b"sc-status")?;
    u8::try_from(column).ok()
}

/// The status in a column.
pub(crate) fn in_column(line: &[u8], column: u8) -> Option<u32> {
    let tabs = line.contains(&b'\t');
    let mut words = line.split(|byte| if tabs { *byte == b'\t' } else { *byte == b' ' });
    words.nth(usize::from(column)).filter(|word| word.len() == 3).and_then(three_digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_found_where_each_format_keeps_them() {
        let table = [
            (r#""GET /x HTTP/1.1" 503 7"#, Some(503)),
            (r#""-" "GET /x HTTP/1.1" 503 7"#, None),
            (
                r#"prod 1.2.3.4:5 10.0.0.1:443 0.000031 0.009511 0.000029 504 200 0 4 "GET https://x/ HTTP/1.1""#,
                Some(504),
            ),
            (r#"lb 1.2.3.4:5 10.0.0.1:80 0.001 0.000015 0.000023 - - 57 502 "- - - " "-" - -"#, Some(502)),
            (
                r#"10.0.0.1:7 [01/Mar/2026:10:00:00.123] in back/srv 10/0/30/69/109 429 2750 - - ---- 1/1/1/1/0 0/0 "GET /x HTTP/1.1""#,
                Some(429),
            ),
            (r#"said "no method" 503"#, None),
            ("no quotes 503", None),
        ];
        for (text, status) in table {
            assert_eq!(access_status(text.as_bytes()), status, "{text}");
        }
    }

    #[test]
    fn a_table_names_the_column_of_the_status() {
        let column = status_column(b"#Fields: date time s-ip cs-method sc-status time-taken").unwrap();
        assert_eq!(in_column(b"2026-03-01 10:00:00 10.0.0.1 GET 500 12", column), Some(500));
        assert_eq!(in_column(b"2026-03-01 10:00:00 10.0.0.1", column), None);
        assert_eq!(status_column(b"#Version: 1.0"), None);
    }
}
