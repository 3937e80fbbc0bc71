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
