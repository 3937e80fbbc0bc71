//! Names that tell of a secret: `DB_PASSWORD`, `x-api-key`, `clientSecret`, and those that only seem to:
//! `password_changed_at`, `max_tokens`, `cache_key`.

use crate::evidence::redaction::bytes;

/// What a name says about its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tells {
    /// A password: also words people choose.
    Password,
    /// A secret that a machine made.
    Secret,
    /// A secret where the value looks like chance.
    Perhaps,
    /// As that, but a UUID names a session rather than letting anybody into it.
    Session,
    /// A header with cookies.
    Cookie,
    /// A header with credentials.
    Authorization,
    /// A short code for one use.
    Code,
}

/// Longest name looked at, bytes.
pub(super) const NAME_MAX: usize = 64;
/// Most words of a name.
const WORDS_MAX: usize = 12;

#[rustfmt::skip]
const PASSWORDS: &[&str] = &[
    "password", "passwd", "pwd", "pass", "passphrase", "passcode", "passwort", "kennwort", "contrasena",
    "pswd", "passwords", "userpass", "dbpass", "dbpassword", "dbpasswd", "requirepass", "masterauth",
    "rootpass", "adminpass", "smtppass", "ftppass", "pgpassword", "mypassword", "userpassword",
    "adminpassword", "rootpassword", "authpass", "rootpw", "bindpw", "upwd", "passwdmysql", "loginpassword",
    "newpassword", "oldpassword", "storepass", "keypass", "keystorepass", "truststorepass",
    "keystorepassword", "truststorepassword", "sslpassword", "proxypassword", "redispassword",
    "mysqlpassword", "sshpass", "basicpassword",
];

#[rustfmt::skip]
const SECRETS: &[&str] = &[
    "secret", "secrets", "token", "apikey", "apisecret", "apitoken", "accesskey", "secretkey", "privatekey",
    "authkey", "accountkey", "sharedaccesskey", "sharedkey", "clientsecret", "appsecret", "consumersecret",
    "accesstoken", "authtoken", "refreshtoken", "idtoken", "bearertoken", "bearer", "jwt", "credential",
    "credentials", "creds", "cred", "encryptionkey", "signingkey", "masterkey", "storagekey", "licensekey",
    "webhooksecret", "hmackey", "secretaccesskey", "sessiontoken", "csrftoken", "xsrftoken",
    "authenticitytoken", "sastoken", "appkey", "userkey", "functionkey", "subscriptionkey", "ssn", "seed",
    "mnemonic", "cvv", "cvc",
];

#[rustfmt::skip]
const PERHAPS: &[&str] = &[
    "auth", "sessionid", "sessid", "sid", "phpsessid", "jsessionid", "signature", "sig", "hmac",
    "csrf", "xsrf", "sas", "nonce", "salt", "ticket", "assertion", "samlresponse", "webhook", "cookie",
    "connectsid", "digest", "license", "authenticator", "challenge", "laravel", "remember", "certificate",
];

#[rustfmt::skip]
const CODES: &[&str] = &[
    "otp", "totp", "mfa", "passcode", "otpcode", "verificationcode", "pin",
];

/// What makes `key` a secret one.
#[rustfmt::skip]
const KEY_KINDS: &[&str] = &[
    "api", "secret", "private", "access", "account", "shared", "encryption", "encrypt", "signing", "sign",
    "master", "auth", "storage", "ssh", "app", "application", "client", "consumer", "service",
    "subscription", "deploy", "project", "write", "admin", "root", "webhook", "hmac", "aes", "cipher",
    "license", "licence", "integration", "ingest", "ingestion", "function", "functions", "host", "session",
    "token", "jwt", "crypto", "wrapping", "data", "rsa", "ecdsa", "dsa", "pem", "tls", "ssl", "datadog",
    "dd", "newrelic", "stripe", "sendgrid", "mailgun", "twilio", "openai", "anthropic", "algolia", "maps",
    "google", "firebase", "cloudinary", "heroku", "segment", "mixpanel", "amplitude", "bugsnag",
    "honeycomb", "splunk", "pagerduty", "opsgenie", "fastly", "cloudflare",
];

