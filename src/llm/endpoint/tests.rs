//! Names, addresses, keys and proxies as people set them.

use std::collections::BTreeMap;

use crate::llm::endpoint::{Endpoint, Key, PROVIDERS, Settings, Wire, World};
use crate::llm::failure::{Failure, FailureKind};
use crate::llm::request::Mode;

fn resolve(settings: &Settings, vars: &[(&str, &str)]) -> Result<Endpoint, Failure> {
    let map: BTreeMap<&str, &str> = vars.iter().copied().collect();
    let env = |name: &str| map.get(name).map(|value| (*value).to_owned());
    let run = |command: &str| match command.strip_prefix("say ") {
        Some(words) => Ok(format!("{words}\n")),
        None => Err("exit status 1".to_owned()),
    };
    Endpoint::resolve(settings, &World { env: &env, run: &run })
}

fn model(name: &str) -> Settings {
    Settings { model: name.to_owned(), ..Settings::default() }
}

fn at(name: &str, url: &str) -> Settings {
    Settings { url: Some(url.to_owned()), ..model(name) }
}

#[test]
fn addresses_as_people_paste_them_end_in_the_one_that_is_called() {
    let chat = "https://gw.example/v1/chat/completions";
    let messages = "https://gw.example/v1/messages";
    let table = [
        ("vllm/m", "https://gw.example", chat),
        ("vllm/m", "gw.example/", chat),
        ("vllm/m", " https://gw.example/v1/ ", chat),
        ("vllm/m", "https://gw.example/v1/chat/completions", chat),
        ("vllm/m", "https://gw.example/v1/models#x", chat),
        ("vllm/m", "localhost:8000", "http://localhost:8000/v1/chat/completions"),
        ("vllm/m", "https://gw.example/team/a", "https://gw.example/team/a/chat/completions"),
        ("vllm/m", "https://gw.example/v1?tenant=a", "https://gw.example/v1/chat/completions?tenant=…"),
        ("anthropic/m", "https://gw.example", messages),
        ("anthropic/m", "https://gw.example/v1", messages),
        ("anthropic/m", "https://gw.example/v1/messages", messages),
        ("anthropic/m", "https://gw.example/anthropic", "https://gw.example/anthropic/v1/messages"),
        ("ollama/m", "http://10.0.0.9:11434/api", "http://10.0.0.9:11434/v1/chat/completions"),
        ("openrouter/a/b", "https://openrouter.ai/api", "https://openrouter.ai/api/v1/chat/completions"),
        ("azure/dep", "https://x.openai.azure.com", "https://x.openai.azure.com/openai/v1/chat/completions"),
        (
            "azure/dep",
            "https://x.openai.azure.com/openai/v1/",
            "https://x.openai.azure.com/openai/v1/chat/completions",
        ),
        (
            "azure/dep",
            "https://x.openai.azure.com?api-version=2024-10-21",
            "https://x.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21",
        ),
    ];
    for (name, url, expected) in table {
        let settings = Settings { key_command: Some("say k".into()), ..at(name, url) };
        assert_eq!(resolve(&settings, &[]).unwrap().shown_url(), expected, "{name} {url}");
    }
}

#[test]
fn azure_has_a_dated_interface_with_the_deployment_in_the_path() {
    let dated = Settings { api_version: Some("2024-10-21".into()), ..at("azure/dep", "https://x.example") };
    let endpoint = resolve(&dated, &[("AZURE_OPENAI_API_KEY", "k1")]).unwrap();
    let expected = "https://x.example/openai/deployments/dep/chat/completions?api-version=2024-10-21";
    assert_eq!(endpoint.shown_url(), expected);
    assert_eq!(endpoint.key.as_ref().and_then(Key::header).unwrap().0, "api-key");
    let vars = [
        ("AZURE_OPENAI_ENDPOINT", "https://x.example/"),
        ("AZURE_OPENAI_AD_TOKEN", "t"),
        ("OPENAI_API_VERSION", "2024-10-21"),
    ];
    let endpoint = resolve(&model("azure/dep"), &vars).unwrap();
    assert_eq!(endpoint.shown_url(), expected);
    assert_eq!(endpoint.key.as_ref().and_then(Key::header).unwrap().0, "authorization");
}

#[test]
fn addresses_that_are_none_are_named() {
    for url in ["ftp://x", "https://", "https://user:pw@x.example", "http://[::1", "https://x y"] {
        let failure = resolve(&at("vllm/m", url), &[]).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Settings, "{url}");
        assert!(!failure.to_string().contains("pw"), "{failure}");
    }
}

#[test]
fn ollama_host_is_an_address_to_listen_at() {
    let table = [
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        (":9000", "http://127.0.0.1:9000"),
        ("gpu.lan", "http://gpu.lan:11434"),
        ("http://gpu.lan", "http://gpu.lan"),
        ("https://gpu.lan", "https://gpu.lan"),
        ("https://gpu.lan:8443/ollama", "https://gpu.lan:8443/ollama"),
        ("::1", "http://[::1]:11434"),
        ("[::]:1234", "http://[::1]:1234"),
        ("\"gpu.lan:1\"", "http://gpu.lan:1"),
    ];
    for (host, base) in table {
        let path = if base.ends_with("/ollama") { "/chat/completions" } else { "/v1/chat/completions" };
        let endpoint = resolve(&model("ollama/llama3.1:8b"), &[("OLLAMA_HOST", host)]).unwrap();
        assert_eq!(endpoint.shown_url(), format!("{base}{path}"), "{host}");
        assert_eq!(endpoint.model, "llama3.1:8b");
    }
}

