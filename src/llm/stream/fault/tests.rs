//! Errors in every shape, as one line.

use serde_json::json;

use crate::llm::endpoint::{Endpoint, Settings, World};
use crate::llm::failure::FailureKind;
use crate::llm::stream::fault::{Said, in_stream, of_status};

fn endpoint() -> Endpoint {
    let settings = Settings {
        model: "corp/m".into(),
        url: Some("https://gw.example".into()),
        key_env: Some("CORP_KEY".into()),
        ..Settings::default()
    };
    Endpoint::resolve(
        &settings,
        &World { env: &|_| Some("sk-0123456789abcdef".into()), run: &|_| Ok(String::new()) },
    )
    .unwrap()
}

#[test]
fn bodies_of_all_kin_give_their_words() {
    let table: [(&str, &str); 12] = [
        (r#"{"error":{"message":"bad key","type":"auth","param":null,"code":"invalid"}}"#, "bad key"),
        (r#"{"type":"error","error":{"type":"api_error","message":"bad key"},"request_id":"r"}"#, "bad key"),
        (r#"{"error":{"code":502,"message":"no","metadata":{"raw":"bad key"}}}"#, "no: bad key"),
        (r#"{"error":"bad key"}"#, "bad key"),
        (r#"{"object":"error","message":"bad key","code":400}"#, "bad key"),
        (r#"{"detail":"bad key"}"#, "bad key"),
        (r#"{"detail":[{"loc":["body"],"msg":"bad key"}]}"#, "bad key"),
        (r#"[{"error":{"code":503,"message":"bad key","status":"UNAVAILABLE"}}]"#, "bad key"),
        ("data: {\"error\":{\"message\":\"bad key\"}}\n\n", "bad key"),
        ("<html><head><title>bad key</title></head><body>x</body></html>", "bad key"),
        ("upstream said bad key", "upstream said bad key"),
        ("", ""),
    ];
    for (body, expected) in table {
        assert_eq!(Said::body(body.as_bytes()).message.trim(), expected, "{body}");
    }
}

#[test]
fn a_status_and_its_words_make_the_kind() {
    use FailureKind as Kind;
    let table = [
        (401, r#"{"error":{"message":"Incorrect API key"}}"#, Kind::Key, false),
        (400, r#"{"error":{"message":"No connected db."}}"#, Kind::Key, false),
        (403, "{}", Kind::Key, false),
        (404, r#"{"error":{"message":"model not found"}}"#, Kind::NotFound, false),
        (404, "404 page not found", Kind::NotFound, false),
        (402, r#"{"error":{"message":"Insufficient Balance"}}"#, Kind::Billing, false),
        (429, r#"{"error":{"message":"slow down","code":"rate_limit_exceeded"}}"#, Kind::RateLimit, true),
        (429, r#"{"error":{"message":"x","type":"insufficient_quota"}}"#, Kind::Billing, false),
        (
            429,
            r#"{"error":{"message":"x","details":{"error_code":"enforced_spend_limit_reached"}}}"#,
            Kind::Billing,
            false,
        ),
        (400, r#"{"error":{"message":"x","code":"context_length_exceeded"}}"#, Kind::Context, false),
        (400, r#"{"error":{"message":"prompt is too long: 9 tokens"}}"#, Kind::Context, false),
        (400, r#"{"error":{"message":"x","type":"exceed_context_size_error"}}"#, Kind::Context, false),
        (413, "", Kind::Context, false),
        (400, r#"{"error":{"message":"what?"}}"#, Kind::Request, false),
        (422, r#"{"detail":"what?"}"#, Kind::Request, false),
        (307, "", Kind::Redirect, false),
        (408, "", Kind::Server, true),
        (409, "", Kind::Server, true),
        (500, "<html>", Kind::Server, true),
        (503, "", Kind::Server, true),
        (
            529,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            Kind::Server,
            true,
        ),
    ];
    for (status, body, kind, transient) in table {
        let fault = of_status(&endpoint(), status, &Said::body(body.as_bytes()), None);
        assert_eq!((fault.failure.kind, fault.transient), (kind, transient), "{status} {body}");
        let line = fault.failure.to_string();
        assert!(line.starts_with("corp/m: ") && line.contains(&status.to_string()), "{line}");
        assert!(!line.contains('\n') && line.contains("; "), "{line}");
    }
}

#[test]
fn errors_inside_of_a_stream_are_told_apart() {
    use FailureKind as Kind;
    let table = [
        (json!({"error": {"message": "x", "type": "server_error", "code": null}}), Kind::Server, true),
        (
            json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
            Kind::Server,
            true,
        ),
        (
            json!({"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}),
            Kind::RateLimit,
            true,
        ),
        (json!({"error": {"code": 502, "message": "Provider disconnected"}}), Kind::Server, true),
        (json!({"error": {"code": "429", "message": "x"}}), Kind::RateLimit, true),
        (json!({"object": "error", "message": "x", "code": 400}), Kind::Request, false),
        (
            json!({"type": "error", "error": {"type": "invalid_request_error", "message": "x"}}),
            Kind::Request,
            false,
        ),
        (json!({"error": "model runner has unexpectedly stopped"}), Kind::Server, true),
    ];
    for (value, kind, transient) in table {
        let fault = in_stream(&endpoint(), &value);
        assert_eq!((fault.failure.kind, fault.transient), (kind, transient), "{value}");
    }
}

#[test]
fn the_next_step_names_what_to_change() {
    let line = |status, body: &str| {
        of_status(&endpoint(), status, &Said::body(body.as_bytes()), None).failure.to_string()
    };
    assert!(
        line(401, r#"{"error":{"message":"wrong: sk-0123456789abcdef"}}"#)
            .ends_with("CORP_KEY and what it may use")
    );
    assert!(!line(401, r#"{"error":{"message":"wrong: sk-01234****"}}"#).contains("sk-01234"));
    assert!(line(404, "<h1>404</h1>").contains("https://gw.example/v1/chat/completions"));
    assert!(line(404, "<h1>404</h1>").ends_with("check url"));
    let moved = of_status(&endpoint(), 302, &Said::default(), Some("https://login.example"));
    assert!(moved.failure.to_string().contains("https://login.example"));
}
