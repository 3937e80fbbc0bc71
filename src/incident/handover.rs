//! The card for whoever takes over: at most 25 lines to read on the way to the desk, and to paste into a chat.

use jiff::Timestamp;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::incident::Incident;
use crate::incident::briefing::{self, Words, first_clause};
use crate::incident::event::StepOutcome;
use crate::incident::triage::{Hypothesis, HypothesisStatus, Language, Step};

/// Most lines of the card.
pub const LINES: usize = 25;
/// Columns of a line; a longer one is cut between words. A command is never cut: somebody may paste it.
const COLUMNS: usize = 160;
/// Most items of a section; what is left out is counted.
const OPEN: usize = 3;
const RULED_OUT: usize = 3;
const STEPS: usize = 4;

/// A line of the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub kind: Kind,
    /// Its text, indented.
    pub text: String,
}

/// What a line of the card is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Which incident.
    Title,
    /// The name of a section.
    Heading,
    /// Words.
    Text,
    /// A command.
    Command,
}

fn line(kind: Kind, text: String) -> Line {
    Line { kind, text }
}

/// The card as a text.
pub fn text(incident: &Incident, now: Timestamp) -> String {
    let lines: Vec<String> = card(incident, now).into_iter().map(|line| line.text).collect();
    lines.join("\n")
}

/// The card at `now`.
pub fn card(incident: &Incident, now: Timestamp) -> Vec<Line> {
    let zh = incident.language == Language::Zh;
    let say = |en: &'static str, zh_words: &'static str| if zh { zh_words } else { en };
    let words = Words::of(incident.language);
    let at = format!("{} {} UTC", say("Hand-over at", "交接班"), now.strftime("%Y-%m-%d %H:%M"));
    let mut lines = vec![
        line(Kind::Title, briefing::headline(incident)),
        line(Kind::Text, at),
        line(
            Kind::Text,
            format!("{}{}", say("Status: ", "状态："), briefing::standing(incident, now, &words)),
        ),
    ];
    let impact = briefing::impact(incident);
    if !impact.is_empty() {
        lines.push(line(Kind::Text, format!("{}{impact}", say("Impact: ", "影响："))));
    }
    lines.push(line(Kind::Text, last_update(incident, now, &words, zh)));
    let all = incident.hypotheses();
    let (out, open): (Vec<&Hypothesis>, Vec<&Hypothesis>) =
        all.into_iter().partition(|one| incident.status_of(one) == HypothesisStatus::RuledOut);
    lines.push(heading(say("Possible causes", "可能的原因"), open.len(), OPEN, say("none yet", "暂无")));
    let told = open.iter().take(OPEN).flat_map(|one| open_lines(incident, one, zh));
    lines.extend(told.map(|text| line(Kind::Text, text)));
    if !out.is_empty() {
        lines.push(heading(say("Ruled out", "已排除"), out.len(), RULED_OUT, ""));
        let told = out.iter().take(RULED_OUT).map(|one| ruled_out(incident, one));
        lines.extend(told.map(|text| line(Kind::Text, text)));
    }
    let steps = incident.steps();
    let todo: Vec<&&Step> =
        steps.iter().filter(|step| incident.outcome_of(&step.id) == StepOutcome::Todo).collect();
    lines.push(heading(say("Not yet checked", "未检查"), todo.len(), STEPS, say("nothing is left", "无")));
    for (number, step) in todo.iter().take(STEPS).enumerate() {
        lines.push(line(Kind::Text, format!("  [ ] {}", step.step)));
        // The first of them is the next to do.
        if number == 0 && !step.command.is_empty() {
            lines.push(line(Kind::Command, format!("      $ {}", step.command.replace('\n', " "))));
        }
    }
    if let Some(note) = incident.notes.last() {
        let at = note.at.strftime("%H:%M");
        let words = note.text.replace('\n', " ");
        lines
            .push(line(Kind::Text, format!("{}{at} {}: {words}", say("Last note: ", "最近笔记："), note.by)));
    }
    if let Some(id) = &incident.id {
        lines.push(line(Kind::Command, format!("$ sevdeck resume {id}")));
    }
    lines.truncate(LINES);
    for line in lines.iter_mut().filter(|line| line.kind != Kind::Command) {
        line.text = cut(&line.text);
    }
    lines
}

fn heading(title: &str, count: usize, shown: usize, none: &str) -> Line {
    let text = match count {
        0 => format!("{title}: {none}"),
        count if count > shown => format!("{title} ({shown}/{count})"),
        _ => title.to_owned(),
    };
    line(Kind::Heading, text)
}

/// A cause that stands, and the words that carry it most.
fn open_lines(incident: &Incident, one: &Hypothesis, zh: bool) -> Vec<String> {
    let sure = match (incident.status_of(one) == HypothesisStatus::Confirmed, zh) {
        (true, false) => "confirmed",
        (true, true) => "已确认",
        (false, _) => one.confidence.name(),
    };
    let mut lines = vec![format!("  {sure}  {}", one.cause)];
    let verdict = incident.verdicts.get(&one.id).filter(|verdict| !verdict.reason.is_empty());
    if let Some(verdict) = verdict {
        lines.push(format!("    {} {}: {}", verdict.at.strftime("%H:%M"), verdict.by, verdict.reason));
    } else if let Some(quote) = one.evidence.iter().find(|quote| quote.verified) {
        let line = quote.line.map(|line| format!(":{line}")).unwrap_or_default();
        lines.push(format!("    {}{line} “{}”", quote.source, quote.quote.trim()));
    }
    lines
}

