//! Words beside which a secret may stand, found in one pass.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::evidence::redaction::shapes::SHAPES;

/// What the automaton finds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Shape(usize),
    Name,
    /// A name in a script without marks between words.
    HanName,
    Url,
    /// `user:secret@tcp(`.
    Dsn,
    Pem,
    /// `Bearer `, `Basic `.
    Scheme(bool),
    /// `IDENTIFIED BY '…'`.
    Identified,
    /// `-u user:secret`.
    UserFlag,
    /// A code in the query of an address.
    Query,
    /// The middle of an Azure client secret.
    Azure,
    /// The middle of a Telegram bot token.
    Telegram,
    /// The end of a Mailchimp key.
    Mailchimp,
}

/// Names of secrets, or parts of them.
const NAMES: &[&str] = &[
    "pass",
    "pwd",
    "pswd",
    "pw=",
    "secret",
    "token",
    "key",
    "auth",
    "cookie",
    "cred",
    "sess",
    "sid=",
    "sid\"",
    "signature",
    "sig=",
    "hmac",
    "jwt",
    "csrf",
    "xsrf",
    "otp",
    "mfa",
    "pin=",
    "kennwort",
    "contrasena",
    "mnemonic",
    "verification",
    "digest",
    "ticket",
    "assertion",
    "samlresponse",
    "salt",
    "nonce",
    "webhook",
    "license",
    "cvv",
    "bindpw",
    "rootpw",
];

/// The automaton, and what each of its words is.
pub(super) struct Anchors {
    pub(super) automaton: AhoCorasick,
    pub(super) kinds: Vec<Anchor>,
}

pub(super) static ANCHORS: LazyLock<Option<Anchors>> = LazyLock::new(|| {
    let mut words: Vec<&str> = Vec::new();
    let mut kinds = Vec::new();
    let mut add = |word, kind| {
        words.push(word);
        kinds.push(kind);
    };
    for (index, shape) in SHAPES.iter().enumerate() {
        add(shape.prefix, Anchor::Shape(index));
    }
    for name in NAMES {
        add(name, Anchor::Name);
    }
    for name in ["密码", "口令", "密钥", "令牌"] {
        add(name, Anchor::HanName);
    }
    let others = [
        ("://", Anchor::Url),
        ("thin:", Anchor::Url),
        ("@tcp(", Anchor::Dsn),
        ("@unix(", Anchor::Dsn),
        ("-----begin ", Anchor::Pem),
        ("bearer ", Anchor::Scheme(false)),
        ("basic ", Anchor::Scheme(true)),
        ("identified by ", Anchor::Identified),
        (" -u ", Anchor::UserFlag),
        (" --user ", Anchor::UserFlag),
        ("?code=", Anchor::Query),
        ("&code=", Anchor::Query),
        ("?key=", Anchor::Query),
        ("&key=", Anchor::Query),
        ("q~", Anchor::Azure),
        (":aa", Anchor::Telegram),
        ("-us", Anchor::Mailchimp),
    ];
    for (word, kind) in others {
        add(word, kind);
    }
    let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(&words).ok()?;
    Some(Anchors { automaton, kinds })
});
