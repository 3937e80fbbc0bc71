//! The model, looked at by the smallest real call.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::app::runtime::Runtime;
use crate::app::runtime::model::ModelSource;
use crate::cli::Globals;
use crate::cli::doctor::Look;
use crate::failure::Failure;
use crate::llm::endpoint::PROVIDERS;
use crate::llm::price::Prices;
use crate::llm::prompt::Library;
use crate::llm::{
    Call, Endpoint, Event, FailureKind, Finish, Link, Mode, Prompt, Quirks, Timing, Usage, Wire,
};

/// The smallest answer that shows whether structured output works.
const SCHEMA: &str = r#"{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"],"additionalProperties":false}"#;
/// A person waits for this one.
fn timing() -> Timing {
    Timing {
        silent: Duration::from_secs(10),
        no_content: Duration::from_secs(30),
        dead: Duration::from_secs(60),
        total: Duration::from_secs(120),
        ..Timing::default()
    }
}

type Tell<'a> = &'a mut dyn FnMut(Look) -> Result<(), Failure>;

/// Looks at the model that is set; reaches out only where one is, and the network is not forbidden.
pub(super) fn look(globals: &Globals, tell: Tell<'_>) -> Result<(), Failure> {
    let Some(source) = ModelSource::of(&globals.config, &globals.paths) else {
        return tell(none(globals));
    };
    tell(prompt(&source, globals))?;
    let endpoint = match source.endpoint() {
        Ok(endpoint) => endpoint,
        Err(failure) => return tell(Look::broken("model", failure.message, failure.hint)),
    };
    address(&endpoint, tell)?;
    tell(price(&source, &endpoint))?;
    let link = match Link::new(endpoint) {
        Ok(link) => link,
        Err(failure) => return tell(Look::broken("client", failure.message, failure.hint)),
    };
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::runtime("the system gives no event loop").because(error))?;
    let seen = executor.block_on(ask(link.clone()));
    for look in seen.looks(link.endpoint()) {
        tell(look)?;
    }
    Ok(())
}

fn none(globals: &Globals) -> Look {
    let config = &globals.config;
    if config.offline {
        return Look::note(
            "model",
            format!("none: the network is forbidden ({})", config.origin("offline")),
            "",
        );
    }
    let is_set = |name: &&str| std::env::var(name).is_ok_and(|value| !value.trim().is_empty());
    let found = PROVIDERS.iter().find_map(|provider| {
        let mut variables = provider.key_env.iter().chain(provider.token_env);
        Some((provider.name, *variables.find(|name| is_set(name))?))
    });
    let file = globals.config_file.display();
    let (why, provider) = match found {
        Some((provider, variable)) => {
            (format!("; {variable} is there, but a key alone sends nothing"), provider)
        }
        None => (String::new(), "PROVIDER"),
    };
    let hint =
        format!("to ask one: sevdeck --model {provider}/NAME, or model = \"{provider}/NAME\" in {file}");
    Look::note("model", format!("none is set; the offline analyst needs none{why}"), hint)
}

fn prompt(source: &ModelSource, globals: &Globals) -> Look {
    let (library, problems) = Library::load(&source.prompts);
    if let Some(problem) = problems.first() {
        return Look::broken("prompt", problem.to_string(), "sevdeck prompt list shows what is in use");
    }
    match library.find(&source.prompt, globals.language()) {
        Ok(prompt) => Look::fine("prompt", prompt.id().to_string()),
        Err(problem) => Look::broken("prompt", problem.to_string(), "sevdeck prompt list shows them"),
    }
}

fn address(endpoint: &Endpoint, tell: Tell<'_>) -> Result<(), Failure> {
    let wire = match endpoint.wire {
        Wire::Chat => "Chat Completions",
        Wire::Messages => "Messages",
    };
    tell(Look::fine("model", format!("{}, by {wire}", endpoint.name())))?;
    tell(Look::fine("address", endpoint.shown_url()))?;
    tell(match endpoint.key_origin() {
        Some(origin) => Look::fine("key", format!("from {origin}")),
        None => Look::note("key", "none is sent", ""),
    })?;
    tell(match endpoint.proxy() {
        Some(proxy) => Look::fine("proxy", proxy),
        None => Look::fine("proxy", "none in between"),
    })?;
    for warning in endpoint.warnings() {
        tell(Look::note("privacy", warning, ""))?;
    }
    Ok(())
}

fn price(source: &ModelSource, endpoint: &Endpoint) -> Look {
    let (prices, problem) = Prices::load(&source.prices);
    if let Some(problem) = problem {
        return Look::broken("price", problem.to_string(), "correct the file, or take it away");
    }
    match prices.find(&endpoint.provider, &endpoint.model) {
        Some(price) => {
            let said = format!("${} per million tokens up, ${} down", price.input, price.output);
            Look::fine(
                "price",
                format!("{said} ({})", if price.checked.is_empty() { "yours" } else { &price.checked }),
            )
        }
        None => Look::note(
            "price",
            "not known: costs are shown in tokens only",
            format!("put it into {}", source.prices.display()),
        ),
    }
}

