//! Identifiers in what is said: they tie statements together.

/// Identifiers of a text that tie statements together: words with a digit, a dash, a dot or an inner capital.
pub(super) fn marks(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "._-/:=".contains(c)));
    let mut out = Vec::new();
    for word in words.flat_map(|word| word.split(['=', ':'])) {
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let letters = word.chars().any(|c| c.is_ascii_alphabetic());
        let shaped = word.contains(['-', '_', '/']) && word.len() >= 5
            || letters && word.bytes().any(|b| b.is_ascii_digit()) && word.len() >= 4
            || word.matches('.').count() >= 2
            || word.chars().skip(1).any(|c| c.is_ascii_uppercase()) && word.len() >= 4
            || word.len() >= 5 && word.bytes().all(|b| b.is_ascii_digit());
        if shaped && !is_clock(word) {
            out.push(word.to_ascii_lowercase());
        }
    }
    out.sort();
    out.dedup();
    out
}

fn is_clock(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    digits >= 6
        && word.bytes().all(|byte| byte.is_ascii_digit() || b"-T.:Z".contains(&byte))
        && word.contains('-')
}
