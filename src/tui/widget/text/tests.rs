//! Tests of cutting and wrapping.

use proptest::prelude::*;

use super::*;

#[test]
fn text_is_wrapped_at_words_and_never_inside_a_wide_character() {
    let cases: &[(&str, usize, usize, &[&str])] = &[
        ("", 5, 5, &[""]),
        ("abc", 3, 3, &["abc"]),
        ("ab cd ef", 5, 5, &["ab cd", "ef"]),
        ("ab cd", 2, 9, &["ab", "cd"]),
        ("abcdef", 4, 4, &["abcd", "ef"]),
        ("a\nb", 9, 9, &["a", "b"]),
        ("连接耗尽了", 5, 5, &["连接", "耗尽", "了"]),
        ("连接，耗", 5, 5, &["连", "接，", "耗"]),
        ("wait 连接", 6, 6, &["wait", "连接"]),
        ("连", 1, 1, &["连"]),
    ];
    for (text, first, rest, expected) in cases {
        assert_eq!(wrap(text, *first, *rest), *expected, "{text:?}");
    }
}

#[test]
fn cut_text_says_so_and_fits() {
    assert_eq!(cut("abc", 3), "abc");
    assert_eq!(cut("abcd", 3), "ab…");
    assert_eq!(cut("FATAL: sorry, too many clients already", 26), "FATAL: sorry, too many…");
    assert_eq!(cut("连接耗尽", 5), "连接…");
    assert_eq!(cut("连接耗尽", 4), "连…");
    assert_eq!(cut("abc", 0), "");
    assert_eq!(cut("sorry, too many clients already", 23), "sorry, too many…");
    assert_eq!(cut("payment-svc of the shop", 10), "payment…");
    assert_eq!(cut("a averyverylongword", 10), "a averyve…");
}

#[test]
fn hostile_characters_do_not_pass() {
    assert_eq!(clean("a\u{1b}[2Jb"), "a\u{fffd}[2Jb");
    assert_eq!(clean("a\u{202e}b\tc\u{9b}"), "ab c\u{fffd}");
    assert_eq!(clean("plain 连接"), "plain 连接");
}

proptest! {
    #[test]
    fn wrapped_lines_fit_and_lose_only_white_space(text in "[a-z 连接é\u{301}\u{1b}]{0,60}", columns in 2usize..20) {
        let lines = wrap(&text, columns, columns);
        prop_assert!(!lines.is_empty());
        for line in &lines {
            prop_assert!(width(line) <= columns, "{line:?} is wider than {columns}");
        }
        let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        prop_assert_eq!(squeezed(&lines.concat()), squeezed(&clean(&text)));
    }

    #[test]
    fn cut_text_fits(text in "\\PC{0,40}", columns in 0usize..30) {
        prop_assert!(width(&cut(&clean(&text), columns)) <= columns);
    }
}
