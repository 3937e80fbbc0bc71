//! Tests of prices.

use std::path::PathBuf;

use super::*;

fn usage(prompt: u64, cache_read: u64, cache_write: u64, output: u64) -> Usage {
    let [prompt, cache_read, cache_write, output] = [prompt, cache_read, cache_write, output].map(Some);
    Usage { prompt, cache_read, cache_write, output, ..Usage::default() }
}

#[test]
fn every_price_of_the_table_is_dated_and_has_a_source() {
    let prices = Prices::built_in();
    assert!(prices.built_in.len() >= 10);
    for price in &prices.built_in {
        assert!(price.checked.parse::<jiff::civil::Date>().is_ok(), "{price:?}");
        assert!(price.source.starts_with("https://"), "{price:?}");
        assert!(price.cached.is_some_and(|cached| cached < price.input), "{price:?}");
        assert_eq!(prices.find(&price.provider, &price.model), Some(price), "found by its own name");
    }
}

#[test]
fn the_longest_name_counts_and_another_model_has_no_price() {
    let prices = Prices::built_in();
    let input = |provider, model| prices.find(provider, model).map(|price| price.input);
    assert_eq!(input("anthropic", "claude-opus-5-5"), Some(4.0));
    assert_eq!(input("anthropic", "claude-opus-5"), Some(5.0));
    assert_eq!(input("anthropic", "claude-opus-4-5-20251101"), Some(5.0));
    assert_eq!(input("anthropic", "claude-opus-5-latest"), Some(5.0));
    assert_eq!(input("openai", "gpt-4.1-mini-2025-04-14"), Some(0.4));
    assert_eq!(input("openai", "gpt-4.1-nano"), None, "its rates are not those of gpt-4.1");
    assert_eq!(input("openai", "gpt-4.15"), None);
    assert_eq!(input("anthropic", "claude-opus-5-7"), None, "a version is no date");
    assert_eq!(input("ollama", "gpt-4.1"), None, "somebody else's machine");
}

#[test]
fn what_the_cache_served_and_took_has_rates_of_its_own() {
    let prices = Prices::built_in();
    let one = usage(10_000, 8_000, 1_000, 500);
    // 1000 × 3 + 8000 × 0.3 + 1000 × 3.75 + 500 × 15, per million.
    let cost = prices.cost("anthropic", "claude-sonnet-4-5", &one);
    assert!((cost.usd().unwrap() - 0.01665).abs() < 1e-9, "{cost:?}");
    let wrong = prices.cost("anthropic", "claude-sonnet-4-5", &usage(100, 300, 0, 0));
    assert!((wrong.usd().unwrap() - 0.00009).abs() < 1e-9, "a server that counts wrongly: {wrong:?}");
}

#[test]
fn what_the_provider_says_beats_the_table_and_long_prompts_have_other_rates() {
    let prices = Prices::built_in();
    let said = Usage { cost_usd: Some(0.5), ..usage(10, 0, 0, 10) };
    assert_eq!(prices.cost("openai", "gpt-4.1", &said), Cost::Reported(0.5));
    let said = Usage { cost_usd: Some(f64::NAN), ..said };
    assert!(matches!(prices.cost("openai", "gpt-4.1", &said), Cost::Estimated(_)));
    let long = usage(110_000, 20_000, 0, 10);
    assert_eq!(prices.cost("anthropic", "claude-haiku-5-5", &long), Cost::Unknown);
}

#[test]
fn the_users_table_wins_and_a_bad_one_is_reported_with_its_line() {
    let file = |text: &str| Prices::with(Some((PathBuf::from("own.toml"), text.to_owned())));
    let (prices, problem) =
        file("[[price]]\nprovider = \"azure\"\nmodel = \"team-*\"\ninput = 1\noutput = 2\n");
    assert_eq!(problem, None);
    assert_eq!(prices.find("azure", "team-eu-1").map(|price| price.output), Some(2.0));
    assert!(prices.find("openai", "gpt-4.1").is_some());
    let (_, problem) = file("[[price]]\nmodel = \"x\"\ninput = 1\noutputs = 2\n");
    assert!(problem.unwrap().to_string().starts_with("own.toml:4: unknown field"));
    let (prices, problem) = file("\n[[price]]\nmodel = \"x\"\ninput = -1\noutput = 2\n");
    assert!(problem.unwrap().to_string().starts_with("own.toml:3: \"x\" has a rate"));
    assert_eq!(prices, Prices::built_in());
}

#[test]
fn amounts_are_short_and_say_how_sure_they_are() {
    assert_eq!(Cost::Reported(0.0021).to_string(), "$0.0021");
    assert_eq!(Cost::Estimated(3.4).to_string(), "≈$3.40");
    assert_eq!(Cost::Unknown.to_string(), "");
    let mut total = Total::default();
    total.add(Cost::Reported(0.1));
    assert_eq!(total.to_string(), "$0.10");
    total.add(Cost::Estimated(0.02));
    assert_eq!(total.to_string(), "≈$0.12");
    total.add(Cost::Unknown);
    assert_eq!(total.to_string(), "≥$0.12");
}