/// What a small call came to.
#[derive(Debug, Default)]
struct Seen {
    opened: bool,
    /// Pieces the answer came in.
    pieces: usize,
    text: String,
    quirks: Quirks,
    usage: Option<Usage>,
    end: Option<Result<Finish, crate::llm::Failure>>,
    took: Duration,
}

async fn ask(link: Link) -> Seen {
    let prompt = Prompt {
        system: "Answer with JSON.".to_owned(),
        user: "Answer {\"ok\": true} as JSON.".to_owned(),
        schema: Some(SCHEMA),
        repair: None,
    };
    let started = Instant::now();
    let mut call = Call::new(link, prompt, Quirks::default(), timing(), u64::from(Runtime::random()));
    let mut seen = Seen::default();
    while let Some(event) = call.next().await {
        match event {
            Event::Opened { .. } => seen.opened = true,
            Event::Text(text) => {
                seen.pieces += 1;
                seen.text.push_str(&text);
            }
            Event::Thinking(_) => seen.pieces += 1,
            Event::Learned(quirks) => seen.quirks = quirks,
            Event::Usage(usage) => seen.usage = Some(usage),
            Event::Finished(finish) => seen.end = Some(Ok(finish)),
            Event::Failed(failure) => seen.end = Some(Err(failure)),
            Event::Sent { .. } | Event::Waiting(_) => {}
        }
    }
    seen.took = started.elapsed();
    seen
}

impl Seen {
    fn looks(&self, endpoint: &Endpoint) -> Vec<Look> {
        match &self.end {
            Some(Err(failure)) => self.failed(failure),
            Some(Ok(finish)) => self.answered(endpoint, finish),
            None => vec![Look::broken("call", "it has no end", "please report this")],
        }
    }

    fn failed(&self, failure: &crate::llm::Failure) -> Vec<Look> {
        let what = match failure.kind {
            FailureKind::Network | FailureKind::Redirect => "reach",
            FailureKind::Key | FailureKind::Billing => "access",
            FailureKind::NotFound => "model",
            _ => "answer",
        };
        let mut looks = Vec::new();
        if self.opened || failure.status.is_some() {
            looks.push(Look::fine("reach", format!("it answers within {:.1} s", self.took.as_secs_f64())));
        }
        let id = failure.request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default();
        looks.push(Look::broken(what, format!("{}{id}", failure.message), failure.hint.clone()));
        looks
    }

    fn answered(&self, endpoint: &Endpoint, finish: &Finish) -> Vec<Look> {
        let mut looks = vec![
            Look::fine("reach", format!("it answered within {:.1} s", self.took.as_secs_f64())),
            self.streaming(),
            self.json(endpoint, finish),
        ];
        match self.usage.filter(|usage| !usage.is_empty()) {
            Some(usage) => {
                let count =
                    |tokens: Option<u64>| tokens.map_or_else(|| "?".to_owned(), |tokens| tokens.to_string());
                let said =
                    format!("{} tokens up, {} down for this look", count(usage.prompt), count(usage.output));
                looks.push(Look::fine("usage", said));
            }
            None => looks.push(Look::note("usage", "it counts no tokens: figures are estimates", "")),
        }
        looks
    }

    fn streaming(&self) -> Look {
        if self.pieces > 1 {
            return Look::fine("streaming", format!("the answer came in {} pieces", self.pieces));
        }
        let hint = "a gateway in between may hold answers back; sections then appear at once, at the end";
        Look::note("streaming", "the answer came in one piece", hint)
    }

    fn json(&self, endpoint: &Endpoint, finish: &Finish) -> Look {
        let inner = self.text.find('{').and_then(|from| self.text.get(from..=self.text.rfind('}')?));
        let document = inner.and_then(|inner| serde_json::from_str::<Value>(inner).ok());
        let Some(document) = document else {
            let why = match finish {
                Finish::Length => "max_tokens is too small for this model: raise it",
                _ => "it will not write a triage: use another model",
            };
            return Look::broken("json", "the answer is no JSON", why);
        };
        let way = match self.quirks.mode(endpoint) {
            Mode::Schema => "held to a schema",
            Mode::Object => "held to JSON, not to a schema",
            Mode::Asked => "by the prompt alone",
        };
        if document.get("ok").is_some() {
            Look::fine("json", way)
        } else {
            let hint = "answers are checked and mended, but a stronger model gives better ones";
            Look::note("json", format!("{way}; it passes the schema over"), hint)
        }
    }
}