#[test]
fn names_hold_a_provider_and_a_model() {
    for name in ["gpt-5", "/x", "openai/", ""] {
        let failure = resolve(&model(name), &[]).unwrap_err();
        assert!(failure.to_string().contains("PROVIDER/NAME"), "{failure}");
    }
    let failure = resolve(&model("corp/m"), &[]).unwrap_err();
    assert!(failure.to_string().contains("[models.corp]"), "{failure}");
    let own =
        resolve(&model("corp-x/m"), &[("CORP_X_BASE_URL", "https://c.example"), ("CORP_X_API_KEY", "k")])
            .unwrap();
    assert_eq!(own.key_origin(), Some("CORP_X_API_KEY"));
    assert_eq!((own.wire, own.mode), (Wire::Chat, Mode::Schema));
    let wire = Settings { wire: Some("messages".into()), ..at("corp/m", "https://c.example") };
    assert_eq!(resolve(&wire, &[]).unwrap().wire, Wire::Messages);
    let wire = Settings { wire: Some("soap".into()), ..at("corp/m", "https://c.example") };
    assert!(resolve(&wire, &[]).unwrap_err().to_string().contains("\"messages\""));
}

#[test]
fn keys_come_from_what_is_set_and_else_from_convention() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, "from-file\n").unwrap();
    let path = file.display().to_string();
    let vars = [("OPENAI_API_KEY", "conventional"), ("MY_KEY", "named")];
    let base = model("openai/m");
    let table = [
        (base.clone(), "OPENAI_API_KEY"),
        (Settings { key_env: Some("MY_KEY".into()), ..base.clone() }, "MY_KEY"),
        (Settings { key_file: Some(file), ..base.clone() }, path.as_str()),
        (Settings { key_command: Some("say hello".into()), ..base.clone() }, "the output of key_command"),
    ];
    for (settings, origin) in table {
        assert_eq!(resolve(&settings, &vars).unwrap().key_origin(), Some(origin));
    }
    let failure = resolve(&base, &[]).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Key);
    assert!(failure.to_string().contains("OPENAI_API_KEY is not set"), "{failure}");
    assert_eq!(
        resolve(&at("openai/m", "http://127.0.0.1:1"), &[]).unwrap().key_origin(),
        None,
        "a local stand-in"
    );
    let bad = [
        Settings { key_env: Some("NOT_SET".into()), ..base.clone() },
        Settings { key_file: Some("/nowhere/key".into()), ..base.clone() },
        Settings { key_file: Some(folder.path().to_owned()), ..base.clone() },
        Settings { key_command: Some("fail".into()), ..base.clone() },
        Settings { key_command: Some("say two words".into()), ..base.clone() },
        Settings { key_command: Some("say ".into()), ..base },
    ];
    for settings in bad {
        let failure = resolve(&settings, &vars).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Key, "{settings:?}");
        assert!(!failure.to_string().contains("two words"), "{failure}");
    }
}

#[test]
fn nothing_shows_a_key() {
    let secret = "sk-very-secret-0123456789";
    for provider in PROVIDERS {
        let name = format!("{}/m", provider.name);
        let settings =
            Settings { key_command: Some(format!("say {secret}")), ..at(&name, "https://x.example/?k=hush") };
        let vars = [("HTTPS_PROXY", "http://user:hushhush@proxy.example:3128")];
        let endpoint = resolve(&settings, &vars).unwrap();
        let shown = format!("{endpoint:?} {:?} {} {:?}", endpoint.key, endpoint.shown_url(), endpoint.proxy);
        assert!(!shown.contains(secret) && !shown.contains("hush"), "{shown}");
        let (_, value) = endpoint.key.as_ref().and_then(Key::header).unwrap();
        assert!(value.is_sensitive() && !format!("{value:?}").contains(secret));
    }
}

#[test]
fn the_proxy_is_honoured_and_never_for_this_machine() {
    let key = Settings { key_command: Some("say k".into()), ..model("openai/m") };
    let local = at("vllm/m", "http://127.0.0.1:8000");
    let proxy = |settings: &Settings, vars: &[(&str, &str)]| {
        resolve(settings, vars).unwrap().proxy().map(str::to_owned)
    };
    let vars = [("HTTPS_PROXY", "http://p.example:3128"), ("http_proxy", "p.example:1")];
    assert_eq!(proxy(&key, &vars).as_deref(), Some("p.example:3128"));
    assert_eq!(proxy(&local, &vars), None);
    assert_eq!(proxy(&at("vllm/m", "http://gpu.lan"), &vars).as_deref(), Some("p.example:1"));
    assert_eq!(proxy(&key, &[("ALL_PROXY", "http://a.example")]).as_deref(), Some("a.example"));
    for exempt in ["*", "openai.com", ".openai.com", "x, api.openai.com:443"] {
        assert_eq!(proxy(&key, &[vars[0], ("NO_PROXY", exempt)]), None, "{exempt}");
    }
    for other in ["notopenai.com", "api.openai.com:8443", "penai.com"] {
        assert!(proxy(&key, &[vars[0], ("no_proxy", other)]).is_some(), "{other}");
    }
    let failure = resolve(&key, &[("HTTPS_PROXY", "socks5://u:hush@p.example:1")]).unwrap_err();
    assert!(
        failure.to_string().contains("HTTPS_PROXY") && !failure.to_string().contains("hush"),
        "{failure}"
    );
}

#[test]
fn a_key_over_plain_http_is_warned_of() {
    let far = Settings { key_command: Some("say k".into()), ..at("corp/m", "http://gw.corp:4000") };
    assert!(resolve(&far, &[]).unwrap().warnings()[0].contains("unencrypted"));
    assert!(resolve(&at("vllm/m", "http://localhost:8000"), &[]).unwrap().warnings().is_empty());
}
