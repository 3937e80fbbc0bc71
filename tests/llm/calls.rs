//! The course of a call: what is sent, what is sent again, what is waited for, and how it is given up.

use std::time::{Duration, Instant};

use sevdeck::llm::endpoint::World;
use sevdeck::llm::{
    Call, Endpoint as Model, Event, FailureKind, Link, Quirks, Settings, Timing, Waiting, Wire,
};

use crate::llm::rig::{
    KEY, WIRES, answer, block, call, delta, event, events, head, link, opening, prompt, run, script,
    settings, stream, text, timing,
};
use crate::support::endpoint::{Act, Endpoint};

/// Plays scripts in order against one call.
fn play(
    set: impl FnOnce(&mut Settings),
    wire: Wire,
    scripts: Vec<Vec<Act>>,
) -> (crate::llm::rig::Outcome, Endpoint) {
    let endpoint = Endpoint::start(scripts);
    let mut settings = settings(wire, &endpoint.url(""));
    set(&mut settings);
    (block(run(call(&settings, timing()))), endpoint)
}

fn error(status: u16, headers: &str) -> Vec<Act> {
    answer(status, headers, r#"{"error":{"message":"not now","type":"server_error"}}"#)
}

#[test]
fn a_request_carries_what_the_wire_wants_and_nothing_else() {
    for wire in WIRES {
        let (outcome, endpoint) = play(|_| {}, wire, vec![script(&events(wire, &text()))]);
        assert!(outcome.end.is_ok());
        let seen = &endpoint.seen()[0];
        let head = seen.head.to_ascii_lowercase();
        let (path, key, other) = match wire {
            Wire::Chat => ("post /v1/chat/completions ", "authorization: bearer ", "x-api-key"),
            Wire::Messages => ("post /v1/messages ", "x-api-key: ", "authorization"),
        };
        assert!(head.starts_with(path) && head.contains(key) && !head.contains(other), "{head}");
        assert_eq!(head.contains("anthropic-version: 2023-06-01"), wire == Wire::Messages);
        assert!(!head.contains("accept-encoding"), "compressed streams arrive in bursts");
        assert!(seen.head.contains(KEY) && !seen.body.contains(KEY));
    }
}

#[test]
fn transient_refusals_are_sent_again_and_others_are_not() {
    let table = [
        (408, true),
        (409, true),
        (429, true),
        (500, true),
        (502, true),
        (529, true),
        (400, false),
        (401, false),
        (402, false),
        (403, false),
        (404, false),
        (413, false),
    ];
    for wire in WIRES {
        for (status, again) in table {
            let scripts = vec![error(status, "retry-after-ms: 5\r\n"), script(&events(wire, &text()))];
            let (outcome, endpoint) = play(|_| {}, wire, scripts);
            assert_eq!(
                (outcome.end.is_ok(), endpoint.seen().len()),
                (again, 1 + usize::from(again)),
                "{status}"
            );
            if let Err(failure) = outcome.end {
                assert_eq!(failure.status, Some(status));
                assert!(failure.message.contains("not now"), "{failure}");
            }
        }
    }
}

#[test]
fn it_is_sent_again_twice_at_most_and_the_waits_are_told() {
    let (outcome, endpoint) = play(|_| {}, Wire::Chat, vec![error(503, "retry-after-ms: 5\r\n")]);
    assert_eq!(outcome.end.unwrap_err().kind, FailureKind::Server);
    assert_eq!(endpoint.seen().len(), 3);
    let waits = outcome.events.iter().filter(|event| {
        matches!(event, Event::Waiting(Waiting::Retry { after, because })
            if *after == Duration::from_millis(5) && because.status == Some(503))
    });
    assert_eq!(waits.count(), 2);
    for (headers, sent) in [("retry-after: 3600\r\n", 1), ("x-should-retry: false\r\n", 1)] {
        let (_, endpoint) = play(|_| {}, Wire::Chat, vec![error(429, headers)]);
        assert_eq!(endpoint.seen().len(), sent, "{headers}");
    }
}

#[test]
fn nothing_is_sent_again_once_something_was_shown() {
    for wire in WIRES {
        let shown = events(wire, &text())[..12].concat();
        let (outcome, endpoint) = play(|_| {}, wire, vec![vec![stream(), Act::Chunk(shown.into_bytes())]]);
        assert!(outcome.end.unwrap_err().after_content);
        assert_eq!(endpoint.seen().len(), 1);
        let nothing: String = opening(wire).iter().map(|value| event(wire, value)).collect();
        let overloaded = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"x\"}}\n\n";
        for early in [nothing.clone(), format!("{nothing}{overloaded}")] {
            let early = vec![stream(), Act::Chunk(early.into_bytes()), Act::End];
            let (outcome, endpoint) = play(|_| {}, wire, vec![early, script(&events(wire, &text()))]);
            assert!(outcome.end.is_ok(), "{:?}", outcome.end);
            assert_eq!(endpoint.seen().len(), 2);
        }
    }
}

#[test]
fn what_an_endpoint_refuses_is_left_out_and_learned() {
    let refuse = |name: &str| {
        let body = format!(r#"{{"error":{{"message":"Unsupported parameter: '{name}'","param":"{name}"}}}}"#);
        answer(400, "", &body)
    };
    let scripts = vec![
        refuse("stream_options"),
        refuse("max_completion_tokens"),
        refuse("temperature"),
        refuse("response_format"),
        script(&events(Wire::Chat, &text())),
    ];
    let set = |settings: &mut Settings| {
        settings.max_tokens = Some(4000);
        settings.temperature = Some(0.2);
    };
    let (outcome, endpoint) = play(set, Wire::Chat, scripts);
    assert!(outcome.end.is_ok(), "{:?}", outcome.end);
    let seen = endpoint.seen();
    assert_eq!(seen.len(), 5);
    let last = &seen[4].body;
    assert!(
        !last.contains("stream_options")
            && !last.contains("temperature")
            && last.contains("\"max_tokens\":4000")
    );
    assert!(last.contains("json_object") && seen[0].body.contains("json_schema"));
    let learned = outcome.events.iter().rev().find_map(|event| match event {
        Event::Learned(quirks) => Some(quirks.clone()),
        _ => None,
    });
    // The next call starts with what was learned.
    let endpoint = Endpoint::start(vec![script(&events(Wire::Chat, &text()))]);
    let mut again = settings(Wire::Chat, &endpoint.url(""));
    set(&mut again);
    let next = Call::new(link(&again), prompt(), learned.unwrap(), timing(), 0);
    assert!(block(run(next)).end.is_ok());
    assert_eq!(endpoint.seen().len(), 1);
    assert_eq!(&endpoint.seen()[0].body, last);
}

#[test]
fn an_endpoint_that_refuses_everything_is_not_asked_for_ever() {
    let body =
        r#"{"error":{"message":"no stream_options, response_format, max_tokens, temperature or effort"}}"#;
    let set = |settings: &mut Settings| {
        settings.max_tokens = Some(4000);
        settings.temperature = Some(0.2);
        settings.reasoning = Some("low".into());
    };
    for wire in WIRES {
        let (outcome, endpoint) = play(set, wire, vec![answer(400, "", body)]);
        assert_eq!(outcome.end.unwrap_err().kind, FailureKind::Request);
        assert!(endpoint.seen().len() <= 8, "{}", endpoint.seen().len());
    }
}

#[test]
fn a_redirect_is_told_and_not_followed() {
    for wire in WIRES {
        let other = Endpoint::start(vec![script(&events(wire, &text()))]);
        let location = format!("location: {}\r\n", other.url("/v1/elsewhere?token=abc"));
        let (outcome, _) = play(|_| {}, wire, vec![answer(307, &location, "")]);
        let failure = outcome.end.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Redirect);
        assert!(failure.message.contains(&other.url("")) && !failure.message.contains("abc"), "{failure}");
        assert!(other.seen().is_empty());
    }
}

#[test]
fn an_endpoint_that_is_not_there_is_told_at_once() {
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let outcome = block(run(call(&settings(Wire::Chat, &format!("127.0.0.1:{port}")), timing())));
    let failure = outcome.end.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Network);
    assert!(failure.to_string().contains("start the model's server"), "{failure}");
    assert_eq!(outcome.events.iter().filter(|event| matches!(event, Event::Sent { .. })).count(), 1);
}

