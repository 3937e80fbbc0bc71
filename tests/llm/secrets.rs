//! The key turns up nowhere but in its header: not in a body, an event, a failure or a form for debugging, whatever
//! goes wrong and whatever the endpoint echoes.

use sevdeck::llm::Wire;

use crate::llm::rig::{
    KEY, WIRES, answer, block, call, event, events, link, opening, run, script, settings, stream, text,
    timing,
};
use crate::support::endpoint::{Act, Endpoint};

/// Ways in which a call may go, each of which would show the key if it could.
pub(crate) fn paths(wire: Wire) -> Vec<(String, Vec<Act>)> {
    let tail = &KEY[KEY.len() - 10..];
    let echo = format!(
        r#"{{"error":{{"message":"Incorrect key {KEY} or sk-*****{tail}","type":"{KEY}","param":"{KEY}"}}}}"#
    );
    let mut paths = Vec::new();
    for status in [300, 307, 400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 503, 529] {
        let headers = format!(
            "x-request-id: {KEY}\r\nlocation: http://{KEY}.example/{KEY}?k={KEY}\r\nretry-after-ms: 1\r\n"
        );
        paths.push((format!("status {status}"), answer(status, &headers, &echo)));
        paths.push((format!("plain {status}"), answer(status, &headers, &format!("no {KEY}"))));
        paths.push((format!("page {status}"), answer(status, &headers, &format!("<title>{KEY}</title>"))));
    }
    let begun: String = opening(wire).iter().map(|value| event(wire, value)).collect();
    for (name, rest) in [
        ("error in the stream", format!("data: {echo}\n\n")),
        ("error with a name", format!("event: error\ndata: {KEY}\n\n")),
        ("a stray line", format!("upstream said {KEY}\n\n")),
        ("an event that is no JSON", format!("data: {{\"{KEY}\n\n")),
        ("the end", String::new()),
    ] {
        let chunk = Act::Chunk(format!("{begun}{rest}").into_bytes());
        paths.push((name.to_owned(), vec![stream(), chunk.clone(), Act::End]));
        paths.push((format!("{name}, torn"), vec![stream(), chunk]));
    }
    paths.push(("a page".to_owned(), answer(200, "", &format!("<title>{KEY}</title>"))));
    paths.push(("no HTTP".to_owned(), vec![Act::Raw(format!("{KEY}\r\n\r\n").into_bytes())]));
    paths.push(("reset".to_owned(), vec![Act::Reset]));
    paths.push(("success".to_owned(), script(&events(wire, &text()))));
    paths
}

#[test]
fn no_path_shows_the_key() {
    for wire in WIRES {
        for (name, acts) in paths(wire) {
            let endpoint = Endpoint::start(vec![acts]);
            let settings = settings(wire, &endpoint.url(""));
            let outcome = block(run(call(&settings, timing())));
            let line = outcome.end.as_ref().err().map(ToString::to_string);
            let shown = format!("{:?} {:?} {line:?}", outcome.events, outcome.end);
            for part in [KEY, &KEY[..12], &KEY[KEY.len() - 10..]] {
                assert!(!shown.contains(part), "{name} {wire:?}: {shown}");
            }
            for seen in endpoint.seen() {
                assert!(!seen.body.contains(KEY), "{name}");
                assert_eq!(seen.head.matches(KEY).count(), 1, "{name}: once, in its header");
            }
            assert!(!format!("{:?}", link(&settings)).contains(KEY), "{name}");
        }
    }
}
