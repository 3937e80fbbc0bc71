//! What those who wait are told: how bad, since when, what they notice, what is done, when they hear more. No jargon of
//! the trade, nothing that is not known.

use jiff::{SignedDuration, Timestamp};

use crate::incident::Incident;
use crate::incident::event::{IncidentStatus, StepOutcome};
use crate::incident::triage::{Confidence, Hypothesis, HypothesisStatus, Language, SeverityLevel};

/// How often an update is owed while harm goes on; a habit of the trade, the same for every team until one says
/// otherwise. SEV4 harms nobody, so nobody waits.
pub fn interval(level: SeverityLevel) -> Option<SignedDuration> {
    match level {
        SeverityLevel::Sev1 => Some(SignedDuration::from_mins(15)),
        SeverityLevel::Sev2 => Some(SignedDuration::from_mins(30)),
        SeverityLevel::Sev3 => Some(SignedDuration::from_mins(60)),
        SeverityLevel::Sev4 => None,
    }
}

/// When the next update is owed; `None` when none is: the incident is over, or nobody is hurt.
pub fn due(incident: &Incident) -> Option<Timestamp> {
    if incident.status == IncidentStatus::Resolved {
        return None;
    }
    let every = interval(incident.severity()?)?;
    let last = incident.updates.last().map(|update| update.at).or(incident.opened_at)?;
    last.checked_add(every).ok()
}

/// The draft of an update at `now`.
pub fn draft(incident: &Incident, now: Timestamp) -> String {
    let words = Words::of(incident.language);
    let mut lines = vec![headline(incident)];
    lines.push(format!("{}{}", words.status, standing(incident, now, &words)));
    let impact = impact(incident);
    let impact = if impact.is_empty() { words.impact_unknown } else { &impact };
    lines.push(format!("{}{impact}", words.impact));
    if let Some((said, hypothesis)) = cause(incident, &words) {
        lines.push(format!("{}{} ({said})", words.cause, first_clause(&hypothesis.cause)));
    }
    if let Some(next) = next(incident).filter(|_| incident.status == IncidentStatus::Open) {
        lines.push(format!("{}{next}", words.doing));
    }
    let every = incident.severity().and_then(interval);
    if incident.status == IncidentStatus::Resolved {
        lines.push(words.last.to_owned());
    } else if let Some(by) = every.and_then(|every| now.checked_add(every).ok()) {
        lines.push(format!("{}{} UTC", words.next, by.strftime("%H:%M")));
    }
    lines.join("\n")
}

/// What is known of the impact: the first paragraph, without the sentences that wait for somebody to fill them in.
pub fn impact(incident: &Incident) -> String {
    let text = incident.shown().customer_impact.as_str();
    let first = text.trim().split("\n\n").next().unwrap_or_default();
    let mut known = String::new();
    let mut rest = first;
    while !rest.is_empty() {
        let ends = [". ", "。"].iter().filter_map(|sign| Some(rest.find(sign)? + sign.len()));
        let (sentence, after) = rest.split_at(ends.min().unwrap_or(rest.len()));
        if !sentence.contains("[FILL IN]") {
            known.push_str(sentence);
        }
        rest = after;
    }
    known.trim().to_owned()
}

/// Level, service and title in one line.
pub(super) fn headline(incident: &Incident) -> String {
    let level = incident.severity().map_or("SEV?", SeverityLevel::name);
    let (service, title) = (incident.service(), incident.title());
    let title = if title.is_empty() { Words::of(incident.language).untitled } else { title };
    if service.is_empty() || title.contains(service) {
        format!("[{level}] {title}")
    } else {
        format!("[{level}] {service}: {title}")
    }
}

/// Where the incident stands and since when.
pub(super) fn standing(incident: &Incident, now: Timestamp, words: &Words) -> String {
    let word = match incident.status {
        IncidentStatus::Open => words.open,
        IncidentStatus::Mitigated => words.mitigated,
        IncidentStatus::Resolved => words.resolved,
    };
    let since = incident.onset().or(incident.opened_at).filter(|since| *since <= now);
    let Some(since) = since else { return word.to_owned() };
    let until = incident.status_at.filter(|_| incident.status == IncidentStatus::Resolved).unwrap_or(now);
    let lasted = span(until.duration_since(since), words);
    let day =
        if since.strftime("%F").to_string() == now.strftime("%F").to_string() { "%H:%M" } else { "%F %H:%M" };
    format!("{word}{}{} UTC ({lasted})", words.since, since.strftime(day))
}

/// A length of time in minutes, hours and minutes, or days and hours.
pub fn span(length: SignedDuration, words: &Words) -> String {
    let minutes = length.as_mins().max(0);
    match (minutes / 60, minutes % 60) {
        (hours @ 48.., _) => format!("{} {} {} h", hours / 24, words.days, hours % 24),
        (0, minutes) => format!("{minutes} {}", words.minutes),
        (hours, minutes) => format!("{hours} h {minutes:02} {}", words.minutes),
    }
}

/// What is shown or likely to be the cause; nothing that is merely possible.
fn cause<'a>(incident: &'a Incident, words: &Words) -> Option<(&'static str, &'a Hypothesis)> {
    let all = incident.hypotheses();
    let confirmed = all.iter().find(|one| incident.status_of(one) == HypothesisStatus::Confirmed);
    if let Some(confirmed) = confirmed {
        return Some((words.confirmed, confirmed));
    }
    let leading = all.first().filter(|one| incident.status_of(one) == HypothesisStatus::Open)?;
    (leading.confidence >= Confidence::Medium).then_some((words.likely, *leading))
}

