//! Redaction: secrets are masked before text leaves the host, each by a placeholder that stays the same for the same
//! value and can be put back here.
//!
//! What counts as a secret: what its issuer marked as one by its shape (`shapes`), what a name that tells stands
//! beside (`names`, `values`), credentials in addresses and headers, private keys over many lines (`pem`), and
//! long runs of nothing but chance. What is called a password but says `required` is none.

mod anchors;
mod bare;
mod bytes;
mod link;
mod names;
mod pem;
mod personal;
mod scan;
mod shapes;
mod stream;
mod values;
mod vault;

use regex::bytes::Regex;

use crate::evidence::redaction::scan::Scanner;
pub use crate::evidence::redaction::stream::Stream;
pub use crate::evidence::redaction::vault::{Vault, Veil, placeholders};

/// What is masked beyond secrets, which always are.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// E-mail addresses.
    pub emails: bool,
    /// IP addresses, but for loopback.
    pub addresses: bool,
    /// Names of hosts.
    pub hosts: bool,
    /// Ids of customers, users, accounts.
    pub customers: bool,
    /// A person's own: the first group of each, else the whole match.
    pub patterns: Vec<Regex>,
}

impl Policy {
    /// Masks all there is.
    pub fn strict() -> Self {
        Self { emails: true, addresses: true, hosts: true, customers: true, patterns: Vec::new() }
    }
}

/// What was masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Part of a private key.
    PrivateKey,
    /// A token known by its shape.
    Token,
    /// A password, by its name or in an address.
    Password,
    /// Credentials of a header.
    Authorization,
    /// Cookies of a header.
    Cookie,
    /// A secret known by its name, or by looking like nothing but chance.
    Secret,
    /// An e-mail address.
    Email,
    /// An IP address.
    Address,
    /// A name of a host.
    Host,
    /// An id of a customer.
    Customer,
    /// What a person's own pattern matched.
    Own,
}

impl Kind {
    const ALL: [Self; 11] = [
        Self::PrivateKey,
        Self::Token,
        Self::Password,
        Self::Authorization,
        Self::Cookie,
        Self::Secret,
        Self::Email,
        Self::Address,
        Self::Host,
        Self::Customer,
        Self::Own,
    ];

    /// For the person who looks at what was masked.
    pub fn name(self) -> &'static str {
        match self {
            Self::PrivateKey => "private key",
            Self::Token => "token",
            Self::Password => "password",
            Self::Authorization => "authorization",
            Self::Cookie => "cookie",
            Self::Secret => "secret",
            Self::Email => "e-mail address",
            Self::Address => "IP address",
            Self::Host => "host name",
            Self::Customer => "customer id",
            Self::Own => "own pattern",
        }
    }

    /// The word in its placeholders. Secrets share one: what they are is nobody's business, and the same value found by
    /// two rules is the same value.
    fn noun(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Address => "ip",
            Self::Host => "host",
            Self::Customer => "customer",
            Self::Own => "masked",
            _ => "secret",
        }
    }

    /// Whether it must not be kept either: the others only do not leave.
    fn is_secret(self) -> bool {
        self.noun() == Self::Secret.noun() || self == Self::Own
    }

    fn of_noun(noun: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.noun() == noun)
    }
}

/// A value in the vault, without the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    /// What stands for it.
    pub placeholder: String,
    /// What it is.
    pub kind: Kind,
    /// How often it was masked.
    pub count: usize,
}

/// A redacted text and how much was masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// The text to show or send.
    pub text: String,
    /// Places masked.
    pub masked: usize,
}

/// A place to mask, as a range of bytes.
#[derive(Debug, Clone, Copy)]
struct Hit {
    start: usize,
    end: usize,
    kind: Kind,
}

/// Masks by one policy.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    policy: Policy,
}

impl Redactor {
    /// With this policy.
    pub fn new(policy: Policy) -> Self {
        Self { policy }
    }

    /// Masks `text`; what its placeholders stand for goes into `vault`. What is masked already stays as it is.
    pub fn redact(&self, text: &str, vault: &Vault) -> Redacted {
        vault.leave_out(text.as_bytes());
        let hits = self.hits(&mut Scanner::default(), text.as_bytes());
        let mut out = Vec::with_capacity(text.len());
        self.write(text.as_bytes(), 0, &hits, vault, &mut out);
        // Hits begin and end at characters: what they are made of, and what ends them, is ASCII.
        Redacted { text: String::from_utf8_lossy(&out).into_owned(), masked: hits.len() }
    }

    /// Begins a redaction of bytes as they come.
    pub fn stream(&self) -> Stream<'_> {
        Stream::new(self)
    }

    fn hits(&self, scanner: &mut Scanner, text: &[u8]) -> Vec<Hit> {
        let mut hits = scanner.scan(text);
        let secrets = hits.len();
        personal::find(&self.policy, text, &mut hits);
        if hits.len() > secrets { scan::join(hits) } else { hits }
    }

    /// Adds `text` from `from` on to `out`, with placeholders for `hits`.
    #[allow(clippy::unused_self, reason = "what is written is a matter of the redactor")]
    fn write(&self, text: &[u8], from: usize, hits: &[Hit], vault: &Vault, out: &mut Vec<u8>) {
        let mut at = from;
        for hit in hits.iter().filter(|hit| hit.start >= from) {
            out.extend_from_slice(&text[at..hit.start]);
            out.extend_from_slice(vault.placeholder(&text[hit.start..hit.end], hit.kind).as_bytes());
            at = hit.end;
        }
        out.extend_from_slice(&text[at..]);
    }
}

/// Masks the secrets of `text` with a vault of its own.
pub fn redact(text: &str) -> Redacted {
    Redactor::default().redact(text, &Vault::default())
}

#[cfg(test)]
mod tests;
