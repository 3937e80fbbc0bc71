//! The JSON in a frame: one document, several, or one that was cut; and halves of characters that arrive apart.

use std::borrow::Cow;

use serde_json::Value;

/// The documents in a frame, and whether something in it was not JSON.
pub(crate) fn documents(data: &str) -> (Vec<Value>, bool) {
    let data = data.trim();
    if let Ok(value) = serde_json::from_str(data) {
        return (vec![value], false);
    }
    let whole = stand_in(data);
    let mut values = Vec::new();
    let mut stream = serde_json::Deserializer::from_str(&whole).into_iter::<Value>();
    loop {
        match stream.next() {
            Some(Ok(value)) => values.push(value),
            Some(Err(_)) => return (values, true),
            None => return (values, false),
        }
    }
}

// Servers that cut strings by UTF-16 units send halves of surrogate pairs as escapes, which are no characters and which
// no parser of JSON takes. Each half is stood in for by a private character until its other half is there.
const HIGH: u32 = 0x10_F000;
const LOW: u32 = 0x10_F400;
const HALVES: u32 = 0x400;

/// `json` with the escapes of lone surrogates replaced by their stand-ins.
fn stand_in(json: &str) -> Cow<'_, str> {
    if !json.contains("\\u") {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => 12,
            (Some(half @ 0xd800..0xe000), _) => {
                out.extend(char::from_u32(HIGH + (half - 0xd800)));
                rest = &rest[6..];
                continue;
            }
            (Some(_), _) => 6,
            (None, _) => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The UTF-16 unit of an escape `\uXXXX` at the start of `text`.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

/// Joins halves of characters that arrived in different deltas.
#[derive(Debug, Default)]
pub(crate) struct Joiner {
    high: Option<u32>,
}

impl Joiner {
    /// Text with its halves joined; a half that stays alone becomes U+FFFD.
    pub(crate) fn push(&mut self, text: String) -> String {
        let stands_in = |c: char| (HIGH..LOW + HALVES).contains(&(c as u32));
        if self.high.is_none() && !text.contains(stands_in) {
            return text;
        }
        let mut out = String::with_capacity(text.len() + 4);
        for c in text.chars() {
            let code = c as u32;
            let joined = self.high.take().map(|high| match code {
                LOW..0x10_F800 => char::from_u32(0x1_0000 + ((high - HIGH) << 10) + (code - LOW)),
                _ => None,
            });
            match joined {
                Some(Some(whole)) => {
                    out.push(whole);
                    continue;
                }
                Some(None) => out.push(char::REPLACEMENT_CHARACTER),
                None => {}
            }
            match code {
                HIGH..LOW => self.high = Some(code),
                LOW..0x10_F800 => out.push(char::REPLACEMENT_CHARACTER),
                _ => out.push(c),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_hold_one_document_several_or_a_cut_one() {
        let count = |data: &str| {
            let (values, bad) = documents(data);
            (values.len(), bad)
        };
        assert_eq!(count(r#"{"a":1}"#), (1, false));
        assert_eq!(count(" {\"a\":1}{\"b\":2}\n{} "), (3, false));
        assert_eq!(count(r#"{"a":1}{"error":"#), (1, true));
        assert_eq!(count("upstream error"), (0, true));
        assert_eq!(count(&"[".repeat(100_000)), (0, true));
    }

    #[test]
    fn halves_of_a_character_are_joined_over_deltas() {
        let mut joiner = Joiner::default();
        let mut text = String::new();
        for data in [r#""a \uD83D""#, r#""\udd25 b \\ud83d \ud83d\ude00""#, r#""\ud83d""#, r#""x\udd25""#] {
            let (values, bad) = documents(data);
            assert!(!bad, "{data}");
            text.push_str(&joiner.push(values[0].as_str().unwrap().to_owned()));
        }
        assert_eq!(text, "a 🔥 b \\ud83d 😀\u{fffd}x\u{fffd}");
    }

    proptest::proptest! {
        #[test]
        fn text_cut_into_utf_16_units_arrives_whole(text in "\\PC{0,40}") {
            let mut joiner = Joiner::default();
            let mut got = String::new();
            for unit in text.encode_utf16() {
                let (values, bad) = documents(&format!("\"\\u{unit:04x}\""));
                proptest::prop_assert!(!bad);
                got.push_str(&joiner.push(values[0].as_str().unwrap().to_owned()));
            }
            // The stand-ins themselves are the one thing a model cannot say.
            if !text.chars().any(|c| (HIGH..LOW + HALVES).contains(&(c as u32))) {
                proptest::prop_assert_eq!(got, text);
            }
        }
    }
}