/// A cause that does not stand, and what decided that.
fn ruled_out(incident: &Incident, one: &Hypothesis) -> String {
    let cause = first_clause(&one.cause);
    match (incident.verdicts.get(&one.id), one.against.first()) {
        (Some(verdict), _) if !verdict.reason.is_empty() => {
            format!("  {cause}: {} ({} {})", verdict.reason, verdict.by, verdict.at.strftime("%H:%M"))
        }
        (_, Some(quote)) => format!("  {cause}: {} “{}”", quote.source, quote.quote.trim()),
        (Some(verdict), None) => format!("  {cause} ({} {})", verdict.by, verdict.at.strftime("%H:%M")),
        (None, None) => format!("  {cause}"),
    }
}

fn last_update(incident: &Incident, now: Timestamp, words: &Words, zh: bool) -> String {
    let Some(last) = incident.updates.last() else {
        return if zh { "尚未发出通报" } else { "No update was sent yet" }.to_owned();
    };
    let ago = briefing::span(now.duration_since(last.at), words);
    let (at, by) = (last.at.strftime("%H:%M"), &last.by);
    let sent = if zh {
        format!("最近通报：{at}（{by}，{ago}前）")
    } else {
        format!("Last update: {at} by {by}, {ago} ago")
    };
    match briefing::due(incident) {
        Some(due) if zh => format!("{sent}，下次不晚于 {}", due.strftime("%H:%M")),
        Some(due) => format!("{sent}; the next is due at {}", due.strftime("%H:%M")),
        None => sent,
    }
}

/// The line, or its beginning up to a word's end where it is too wide.
fn cut(line: &str) -> String {
    if line.width() <= COLUMNS {
        return line.to_owned();
    }
    let (mut used, mut fits, mut word) = (0, 0, 0);
    for (at, c) in line.char_indices() {
        used += c.width().unwrap_or(0);
        if used >= COLUMNS {
            break;
        }
        fits = at + c.len_utf8();
        // A word ends before a space, and after every wide character.
        if c == ' ' {
            word = at;
        } else if c.width() == Some(2) {
            word = fits;
        }
    }
    let indent = line.len() - line.trim_start().len();
    let end = if word > indent { word } else { fits };
    format!("{}…", line[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::triage::{CommandEffect, Confidence, Triage};
    use crate::incident::{Author, Event, Quote, Recorded};

    fn busy(count: usize, cause: &str) -> Incident {
        let quote = || Quote { quote: cause.repeat(3), verified: true, ..Quote::default() };
        let hypothesis = |number: usize| Hypothesis {
            id: format!("h{number}"),
            confidence: Confidence::High,
            cause: cause.repeat(5),
            evidence: vec![quote()],
            against: vec![quote()],
            status: if number.is_multiple_of(2) {
                HypothesisStatus::Open
            } else {
                HypothesisStatus::RuledOut
            },
            next_check: String::new(),
        };
        let step = |number: usize| Step {
            id: format!("s{number}"),
            step: cause.to_owned(),
            command: "kubectl get pods\n-A".into(),
            expected: String::new(),
            effect: CommandEffect::Reads,
            decides: Vec::new(),
            compared: None,
        };
        let mut incident = Incident {
            triage: Triage {
                hypotheses: (0..count).map(hypothesis).collect(),
                checklist: (0..count).map(step).collect(),
                customer_impact: cause.repeat(9),
                ..Triage::default()
            },
            ..Incident::default()
        };
        let by = Author::Person("ana".into());
        for (seq, event) in [
            Event::NoteAdded { text: "batch\nowner paged".into() },
            Event::UpdateSent { text: "we know".into() },
        ]
        .into_iter()
        .enumerate()
        {
            incident.apply(&Recorded {
                seq: seq as u64 + 1,
                at: Timestamp::UNIX_EPOCH,
                by: by.clone(),
                event,
            });
        }
        incident
    }

    #[test]
    fn the_card_is_short_whatever_is_known_and_cut_between_words() {
        for (count, cause) in [(0, ""), (3, "pool exhausted "), (40, "pool exhausted "), (40, "连接池耗尽，")]
        {
            let lines = card(&busy(count, cause), Timestamp::UNIX_EPOCH);
            assert!(lines.len() <= LINES, "{lines:#?}");
            for line in lines.iter().filter(|line| line.kind != Kind::Command).map(|line| &line.text) {
                assert!(line.width() <= COLUMNS && !line.contains('\n'), "{line}");
                let whole = line.trim_end_matches('…');
                let word = whole.split(' ').next_back().unwrap_or_default();
                assert!(
                    whole == line.as_str() || ["pool", "exhausted"].contains(&word) || !word.is_ascii(),
                    "{line}"
                );
            }
        }
    }

    #[test]
    fn the_card_says_what_decides_and_what_is_left() {
        let lines = text(&busy(10, "pool exhausted "), Timestamp::UNIX_EPOCH);
        for expected in [
            "Possible causes (3/5)",
            "Ruled out (3/5)",
            "Not yet checked (4/10)",
            "Last update: 00:00 by ana",
            "ana: batch owner paged",
            "$ kubectl get pods -A",
        ] {
            assert!(lines.contains(expected), "{expected}: {lines}");
        }
    }
}
