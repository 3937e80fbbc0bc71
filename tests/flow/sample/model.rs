//! What a model was asked and what became of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use sevdeck::app::App;
use sevdeck::app::model::{ModelSettings, Outgoing, Phase, Running, Thoughts};
use sevdeck::incident::model::{Estimated, ModelCall, ModelEnd, ModelOutcome, ModelRequest};
use sevdeck::incident::opinion::{Remark, RemarkKind, Section};
use sevdeck::incident::triage::{Language, Run};

use crate::flow::sample::at;

const MODEL: &str = "deepseek/deepseek-chat";

fn request(chinese: bool, reason: &str, tokens: u64) -> ModelRequest {
    ModelRequest {
        model: MODEL.into(),
        prompt: "triage".into(),
        prompt_hash: "6f1d2c".into(),
        language: if chinese { Language::Zh } else { Language::En },
        url: "https://api.deepseek.com/v1".into(),
        reason: reason.into(),
        case_revision: 4,
        bytes: tokens * 4,
        stands_for: 1_812_004_233,
        tokens,
        cost_usd: Some(tokens as f64 * 3e-7),
        masked: 5,
        kinds: BTreeMap::from([("password".to_owned(), 1), ("token".to_owned(), 2)]),
        left_out: 0,
    }
}

fn outgoing(chinese: bool) -> Outgoing {
    let text = if chinese {
        "系统：你是值班工程师的助手，只说证据里有的东西。\n\n证据\n<pg.log:18213> FATAL: 抱歉，已有太多客户端\n<notes:9> \
         active_connections: 500 / 500，password=<password-1>\n\n问题\n最可能的原因是什么？下一步检查什么？"
    } else {
        "system: You help the person on call and say only what the evidence carries.\n\nevidence\n<pg.log:18213> FATAL: \
         sorry, too many clients already\n<notes:9> active_connections: 500 / 500, password=<password-1>\n\nquestion\nWhat \
         is the most likely cause, and what is to be checked next?"
    };
    Outgoing {
        request: request(chinese, "a new leading hypothesis", 6_120),
        text: Arc::from(text),
        masked: vec![
            ("<password-1>".into(), "password".into()),
            ("<token-1>".into(), "token".into()),
            ("<token-2>".into(), "token".into()),
        ],
        left_out: vec![("log templates".into(), 12)],
    }
}

/// A cockpit with this model, and a request that was sent.
pub(crate) fn with_model(app: &mut App) {
    let chinese = app.incident.language == Language::Zh;
    app.model.settings = Some(ModelSettings {
        name: MODEL.into(),
        automatic: true,
        ask_first: true,
        interval: SignedDuration::from_secs(60),
        settle: SignedDuration::from_secs(3),
        budget_usd: Some(0.5),
        budget_tokens: None,
    });
    let before = Outgoing { text: Arc::from("evidence\n\nquestion"), ..outgoing(chinese) };
    app.model.before = Some(Arc::new(before));
    app.model.last = Some(Arc::new(outgoing(chinese)));
}

/// The next request waits for a person's word.
pub(crate) fn asking(app: &mut App) {
    with_model(app);
    let outgoing = app.model.last.clone().unwrap();
    app.model.phase = Phase::Asking { call: 3, outgoing };
}

/// Calls that ended in every way, and one under way.
pub(crate) fn calls(app: &mut App) {
    with_model(app);
    let chinese = app.incident.language == Language::Zh;
    let run = |latency_ms, cost_usd| Run {
        analyst: "chat".into(),
        model: Some(MODEL.into()),
        prompt: Some("triage".into()),
        language: if chinese { Language::Zh } else { Language::En },
        latency_ms,
        tokens_in: Some(6_120),
        tokens_out: Some(812),
        tokens_cached: Some(5_000),
        cost_usd,
        at: at("14:05:00"),
    };
    let doubted = Remark {
        kind: RemarkKind::Figure,
        section: Section::Hypotheses,
        key: "pool".into(),
        text: "73 % of sessions".into(),
    };
    let ends = [
        Some((ModelOutcome::Complete, Some(0.0021), vec![doubted])),
        Some((
            ModelOutcome::Cut { why: "the connection broke after 3.1 s: t asks again".into() },
            None,
            vec![],
        )),
        Some((
            ModelOutcome::Failed { why: "429 Too Many Requests: asked again in 20 s".into() },
            None,
            vec![],
        )),
        Some((ModelOutcome::Cancelled, Some(0.0004), vec![])),
        None,
    ];
    for (number, end) in (1..).zip(ends) {
        let end = end.map(|(outcome, cost, remarks)| ModelEnd {
            outcome,
            run: run(4_200, cost),
            estimated: if cost.is_some() { Estimated::default() } else { Estimated::ALL },
            remarks,
        });
        let by = if number % 2 == 0 { "dana" } else { "sevdeck" };
        let request = request(chinese, "a new leading hypothesis", 6_120);
        let call = ModelCall { at: at("14:04:10"), by: by.into(), request, end };
        app.incident.calls.insert(number, call);
    }
    running(app, 5);
    app.model.revisions = 41;
}

fn running(app: &mut App, call: u64) {
    let since = at("14:16:30");
    let running = Running { call, since, thinking: Some(since), draft: None, waits: None, ending: false };
    app.model.phase = Phase::Running(Box::new(running));
}

/// A model that thinks aloud.
pub(crate) fn thinking(app: &mut App) {
    calls(app);
    let text = if app.incident.language == Language::Zh {
        "连接池已满。先看是谁占着连接：是结算批处理，还是连接泄漏？\n慢查询每 30 秒一次，与发布时间吻合。"
    } else {
        "The pool is full. Who holds the connections: the settlement batch, or a leak?\nThe slow query runs every 30 seconds, \
         and began with the release."
    };
    let time = Some((at("14:16:30"), at("14:16:48")));
    app.model.thoughts = Thoughts { call: 5, text: text.into(), before: 20_480, time };
}

/// The same incident in another session: the record keeps the figures, not the text.
pub(crate) fn resumed(app: &mut App) {
    calls(app);
    app.model.last = None;
    app.model.before = None;
    app.model.phase = Phase::Idle;
}
