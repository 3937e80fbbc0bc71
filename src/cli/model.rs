//! The model among the settings: what it may cost, and one call of it for a command that prints.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::app::model::{CallNews, ModelSettings, Outgoing};
use crate::app::runtime::model::{ModelSource, Question, once};
use crate::cli::{Globals, warn};
use crate::config::Origin;
use crate::evidence::CaseFile;
use crate::evidence::redaction::Vault;
use crate::failure::Failure;
use crate::incident::ModelOutcome;
use crate::incident::model::Spent;
use crate::incident::opinion::Checked;
use crate::llm::price::Prices;
use crate::llm::prompt::Library;

/// How long something new may settle before a call nobody asked for.
const SETTLE: SignedDuration = SignedDuration::from_secs(3);
/// Budget of an incident where nobody set one and the price is known, US dollars.
const BUDGET_USD: f64 = 1.0;
/// Budget of an incident where nobody set one and no price is known, tokens.
const BUDGET_TOKENS: u64 = 500_000;

/// A model to ask.
pub(super) struct Chosen {
    /// How it is used.
    pub(super) settings: ModelSettings,
    /// How it is reached.
    pub(super) source: ModelSource,
}

/// The model that is set; none where none is, or the network is forbidden. Nothing is reached, and no key is read.
pub(super) fn chosen(globals: &Globals) -> Result<Option<Chosen>, Failure> {
    let config = &globals.config;
    if config.offline {
        if let (Some(model), Origin::Flag(flag)) = (&config.model, config.origin("model")) {
            let origin = config.origin("offline");
            warn(&format!("{flag} {model} is not used: the network is forbidden ({origin})"));
        }
        return Ok(None);
    }
    let Some(source) = ModelSource::of(config, &globals.paths) else { return Ok(None) };
    let (library, _) = Library::load(&source.prompts);
    library
        .find(&source.prompt, globals.language())
        .map_err(|problem| Failure::usage(problem.to_string()).hint("sevdeck prompt list shows them"))?;
    let (provider, name) = source.settings.model.split_once('/').unwrap_or_default();
    let (prices, problem) = Prices::load(&source.prices);
    if let Some(problem) = problem {
        warn(&problem.to_string());
    }
    let (budget_usd, budget_tokens) = match (config.budget_usd, config.budget_tokens) {
        (None, None) if prices.find(provider, name).is_some() => (Some(BUDGET_USD), None),
        (None, None) => (None, Some(BUDGET_TOKENS)),
        set => set,
    };
    let settings = ModelSettings {
        name: source.settings.model.clone(),
        automatic: config.automatic,
        ask_first: config.ask_first,
        interval: SignedDuration::from_secs(i64::try_from(config.interval_s).unwrap_or(i64::MAX)),
        settle: SETTLE,
        budget_usd,
        budget_tokens,
    };
    Ok(Some(Chosen { settings, source }))
}

impl Chosen {
    /// Asks about a case, once. What it cost is told on standard error, and so is why there is no answer.
    pub(super) fn ask(
        self,
        case: Arc<CaseFile>,
        seed: String,
        vault: Vault,
    ) -> Result<Option<Box<Checked>>, Failure> {
        let Self { settings, source } = self;
        let name = settings.name.clone();
        let question = Question { case, reason: "asked for".to_owned(), seed, vault };
        let ended = once(
            source,
            question,
            |outgoing, spent| allowed(&settings, outgoing, spent),
            |news| tell(&name, news),
        )
        .map_err(|error| Failure::runtime("the thread of the model").because(error))?;
        for (run, estimated) in &ended.runs {
            if run.tokens_in.is_some_and(|tokens| tokens > 0) {
                warn(&run.line(*estimated));
            }
        }
        let why = match ended.outcome {
            ModelOutcome::Complete if ended.answer.is_some() => return Ok(ended.answer),
            ModelOutcome::Complete => "nothing of the answer stood the check; ask again".to_owned(),
            ModelOutcome::Cancelled => "the call was ended".to_owned(),
            ModelOutcome::Cut { why } | ModelOutcome::Failed { why } | ModelOutcome::Withheld { why } => why,
        };
        let why = if why.starts_with(&name) { why } else { format!("{name}: {why}") };
        warn(&format!("{why}\n  this is the offline result"));
        Ok(None)
    }
}

/// Why a request must not leave.
fn allowed(settings: &ModelSettings, outgoing: &Outgoing, spent: &Spent) -> Result<(), String> {
    if settings.ask_first {
        let hint = "sevdeck prompt render shows the request, SEVDECK_ASK_FIRST=0 lets it go";
        return Err(format!("ask_first is set, and nobody can be asked here: {hint}"));
    }
    if let Some(why) = settings.refusal(spent, &outgoing.request) {
        return Err(format!("not sent: {why}"));
    }
    let request = &outgoing.request;
    let cost = request.cost_usd.map(|usd| format!(", ≈${usd:.4}")).unwrap_or_default();
    warn(&format!("asking {}: ≈{} tokens{cost}, {} masked", request.model, request.tokens, request.masked));
    if let Some(left_out) = outgoing.left_out() {
        warn(&left_out);
    }
    Ok(())
}

fn tell(name: &str, news: &CallNews) {
    if let CallNews::Waits(why) = news
        && !why.is_empty()
    {
        let why = why.replace(": Esc ends it", ": Ctrl-C ends it");
        warn(&if why.starts_with(name) { why } else { format!("{name}: {why}") });
    }
}