/// Words after which the value is about the secret, not the secret.
#[rustfmt::skip]
const ABOUT: &[&str] = &[
    "count", "counts", "length", "len", "size", "type", "types", "expires", "expire", "expired", "expiry",
    "expiration", "exp", "ttl", "timeout", "name", "names", "age", "policy", "at", "time", "timestamp",
    "date", "file", "path", "dir", "folder", "url", "uri", "endpoint", "required", "enabled", "disabled",
    "valid", "validity", "usage", "used", "uses", "limit", "limits", "budget", "min", "max", "manager",
    "store", "provider", "service", "index", "version", "field", "column", "changed", "change", "updated",
    "created", "rotation", "rotated", "strength", "error", "errors", "failed", "failure", "failures",
    "attempts", "reset", "bucket", "ring", "server", "method", "mode", "scheme", "status", "state", "hint",
    "prompt", "algorithm", "alg", "kind", "class", "format", "source", "ref", "arn", "user", "username",
    "role", "group", "scope", "scopes", "cache", "rate", "per", "sec", "ms", "input", "output", "total",
    "issuer", "audience", "checker", "handler", "filter", "policies", "encoder", "auth", "authentication",
    "login", "is", "was", "for", "of", "from", "to", "id", "number", "no", "lifetime", "duration", "days",
    "hours", "minutes", "seconds", "set", "exists", "present", "missing", "callback", "hook", "lookup",
    "map", "list", "mount", "secretname", "keyname", "engine", "interval", "renewal", "refresh", "kid",
    "jwks",
];

/// Words that may follow the word that tells: they change nothing.
#[rustfmt::skip]
const STILL: &[&str] = &[
    "value", "hash", "string", "str", "base64", "b64", "text", "plain", "raw", "header", "confirm",
    "confirmation", "old", "new", "current", "prod", "production", "dev", "test", "staging", "live",
    "sandbox", "primary", "secondary", "base", "data", "ro", "rw", "1", "2", "3", "again", "repeat",
    "encrypted", "token", "key", "secret", "json", "pem", "der", "p12", "pfx",
];

/// What a name says.
pub(super) fn judge(name: &[u8]) -> Option<Tells> {
    let name = &name[..name.len().min(NAME_MAX)];
    let mut words = [(0, 0); WORDS_MAX];
    let count = split(name, &mut words);
    let word = |at: usize| &name[words[at].0..words[at].1];
    let (head, tells) = (0..count).rev().find_map(|at| Some((at, tell(name, &words[..count], at)?)))?;
    let rest = || head + 1..count;
    if rest().any(|at| bytes::is_any(word(at), ABOUT)) {
        // An id of a session or of a secret is one all the same, where it looks like it.
        let only_id = head + 2 == count && bytes::is_any(word(head + 1), &["id"]);
        let named = only_id && bytes::is_any(word(head), &["session", "secret", "sess", "cookie"]);
        return named.then_some(Tells::Perhaps);
    }
    if rest().all(|at| bytes::is_any(word(at), STILL)) { Some(tells) } else { weaker(tells) }
}

/// What is told where an unknown word follows.
fn weaker(tells: Tells) -> Option<Tells> {
    match tells {
        Tells::Password => Some(Tells::Secret),
        Tells::Secret => Some(Tells::Perhaps),
        _ => None,
    }
}

/// What the word at `at` tells, with the words before it.
fn tell(name: &[u8], words: &[(usize, usize)], at: usize) -> Option<Tells> {
    let word = &name[words[at].0..words[at].1];
    let before = at.checked_sub(1).map(|at| &name[words[at].0..words[at].1]);
    if bytes::is_any(word, &["authorization", "authorisation"]) {
        return Some(Tells::Authorization);
    }
    if bytes::is_any(word, &["cookie", "cookies"]) {
        return Some(Tells::Cookie);
    }
    if bytes::is_any(word, CODES) || (bytes::is_any(word, &["code"]) && before.is_some_and(is_code_kind)) {
        return Some(Tells::Code);
    }
    if bytes::is_any(word, PASSWORDS) {
        return Some(Tells::Password);
    }
    if bytes::is_any(word, &["key", "keys"]) {
        return before.is_some_and(|before| bytes::is_any(before, KEY_KINDS)).then_some(Tells::Secret);
    }
    if bytes::is_any(word, SECRETS) {
        return Some(Tells::Secret);
    }
    if bytes::is_any(word, &["session"]) {
        return Some(Tells::Session);
    }
    if bytes::is_any(word, PERHAPS) {
        return Some(Tells::Perhaps);
    }
    glued(word)
}

