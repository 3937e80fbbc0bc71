//! Layers, bad files and the XDG folders.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::config::{Config, Layer, Origin, Paths};

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
    let mut flags = Layer::default();
    flags.flag("theme", "--theme", "c").unwrap();
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
    let file = "language = 'zh'\nthme = 'dark'\nascii = 'yes'\n\npoll = 0\ntheme = 'light'\nnonsense = 1\n";
    let (config, mut problems) = load(file, &[("SEVDECK_LANG", "fr")], Layer::default());
    assert_eq!(config.theme.as_deref(), Some("light"));
    assert_eq!(config.language, "zh");
    problems.sort();
    assert_eq!(problems.len(), 5, "{problems:?}");
    assert!(problems[0].starts_with("SEVDECK_LANG must be \"en\" or \"zh\""), "{problems:?}");
    assert!(
        problems[1].starts_with("config.toml:2: unknown key \"thme\", did you mean theme?"),
        "{problems:?}"
    );
    assert!(problems[2].starts_with("config.toml:3: ascii must be true or false"), "{problems:?}");
    assert!(problems[3].starts_with("config.toml:5: poll must be true or false"), "{problems:?}");
    assert!(
        problems[4].starts_with("config.toml:7: unknown key \"nonsense\" is passed over; known"),
        "{problems:?}"
    );
}

#[test]
fn a_file_that_is_not_toml_leaves_the_defaults() {
    let (config, problems) = load("theme = 'a'\nlanguage zh\n", &[], Layer::default());
    assert_eq!(config.theme, None);
    assert!(problems[0].starts_with("config.toml:2: "), "{problems:?}");
    assert!(config.offline, "the file may have held guards");
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
    assert!(problems[1].starts_with("config.toml:7: a key does not stand here"), "{problems:?}");
    assert!(problems[2].starts_with("config.toml:8: unknown key \"urll\""), "{problems:?}");
    assert!(!format!("{config:?}{problems:?}").contains("hush"));
    let (config, _) = load(file, &[("SEVDECK_MODEL", "openai/x")], Layer::default());
    assert_eq!(config.model.as_deref(), Some("openai/x"));
}

#[test]
fn every_setting_of_a_model_has_a_default_and_an_origin() {
    let (config, problems) = load("", &[("OPENAI_API_KEY", "sk-abc")], Layer::default());
    assert_eq!(problems, [""; 0]);
    assert_eq!((config.model.as_deref(), config.prompt.as_str()), (None, "v2"));
    assert_eq!((config.offline, config.ask_first, config.automatic), (false, false, true));
    assert_eq!((config.interval_s, config.request_tokens), (60, 16_000));
    assert_eq!((config.budget_usd, config.budget_tokens), (None, None));
    assert!(config.settings.iter().all(|setting| setting.origin == Origin::Default));

    let file = "prompt = 'v1'\nask_first = true\ninterval_s = 10\nbudget_usd = 2\nbudget_tokens = 1_000\n\
                request_tokens = 8000\nmask = ['emails', 'hosts']\nmask_patterns = ['(acct-\\d+)']\nmodel = 'ollama/a'\n";
    let mut flags = Layer::default();
    flags.flag("model", "--model", "openai/b").unwrap();
    let vars = [("SEVDECK_PROMPT", "mine"), ("SEVDECK_BUDGET_USD", "0.5"), ("SEVDECK_AUTOMATIC", "0")];
    let (config, problems) = load(file, &vars, flags);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        (config.model.as_deref(), config.origin("model")),
        (Some("openai/b"), Origin::Flag("--model".into()))
    );
    assert_eq!(
        (config.prompt.as_str(), config.origin("prompt")),
        ("mine", Origin::Variable("SEVDECK_PROMPT"))
    );
    assert_eq!((config.ask_first, config.automatic, config.interval_s), (true, false, 10));
    assert_eq!(
        (config.budget_usd, config.budget_tokens, config.request_tokens),
        (Some(0.5), Some(1000), 8000)
    );
    assert_eq!((config.mask.len(), config.mask_patterns.len()), (2, 1));
    assert!(matches!(config.origin("mask"), Origin::File(_, 7)), "{:?}", config.origin("mask"));
}

#[test]
fn a_guard_that_cannot_be_read_is_not_missing() {
    type Holds = fn(&Config) -> bool;
    let guarded: [(&str, Holds); 12] = [
        ("ask_first = 'yes'", |config| config.ask_first),
        ("ask_frist = true", |config| config.ask_first),
        ("automatic = 'no'", |config| !config.automatic),
        ("offline = 'yes'", |config| config.offline),
        ("ofline = true", |config| config.offline),
        ("budget_usd = '1'", |config| !config.automatic),
        ("budget_tokens = -1", |config| !config.automatic),
        ("mask = ['emails', 'faces']", |config| config.offline),
        ("mask = 'emails'\noffline = false", |config| config.offline),
        ("mask_patterns = ['(']", |config| config.offline),
        ("[models.openai]\nurl = 5", |config| config.offline),
        ("[models.openai]\nkey_evn = 'A'", |config| config.offline),
    ];
    for (file, holds) in guarded {
        let (config, problems) = load(&format!("model = 'openai/a'\n{file}\n"), &[], Layer::default());
        assert_eq!(problems.len(), 1, "{file}: {problems:?}");
        assert!(holds(&config), "{file}: {problems:?}");
    }
    let (config, problems) = load("", &[("SEVDECK_MASK", "emails,faces")], Layer::default());
    assert!(config.offline && problems[0].contains("no model is asked until it is right"), "{problems:?}");
}

#[test]
fn a_key_in_the_wrong_place_is_not_repeated() {
    let hush = "sk-Hush0Hush0Hush0Hush0";
    let file = format!(
        "model = '{hush}'\nmask = ['{hush}']\nmask_patterns = ['({hush}']\n[models.openai]\nkey = '{hush}'\n\
         key_env = '{hush}'\nwire = '{hush}'\nmax_tokens = '{hush}'\n"
    );
    let (config, problems) = load(&file, &[("SEVDECK_MODEL", hush)], Layer::default());
    assert_eq!(problems.len(), 8, "{problems:?}");
    assert!(!format!("{problems:?} {config:?}").contains("Hush"), "{problems:?}");
}

#[test]
fn a_flag_says_what_it_takes() {
    let mut flags = Layer::default();
    assert_eq!(flags.flag("model", "--model", "gpt").unwrap_err(), "a model as PROVIDER/NAME");
    assert_eq!(flags, Layer::default());
}
