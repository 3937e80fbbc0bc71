//! Encrypted endpoints: certificates of a private authority, and what is said where one is not trusted.

use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use sevdeck::llm::endpoint::World;
use sevdeck::llm::{Call, Endpoint as Model, FailureKind, Link, Quirks, Settings, Wire};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::llm::rig::{Outcome, block, events, prompt, run, script, text, timing};
use crate::support::endpoint::Endpoint;
use crate::support::home::{Home, Run};

/// A private authority.
struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    fn write(&self, folder: &Path) -> std::path::PathBuf {
        let path = folder.join("ca.pem");
        std::fs::write(&path, self.certificate.pem()).unwrap();
        path
    }

    /// A server with a certificate for this name, good until that year.
    fn server(&self, name: &str, until: i32) -> TlsAcceptor {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let secret = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], secret)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

fn serve(tls: TlsAcceptor) -> Endpoint {
    Endpoint::start_tls(vec![script(&events(Wire::Chat, &text()))], tls)
}

fn ask(endpoint: &Endpoint, ca_file: Option<&Path>) -> Outcome {
    let settings = Settings {
        model: "vllm/m".into(),
        url: Some(endpoint.url("/v1")),
        ca_file: ca_file.map(Path::to_owned),
        ..Settings::default()
    };
    let model = Model::resolve(&settings, &World { env: &|_| None, run: &|_| Err(String::new()) }).unwrap();
    block(run(Call::new(Link::new(model).unwrap(), prompt(), Quirks::default(), timing(), 0)))
}

#[test]
fn a_private_authority_is_trusted_where_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let endpoint = serve(authority.server("127.0.0.1", 2099));
    let outcome = ask(&endpoint, Some(&authority.write(folder.path())));
    assert!(outcome.end.is_ok(), "{:?}", outcome.end);
    assert_eq!(endpoint.seen().len(), 1);
}

#[test]
fn what_is_not_trusted_gets_no_request_and_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, other) = (Authority::new(), Authority::new());
    let trusted = authority.write(folder.path());
    let table = [
        ("unknown authority", authority.server("127.0.0.1", 2099), None, "not trusted"),
        ("another authority", other.server("127.0.0.1", 2099), Some(trusted.as_path()), "not trusted"),
        ("another name", authority.server("model.example", 2099), Some(trusted.as_path()), "another name"),
        ("out of date", authority.server("127.0.0.1", 2021), Some(trusted.as_path()), "expired"),
    ];
    for (name, tls, ca_file, word) in table {
        let endpoint = serve(tls);
        let outcome = ask(&endpoint, ca_file);
        let failure = outcome.end.expect_err(name);
        assert_eq!(failure.kind, FailureKind::Network, "{name}: {failure}");
        let line = failure.to_string();
        assert!(line.contains(word) && line.contains("ca_file") && !line.contains('\n'), "{name}: {line}");
        assert!(line.len() < 300, "{name}: {line}");
        assert!(endpoint.seen().is_empty(), "{name}: no key leaves");
    }
}

#[test]
fn a_file_without_certificates_is_told_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, "no certificate").unwrap();
    let settings = Settings {
        model: "vllm/m".into(),
        url: Some("https://127.0.0.1:9/v1".into()),
        ca_file: Some(path),
        ..Settings::default()
    };
    let model = Model::resolve(&settings, &World { env: &|_| None, run: &|_| Err(String::new()) }).unwrap();
    let failure = Link::new(model).expect_err("no certificate");
    assert_eq!(failure.kind, FailureKind::Settings);
    assert!(failure.to_string().contains("ca_file"), "{failure}");
}

#[test]
fn the_environment_names_an_authority_too() {
    let authority = Authority::new();
    let endpoint = serve(authority.server("127.0.0.1", 2099));
    let home = Home::new();
    let trusted = authority.write(&home.path(""));
    home.write(".config/sevdeck/config.toml", format!("[models.vllm]\nurl = '{}'\n", endpoint.url("/v1")));
    let doctor = |ca: Option<&Path>| {
        let mut command = home.sevdeck(["doctor", "--model", "vllm/m"]);
        command.env_remove("SSL_CERT_FILE");
        command.envs(ca.map(|ca| ("SSL_CERT_FILE", ca)));
        Run::of(command.stdin(std::process::Stdio::null()).output().unwrap())
    };
    let run = doctor(Some(&trusted));
    assert!(run.out.contains("ok    reach"), "{run:?}");
    let run = doctor(None);
    assert!(run.out.contains("FAIL  reach") && run.out.contains("ca_file"), "{run:?}");
}
