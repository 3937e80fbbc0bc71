//! What an endpoint says when it fails, in any of the shapes of its kin, as a failure with a next step.

use reqwest::Error;
use serde_json::Value;

use crate::llm::endpoint::{Endpoint, Key};
use crate::llm::failure::{Failure, FailureKind, without_key};
use crate::llm::link::deepest;
use crate::llm::stream::frame::documents;

/// Most bytes read of the body of an error.
pub(crate) const BODY_MAX: usize = 64 * 1024;

/// An error as the endpoint words it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Said {
    /// Its text.
    pub(crate) message: String,
    /// Type and code, joined, in lower case.
    pub(crate) tags: String,
    /// The parameter it is about.
    pub(crate) parameter: Option<String>,
    /// A status inside of the body.
    pub(crate) status: Option<u16>,
    /// Whether there was a document at all: gateways answer with pages and plain text.
    pub(crate) structured: bool,
}

impl Said {
    pub(crate) fn read(value: &Value) -> Self {
        let value = value.as_array().and_then(|items| items.first()).unwrap_or(value);
        let error = value.get("error").filter(|error| !error.is_null()).unwrap_or(value);
        let word = |value: Option<&Value>| match value {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let message = match error {
            Value::String(text) => text.clone(),
            error => ["message", "detail", "error"]
                .iter()
                .map(|name| error.get(name).map_or_else(String::new, plain))
                .find(|text| !text.is_empty())
                .unwrap_or_else(|| plain(error)),
        };
        // What is behind a gateway often knows more than its own words.
        let raw = error.pointer("/metadata/raw").map(plain).filter(|raw| !raw.is_empty());
        let inner = error.pointer("/details/error_code").or_else(|| error.pointer("/innererror/code"));
        let tags = [word(error.get("type")), word(error.get("code")), word(error.get("status")), word(inner)];
        Self {
            message: raw.map_or(message.clone(), |raw| format!("{message}: {raw}")),
            tags: tags.join(" ").to_ascii_lowercase(),
            parameter: error.get("param").and_then(Value::as_str).map(str::to_ascii_lowercase),
            status: word(error.get("code")).parse().ok().filter(|status| (400..600).contains(status)),
            structured: true,
        }
    }

    /// Reads the body of an error: a document, a page, or words.
    pub(crate) fn body(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}').trim();
        // Some send the error as an event although it is the whole body.
        let json = text.strip_prefix("data:").unwrap_or(text);
        if let Some(value) = documents(json).0.into_iter().find(|value| value.is_object() || value.is_array())
        {
            return Self::read(&value);
        }
        Self { message: page(text), ..Self::default() }
    }

    fn contains(&self, words: &[&str]) -> bool {
        let message = self.message.to_ascii_lowercase();
        words.iter().any(|word| message.contains(word) || self.tags.contains(word))
    }
}

/// A value in words.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        // FastAPI lists what it does not like: [{"msg": …}].
        Value::Array(items) => items
            .iter()
            .map(|item| item.get("msg").map_or_else(|| plain(item), plain))
            .collect::<Vec<_>>()
            .join("; "),
        other => other.to_string(),
    }
}

/// The words of a page: its title, else its text.
fn page(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title>").and_then(|at| {
        let start = at + "<title>".len();
        let end = lower[start..].find("</title>")? + start;
        text.get(start..end)
    });
    if let Some(title) = title {
        return title.trim().to_owned();
    }
    let mut words = String::new();
    let mut in_tag = false;
    for c in text.chars().take(2_000) {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                words.push(' ');
            }
            c if !in_tag => words.push(c),
            _ => {}
        }
    }
    words
}

/// A failure and whether sending the same again may help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) failure: Failure,
    pub(crate) transient: bool,
}

