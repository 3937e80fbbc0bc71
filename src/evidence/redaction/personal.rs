//! What is no secret and yet may have to stay: e-mail addresses, IP addresses, names of hosts, ids of customers, and
//! what a person's own patterns match.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::evidence::redaction::{Hit, Kind, Policy};

static EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?-u)[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,8}[A-Za-z]{2,24}\b",
    )
    .ok()
});

static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?-u)\b(?:\d{1,3}\.){3}\d{1,3}\b|(?:\b[0-9A-Fa-f]{1,4}|:):[0-9A-Fa-f:]{1,37}(?:\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})?").ok()
});

/// A full name below a top-level domain that hosts have, a name that an address is a part of, and what is called a host.
static HOST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let tops = "com|net|org|io|dev|app|cloud|ai|co|gov|edu|mil|info|biz|local|internal|intern|corp|lan|home|svc|cluster|consul|priv|de|uk|fr|nl|eu|us|ca|cn|jp|kr|in|au|br|ch|se|no|pl|es|it|ru|sg|hk|tw";
    Regex::new(&format!(
        r#"(?-u)\b(?P<full>(?:[a-z0-9](?:[a-z0-9-]{{0,62}})\.){{1,8}}(?:{tops}))\b|\b(?P<ip>ip-\d{{1,3}}-\d{{1,3}}-\d{{1,3}}-\d{{1,3}})\b|\b(?i:host|hostname|host_name|node|nodename|server_name|machine|pod|instance)["']?\s?[=:]\s?["']?(?P<named>[A-Za-z0-9][A-Za-z0-9._-]{{2,252}})"#
    ))
    .ok()
});

static CUSTOMER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?-u)(?i)\b(?:customer|cust|user|account|acct|tenant|merchant|member|subscriber|client|org|organi[sz]ation|patient|buyer|seller|company|workspace|card|iban|phone|msisdn|customerid|userid|accountid|tenantid|merchantid|uid)(?:[_.-]?(?:id|no|nr|num|number|uuid|ref))?["']?\s?[=:#]\s?["']?(?P<id>[A-Za-z0-9][A-Za-z0-9_-]{2,63})"#,
    )
    .ok()
});

/// Adds what `policy` asks for beyond secrets.
pub(super) fn find(policy: &Policy, text: &[u8], hits: &mut Vec<Hit>) {
    let mut all = |regex: &LazyLock<Option<Regex>>, kind, fits: &dyn Fn(&[u8], usize) -> bool| {
        let Some(regex) = regex.as_ref() else { return };
        for found in regex.find_iter(text) {
            if fits(found.as_bytes(), found.end()) {
                hits.push(Hit { start: found.start(), end: found.end(), kind });
            }
        }
    };
    if policy.emails {
        all(&EMAIL, Kind::Email, &|_, _| true);
    }
    if policy.addresses {
        all(&ADDRESS, Kind::Address, &|found, _| is_address(found));
    }
    if policy.hosts {
        groups(&HOST, &["full", "ip", "named"], text, Kind::Host, hits, is_host);
    }
    if policy.customers {
        groups(&CUSTOMER, &["id"], text, Kind::Customer, hits, |found| found.iter().any(u8::is_ascii_digit));
    }
    for pattern in &policy.patterns {
        for caps in pattern.captures_iter(text) {
            // A group says which part of the match it is about.
            if let Some(found) = caps.get(1).or_else(|| caps.get(0)).filter(|found| !found.is_empty()) {
                hits.push(Hit { start: found.start(), end: found.end(), kind: Kind::Own });
            }
        }
    }
}

fn groups(
    regex: &LazyLock<Option<Regex>>,
    names: &[&str],
    text: &[u8],
    kind: Kind,
    hits: &mut Vec<Hit>,
    fits: impl Fn(&[u8]) -> bool,
) {
    let Some(regex) = regex.as_ref() else { return };
    for caps in regex.captures_iter(text) {
        if let Some(found) = names.iter().find_map(|name| caps.name(name))
            && fits(found.as_bytes())
        {
            hits.push(Hit { start: found.start(), end: found.end(), kind });
        }
    }
}

/// Whether it is the address of somebody: loopback and “any” are not.
fn is_address(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            !address.is_loopback() && !address.is_unspecified() && !address.is_broadcast()
        }
        Ok(IpAddr::V6(address)) => address != Ipv6Addr::LOCALHOST && address.segments()[0] >= 0x100,
        Err(_) => false,
    }
}

/// Names of packages begin with a top-level domain, those of hosts end with one.
fn is_host(name: &[u8]) -> bool {
    let first = name.split(|&byte| byte == b'.').next().unwrap_or_default();
    let package = matches!(first, b"com" | b"org" | b"net" | b"io" | b"dev" | b"java" | b"javax" | b"www")
        && first != b"www";
    let plain = matches!(name, b"localhost" | b"null" | b"none" | b"unknown" | b"true" | b"false");
    !package && !plain
}
