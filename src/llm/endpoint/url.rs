//! Addresses as people paste them, made into the one that is called.

use reqwest::Url;

use crate::llm::endpoint::Wire;

/// What an address depends on besides what was pasted.
pub(crate) struct Shape<'a> {
    /// Name of the provider.
    pub(crate) provider: &'a str,
    /// How it is talked to.
    pub(crate) wire: Wire,
    /// Name of the model: Azure's deployment.
    pub(crate) model: &'a str,
    /// Date of Azure's interface.
    pub(crate) api_version: Option<String>,
}

/// Ends of paths that people paste although they belong to a call.
const CALLS: [&str; 5] = ["/chat/completions", "/completions", "/messages", "/responses", "/models"];

/// The address a call goes to. Accepts it with and without scheme, `/v1`, slash at the end and the path of a call.
pub(crate) fn normalise(pasted: &str, shape: &Shape<'_>) -> Result<Url, String> {
    let pasted = pasted.trim();
    let spelled = if pasted.contains("://") { pasted.to_owned() } else { with_scheme(pasted) };
    let mut url = Url::parse(&spelled).map_err(|why| format!("the url is not an address: {why}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err("the url must begin with http:// or https://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the url holds a user or a password: give a key instead".to_owned());
    }
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/');
    let base = CALLS.iter().find_map(|call| path.strip_suffix(call)).unwrap_or(path);
    let path = base.trim_end_matches('/').to_owned();
    let path = match (shape.provider, shape.wire) {
        ("azure", Wire::Chat) => azure(path, shape, &mut url),
        (_, Wire::Chat) => chat(path, shape.provider),
        (_, Wire::Messages) => {
            let base = path.strip_suffix("/v1").unwrap_or(&path);
            format!("{base}/v1/messages")
        }
    };
    url.set_path(&path);
    Ok(url)
}

fn chat(path: String, provider: &str) -> String {
    let base = match path.as_str() {
        "" => "/v1",
        // Ollama's own interface: its Chat Completions are beside it.
        "/api" if provider == "ollama" => "/v1",
        "/api" if provider == "openrouter" => "/api/v1",
        given => given,
    };
    format!("{base}/chat/completions")
}

/// Azure has two: the undated one with the model in the body, and the dated one with the deployment in the path.
fn azure(path: String, shape: &Shape<'_>, url: &mut Url) -> String {
    let dated = shape.api_version.as_deref().filter(|version| *version != "v1" && *version != "preview");
    let in_url = url.query_pairs().any(|(name, _)| name == "api-version");
    if let Some(version) = dated.filter(|_| !in_url) {
        url.query_pairs_mut().append_pair("api-version", version);
    }
    if path.contains("/deployments/") {
        return format!("{path}/chat/completions");
    }
    let root = path.strip_suffix("/v1").unwrap_or(&path);
    let root = root.strip_suffix("/openai").unwrap_or(root);
    if dated.is_some() || in_url {
        format!("{root}/openai/deployments/{}/chat/completions", shape.model)
    } else {
        format!("{root}/openai/v1/chat/completions")
    }
}

/// Hosts of one's own are mostly served plainly, others never.
fn with_scheme(pasted: &str) -> String {
    let plain = Url::parse(&format!("http://{pasted}")).is_ok_and(|url| is_loopback(&url));
    format!("{}://{pasted}", if plain { "http" } else { "https" })
}

/// What `OLLAMA_HOST` means to somebody who connects: it names an address to listen at, may lack scheme and port, and
/// the port depends on the scheme (11434 without one).
pub(crate) fn ollama(host: &str) -> String {
    let host = host.trim().trim_matches(['"', '\'']);
    let (scheme, rest, default) = match host.split_once("://") {
        Some(("https", rest)) => ("https", rest, 443),
        Some((_, rest)) => ("http", rest, 80),
        None => ("http", host, 11434),
    };
    let (authority, path) = rest.split_once('/').map_or((rest, ""), |(authority, path)| (authority, path));
    let (name, port) = match authority.rsplit_once(':') {
        // The last colon of a bare IPv6 address separates no port.
        Some((name, port)) if name.ends_with(']') || !name.contains(':') => (name, port.parse().ok()),
        _ => (authority, None),
    };
    let name = match name.trim_matches(['[', ']']) {
        "" | "0.0.0.0" => "127.0.0.1".to_owned(),
        "::" => "[::1]".to_owned(),
        name if name.contains(':') => format!("[{name}]"),
        name => name.to_owned(),
    };
    let port: u16 = port.unwrap_or(default);
    format!("{scheme}://{name}:{port}/{path}")
}

/// Whether the address is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    match host.parse::<std::net::IpAddr>() {
        Ok(ip) => ip.to_canonical().is_loopback() || ip.is_unspecified(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// Host and port.
pub(crate) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The address as it may be shown: parameters may hold keys, so only the version's value is.
pub(crate) fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    let names: Vec<String> = url
        .query_pairs()
        .map(
            |(name, value)| {
                if name == "api-version" { format!("{name}={value}") } else { format!("{name}=…") }
            },
        )
        .collect();
    if names.is_empty() { shown.to_string() } else { format!("{shown}?{}", names.join("&")) }
}
