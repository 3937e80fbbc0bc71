//! From settings to a model that can be asked: reads the environment and runs the command that prints a key.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use regex::bytes::Regex;

use crate::config::{Config, Paths};
use crate::evidence::redaction::Policy;
use crate::llm::endpoint::World;
use crate::llm::{Endpoint, Failure, Settings, Timing};

/// A command that prints a key may ask somebody for a finger, not for more.
const PATIENCE: Duration = Duration::from_secs(30);
/// Most bytes of its output.
const OUTPUT: u64 = 64 * 1024;

/// Which model, and how it is asked.
#[derive(Debug, Clone)]
pub struct ModelSource {
    /// The endpoint as the person set it.
    pub settings: Settings,
    /// Name of the prompt.
    pub prompt: String,
    /// Folder with a person's own prompts.
    pub prompts: PathBuf,
    /// File with a person's own prices.
    pub prices: PathBuf,
    /// File with what was learned of models.
    pub quirks: PathBuf,
    /// Most tokens of one request.
    pub request_tokens: usize,
    /// What is masked beyond secrets.
    pub policy: Policy,
    /// How long what is waited for.
    pub timing: Timing,
}

impl ModelSource {
    /// The model that is set; none where none is, or the network is forbidden.
    pub fn of(config: &Config, paths: &Paths) -> Option<Self> {
        let model = config.model.as_ref().filter(|_| !config.offline)?;
        Some(Self {
            settings: settings(config, model, &|name| std::env::var(name).ok()),
            prompt: config.prompt.clone(),
            prompts: paths.prompts(),
            prices: paths.prices_file(),
            quirks: paths.quirks_file(),
            request_tokens: usize::try_from(config.request_tokens).unwrap_or(usize::MAX),
            policy: policy(config),
            timing: Timing::default(),
        })
    }

    /// Finds address and key. May take as long as the command that prints the key.
    ///
    /// # Errors
    /// What is missing or wrong; no key is in it.
    pub fn endpoint(&self) -> Result<Endpoint, Failure> {
        let world = World { env: &|name| std::env::var(name).ok(), run: &run };
        Endpoint::resolve(&self.settings, &world)
    }
}

/// What is masked beyond secrets; the settings hold only patterns that compile.
pub fn policy(config: &Config) -> Policy {
    let masks = |what: &str| config.mask.iter().any(|masked| masked == what);
    Policy {
        emails: masks("emails"),
        addresses: masks("addresses"),
        hosts: masks("hosts"),
        customers: masks("customers"),
        patterns: config.mask_patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect(),
    }
}

/// What the settings say about a model.
fn settings(config: &Config, model: &str, env: &dyn Fn(&str) -> Option<String>) -> Settings {
    let provider = model.trim().split('/').next().unwrap_or_default();
    let set = config.models.get(provider).cloned().unwrap_or_default();
    let path = |path: PathBuf| match (path.strip_prefix("~"), env("HOME")) {
        (Ok(rest), Some(home)) => std::path::Path::new(&home).join(rest),
        _ => path,
    };
    Settings {
        model: model.to_owned(),
        url: set.url,
        key_env: set.key_env,
        key_file: set.key_file.map(path),
        key_command: set.key_command,
        wire: set.wire,
        api_version: set.api_version,
        ca_file: set.ca_file.map(path),
        max_tokens: set.max_tokens,
        reasoning: set.reasoning,
        temperature: set.temperature,
    }
}

/// Output of a command line. What it says on its standard error may hold anything, and is not shown.
fn run(command: &str) -> Result<String, String> {
    let mut child = Command::new("/bin/sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let Some(output) = child.stdout.take() else { return Err("no output".to_owned()) };
    let (sender, receiver) = sync_channel(1);
    let reader = thread::Builder::new().name("sevdeck-key".to_owned()).spawn(move || {
        let mut bytes = Vec::new();
        let read = output.take(OUTPUT).read_to_end(&mut bytes);
        let _ = sender.send(read.map(|_| bytes));
    });
    if let Err(error) = reader {
        end(&mut child);
        return Err(error.to_string());
    }
    match receiver.recv_timeout(PATIENCE) {
        Ok(Ok(bytes)) => match child.wait() {
            Ok(status) if status.success() => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Ok(status) => Err(status.to_string()),
            Err(error) => Err(error.to_string()),
        },
        Ok(Err(error)) => {
            end(&mut child);
            Err(error.to_string())
        }
        Err(_) => {
            end(&mut child);
            Err(format!("no answer within {} s", PATIENCE.as_secs()))
        }
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Layer, ProviderSettings};

    #[test]
    fn the_output_of_a_command_is_its_key_and_a_failure_says_why() {
        assert_eq!(run("echo abc").unwrap(), "abc\n");
        assert!(run("echo abc; exit 3").unwrap_err().contains('3'));
        assert!(!run("echo hush >&2; exit 1").unwrap_err().contains("hush"));
    }

    #[test]
    fn settings_of_the_provider_are_those_of_the_model() {
        let (mut config, _) = Config::load("/nowhere".as_ref(), &|_| None, Layer::default());
        let set = ProviderSettings { key_file: Some("~/keys/corp".into()), ..ProviderSettings::default() };
        config.models.insert("corp".to_owned(), set);
        let home = |name: &str| (name == "HOME").then(|| "/home/ada".to_owned());
        let settings = settings(&config, "corp/a/b", &home);
        assert_eq!(settings.key_file, Some("/home/ada/keys/corp".into()));
        assert_eq!(settings.model, "corp/a/b");
    }

    #[test]
    fn there_is_no_model_unless_one_is_set_and_the_network_is_not_forbidden() {
        let env = |name: &str| (name == "OPENAI_API_KEY").then(|| "sk-abc".to_owned());
        let paths = Paths::of(&env);
        let (mut config, _) = Config::load("/nowhere".as_ref(), &env, Layer::default());
        assert!(ModelSource::of(&config, &paths).is_none(), "a key alone switches nothing on");
        config.model = Some("openai/x".to_owned());
        assert!(ModelSource::of(&config, &paths).is_some());
        config.offline = true;
        assert!(ModelSource::of(&config, &paths).is_none());
    }
}
