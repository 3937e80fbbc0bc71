//! Tests of redaction: shapes, names, carriers, streams, and what has to stay.

use crate::evidence::redaction::{Kind, Policy, Redactor, Vault, redact};

mod secrets;

use self::secrets::{Carrier, Dice, SHAPES};

/// The bytes that come out of a stream fed in pieces of `size`.
fn streamed(text: &[u8], size: usize) -> Vec<u8> {
    let redactor = Redactor::default();
    let (vault, mut out, mut stream) = (Vault::default(), Vec::new(), redactor.stream());
    for piece in text.chunks(size) {
        stream.feed(piece, &vault, &mut out);
    }
    stream.finish(&vault, &mut out);
    out
}

#[test]
fn secrets_are_masked_and_what_explains_them_stays() {
    let table = [
        ("postgres://app:hunter22@db:5432/x", "postgres://app:<secret:1>@db:5432/x"),
        ("redis://:p@ss@cache:6379/0", "redis://:<secret:1>@cache:6379/0"),
        ("app:hunter22@tcp(db:3306)/x", "app:<secret:1>@tcp(db:3306)/x"),
        ("Authorization: Bearer abc.def-123456789", "Authorization: Bearer <secret:1>"),
        ("Authorization: Basic YXBwOmh1bnRlcjIy", "Authorization: Basic <secret:1>"),
        ("DB_PASSWORD=s3cr3t! host=db", "DB_PASSWORD=<secret:1> host=db"),
        (r#"{"api_key": "abcd1234"}"#, r#"{"api_key": "<secret:1>"}"#),
        (r#"{"m":"{\"password\":\"a b,c1\"}"}"#, r#"{"m":"{\"password\":\"<secret:1>\"}"}"#),
        ("GET /cb?code=4f9a8b7c6d&x=1", "GET /cb?code=<secret:1>&x=1"),
        ("Cookie: sid=abc123; theme=dark", "Cookie: <secret:1>"),
        ("<password>hunter22</password>", "<password><secret:1></password>"),
        ("curl -u admin:hunter22 https://x", "curl -u admin:<secret:1> https://x"),
        ("IDENTIFIED BY 'hunter 22'", "IDENTIFIED BY '<secret:1>'"),
        ("  password:   \"hunter22\"", "  password:   \"<secret:1>\""),
        ("数据库密码：hunter22", "数据库密码：<secret:1>"),
        ("deploy --password hunter22 --region eu", "deploy --password <secret:1> --region eu"),
        ("{Host:db Password:hunter22 Port:5432}", "{Host:db Password:<secret:1> Port:5432}"),
    ];
    for (text, expected) in table {
        let redacted = redact(text);
        assert_eq!(redacted.text, expected);
        assert_eq!(redacted.masked, 1, "{text}");
        assert_eq!(redact(&redacted.text).text, expected, "masked twice is masked once");
    }
}

#[test]
fn what_only_talks_about_secrets_stays() {
    for text in [
        "FATAL:  password authentication failed for user \"app\"",
        "secret etl/regcred created 2025-04-27; token \"robot-etl\" validity 365 days",
        "token expired: expired",
        "http://registry.corp/v2/ -> 401",
        "Failed password for invalid user admin from 10.0.0.7 port 45073 ssh2",
        "password=required token=null secret=${VAULT_SECRET} api_key=********",
        "max_tokens=4096 token_type=bearer cache_key=user:42 primary_key=17",
        "token=Token{a64f992 ActivityRecord{de9231d}}",
        "Invoke done: waitForUpdatesEx session: c580b3ef-0011-88a5-b2af-7ca7e74114c8",
        "Session [521601f2-6eb3-0475-7be8-c30eed1040ab] is closed",
        "[SessionTracker:ZooKeeperServer@325] - Expiring session 0x24ede63a01b003b",
        "password_changed_at=2026-03-01T14:00:00Z",
        "GET /users/42?page=2 HTTP/1.1 200 at http://host:8080/a@b",
        "commit 8f14e45fceea167a5a36dedd4bea2543b0a4b7f1 trace 4bf92f3577b34da6a3ce929d0e0e4736",
        "id=550e8400-e29b-41d4-a716-446655440000",
        "-----BEGIN CERTIFICATE-----",
    ] {
        assert_eq!(redact(text).text, text);
    }
}

#[test]
fn what_was_put_back_is_hidden_again_where_it_stands_by_itself() {
    let vault = Vault::default();
    let text = "password=hunter-2Vq postgres://app:postgres@db-1/ledger bob@example.com";
    let policy = Policy { emails: true, ..Policy::default() };
    let masked = Redactor::new(policy).redact(text, &vault).text;
    assert_eq!(masked, "password=<secret:1> postgres://app:<secret:2>@db-1/ledger <email:1>");
    let table = [
        // What is strong is hidden everywhere, what could be a word where its placeholder was put back.
        ("", "try hunter-2Vq, ask bob@example.com", Some("try <secret:1>, ask bob@example.com")),
        ("", "postgres-1 is down", None),
        ("login with <secret:2>", "login with postgres", Some("login with <secret:2>")),
        ("login with <secret:2>", "postgresql refuses", None),
        ("", "hunter-2Vqx and xhunter-2Vq are others", None),
    ];
    for (used, text, expected) in table {
        let hidden = vault.veil(used).hide(text);
        assert_eq!(hidden.as_deref(), expected, "{text}");
        if let Some(hidden) = hidden {
            assert_eq!(vault.restore(&hidden), text);
        }
    }
    assert_eq!(Vault::default().veil("").hide(text), None);
}

#[test]
fn the_same_value_has_the_same_placeholder_and_is_put_back() {
    let vault = Vault::default();
    let redactor = Redactor::default();
    let one = redactor.redact("password=hunter22 then postgres://a:hunter22@h", &vault);
    assert_eq!(one.text, "password=<secret:1> then postgres://a:<secret:1>@h");
    let two = redactor.redact("password=other999", &vault);
    assert_eq!(two.text, "password=<secret:2>");
    assert_eq!(
        vault.restore("try <Secret: 2>, not <secret:1> or <secret:9> <"),
        "try other999, not hunter22 or <secret:9> <"
    );
    let masked = vault.masked();
    let masked: Vec<_> =
        masked.iter().map(|masked| (masked.placeholder.as_str(), masked.kind, masked.count)).collect();
    assert_eq!(masked, [("<secret:1>", Kind::Password, 2), ("<secret:2>", Kind::Password, 1)]);
    assert!(!format!("{vault:?}").contains("hunter22"));
    assert!(vault.leaks("it is hunter22") && !vault.leaks(&one.text));
}

#[test]
fn a_placeholder_written_into_a_log_does_not_come_to_stand_for_a_secret() {
    let vault = Vault::default();
    let redacted = Redactor::default().redact("see <secret:1> password=hunter22", &vault);
    assert_eq!(redacted.text, "see <secret:1> password=<secret:2>");
    assert_eq!(vault.restore("<secret:1>"), "<secret:1>");
}

#[test]
fn a_private_key_goes_line_by_line_also_behind_the_prefix_of_a_log() {
    let mut dice = Dice::new(5);
    let body: Vec<String> = (0..4).map(|_| dice.base64(48)).collect();
    let begin = secrets::armour("BEGIN RSA");
    let end = secrets::armour("END RSA");
    let key = format!("a\n{begin}\n{}\nabcd==\n{end}\nb password reset\n", body.join("\n"));
    let masked = redact(&key).text;
    assert_eq!(masked.lines().count(), key.lines().count());
    assert!(
        body.iter().all(|line| !masked.contains(line.as_str())) && !masked.contains("abcd=="),
        "{masked}"
    );
    assert!(
        masked.starts_with(&format!("a\n{begin}\n<secret:1>\n")) && masked.ends_with("\nb password reset\n")
    );
    let logged: String =
        key.lines().map(|line| format!("2026-03-01T14:00:00Z app[7] DEBUG {line}\n")).collect();
    let masked = redact(&logged).text;
    assert!(body.iter().all(|line| !masked.contains(line.as_str())), "{masked}");
    assert!(masked.contains("14:00:00Z app[7] DEBUG <secret:2>"), "{masked}");
    let flat = format!("{{\"private_key\":\"{begin}\\n{}\\n{end}\\n\"}}", body.join("\\n"));
    assert_eq!(redact(&flat).masked, 1, "{}", redact(&flat).text);
    let cut = format!("x {begin}\n{}", body[0]);
    assert_eq!(redact(&cut).text, format!("x {begin}\n<secret:1>"));
}

#[test]
fn personal_data_is_masked_where_it_is_asked_for() {
    let text = "ana@shop.example.com from 203.0.113.9 and 2001:db8::7 at db-1.prod.internal customer_id=88123 127.0.0.1 order 77";
    assert_eq!(redact(text).text, text);
    let vault = Vault::default();
    let policy =
        Policy { patterns: vec![regex::bytes::Regex::new(r"order (\d+)").unwrap()], ..Policy::strict() };
    let masked = Redactor::new(policy).redact(text, &vault).text;
    assert_eq!(
        masked,
        "<email:1> from <ip:1> and <ip:2> at <host:1> customer_id=<customer:1> 127.0.0.1 order <masked:1>"
    );
    assert_eq!(vault.restore(&masked), text);
}

#[test]
fn names_of_packages_and_versions_are_no_hosts() {
    let vault = Vault::default();
    let text = "org.apache.zookeeper.server.Main com.example.app 12:30:05 a::b std::io::Error";
    assert_eq!(Redactor::new(Policy::strict()).redact(text, &vault).text, text);
}

/// Secrets of every known shape in every carrier: at least 97 of 100 are masked, 95 where nothing stands beside them.
#[test]
fn shapes_are_found_in_logs_json_environments_and_addresses() {
    let mut dice = Dice::new(2026);
    for carrier in Carrier::ALL {
        let (mut all, mut missed) = (0, Vec::new());
        for (name, make) in SHAPES {
            for _ in 0..8 {
                let secret = make(&mut dice);
                let line = carrier.line(&mut dice, &secret);
                all += 1;
                if redact(&line).text.contains(&secret) {
                    missed.push(*name);
                }
            }
        }
        let least = if carrier == Carrier::Bare { 95 } else { 97 };
        assert!(
            (all - missed.len()) * 100 >= all * least,
            "{carrier:?}: missed {} of {all}: {missed:?}",
            missed.len()
        );
    }
}

/// A secret in a carrier leaves everything around it as it was, and can be put back.
#[test]
fn masking_is_reversible_and_idempotent() {
    let mut dice = Dice::new(99);
    for _ in 0..400 {
        let (_, make) = SHAPES[dice.below(SHAPES.len())];
        let carrier = Carrier::ALL[dice.below(Carrier::ALL.len())];
        let secret = make(&mut dice);
        let line = carrier.line(&mut dice, &secret);
        let vault = Vault::default();
        let masked = Redactor::default().redact(&line, &vault).text;
        assert_eq!(vault.restore(&masked), line);
        assert_eq!(redact(&masked).text, masked, "{line}");
    }
}

#[test]
fn a_stream_says_the_same_however_it_is_cut() {
    let mut dice = Dice::new(3);
    let mut text = String::new();
    for at in 0..200 {
        let (_, make) = SHAPES[at % SHAPES.len()];
        let secret = make(&mut dice);
        text.push_str(&Carrier::ALL[at % Carrier::ALL.len()].line(&mut dice, &secret));
        text.push_str(if at % 7 == 0 { "\r\n" } else { "\n" });
    }
    let whole = redact(&text).text;
    for size in [1, 7, 4096, 1 << 20] {
        assert_eq!(String::from_utf8(streamed(text.as_bytes(), size)).unwrap(), whole, "pieces of {size}");
    }
}

#[test]
fn bytes_that_are_no_text_pass_unchanged() {
    let mut text = b"\xff\xfe caf\xe9 password=hunter22\xff \x00\x80\n\xc3".to_vec();
    let out = streamed(&text, 3);
    assert_eq!(out, b"\xff\xfe caf\xe9 password=<secret:1> \x00\x80\n\xc3".to_vec());
    text.clear();
    assert!(streamed(&text, 3).is_empty());
}

#[test]
fn a_line_of_any_length_keeps_its_secrets() {
    let mut line = "x".repeat(3_000_000);
    line.push_str(" password=hunter22hunter22 ");
    line.push_str(&"word ".repeat(700_000));
    line.push_str("token=ab12cd34ef56 end\n");
    let out = String::from_utf8(streamed(line.as_bytes(), 65_536)).unwrap();
    assert!(out.contains("password=<secret:1> word") && out.ends_with("token=<secret:2> end\n"));
    assert_eq!(out.matches('\n').count(), 1);
    let huge = format!("password={} tail\n", "a1B".repeat(1_500_000));
    let out = String::from_utf8(streamed(huge.as_bytes(), 65_536)).unwrap();
    assert!(out.len() < 100 && out.starts_with("password=<secret:1>") && out.ends_with(" tail\n"), "{out}");
}

#[test]
fn a_secret_longer_than_what_is_looked_at_goes_whole() {
    let long = "a1B2".repeat(5000);
    for text in [
        format!("Authorization: Bearer {long} end"),
        format!("GET /cb?code={long}&x=1"),
        format!("Cookie: sid={long}; a=b"),
        format!("password='{long}' end"),
        format!("api_key={long} end"),
        format!("eyJ{long} end"),
    ] {
        let masked = redact(&text).text;
        assert!(masked.len() < 80 && masked.contains("<secret:1>"), "{masked:.200}");
    }
}

/// What makes a careless scanner look at the same bytes again and again.
#[test]
fn hostile_input_takes_no_longer_than_its_length() {
    let patterns = [
        "key=\"",
        "password='",
        "pwd=\\\"",
        "a://",
        "eyJ",
        "token ",
        "-----BEGIN ",
        "sk-",
        "key-key_",
        "Cookie: a=b; ",
        "cookie:",
        "token=",
        "pwd=)",
        "sk-ant-",
        "bearer ",
    ];
    for pattern in patterns {
        let text = pattern.repeat(100_000 / pattern.len());
        let out = streamed(text.as_bytes(), 1 << 16);
        assert!(!out.is_empty(), "{pattern}");
    }
}
