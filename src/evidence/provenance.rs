//! Provenance of figures: a number in what we write must stand in the evidence, else it is not written.

use std::collections::HashSet;

use crate::evidence::CaseFile;

/// What stands where a fact is not known.
pub const FILL_IN: &str = "[FILL IN]";

/// The figures of a case file, to check many texts against.
#[derive(Debug, Default)]
pub struct Figures {
    known: HashSet<String>,
}

impl Figures {
    /// Collects the figures of texts, log quotes, findings and persons' notes.
    pub fn of(case: &CaseFile) -> Self {
        let mut figures = Self::default();
        for text in &case.texts {
            figures.learn(&text.text);
        }
        for template in &case.templates {
            figures.learn(&template.example.quote);
            figures.learn(&template.newest.quote);
            figures.learn(&template.count.to_string());
            figures.learn_moment(template.first);
            figures.learn_moment(template.last);
        }
        for finding in &case.findings {
            finding.quotes.iter().for_each(|quote| figures.learn(&quote.quote));
            figures.learn(&finding.subject);
            figures.learn_moment(finding.at);
            figures.learn_moment(finding.ended);
            if let Some(rate) = finding.rate {
                figures.learn(&format!("{} {} {:.0} {:.0}", rate.before, rate.peak, rate.before, rate.peak));
                figures.learn(&format!("{:.1} {:.1}", rate.before, rate.peak));
            }
        }
        for result in &case.results {
            figures.learn(&result.note);
        }
        for text in [&case.title, &case.service] {
            figures.learn(text);
        }
        figures
    }

    /// Adds the figures of `text`, for instance of a derivation that is shown.
    pub fn learn(&mut self, text: &str) {
        for (start, end) in spans(text) {
            self.known.insert(canonical(&text[start..end]));
        }
    }

    /// Adds the digits of a moment as it is written in our texts.
    pub fn learn_moment(&mut self, at: Option<jiff::Timestamp>) {
        if let Some(at) = at {
            self.learn(&at.strftime("%Y-%m-%d %H:%M:%S").to_string());
        }
    }

    /// As [`Figures::trace`] for a text of ours, in which what stands in “quotation marks” is copied from the evidence
    /// and stays as it is: a figure cut at the end of a quotation is still the evidence's.
    pub fn trace_unquoted(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(open) = rest.find('“') {
            let Some(close) = rest[open..].find('”') else { break };
            out.push_str(&self.trace(&rest[..open]));
            out.push_str(&rest[open..open + close]);
            rest = &rest[open + close..];
        }
        out.push_str(&self.trace(rest));
        out
    }

    /// `text` with every figure that the evidence does not hold replaced by `[FILL IN]`. Figures up to 4 without a
    /// fraction are words (“two of three steps”), not measurements.
    pub fn trace(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for (start, end) in spans(text) {
            let figure = canonical(&text[start..end]);
            if self.known.contains(&figure) || is_small(&figure) || in_name(text, start) {
                continue;
            }
            out.push_str(&text[from..start]);
            out.push_str(FILL_IN);
            from = end;
        }
        out.push_str(&text[from..]);
        out
    }
}

/// `text` with every figure that the evidence of `case` does not hold replaced by `[FILL IN]`.
pub fn trace_figures(text: &str, case: &CaseFile) -> String {
    Figures::of(case).trace(text)
}

fn is_small(figure: &str) -> bool {
    matches!(figure, "0" | "1" | "2" | "3" | "4")
}

/// `SEV2`, `p99`, `HTTP2`: the digits belong to a name.
fn in_name(text: &str, start: usize) -> bool {
    let head = &text.as_bytes()[..start];
    let letters = head.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = head[start - letters..].to_ascii_lowercase();
    matches!(word.as_slice(), b"sev" | b"p" | b"utf" | b"http" | b"ipv" | b"tls" | b"s")
}

/// Byte ranges of numbers: digits with thousands commas and one fraction.
fn spans(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !digit(at) {
            at += 1;
            continue;
        }
        let start = at;
        while digit(at)
            || (bytes.get(at) == Some(&b',') && (1..=3).all(|next| digit(at + next)) && !digit(at + 4))
        {
            at += 1;
        }
        if bytes.get(at) == Some(&b'.') && digit(at + 1) {
            at += 1;
            while digit(at) {
                at += 1;
            }
        }
        out.push((start, at));
    }
    out
}

/// One spelling per number: no commas, no leading zeros, no trailing zeros of a fraction.
fn canonical(figure: &str) -> String {
    let plain = figure.replace(',', "");
    let plain =
        if plain.contains('.') { plain.trim_end_matches('0').trim_end_matches('.') } else { plain.as_str() };
    let trimmed = plain.trim_start_matches('0');
    if trimmed.is_empty() || trimmed.starts_with('.') { format!("0{trimmed}") } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests;
