//! The HTTP client of one endpoint: no redirects, no compression, proxy and certificates as resolved.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, RequestBuilder};

use crate::llm::endpoint::{Endpoint, Wire};
use crate::llm::failure::{Failure, FailureKind};

/// Longest time to reach an endpoint.
const CONNECT: Duration = Duration::from_secs(10);

/// An endpoint with its client; cheap to clone.
#[derive(Debug, Clone)]
pub struct Link {
    endpoint: Arc<Endpoint>,
    client: Client,
}

impl Link {
    /// Makes the client. Reads the system's certificates (and `SSL_CERT_FILE`) where the address is encrypted.
    pub fn new(endpoint: Endpoint) -> Result<Self, Failure> {
        // Another library may have chosen one already; either does.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let name = endpoint.name();
        let bad = |what: &str, error: &reqwest::Error, hint: &str| {
            let cause = deepest(error);
            Failure::new(FailureKind::Settings, format!("{name}: {what}: {cause}"), hint)
        };
        let mut builder = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .user_agent(concat!("sevdeck/", env!("CARGO_PKG_VERSION")));
        if endpoint.url.scheme() == "http" {
            // Nothing is encrypted: a host without certificates is as good as any.
            builder = builder.tls_certs_only([]);
        } else if let Some(pem) = &endpoint.ca {
            let hint = "check ca_file: it must hold certificates in PEM";
            let certificates = Certificate::from_pem_bundle(pem)
                .map_err(|error| bad("the certificates cannot be read", &error, hint))?;
            if certificates.is_empty() {
                let message = format!("{name}: no certificate in ca_file");
                return Err(Failure::new(FailureKind::Settings, message, hint));
            }
            builder = builder.tls_certs_merge(certificates);
        }
        if let Some(proxy) = &endpoint.proxy {
            let proxy = proxy.build().map_err(|error| bad("the proxy", &error, "check HTTPS_PROXY"))?;
            builder = builder.proxy(proxy);
        }
        let client = builder.build().map_err(|error| {
            bad("no client", &error, "install the system's certificates, or set ca_file or SSL_CERT_FILE")
        })?;
        Ok(Self { endpoint: Arc::new(endpoint), client })
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub(crate) fn request(&self, body: String) -> RequestBuilder {
        let mut request = self
            .client
            .post(self.endpoint.url.clone())
            .header("content-type", "application/json")
            .header("accept", "text/event-stream, application/json");
        if self.endpoint.wire == Wire::Messages {
            request = request.header("anthropic-version", "2023-06-01");
        }
        if let Some((name, value)) = self.endpoint.key.as_ref().and_then(crate::llm::endpoint::Key::header) {
            request = request.header(name, value);
        }
        request.body(body)
    }
}

/// The innermost cause: what the layers above say about it helps nobody.
pub(crate) fn deepest(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}
