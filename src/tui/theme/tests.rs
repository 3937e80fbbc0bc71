//! Tests of theme files and colour depths.

use super::*;

#[test]
fn every_built_in_theme_is_complete_at_every_depth() {
    for (name, text) in BUILT_IN {
        for depth in [Depth::Mono, Depth::Ansi, Depth::Indexed, Depth::True] {
            assert!(Theme::parse(name, text, depth).is_ok(), "{:?}", Theme::parse(name, text, depth));
            assert!(Theme::built_in(name, depth).is_some(), "{name}");
        }
    }
}

#[test]
fn a_missing_role_an_unknown_key_and_a_bad_colour_are_refused_by_name() {
    let good = BUILT_IN[0].1;
    let without = good.replace("selection", "selektion");
    assert!(Theme::parse("x", &without, Depth::True).is_err());
    let more = format!("{good}\nsparkle = \"red\"\n");
    let error = Theme::parse("x", &more, Depth::True).unwrap_err();
    assert!(error.problem.contains("sparkle"));
    assert_eq!(error.line, more.lines().count());
    let line = good.lines().find(|line| line.starts_with("faded")).unwrap();
    let bad = good.replace(line, "faded = \"bold reddish\"");
    let error = Theme::parse("mine", &bad, Depth::True).unwrap_err();
    assert_eq!(error.to_string(), "theme mine, line 5: faded: \"reddish\" is no colour and no attribute");
}

#[test]
fn the_environment_decides_the_depth() {
    let cases: &[(&[(&str, &str)], Depth)] = &[
        (&[("TERM", "xterm")], Depth::Ansi),
        (&[("TERM", "xterm-256color")], Depth::Indexed),
        (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], Depth::True),
        (&[("COLORTERM", "truecolor"), ("NO_COLOR", "1")], Depth::Mono),
        (&[("TERM", "tmux-256color"), ("NO_COLOR", "")], Depth::Indexed),
    ];
    for (variables, depth) in cases {
        let var = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(Depth::detect(var), *depth, "{variables:?}");
    }
}

#[test]
fn without_colours_no_style_has_one_and_with_16_none_is_outside_the_palette() {
    for (name, _) in BUILT_IN {
        let mono = format!("{:?}", Theme::built_in(name, Depth::Mono).unwrap());
        assert!(!mono.contains("Rgb") && !mono.contains("Indexed") && !mono.contains("Red"), "{mono}");
        let ansi = format!("{:?}", Theme::built_in(name, Depth::Ansi).unwrap());
        assert!(!ansi.contains("Rgb") && !ansi.contains("Indexed"), "{ansi}");
    }
}

#[test]
fn colours_are_reduced_to_the_nearest_of_256() {
    let cases = [
        (Color::Rgb(255, 0, 0), Color::Indexed(196)),
        (Color::Rgb(0, 0, 0), Color::Indexed(16)),
        (Color::Rgb(118, 118, 118), Color::Indexed(243)),
        (Color::Rgb(255, 255, 255), Color::Indexed(231)),
        (Color::Red, Color::Red),
    ];
    for (colour, expected) in cases {
        assert_eq!(reduce(colour, Depth::Indexed), expected, "{colour:?}");
        assert_eq!(reduce(colour, Depth::True), colour);
    }
}

#[test]
fn a_source_is_not_taken_for_a_warning_nor_a_warning_for_a_change() {
    let far = |one: Option<Color>, other: Option<Color>| match (one, other) {
        (Some(Color::Rgb(red, green, blue)), Some(Color::Rgb(r, g, b))) => {
            let square = |one: u8, other: u8| u32::from(one.abs_diff(other)).pow(2);
            square(red, r) + square(green, g) + square(blue, b) >= 40 * 40
        }
        (one, other) => one != other,
    };
    for (name, _) in BUILT_IN.into_iter().filter(|(name, _)| *name != "mono") {
        let theme = Theme::built_in(name, Depth::True).unwrap();
        let [warn, error] = [theme.level_warn.fg, theme.level_error.fg];
        let sources = [theme.source_a, theme.source_b, theme.source_c];
        let sources = sources.into_iter().chain([theme.source_d, theme.source_e, theme.source_f]);
        for (number, source) in sources.enumerate() {
            assert!(far(source.fg, warn) && far(source.fg, error), "{name}: source {number}");
        }
        assert!(far(theme.kind_deploy.fg, warn) && far(theme.kind_deploy.fg, error), "{name}: deploys");
    }
    let ansi = Theme::built_in("ansi16", Depth::Ansi).unwrap();
    assert_ne!(ansi.medium.fg, ansi.level_warn.fg);
}

/// Relative luminance of a colour (WCAG 2.1).
fn luminance((red, green, blue): (u8, u8, u8)) -> f64 {
    let linear = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.03928 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

fn contrast(one: (u8, u8, u8), other: (u8, u8, u8)) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn rgb(colour: Option<Color>) -> Option<(u8, u8, u8)> {
    match colour {
        Some(Color::Rgb(red, green, blue)) => Some((red, green, blue)),
        _ => None,
    }
}

/// WCAG 2.1, success criterion 1.4.3 (AA): text has a contrast of 4.5 to what it stands on. That is the theme's own
/// background, else what terminals have; and the selection, which lies under any text. Themes in the terminal's own
/// palette are as readable as that is.
#[test]
fn all_text_can_be_read_on_what_it_stands_on() {
    for (name, _) in BUILT_IN.into_iter().filter(|(name, _)| !matches!(*name, "ansi16" | "mono")) {
        let theme = Theme::built_in(name, Depth::True).unwrap();
        let terminals = match name {
            "dark" => vec![(0, 0, 0), (0x1e, 0x1e, 0x1e)],
            "light" => vec![(0xff, 0xff, 0xff), (0xf6, 0xf6, 0xf6)],
            _ => Vec::new(),
        };
        let mut grounds: Vec<_> = rgb(theme.text.bg).into_iter().chain(terminals).collect();
        assert!(!grounds.is_empty(), "{name} says what it stands on");
        grounds.extend(rgb(theme.selection.bg));
        for (role, style) in theme.roles().filter(|(role, _)| !matches!(*role, "border" | "spark")) {
            let Some(text) = rgb(style.fg) else { continue };
            let own: Vec<_> = rgb(style.bg).filter(|_| role != "text").into_iter().collect();
            for ground in if own.is_empty() { &grounds } else { &own } {
                let ratio = contrast(text, *ground);
                assert!(ratio >= 4.5, "{name}: {role} {text:?} on {ground:?} has {ratio:.2}");
            }
        }
    }
}
