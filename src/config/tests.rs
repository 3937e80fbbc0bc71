//! Layers, bad files and the XDG folders.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::config::{Config, Layer, Paths};

fn env(pairs: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> + use<> {
    let map: BTreeMap<String, String> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    move |name| map.get(name).cloned()
}

fn load(file: &str, vars: &[(&str, &str)], flags: Layer) -> (Config, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, file).unwrap();
    let (config, problems) = Config::load(&path, &env(vars), flags);
    let prefix = format!("{}/", folder.path().display());
    (config, problems.iter().map(|problem| problem.to_string().replace(&prefix, "")).collect())
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default() {
    let file = "theme = 'a'\nlanguage = 'zh'\nascii = true\nclipboard = 'wl-copy'\n";
    let vars = [("SEVDECK_THEME", "b"), ("SEVDECK_LANG", "en"), ("USER", "ada")];
    let flags = Layer { theme: Some("c".into()), ..Layer::default() };
    let (config, problems) = load(file, &vars, flags);
    assert_eq!(problems, [""; 0]);
    assert_eq!(config.theme.as_deref(), Some("c"));
    assert_eq!(config.language, "en");
    assert_eq!(config.clipboard.as_deref(), Some("wl-copy"));
    assert!(config.ascii && !config.poll);
    assert_eq!(config.name, "ada");
}

#[test]
fn a_bad_setting_is_named_with_its_line_and_the_others_stand() {
    let file = "language = 'zh'\nthme = 'dark'\nascii = 'yes'\n\npoll = 0\ntheme = 'light'\n";
    let (config, problems) = load(file, &[("SEVDECK_LANG", "fr")], Layer::default());
    assert_eq!(config.theme.as_deref(), Some("light"));
    assert_eq!(config.language, "zh");
    let mut problems = problems;
    problems.sort();
    assert_eq!(problems.len(), 4, "{problems:?}");
    assert_eq!(problems[0], "SEVDECK_LANG must be \"en\" or \"zh\"");
    assert!(problems[1].starts_with("config.toml:2: unknown key \"thme\""), "{problems:?}");
    assert!(problems[2].starts_with("config.toml:3: ascii must be true or false"), "{problems:?}");
    assert!(problems[3].starts_with("config.toml:5: poll must be true or false"), "{problems:?}");
}

#[test]
fn a_file_that_is_not_toml_leaves_the_defaults() {
    let (config, problems) = load("theme = 'a'\nlanguage zh\n", &[], Layer::default());
    assert_eq!(config.theme, None);
    assert!(problems[0].starts_with("config.toml:2: "), "{problems:?}");
}

#[test]
fn variables_of_the_environment_are_read_as_what_they_set() {
    let vars = [("SEVDECK_ASCII", "1"), ("SEVDECK_POLL", "no"), ("SEVDECK_USER", "42"), ("USER", "x")];
    let (config, problems) = load("", &vars, Layer::default());
    assert!(problems.is_empty() && config.ascii);
    assert_eq!((config.poll, config.name.as_str()), (false, "42"));
}

#[test]
fn folders_follow_the_xdg_rules() {
    let paths =
        Paths::of(&env(&[("HOME", "/home/ada"), ("XDG_STATE_HOME", "/data"), ("XDG_CACHE_HOME", "rel")]));
    assert_eq!(paths.config_file(), PathBuf::from("/home/ada/.config/sevdeck/config.toml"));
    assert_eq!(paths.state, PathBuf::from("/data/sevdeck"));
    assert_eq!(paths.cache, PathBuf::from("/home/ada/.cache/sevdeck"), "a relative path is not allowed");
    assert_eq!(paths.runtime, PathBuf::from("/home/ada/.cache/sevdeck/run"));
    assert_eq!(paths.store_folder(None), Some(PathBuf::from("/data/sevdeck")));
    assert_eq!(paths.store_folder(Some("sled:/x")), Some(PathBuf::from("/x")));
    assert_eq!(paths.store_folder(Some("memory:")), None);
}

#[test]
fn providers_of_models_have_tables_of_their_own() {
    let file = "model = 'corp/big'\n[models.corp]\nurl = 'https://gw.corp/v1'\nkey_command = 'pass show gw'\nmax_tokens = 8_000\n\
                temperature = 0.2\nkey = 'sk-hush'\nurll = 'x'\n[models.vllm]\nca_file = '/etc/ca.pem'\nmax_tokens = 'many'\n";
    let (config, problems) = load(file, &[], Layer::default());
    assert_eq!(config.model.as_deref(), Some("corp/big"));
    let corp = &config.models["corp"];
    assert_eq!((corp.url.as_deref(), corp.max_tokens), (Some("https://gw.corp/v1"), Some(8000)));
    assert_eq!((corp.key_command.as_deref(), corp.temperature), (Some("pass show gw"), Some(0.2)));
    assert_eq!(config.models["vllm"].ca_file, Some(PathBuf::from("/etc/ca.pem")));
    let mut problems = problems;
    problems.sort();
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(problems[0].starts_with("config.toml:11: max_tokens must be"), "{problems:?}");
    assert!(problems[1].starts_with("config.toml:7: a key in the settings"), "{problems:?}");
    assert!(problems[2].starts_with("config.toml:8: unknown key \"urll\""), "{problems:?}");
    assert!(!format!("{config:?}{problems:?}").contains("hush"));
    let (config, _) = load(file, &[("SEVDECK_MODEL", "openai/x")], Layer::default());
    assert_eq!(config.model.as_deref(), Some("openai/x"));
}
