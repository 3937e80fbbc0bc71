//! The proxy in between, from the environment; never for what runs on this machine.

use reqwest::{NoProxy, Url};
use secrecy::{ExposeSecret, SecretString};

use crate::llm::endpoint::{World, url};
use crate::llm::failure::{Failure, FailureKind};

/// A proxy; its password is in no `Debug` output.
#[derive(Debug, Clone)]
pub struct Proxy {
    address: SecretString,
    shown: String,
}

impl Proxy {
    /// The proxy for this address: `HTTPS_PROXY` or `HTTP_PROXY`, else `ALL_PROXY`, unless `NO_PROXY` names its host
    /// or it is on this machine. Lower case names win, as curl has it.
    pub(crate) fn find(target: &Url, world: &World<'_>) -> Result<Option<Self>, Failure> {
        let either = |name: &str| world.var(&name.to_ascii_lowercase()).or_else(|| world.var(name));
        let own = if target.scheme() == "https" { "HTTPS_PROXY" } else { "HTTP_PROXY" };
        let Some((name, address)) =
            [own, "ALL_PROXY"].into_iter().find_map(|name| either(name).map(|address| (name, address)))
        else {
            return Ok(None);
        };
        if url::is_loopback(target) || either("NO_PROXY").is_some_and(|list| is_exempt(&list, target)) {
            return Ok(None);
        }
        let bad = |why: &str| {
            Failure::new(FailureKind::Settings, format!("{name} {why}"), format!("correct or unset {name}"))
        };
        let spelled = if address.contains("://") { address } else { format!("http://{address}") };
        let parsed = Url::parse(&spelled).map_err(|_| bad("is no address"))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(bad("is no HTTP proxy"));
        }
        Ok(Some(Self { shown: url::host(&parsed), address: SecretString::from(spelled) }))
    }

    /// Host and port.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    pub(crate) fn build(&self) -> reqwest::Result<reqwest::Proxy> {
        // Exceptions were looked at already; this one takes what the process environment would add.
        Ok(reqwest::Proxy::all(self.address.expose_secret())?.no_proxy(NoProxy::from_string("")))
    }
}

/// Whether `NO_PROXY` names the host: `*`, a host, a domain with or without its dot, each with an optional port.
fn is_exempt(list: &str, target: &Url) -> bool {
    let host = target.host_str().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    let port = target.port_or_known_default();
    list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        let entry = entry.to_ascii_lowercase();
        let (name, wanted) = match entry.rsplit_once(':') {
            Some((name, digits)) if !name.contains(':') => (name.to_owned(), digits.parse::<u16>().ok()),
            _ => (entry.clone(), None),
        };
        let name = name.trim_start_matches("*.").trim_start_matches('.').trim_matches(['[', ']']);
        let fits =
            name == "*" || host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
        fits && (wanted.is_none() || wanted == port)
    })
}