fn is_code_kind(word: &[u8]) -> bool {
    bytes::is_any(
        word,
        &["verification", "auth", "authorization", "sms", "security", "mfa", "2fa", "login", "backup"],
    )
}

/// Names written without a mark between their words: `mysqlpassword`, `myapikey`.
fn glued(word: &[u8]) -> Option<Tells> {
    let ends = |tail: &str| {
        word.len() > tail.len() && word[word.len() - tail.len()..].eq_ignore_ascii_case(tail.as_bytes())
    };
    if ["password", "passwd", "passphrase"].iter().any(|tail| ends(tail)) {
        Some(Tells::Password)
    } else if ["secret", "apikey", "token", "secretkey", "accesskey", "privatekey"]
        .iter()
        .any(|tail| ends(tail))
    {
        Some(Tells::Secret)
    } else if ["sessionid", "sessid", "session"].iter().any(|tail| ends(tail)) {
        Some(Tells::Perhaps)
    } else {
        None
    }
}

/// Cuts a name into words at marks, and where small letters turn into capitals. How many there are.
fn split(name: &[u8], words: &mut [(usize, usize); WORDS_MAX]) -> usize {
    let mut count = 0;
    let mut start = None;
    for at in 0..=name.len() {
        let letter = name.get(at).is_some_and(u8::is_ascii_alphanumeric);
        let hump = letter
            && at > 0
            && name[at].is_ascii_uppercase()
            && (name[at - 1].is_ascii_lowercase()
                || (name[at - 1].is_ascii_uppercase()
                    && name.get(at + 1).is_some_and(u8::is_ascii_lowercase)));
        let figure = letter
            && at > 0
            && name[at].is_ascii_digit()
            && name[at - 1].is_ascii_alphabetic()
            && at + 1 == name.len();
        if let Some(from) = start
            && (!letter || hump || figure)
        {
            if count == WORDS_MAX {
                // The end of a name says what it is.
                words.rotate_left(1);
                count -= 1;
            }
            words[count] = (from, at);
            count += 1;
            start = None;
        }
        if letter && start.is_none() {
            start = Some(at);
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_of_secrets_or_of_what_is_about_them() {
        let table = [
            ("DB_PASSWORD", Some(Tells::Password)),
            ("spring.datasource.password", Some(Tells::Password)),
            ("mysqlPassword2", Some(Tells::Password)),
            ("PGPASSWORD", Some(Tells::Password)),
            ("password_confirmation", Some(Tells::Password)),
            ("x-api-key", Some(Tells::Secret)),
            ("clientSecret", Some(Tells::Secret)),
            ("AWS_SECRET_ACCESS_KEY", Some(Tells::Secret)),
            ("SECRET_KEY_BASE", Some(Tells::Secret)),
            ("github_token_prod", Some(Tells::Secret)),
            ("AccountKey", Some(Tells::Secret)),
            ("APIKey", Some(Tells::Secret)),
            ("session_id", Some(Tells::Perhaps)),
            ("session", Some(Tells::Session)),
            ("Set-Cookie", Some(Tells::Cookie)),
            ("Proxy-Authorization", Some(Tells::Authorization)),
            ("otp", Some(Tells::Code)),
            ("password_changed_at", None),
            ("max_tokens", None),
            ("token_type", None),
            ("tokenCount", None),
            ("cache_key", None),
            ("partition.key", None),
            ("passenger", None),
            ("author", None),
            ("monkey", None),
            ("secretName", None),
        ];
        for (name, expected) in table {
            assert_eq!(judge(name.as_bytes()), expected, "{name}");
        }
    }
}