#[test]
fn silence_is_told_before_it_ends_a_call() {
    let short = Timing {
        silent: Duration::from_millis(40),
        no_content: Duration::from_millis(100),
        dead: Duration::from_millis(400),
        ..timing()
    };
    let begun: Vec<Act> =
        vec![stream(), Act::Chunk(events(Wire::Chat, &text())[..12].concat().into_bytes()), Act::Hold];
    let header = vec![Act::Raw(b"HTTP/1.1 200 OK\r\nContent-".to_vec()), Act::Hold];
    for (acts, content) in [(begun, true), (header, false), (vec![Act::Hold], false)] {
        let endpoint = Endpoint::start(vec![acts]);
        let outcome = block(run(call(&settings(Wire::Chat, &endpoint.url("")), short)));
        let failure = outcome.end.unwrap_err();
        assert_eq!((failure.kind, failure.after_content), (FailureKind::Silent, content));
        let silent = |event: &&Event| matches!(event, Event::Waiting(Waiting::Silent(_)));
        let no_content = |event: &&Event| matches!(event, Event::Waiting(Waiting::NoContent(_)));
        assert!(outcome.events.iter().filter(silent).count() >= 2, "{:?}", outcome.events);
        assert!(outcome.events.iter().any(|event| no_content(&event)));
        assert_eq!(endpoint.seen().len(), 1, "silence is not sent again");
    }
}

