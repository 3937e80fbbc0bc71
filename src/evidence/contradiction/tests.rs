//! Schedules in words and in fact.

use super::*;

#[test]
fn cron_expressions_have_a_period() {
    let table = [
        ("*/30 * * * *", Some(1800)),
        ("* * * * *", Some(60)),
        ("0 * * * *", Some(3600)),
        ("0 3 * * *", Some(86_400)),
        ("15 */4 * * *", Some(14_400)),
        ("0 3 * * 1", Some(604_800)),
        ("1,2 1-5 * * *", None),
        ("hello", None),
        ("*/0 * * * *", None),
    ];
    for (expression, period) in table {
        assert_eq!(cron_period(expression), period, "{expression}");
    }
}

#[test]
fn periods_are_spelled_in_both_languages() {
    assert_eq!(spell(Period(1800), false), "every 30 minutes");
    assert_eq!(spell(Period(3600), false), "every hour");
    assert_eq!(spell(Period(30), true), "每 30 秒");
}
