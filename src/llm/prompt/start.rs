//! The triage on screen as a starting point: short, with the ids that an answer keeps.

use crate::incident::Triage;
use crate::incident::triage::HypothesisStatus;
use crate::llm::prompt::budget::Piece;
use crate::llm::prompt::case::Writer;
use crate::llm::prompt::fence;

/// Longest entry, bytes.
const ENTRY_MAX: usize = 500;
/// Quotes of a hypothesis.
const QUOTES_MAX: usize = 4;

/// The entries, the most telling ranked highest.
pub(super) fn pieces(triage: &Triage, writer: &mut Writer<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if let Some(severity) = &triage.severity {
        let text = format!("{}: {}", severity.level.name(), severity.reasoning);
        pieces.push(Piece { text: writer.line("severity", &text, ENTRY_MAX), rank: 90 });
    }
    for (at, hypothesis) in (0..).zip(&triage.hypotheses) {
        let status = match hypothesis.status {
            HypothesisStatus::Open => "open",
            HypothesisStatus::Confirmed => "confirmed",
            HypothesisStatus::RuledOut => "ruled out",
        };
        let label = format!("hypothesis {}", fence::label(&hypothesis.id));
        let head = format!("{}, {status}: {}", hypothesis.confidence.name(), hypothesis.cause);
        let mut text = writer.line(&label, &head, ENTRY_MAX);
        for (word, quotes) in [("  for", &hypothesis.evidence), ("  against", &hypothesis.against)] {
            for quote in quotes.iter().filter(|quote| quote.verified).take(QUOTES_MAX) {
                text.push_str(&writer.line(word, &quote.quote, ENTRY_MAX));
            }
        }
        pieces.push(Piece { text, rank: 80 - at });
    }
    for (at, step) in (0..).zip(&triage.checklist) {
        let label = format!("check {}", fence::label(&step.id));
        let text = format!("{} $ {}", step.step, step.command);
        pieces.push(Piece { text: writer.line(&label, &text, ENTRY_MAX), rank: 50 - at });
    }
    for (at, mitigation) in (0..).zip(&triage.mitigations) {
        let label = format!("mitigation {}", fence::label(&mitigation.id));
        pieces.push(Piece { text: writer.line(&label, &mitigation.action, ENTRY_MAX), rank: 50 - at });
    }
    for contradiction in &triage.contradictions {
        pieces.push(Piece { text: writer.line("contradiction", &contradiction.text, ENTRY_MAX), rank: 60 });
    }
    pieces
}