/// What kind an error is, after the table of statuses and what the words add to it.
fn kind(status: u16, said: &Said) -> (FailureKind, bool) {
    let context = [
        "context_length_exceeded",
        "maximum context length",
        "prompt is too long",
        "exceed_context_size",
        "context window",
        "context size",
        "request_too_large",
    ];
    let billing = [
        "insufficient_quota",
        "insufficient balance",
        "billing_error",
        "enforced_spend_limit",
        "credit balance",
        "current quota",
    ];
    if said.contains(&billing) {
        return (FailureKind::Billing, false);
    }
    match status {
        300..400 => (FailureKind::Redirect, false),
        // LiteLLM without a database says so when the key is wrong.
        400 if said.contains(&["no connected db"]) => (FailureKind::Key, false),
        400 | 413 | 422 if said.contains(&context) => (FailureKind::Context, false),
        413 => (FailureKind::Context, false),
        401 | 403 => (FailureKind::Key, false),
        402 => (FailureKind::Billing, false),
        404 => (FailureKind::NotFound, false),
        408 | 409 | 425 => (FailureKind::Server, true),
        429 => (FailureKind::RateLimit, true),
        400..500 => (FailureKind::Request, false),
        _ if said.contains(&context) => (FailureKind::Context, false),
        _ => (FailureKind::Server, true),
    }
}

/// The status an error inside of a stream stands for.
fn implied(said: &Said) -> u16 {
    let table: [(&[&str], u16); 6] = [
        (&["overloaded"], 529),
        (&["rate_limit", "rate limit", "throttling", "too many requests"], 429),
        (&["authentication_error", "invalid_api_key"], 401),
        (&["permission_error"], 403),
        (&["not_found_error"], 404),
        (&["invalid_request_error", "context_length"], 400),
    ];
    let named = table.iter().find(|(words, _)| said.contains(words)).map(|(_, status)| *status);
    said.status.or(named).unwrap_or(500)
}

/// A refusal before the stream.
pub(crate) fn of_status(endpoint: &Endpoint, status: u16, said: &Said, location: Option<&str>) -> Fault {
    let (kind, transient) = kind(status, said);
    let what = match (kind, status) {
        (FailureKind::Redirect, _) => {
            format!("redirects to {}, which is not followed", location.unwrap_or("nowhere"))
        }
        (FailureKind::Billing, _) => "the balance or quota is used up".to_owned(),
        (FailureKind::Context, _) => "the prompt is longer than the model takes".to_owned(),
        (FailureKind::RateLimit, _) => "rate limit".to_owned(),
        (FailureKind::Key, 403) => "no access".to_owned(),
        (FailureKind::Key, _) => "the key is not accepted".to_owned(),
        (FailureKind::NotFound, _) if !said.structured => format!("nothing is at {}", endpoint.shown_url()),
        (FailureKind::NotFound, _) => "not found".to_owned(),
        (_, 529) => "overloaded".to_owned(),
        (_, 500..600) => "the endpoint fails".to_owned(),
        _ => "the request is refused".to_owned(),
    };
    Fault { failure: failure(endpoint, kind, &format!("{what} ({status})"), said, Some(status)), transient }
}

/// An error inside of a stream that began well.
pub(crate) fn in_stream(endpoint: &Endpoint, value: &Value) -> Fault {
    let said = Said::read(value);
    let status = implied(&said);
    let (kind, transient) = kind(status, &said);
    let what = match kind {
        FailureKind::RateLimit => "rate limit, told in the answer",
        _ if status == 529 => "overloaded, told in the answer",
        FailureKind::Context => "the prompt is longer than the model takes",
        FailureKind::Billing => "the balance or quota is used up",
        _ => "the endpoint failed while answering",
    };
    Fault { failure: failure(endpoint, kind, what, &said, None), transient }
}

fn failure(endpoint: &Endpoint, kind: FailureKind, what: &str, said: &Said, status: Option<u16>) -> Failure {
    let words = clean(endpoint, &said.message);
    let words = words.trim().trim_end_matches('.');
    let colon = if words.is_empty() { "" } else { ": " };
    Failure::new(kind, format!("{}: {what}{colon}{words}", endpoint.name()), hint(endpoint, kind, said))
        .at(status, None)
}

