//! Where sevdeck's files are: the XDG base directories.

use std::path::{Path, PathBuf};

use crate::config::Env;

/// The folders of this user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Configuration: `$XDG_CONFIG_HOME/sevdeck`.
    pub config: PathBuf,
    /// Incidents and what has to stay: `$XDG_STATE_HOME/sevdeck`.
    pub state: PathBuf,
    /// What can be made again: `$XDG_CACHE_HOME/sevdeck`.
    pub cache: PathBuf,
    /// Sockets and spool files: `$XDG_RUNTIME_DIR/sevdeck`, else in the cache.
    pub runtime: PathBuf,
}

impl Paths {
    /// The folders the environment names. Without a home directory they are in the temporary folder.
    pub fn of(env: Env<'_>) -> Self {
        let absolute = |name| env(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = absolute("HOME").unwrap_or_else(|| {
            let user = rustix::process::getuid().as_raw();
            std::env::temp_dir().join(format!("sevdeck-{user}"))
        });
        let folder =
            |name, default: &str| absolute(name).unwrap_or_else(|| home.join(default)).join("sevdeck");
        let cache = folder("XDG_CACHE_HOME", ".cache");
        Self {
            config: folder("XDG_CONFIG_HOME", ".config"),
            state: folder("XDG_STATE_HOME", ".local/state"),
            runtime: absolute("XDG_RUNTIME_DIR")
                .map_or_else(|| cache.join("run"), |runtime| runtime.join("sevdeck")),
            cache,
        }
    }

    /// The configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The folder of the user's own playbooks.
    pub fn playbooks(&self) -> PathBuf {
        self.config.join("playbooks")
    }

    /// The user's own keys.
    pub fn keys_file(&self) -> PathBuf {
        self.config.join("keys.toml")
    }

    /// The folder of the user's own prompts.
    pub fn prompts(&self) -> PathBuf {
        self.config.join("prompts")
    }

    /// The user's own prices of models.
    pub fn prices_file(&self) -> PathBuf {
        self.config.join("prices.toml")
    }

    /// What was learned of models.
    pub fn quirks_file(&self) -> PathBuf {
        self.cache.join("quirks.json")
    }

    /// Folder that a store setting names: absent for `memory:`.
    pub fn store_folder(&self, setting: Option<&str>) -> Option<PathBuf> {
        match setting {
            None => Some(self.state.clone()),
            Some("memory:") => None,
            Some(place) => Some(Path::new(place.strip_prefix("sled:").unwrap_or(place)).to_owned()),
        }
    }
}
