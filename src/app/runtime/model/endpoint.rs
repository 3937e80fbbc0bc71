//! From settings to a model that can be asked: reads the environment and runs the command that prints a key.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use crate::config::Config;
use crate::llm::Settings;

/// A command that prints a key may ask somebody for a finger, not for more.
const PATIENCE: Duration = Duration::from_secs(30);
/// Most bytes of its output.
const OUTPUT: u64 = 64 * 1024;

/// What the settings say about the model that is set.
pub fn settings(config: &Config, env: &dyn Fn(&str) -> Option<String>) -> Option<Settings> {
    let model = config.model.clone()?;
    let provider = model.trim().split('/').next().unwrap_or_default();
    let set = config.models.get(provider).cloned().unwrap_or_default();
    let path = |path: std::path::PathBuf| match (path.strip_prefix("~"), env("HOME")) {
        (Ok(rest), Some(home)) => std::path::Path::new(&home).join(rest),
        _ => path,
    };
    Some(Settings {
        model,
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
    })
}

/// Output of a command line. What it says on its standard error may hold anything, and is not shown.
pub(super) fn run(command: &str) -> Result<String, String> {
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
    use crate::config::ModelSettings;

    #[test]
    fn the_output_of_a_command_is_its_key_and_a_failure_says_why() {
        assert_eq!(run("echo abc").unwrap(), "abc\n");
        assert!(run("echo abc; exit 3").unwrap_err().contains('3'));
        assert!(!run("echo hush >&2; exit 1").unwrap_err().contains("hush"));
    }

    #[test]
    fn settings_of_the_provider_are_those_of_the_model() {
        let (mut config, _) = Config::load("/nowhere".as_ref(), &|_| None, crate::config::Layer::default());
        assert_eq!(settings(&config, &|_| None), None, "no model is the default");
        config.model = Some("corp/a/b".to_owned());
        let set = ModelSettings { key_file: Some("~/keys/corp".into()), ..ModelSettings::default() };
        config.models.insert("corp".to_owned(), set);
        let settings = settings(&config, &|name| (name == "HOME").then(|| "/home/ada".to_owned())).unwrap();
        assert_eq!(settings.key_file, Some("/home/ada/keys/corp".into()));
        assert_eq!(settings.model, "corp/a/b");
    }
}
