//! A cockpit without a screen.

use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;
use sevdeck::analyst::offline::Offline;
use sevdeck::app::App;
use sevdeck::app::effect::Effect;
use sevdeck::app::key::Key;
use sevdeck::app::model::ModelSettings;
use sevdeck::app::msg::{Msg, Opening};
use sevdeck::app::runtime::model::ModelSource;
use sevdeck::app::runtime::{Runtime, Settings, Signals};
use sevdeck::app::update::update;
use sevdeck::incident::{IncidentId, SourceSpec};
use sevdeck::store::Location;

/// No wait in a test is longer; it is there to fail, not to pass.
const DEADLINE: Duration = Duration::from_secs(180);

pub(crate) struct Cockpit {
    pub(crate) app: App,
    runtime: Runtime,
}

impl Cockpit {
    pub(crate) fn start(folder: &Path) -> Self {
        Self::with_model(folder, None)
    }

    /// With a model at `source`, which is asked on the key only.
    pub(crate) fn with_model(folder: &Path, source: Option<ModelSource>) -> Self {
        let model = source.as_ref().map(|source| ModelSettings {
            name: source.settings.model.clone(),
            automatic: false,
            ask_first: false,
            interval: SignedDuration::from_secs(60),
            settle: SignedDuration::from_secs(3),
            budget_usd: None,
            budget_tokens: None,
        });
        let settings = Settings {
            store: Location::Folder(folder.join("store")),
            poll: false,
            zone: None,
            editor: "true".to_owned(),
            drafts: folder.join("drafts"),
            copy_file: folder.join("copy"),
            spools: folder.join("spools"),
            log_folders: Vec::new(),
            offline: Offline::new(),
            model: source,
        };
        let runtime = Runtime::start(settings, Signals::listen().expect("signals")).expect("threads");
        let mut app = App { person: "ana".into(), ..App::default() };
        app.model.settings = model;
        let mut cockpit = Self { app, runtime };
        cockpit.send(Msg::Resized { columns: 120, rows: 36, context_rows: 12, strip_columns: 0 });
        cockpit
    }

    pub(crate) fn open(folder: &Path, specs: Vec<SourceSpec>) -> Self {
        Self::start(folder).opened(specs)
    }

    /// Opens a new incident on these sources.
    pub(crate) fn opened(self, specs: Vec<SourceSpec>) -> Self {
        let mut cockpit = self;
        let incident = Some(IncidentId::new(Runtime::now(), Runtime::random()));
        cockpit.send(Msg::Opened(Opening { incident, specs, ..Opening::default() }));
        cockpit
    }

    /// Lets a message act; true when the program is to end.
    pub(crate) fn send(&mut self, msg: Msg) -> bool {
        let effects = update(&mut self.app, Runtime::now(), msg);
        let quit = effects.iter().any(|effect| matches!(effect, Effect::Quit(_)));
        for effect in effects {
            self.runtime.execute(effect);
        }
        quit
    }

    pub(crate) fn keys(&mut self, keys: &[Key]) {
        for key in keys {
            self.send(Msg::Key(*key));
        }
    }

    /// Lets messages act until `done`; fails the test when that does not come.
    pub(crate) async fn until(&mut self, what: &str, done: impl Fn(&App) -> bool) {
        let all = async {
            while !done(&self.app) {
                let msg = self.runtime.next().await;
                self.send(msg);
            }
        };
        let came = tokio::time::timeout(DEADLINE, all).await.is_ok();
        let said = self.app.ui.toast.as_ref().map(|toast| toast.text.as_str());
        assert!(came, "never: {what}; said {said:?}; triage {:#?}", self.app.incident.triage);
    }

    pub(crate) fn ask(&mut self, effect: Effect) {
        self.runtime.execute(effect);
    }

    /// Quits as a person does.
    pub(crate) fn quit(mut self) -> App {
        assert!(self.send(Msg::Key(Key::Char('q'))));
        self.runtime.finish();
        self.app
    }
}