#[test]
fn comments_are_life_but_no_content() {
    block(async {
        let endpoint =
            Endpoint::start(vec![vec![stream(), Act::Chunk(b": keep-alive\n\n".to_vec()), Act::Hold]]);
        let short =
            Timing { silent: Duration::from_secs(50), no_content: Duration::from_millis(50), ..timing() };
        let mut call = call(&settings(Wire::Chat, &endpoint.url("")), short);
        let mut told = Vec::new();
        while told.len() < 4 {
            told.push(call.next().await.unwrap());
        }
        assert!(
            matches!(told[0], Event::Sent { again: 0, .. }) && matches!(told[1], Event::Opened { .. }),
            "{told:?}"
        );
        assert!(
            told[2..].iter().all(|event| matches!(event, Event::Waiting(Waiting::NoContent(_)))),
            "{told:?}"
        );
    });
}

#[test]
fn dropping_a_call_closes_the_connection_at_once() {
    for wire in WIRES {
        let opened = vec![stream(), Act::Chunk(events(wire, &text())[..12].concat().into_bytes()), Act::Hold];
        for (acts, wait_for_text) in [(opened, true), (vec![Act::Hold], false)] {
            block(async {
                let mut endpoint = Endpoint::start(vec![acts]);
                let mut call = call(&settings(wire, &endpoint.url("")), timing());
                if wait_for_text {
                    while !matches!(call.next().await, Some(Event::Text(_))) {}
                } else {
                    // Polled until the request has arrived, then given up half-way.
                    assert!(matches!(call.next().await, Some(Event::Sent { .. })));
                    tokio::select! {
                        event = call.next() => panic!("{event:?}"),
                        _ = endpoint.until(|seen| seen.iter().any(|seen| seen.held.is_some())) => {}
                    }
                }
                let dropped = Instant::now();
                drop(call);
                let seen = endpoint.until(|seen| seen[0].closed.is_some()).await;
                let took = seen[0].closed.unwrap().saturating_duration_since(dropped);
                // Generous: the connection is closed by the drop itself, not by any timer (the shortest has 200 ms).
                assert!(took < Duration::from_secs(10), "{took:?}");
            });
        }
    }
}

#[test]
fn waiting_for_an_event_may_be_given_up_and_taken_up_again() {
    for wire in WIRES {
        let bytes = events(wire, &text()).concat().into_bytes();
        let acts = bytes.chunks(50).map(|part| Act::Chunk(part.to_vec()));
        let endpoint =
            Endpoint::start(vec![std::iter::once(stream()).chain(acts).chain([Act::End]).collect()]);
        let got = block(async {
            let mut call = call(&settings(wire, &endpoint.url("")), timing());
            let mut got = String::new();
            loop {
                tokio::select! {
                    biased;
                    event = call.next() => match event {
                        Some(Event::Text(text)) => got.push_str(&text),
                        Some(Event::Failed(failure)) => panic!("{failure}"),
                        Some(_) => {}
                        None => break,
                    },
                    () = tokio::task::yield_now() => {}
                }
            }
            got
        });
        assert_eq!(got, text());
    }
}

#[test]
fn the_proxy_is_used_for_others_and_never_for_this_machine() {
    let proxy = Endpoint::start(vec![script(&events(Wire::Chat, &text()))]);
    let direct = Endpoint::start(vec![script(&events(Wire::Chat, &text()))]);
    let address = proxy.url("").replace("http://", "http://user:hush@");
    let through = |url: &str| {
        let env = |name: &str| (name == "http_proxy").then(|| address.clone());
        let settings = Settings { model: "vllm/m".into(), url: Some(url.into()), ..Settings::default() };
        let model = Model::resolve(&settings, &World { env: &env, run: &|_| Err(String::new()) }).unwrap();
        block(run(Call::new(Link::new(model).unwrap(), prompt(), Quirks::default(), timing(), 0)))
    };
    assert!(through(&direct.url("")).end.is_ok());
    assert_eq!((proxy.seen().len(), direct.seen().len()), (0, 1));
    assert!(through("http://model.invalid").end.is_ok());
    assert!(
        proxy.seen()[0].head.starts_with("POST http://model.invalid/v1/chat/completions"),
        "{}",
        proxy.seen()[0].head
    );
}

#[test]
fn the_name_of_the_request_is_told_for_support() {
    let acts =
        [vec![head(200, "x-request-id: req-42\r\n")], script(&events(Wire::Chat, &text()))[1..].to_vec()]
            .concat();
    let (outcome, _) = play(|_| {}, Wire::Chat, vec![acts]);
    assert!(outcome.events.contains(&Event::Opened { request_id: Some("req-42".into()) }));
    let (outcome, _) = play(|_| {}, Wire::Messages, vec![error(400, "request-id: req-43\r\n")]);
    assert!(outcome.end.unwrap_err().to_string().ends_with("(request req-43)"));
}

#[test]
fn text_is_told_as_it_arrives() {
    block(async {
        let first = event(Wire::Chat, &delta(Wire::Chat, "first"));
        let endpoint = Endpoint::start(vec![vec![stream(), Act::Chunk(first.into_bytes()), Act::Hold]]);
        let mut call = call(&settings(Wire::Chat, &endpoint.url("")), timing());
        let mut told = Vec::new();
        while !matches!(told.last(), Some(Event::Text(_))) {
            told.push(call.next().await.unwrap());
        }
        assert_eq!(told.pop(), Some(Event::Text("first".into())), "while the rest is not there");
    });
}
