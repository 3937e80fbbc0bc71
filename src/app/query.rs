//! What is searched for: as a person writes it, and where it stands in a line.

use std::ops::Range;

use regex::bytes::Regex;

use crate::log::filter::Pattern;

/// Reads a search: words, or an expression between slashes.
pub fn read(text: &str) -> Pattern {
    let expression = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    match expression.filter(|expression| !expression.is_empty()) {
        Some(expression) => Pattern { text: expression.to_owned(), regex: true },
        None => Pattern { text: text.to_owned(), regex: false },
    }
}

/// The search as it is written.
pub fn written(pattern: &Pattern) -> String {
    if pattern.regex { format!("/{}/", pattern.text) } else { pattern.text.clone() }
}

/// What is wrong with a search, in one line.
pub fn problem(pattern: &Pattern) -> Option<String> {
    pattern.compile().err()
}

/// Finds a pattern in lines.
#[derive(Debug, Clone, Default)]
pub struct Marker(Option<Regex>);

impl Marker {
    /// For this pattern; finds nothing where it is empty or no expression.
    pub fn new(pattern: &Pattern) -> Self {
        Self((!pattern.text.is_empty()).then(|| pattern.compile().ok()).flatten())
    }

    /// Where the pattern stands in `text`.
    pub fn hits(&self, text: &str) -> Vec<Range<usize>> {
        let found = self.0.iter().flat_map(|regex| regex.find_iter(text.as_bytes())).map(|hit| hit.range());
        let whole = |hit: &Range<usize>| text.is_char_boundary(hit.start) && text.is_char_boundary(hit.end);
        found.filter(|hit| !hit.is_empty() && whole(hit)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_make_an_expression() {
        assert_eq!(read("/too \\d+/"), Pattern { text: "too \\d+".into(), regex: true });
        for text in ["/", "//", "/var/log", "a/b/", "too many"] {
            assert_eq!(read(text), Pattern { text: text.into(), regex: false }, "{text}");
            assert_eq!(written(&read(text)), text);
        }
        assert_eq!(written(&read("/x+/")), "/x+/");
    }

    #[test]
    fn hits_follow_the_case_of_the_search() {
        let hits = |query: &str, text: &str| -> Vec<(usize, usize)> {
            Marker::new(&read(query)).hits(text).into_iter().map(|hit| (hit.start, hit.end)).collect()
        };
        assert_eq!(hits("fatal", "FATAL fatal"), [(0, 5), (6, 11)]);
        assert_eq!(hits("FATAL", "FATAL fatal"), [(0, 5)]);
        assert_eq!(hits("fatal", "连接 Fatal"), [(7, 12)]);
        assert_eq!(hits("/f\\S+/", "FATAL x fun"), [(0, 5), (8, 11)]);
        assert_eq!(hits("a.b", "a.b axb"), [(0, 3)]);
        assert!(hits("", "x").is_empty());
        assert!(hits("/x*/", "yyy").is_empty());
    }

    #[test]
    fn a_broken_expression_says_what_is_wrong() {
        assert!(problem(&read("/a(/")).is_some_and(|said| said.contains("unclosed group")));
        assert_eq!(problem(&read("a(")), None);
        assert!(problem(&read("/(\\w{900}){900}/")).is_some());
    }
}