fn hint(endpoint: &Endpoint, kind: FailureKind, said: &Said) -> String {
    match kind {
        FailureKind::Key => match endpoint.key_origin() {
            Some(origin) => format!("check the key from {origin} and what it may use"),
            None => "set a key: key_env, key_file or key_command".to_owned(),
        },
        FailureKind::NotFound if !said.structured => "check url".to_owned(),
        FailureKind::NotFound => format!("check the model's name, and the url {}", endpoint.shown_url()),
        FailureKind::Billing => "top up, raise the limit, or use another model".to_owned(),
        FailureKind::RateLimit => "wait, or use another model".to_owned(),
        FailureKind::Context => "send less, or use a model with a larger context".to_owned(),
        FailureKind::Redirect => "set url to where it really is".to_owned(),
        FailureKind::Request => "check the settings of this model, or use another one".to_owned(),
        _ => "try again later, or use another model".to_owned(),
    }
}

/// Text from the endpoint without the key.
pub(crate) fn clean(endpoint: &Endpoint, text: &str) -> String {
    without_key(text, endpoint.key.as_ref().map(Key::secret))
}

/// What kept a request from being answered.
pub(crate) fn of_transport(endpoint: &Endpoint, error: &Error, began: bool) -> Fault {
    let cause = clean(endpoint, &deepest(error));
    let text = chain(error);
    let name = endpoint.name();
    let host = endpoint.host();
    let new = |kind, message: String, hint: &str| Failure::new(kind, message, hint);
    let through = endpoint.proxy().map_or(String::new(), |proxy| format!(" through the proxy {proxy}"));
    if began {
        let message = format!("{name}: the connection broke: {cause}");
        return Fault { failure: new(FailureKind::Cut, message, "ask again"), transient: true };
    }
    let secure = ["certificate", "tls", "handshake", "unknownissuer", "corrupt message"];
    if secure.iter().any(|word| text.contains(word)) {
        let known = [
            ("unknownissuer", "its certificate comes from an authority that is not trusted here"),
            ("badsignature", "its certificate comes from an authority that is not trusted here"),
            ("causedasendentity", "its certificate is an authority's own, which is not trusted here"),
            ("not valid for name", "its certificate is for another name"),
            ("expired", "its certificate has expired"),
            ("notvalidyet", "its certificate is not valid yet: check the clock"),
        ];
        let plain = known.iter().find(|(word, _)| text.contains(word)).map(|(_, plain)| (*plain).to_owned());
        let cause = plain.unwrap_or(cause);
        let message = format!("{name}: no secure connection to {host}{through}: {cause}");
        let hint = "check https and the certificate; set ca_file for a private authority";
        return Fault { failure: new(FailureKind::Network, message, hint), transient: false };
    }
    let message = format!("{name}: {host} cannot be reached{through}: {cause}");
    let (hint, transient) = if text.contains("refused") {
        (if endpoint.is_local() { "start the model's server, or check url" } else { "check url" }, false)
    } else if text.contains("dns error") || text.contains("lookup") {
        ("check the name in url and the network", false)
    } else if text.contains("tunnel") || text.contains("proxy") {
        ("check HTTPS_PROXY and NO_PROXY", false)
    } else if error.is_builder() {
        ("check the settings of this model", false)
    } else {
        ("check the network", true)
    };
    Fault { failure: new(FailureKind::Network, message, hint), transient }
}

/// All causes in lower case, outermost first.
fn chain(error: &Error) -> String {
    let mut text = String::new();
    let mut next: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(error) = next {
        text.push_str(&error.to_string().to_ascii_lowercase());
        text.push('\n');
        next = error.source();
    }
    text
}

#[cfg(test)]
mod tests;
