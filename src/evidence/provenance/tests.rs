//! Figures that stand in the evidence stay, others go.

use super::*;

fn figures(text: &str) -> Figures {
    let mut figures = Figures::default();
    figures.learn(text);
    figures
}

#[test]
fn unknown_figures_are_replaced() {
    let known = figures("error rate 0.1% to 12%, 42,118,330 keys, v2.41 at 13:50");
    let table = [
        ("12% of requests since 13:50", "12% of requests since 13:50"),
        ("42118330 keys", "42118330 keys"),
        ("about 5,000 users for 15 minutes", "about [FILL IN] users for [FILL IN] minutes"),
        ("p99 and SEV2 are names, 3 steps is a word", "p99 and SEV2 are names, 3 steps is a word"),
        ("0.10 equals 0.1", "0.10 equals 0.1"),
        ("v2.42", "v[FILL IN]"),
    ];
    for (text, expected) in table {
        assert_eq!(known.trace(text), expected);
    }
}

#[test]
fn the_same_digits_with_another_meaning_carry_nothing() {
    let table = [
        ("upstream answered HTTP 500", "the limit of 500 connections is reached", false),
        ("upstream answered HTTP 500", "connections stand at 500 / 500", false),
        ("active_connections: 500 / 500", "requests fail with HTTP 500", false),
        ("active_connections: 500 / 500", "all 500 connections are in use", true),
        ("upstream answered HTTP 500", "500 errors since the deploy", true),
        ("\"GET /pay HTTP/1.1\" 500 12", "requests fail with status 500", true),
        ("latency 340 ms", "340 % of the usual load", false),
        ("p99 is at 340 ms", "p99 of 340ms", true),
        ("pool_size=340", "340 ms", true),
    ];
    for (evidence, text, carried) in table {
        let mut figures = Figures::default();
        figures.learn(evidence);
        let gaps = figures.untraced(text, &Clocks::default());
        assert_eq!(gaps.is_empty(), carried, "{evidence} -> {text}: {gaps:?}");
    }
}
