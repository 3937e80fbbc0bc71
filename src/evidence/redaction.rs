//! Redaction: secrets are masked before text leaves the host. The mask names the kind of secret, so that a reader
//! does not take it for the value.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// A redacted text and how much was masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// The text to show or send.
    pub text: String,
    /// Secrets masked.
    pub masked: usize,
}

struct Rule {
    kind: &'static str,
    pattern: Regex,
}

/// Kind and pattern; a group named `keep` stays, a group named `secret` (else the whole match) is masked.
const RULES: &[(&str, &str)] = &[
    (
        "private-key",
        r"(?s)-----BEGIN (?:[A-Z ]+ )?PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END (?:[A-Z ]+ )?PRIVATE KEY(?: BLOCK)?-----|\z)",
    ),
    ("jwt", r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"),
    ("aws-key-id", r"\b(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA)[0-9A-Z]{16}\b"),
    (
        "token",
        r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abeprs]-[A-Za-z0-9-]{10,}|sk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{16,}|(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,}|AIza[0-9A-Za-z_-]{30,}|ya29\.[0-9A-Za-z_-]{20,}|npm_[A-Za-z0-9]{30,}|dop_v1_[a-f0-9]{40,}|hf_[A-Za-z0-9]{20,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|hv[sb]\.[A-Za-z0-9_-]{20,})",
    ),
    ("password", r"(?P<keep>\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{0,128}:)(?P<secret>[^\s/@]{1,256})@"),
    (
        "authorization",
        r"(?i)(?P<keep>\b(?:proxy-)?authorization\s*[:=]\s*(?:bearer|basic|digest|token|apikey)\s+)(?P<secret>[^\s,;]+)",
    ),
    ("authorization", r"(?i)(?P<keep>\bbearer\s+)(?P<secret>[A-Za-z0-9._~+/=-]{12,})"),
    ("cookie", r"(?i)(?P<keep>\b(?:set-)?cookie\s*:\s*)(?P<secret>[^\r\n]+)"),
    (
        "secret",
        r#"(?i)(?P<keep>[\w.-]{0,40}(?:passw(?:or)?d|passwd|pwd|passphrase|secret|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|session[_-]?(?:id|token)|client[_-]?secret|credential)[\w-]{0,20}["']?\s*(?:=|:|=>)\s*)(?P<secret>"[^"\r\n]{3,}"|'[^'\r\n]{3,}'|[^\s,;&"'<>\[\]{}()]{4,})"#,
    ),
    (
        "secret",
        r"(?i)(?P<keep>[?&](?:token|key|sig|signature|code|auth|x-amz-[a-z-]+)=)(?P<secret>[^&\s]{6,})",
    ),
    ("password", r"(?P<keep>\s(?:--password|--token|-p)[= ])(?P<secret>[^\s-][^\s]{5,})"),
];

static COMPILED: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rule = |&(kind, pattern): &(&'static str, &str)| {
        Regex::new(pattern).ok().map(|pattern| Rule { kind, pattern })
    };
    RULES.iter().filter_map(rule).collect()
});

/// Masks what looks like a secret in `text`.
pub fn redact(text: &str) -> Redacted {
    let mut masked = 0;
    let mut current = Cow::Borrowed(text);
    for rule in COMPILED.iter() {
        if !rule.pattern.is_match(&current) {
            continue;
        }
        let replaced =
            rule.pattern.replace_all(&current, |caps: &Captures<'_>| mask(rule.kind, caps, &mut masked));
        current = Cow::Owned(replaced.into_owned());
    }
    Redacted { text: current.into_owned(), masked }
}

fn mask(kind: &str, caps: &Captures<'_>, masked: &mut usize) -> String {
    let whole = caps.get(0).map_or("", |whole| whole.as_str());
    let keep = caps.name("keep").map_or("", |keep| keep.as_str());
    let secret = caps.name("secret").map_or(whole, |secret| secret.as_str());
    if secret.contains("[masked:") || is_plain(secret) {
        return whole.to_owned();
    }
    *masked += 1;
    let tail = whole.get(keep.len() + secret.len()..).unwrap_or("");
    if caps.name("secret").is_some() {
        format!("{keep}[masked:{kind}]{tail}")
    } else {
        format!("[masked:{kind}]")
    }
}

/// Values that say that there is no secret here.
fn is_plain(secret: &str) -> bool {
    let word = secret.trim_matches(['"', '\'']).to_ascii_lowercase();
    let plain =
        ["null", "none", "true", "false", "empty", "missing", "expired", "unset", "required", "invalid"];
    plain.contains(&word.as_str())
        || word.starts_with("****")
        || word.starts_with("${")
        || word.starts_with('<')
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn secrets_are_masked_and_what_explains_them_stays() {
        let table = [
            ("postgres://app:hunter22@db:5432/x", "postgres://app:[masked:password]@db:5432/x"),
            ("Authorization: Bearer abc.def-123456789", "Authorization: Bearer [masked:authorization]"),
            ("key AKIAIOSFODNN7EXAMPLE used", "key [masked:aws-key-id] used"),
            ("DB_PASSWORD=s3cr3t! host=db", "DB_PASSWORD=[masked:secret] host=db"),
            (r#"{"api_key": "abcd1234"}"#, r#"{"api_key": [masked:secret]}"#),
            ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl end", "jwt [masked:jwt] end"),
            ("token ghp_abcdefghijklmnopqrstuvwxyz0123456789", "token [masked:token]"),
            ("GET /cb?code=4f9a8b7c6d&x=1", "GET /cb?code=[masked:secret]&x=1"),
            ("Cookie: sid=abc; theme=dark", "Cookie: [masked:cookie]"),
        ];
        for (text, expected) in table {
            let redacted = redact(text);
            assert_eq!(redacted.text, expected);
            assert_eq!(redacted.masked, 1, "{text}");
        }
    }

    #[test]
    fn a_private_key_goes_whole_even_when_it_is_cut() {
        let key = "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----\nb";
        assert_eq!(redact(key).text, "a\n[masked:private-key]\nb");
        assert_eq!(redact("x -----BEGIN PRIVATE KEY-----\nMIIE").text, "x [masked:private-key]");
    }

    #[test]
    fn ordinary_text_stays() {
        for text in [
            "FATAL:  password authentication failed for user \"app\"",
            "secret etl/regcred created 2025-04-27; token \"robot-etl\" validity 365 days",
            "token expired: expired",
            "http://registry.corp/v2/ -> 401",
        ] {
            assert_eq!(redact(text).text, text);
        }
    }

    #[test]
    fn redacting_twice_changes_nothing() {
        let once = redact("password: hunter2hunter2 and postgres://a:bcdef@h/d").text;
        assert_eq!(redact(&once).text, once);
    }
}
