//! Keys: from the environment, a file or a command; held so that nothing shows them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::llm::endpoint::provider::{self, Provider};
use crate::llm::endpoint::{Settings, Wire, World, url};
use crate::llm::failure::{Failure, FailureKind};

/// How a key is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer`.
    Bearer,
    /// `x-api-key`.
    XApiKey,
    /// `api-key`.
    ApiKey,
}

/// A key and where it comes from. Its value is in no `Debug` output.
#[derive(Debug, Clone)]
pub struct Key {
    secret: SecretString,
    auth: Auth,
    origin: String,
}

impl Key {
    /// Where it comes from, in words.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How it is presented.
    pub fn auth(&self) -> Auth {
        self.auth
    }

    pub(crate) fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// Name and value of the header that carries it.
    pub(crate) fn header(&self) -> Option<(&'static str, HeaderValue)> {
        let secret = self.secret.expose_secret();
        let (name, value) = match self.auth {
            Auth::Bearer => ("authorization", HeaderValue::try_from(format!("Bearer {secret}"))),
            Auth::XApiKey => ("x-api-key", HeaderValue::try_from(secret)),
            Auth::ApiKey => ("api-key", HeaderValue::try_from(secret)),
        };
        let mut value = value.ok()?;
        value.set_sensitive(true);
        Some((name, value))
    }
}

/// Largest file or output that may hold a key, bytes.
const KEY_MAX: u64 = 64 * 1024;

/// Finds the key: what is set for this provider, else what convention names.
pub(crate) fn find(
    settings: &Settings,
    name: &str,
    known: Option<&Provider>,
    wire: Wire,
    url: &Url,
    world: &World<'_>,
) -> Result<Option<Key>, Failure> {
    let auth = match (name, wire) {
        ("azure", _) => Auth::ApiKey,
        (_, Wire::Messages) => Auth::XApiKey,
        (_, Wire::Chat) => Auth::Bearer,
    };
    let fail = |what: String, hint: &str| Failure::new(FailureKind::Key, format!("{name}: {what}"), hint);
    if let Some(command) = &settings.key_command {
        let said = (world.run)(command)
            .map_err(|why| fail(format!("the command for the key failed: {why}"), "check key_command"))?;
        return key(said, auth, "the output of key_command".to_owned(), name).map(Some);
    }
    if let Some(path) = &settings.key_file {
        let bytes = read_file(path, KEY_MAX)
            .map_err(|why| fail(format!("key file {}: {why}", path.display()), "check key_file"))?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        return key(text, auth, path.display().to_string(), name).map(Some);
    }
    if let Some(variable) = &settings.key_env {
        let value = world.var(variable).ok_or_else(|| {
            fail(format!("{variable} is not set"), "export it, or set key_file or key_command")
        })?;
        return key(value, auth, variable.clone(), name).map(Some);
    }
    let own = [format!("{}_API_KEY", provider::prefix(name))];
    let keys: Vec<&str> = match known {
        Some(provider) => provider.key_env.to_vec(),
        None => own.iter().map(String::as_str).collect(),
    };
    for variable in &keys {
        if let Some(value) = world.var(variable) {
            return key(value, auth, (*variable).to_owned(), name).map(Some);
        }
    }
    for variable in known.map_or(&[][..], |provider| provider.token_env) {
        if let Some(value) = world.var(variable) {
            return key(value, Auth::Bearer, (*variable).to_owned(), name).map(Some);
        }
    }
    match known {
        Some(provider) if provider.needs_key && !url::is_loopback(url) => Err(fail(
            format!("no key: {} is not set", provider.key_env.join(" or ")),
            "export it, or set key_file or key_command",
        )),
        _ => Ok(None),
    }
}

fn key(text: String, auth: Auth, origin: String, name: &str) -> Result<Key, Failure> {
    let secret = text.trim();
    let fault = if secret.is_empty() {
        Some("is empty")
    } else if secret.contains(|c: char| c.is_whitespace()) {
        Some("is more than one word")
    } else if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        Some("holds characters that no key has")
    } else {
        None
    };
    match fault {
        None => Ok(Key { secret: SecretString::from(secret), auth, origin }),
        Some(fault) => {
            let message = format!("{name}: the key from {origin} {fault}");
            Err(Failure::new(FailureKind::Key, message, "it must be the key alone, on one line"))
        }
    }
}

/// A small file, whole; says what is wrong otherwise.
pub(crate) fn read_file(path: &Path, max: u64) -> Result<Vec<u8>, String> {
    let said =
        |error: io::Error| error.to_string().split(" (os error").next().unwrap_or_default().to_lowercase();
    let file = File::open(path).map_err(said)?;
    if file.metadata().map_err(said)?.is_dir() {
        return Err("is a directory".to_owned());
    }
    let mut bytes = Vec::new();
    file.take(max + 1).read_to_end(&mut bytes).map_err(said)?;
    if bytes.len() as u64 > max { Err(format!("is larger than {max} bytes")) } else { Ok(bytes) }
}