/// What is looked at next: the first step left to do.
pub(super) fn next(incident: &Incident) -> Option<&str> {
    let todo = |id: &str| incident.outcome_of(id) == StepOutcome::Todo;
    incident.steps().into_iter().find(|step| todo(&step.id)).map(|step| step.step.as_str())
}

/// The first clause of a cause: the details are for those who mend it.
pub(super) fn first_clause(cause: &str) -> &str {
    let end = [": ", "; ", "；", "。"].iter().filter_map(|sign| cause.find(sign)).min();
    end.map_or(cause, |end| &cause[..end]).trim_end_matches('.')
}

/// The words of one language.
pub struct Words {
    status: &'static str,
    impact: &'static str,
    impact_unknown: &'static str,
    cause: &'static str,
    doing: &'static str,
    next: &'static str,
    last: &'static str,
    untitled: &'static str,
    open: &'static str,
    mitigated: &'static str,
    resolved: &'static str,
    since: &'static str,
    confirmed: &'static str,
    likely: &'static str,
    minutes: &'static str,
    days: &'static str,
}

impl Words {
    /// Those of `language`.
    pub fn of(language: Language) -> Self {
        match language {
            Language::En => Self {
                status: "Status: ",
                impact: "Impact: ",
                impact_unknown: "not known yet",
                cause: "Cause: ",
                doing: "Now looking at: ",
                next: "Next update by ",
                last: "This is the last update.",
                untitled: "incident under investigation",
                open: "under investigation",
                mitigated: "the harm is stopped, the cause is being mended",
                resolved: "over",
                since: ", since ",
                confirmed: "confirmed",
                likely: "likely, not confirmed",
                minutes: "min",
                days: "d",
            },
            Language::Zh => Self {
                status: "状态：",
                impact: "影响：",
                impact_unknown: "尚不清楚",
                cause: "原因：",
                doing: "正在排查：",
                next: "下次通报不晚于 ",
                last: "本次为最后一次通报。",
                untitled: "事件排查中",
                open: "排查中",
                mitigated: "影响已止住，正在修复根因",
                resolved: "已恢复",
                since: "，自 ",
                confirmed: "已确认",
                likely: "可能，尚未确认",
                minutes: "分钟",
                days: "天",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::event::{Author, Event, Recorded};
    use crate::incident::triage::{Severity, Triage};

    fn incident(level: SeverityLevel, language: Language) -> Incident {
        let at: Timestamp = "2026-03-01T14:02:00Z".parse().unwrap();
        let mut incident = Incident {
            opened_at: Some(at),
            language,
            triage: Triage {
                title: "connections exhausted".into(),
                service: "payment-svc".into(),
                severity: Some(Severity { level, reasoning: String::new() }),
                ..Triage::default()
            },
            ..Incident::default()
        };
        let event = Event::UpdateSent { text: "[SEV2] first\nmore".into() };
        let by = Author::Person("ana".into());
        incident.apply(&Recorded { seq: 1, at: at + SignedDuration::from_mins(10), by, event });
        incident
    }

    #[test]
    fn an_update_is_owed_by_the_severity_and_counts_from_the_last_one() {
        let due_at = |level| due(&incident(level, Language::En)).map(|at| at.strftime("%H:%M").to_string());
        assert_eq!(due_at(SeverityLevel::Sev1).as_deref(), Some("14:27"));
        assert_eq!(due_at(SeverityLevel::Sev2).as_deref(), Some("14:42"));
        assert_eq!(due_at(SeverityLevel::Sev4), None);
        let over =
            Incident { status: IncidentStatus::Resolved, ..incident(SeverityLevel::Sev1, Language::En) };
        assert_eq!(due(&over), None);
    }

    #[test]
    fn lengths_are_told_in_two_units_at_most() {
        let told = |minutes| span(SignedDuration::from_mins(minutes), &Words::of(Language::En));
        assert_eq!(
            [0, 59, 60, 65, 2_879, 2_880, 9_000].map(told),
            ["0 min", "59 min", "1 h 00 min", "1 h 05 min", "47 h 59 min", "2 d 0 h", "6 d 6 h"]
        );
    }

    #[test]
    fn what_nobody_knows_is_not_sent_out() {
        let mut incident = incident(SeverityLevel::Sev2, Language::En);
        incident.triage.customer_impact =
            "12 % of requests fail (p99 4.8 s). Since 14:02 UTC. Number of customers: [FILL IN].\n\nMore for others".into();
        assert_eq!(impact(&incident), "12 % of requests fail (p99 4.8 s). Since 14:02 UTC.");
        incident.triage.customer_impact = "12 % 的请求失败。受影响客户数：[FILL IN]。".into();
        assert_eq!(impact(&incident), "12 % 的请求失败。");
    }

    #[test]
    fn a_draft_says_what_is_known_and_no_more() {
        let now = "2026-03-01T15:07:00Z".parse().unwrap();
        assert_eq!(
            draft(&incident(SeverityLevel::Sev2, Language::En), now),
            "[SEV2] payment-svc: connections exhausted\nStatus: under investigation, since 14:02 UTC (1 h 05 min)\n\
             Impact: not known yet\nNext update by 15:37 UTC"
        );
        let chinese = draft(&incident(SeverityLevel::Sev4, Language::Zh), now);
        assert_eq!(
            chinese,
            "[SEV4] payment-svc: connections exhausted\n状态：排查中，自 14:02 UTC (1 h 05 分钟)\n影响：尚不清楚"
        );
    }
}
