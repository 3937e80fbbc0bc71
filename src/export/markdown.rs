//! The full report in Markdown.

use crate::incident::event::{IncidentStatus, StepOutcome};
use crate::incident::triage::{CommandEffect, Compared, Confidence, Fit, HypothesisStatus, Language};
use crate::incident::{Incident, Quote, TimelineKind};

/// The whole incident as Markdown: what persons said and marked wins over the analyst.
pub fn markdown(incident: &Incident) -> String {
    let mut report = Report { incident, out: String::new() };
    report.head();
    report.hypotheses();
    report.checklist();
    report.mitigations();
    report.impact();
    report.timeline();
    report.contradictions();
    report.missing();
    report.follow_ups();
    report.similar();
    report.postmortem();
    report.out
}

struct Report<'a> {
    incident: &'a Incident,
    out: String,
}

impl Report<'_> {
    fn say<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        if self.incident.language == Language::Zh { zh } else { en }
    }

    fn confidence(&self, confidence: Confidence) -> &'static str {
        match confidence {
            Confidence::Low => self.say("low", "低"),
            Confidence::Medium => self.say("medium", "中"),
            Confidence::High => self.say("high", "高"),
        }
    }

    fn kind(&self, kind: TimelineKind) -> &'static str {
        let zh = match kind {
            TimelineKind::Deploy => "变更",
            TimelineKind::Alert => "告警",
            TimelineKind::Symptom => "现象",
            TimelineKind::Human => "人员",
            TimelineKind::Action => "处置",
            TimelineKind::Finding => "发现",
        };
        self.say(kind.name(), zh)
    }

    fn compared(&mut self, compared: &Compared) {
        let words = match compared.fit {
            Fit::AsExpected => self.say("The output fits", "输出与预期相符"),
            Fit::NotAsExpected => self.say("The output speaks against it", "输出与预期相反"),
            Fit::Undecided => self.say("The output decides nothing", "输出无法判断"),
        };
        let quote = compared.quote.as_ref().map(|quote| format!(": {}", cited(quote))).unwrap_or_default();
        self.line(&format!("  {words}{quote}"));
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn section(&mut self, en: &str, zh: &str) {
        let heading = format!("\n## {}\n", self.say(en, zh));
        self.line(&heading);
    }

    fn head(&mut self) {
        let incident = self.incident;
        let title =
            if incident.title().is_empty() { self.say("Incident", "事件") } else { incident.title() };
        self.line(&format!("# {}\n", inline(title)));
        if let Some(id) = &incident.id {
            let label = self.say("Incident", "事件").to_owned();
            self.line(&format!("- {label}: {}", id.as_str()));
        }
        if !incident.service().is_empty() {
            let label = self.say("Service", "服务").to_owned();
            self.line(&format!("- {label}: {}", inline(incident.service())));
        }
        if let Some(severity) = incident.severity() {
            let label = self.say("Severity", "严重级别").to_owned();
            let by = incident.declared.as_ref().map(|declared| format!(" ({})", inline(&declared.reason)));
            self.line(&format!("- {label}: {}{}", severity.name(), by.unwrap_or_default()));
        }
        let status = match incident.status {
            IncidentStatus::Open => self.say("open", "处理中"),
            IncidentStatus::Mitigated => self.say("mitigated", "已缓解"),
            IncidentStatus::Resolved => self.say("resolved", "已恢复"),
        };
        let line = format!("- {}: {status}", self.say("Status", "状态"));
        self.line(&line);
        if let Some(onset) = incident.onset() {
            let label = self.say("Onset", "起始").to_owned();
            self.line(&format!("- {label}: {}", onset.strftime("%Y-%m-%d %H:%M:%S UTC")));
        }
        if let Some(severity) = &incident.triage.severity {
            self.line(&format!("\n{}", block(&severity.reasoning)));
        }
        if !incident.triage.summary.is_empty() {
            self.section("Summary", "摘要");
            self.line(&block(&incident.triage.summary));
        }
    }

    fn hypotheses(&mut self) {
        let incident = self.incident;
        let all = incident.hypotheses();
        if all.is_empty() {
            return;
        }
        self.section("Hypotheses", "可能原因");
        for (number, hypothesis) in all.iter().enumerate() {
            let status = match incident.status_of(hypothesis) {
                HypothesisStatus::Open => "",
                HypothesisStatus::Confirmed => self.say(", confirmed", "，已确认"),
                HypothesisStatus::RuledOut => self.say(", ruled out", "，已排除"),
            };
            let line = format!(
                "{}. **{}{status}** {}",
                number + 1,
                self.confidence(hypothesis.confidence),
                inline(&hypothesis.cause)
            );
            self.line(&line);
            for quote in &hypothesis.evidence {
                self.line(&format!("   - {}", cited(quote)));
            }
            for quote in &hypothesis.against {
                let line = format!("   - {} {}", self.say("against:", "反证："), cited(quote));
                self.line(&line);
            }
            if let Some(verdict) =
                incident.verdicts.get(&hypothesis.id).filter(|verdict| !verdict.reason.is_empty())
            {
                self.line(&format!("   - {}: {}", inline(&verdict.by), inline(&verdict.reason)));
            }
        }
    }

    fn checklist(&mut self) {
        let incident = self.incident;
        let steps = incident.steps();
        if steps.is_empty() {
            return;
        }
        self.section("Checklist", "排查清单");
        for step in steps {
            let (mark, said) = match incident.outcome_of(&step.id) {
                StepOutcome::Todo => (' ', ""),
                StepOutcome::Done => ('x', self.say("done", "已做")),
                StepOutcome::AsExpected => ('x', self.say("as expected", "符合预期")),
                StepOutcome::NotAsExpected => ('x', self.say("not as expected", "不符合预期")),
                StepOutcome::Skipped => ('-', self.say("skipped", "跳过")),
            };
            let note = incident.marks.get(&step.id).map_or("", |mark| mark.note.as_str());
            let tail = [said, note]
                .into_iter()
                .filter(|part| !part.is_empty())
                .map(inline)
                .collect::<Vec<_>>()
                .join(": ");
            let tail = if tail.is_empty() { tail } else { format!(" — {tail}") };
            self.line(&format!("- [{mark}] {}{tail}", inline(&step.step)));
            self.command(&step.command);
            if !step.expected.is_empty() {
                let label = self.say("Expected: ", "预期：");
                self.line(&format!("  {label}{}", inline(&step.expected)));
            }
            if let Some(compared) = &step.compared {
                self.compared(compared);
            }
        }
    }

    fn command(&mut self, command: &str) {
        if command.is_empty() {
            return;
        }
        let fence = fence(command);
        self.line(&format!("\n  {fence}sh"));
        for line in command.lines() {
            self.line(&format!("  {line}"));
        }
        self.line(&format!("  {fence}\n"));
    }

    fn mitigations(&mut self) {
        let incident = self.incident;
        if incident.triage.mitigations.is_empty() {
            return;
        }
        self.section("Mitigations", "缓解措施");
        for mitigation in &incident.triage.mitigations {
            let mark = if mitigation.effect == CommandEffect::Changes {
                self.say(" (changes the system)", "（会改动系统）")
            } else {
                ""
            };
            let line = format!("- **{}**{mark}", inline(&mitigation.action));
            self.line(&line);
            self.command(mitigation.command.as_deref().unwrap_or(""));
            let risk = format!("  - {}: {}", self.say("Risk", "风险"), inline(&mitigation.risk));
            self.line(&risk);
            let rollback = format!("  - {}: {}", self.say("Rollback", "回退"), inline(&mitigation.rollback));
            self.line(&rollback);
        }
    }

    fn impact(&mut self) {
        let impact = &self.incident.triage.customer_impact;
        if !impact.is_empty() {
            self.section("Customer impact", "客户影响");
            self.line(&block(impact));
        }
    }

    fn timeline(&mut self) {
        let incident = self.incident;
        let lines = incident.timeline();
        if lines.is_empty() {
            return;
        }
        self.section("Timeline (UTC)", "时间线（UTC）");
        for line in lines {
            let entry = line.entry;
            let assumed =
                if entry.date_assumed { self.say(" (date inferred)", "（日期为推断）") } else { "" };
            let text = format!(
                "- {}{assumed} **{}** {} _({})_",
                entry.at.strftime("%Y-%m-%d %H:%M:%S"),
                self.kind(entry.kind),
                inline(&entry.text),
                inline(&entry.source)
            );
            self.line(&text);
        }
    }

    fn contradictions(&mut self) {
        let incident = self.incident;
        if incident.triage.contradictions.is_empty() {
            return;
        }
        self.section("Contradictions", "矛盾之处");
        for contradiction in &incident.triage.contradictions {
            self.line(&format!("- {}", inline(&contradiction.text)));
            for quote in &contradiction.quotes {
                self.line(&format!("  - {}", cited(quote)));
            }
        }
    }

    fn missing(&mut self) {
        let incident = self.incident;
        if incident.triage.missing.is_empty() {
            return;
        }
        self.section("Missing", "缺少的信息");
        for missing in &incident.triage.missing {
            self.line(&format!("- {} — {}", inline(&missing.what), inline(&missing.why)));
            self.command(&missing.command);
        }
    }

    fn follow_ups(&mut self) {
        let incident = self.incident;
        if incident.triage.follow_ups.is_empty() {
            return;
        }
        self.section("Follow-ups", "后续工作");
        for item in &incident.triage.follow_ups {
            self.line(&format!(
                "- [ ] **{}** {} — {}",
                inline(&item.priority),
                inline(&item.text),
                inline(&item.owner)
            ));
        }
    }

    fn similar(&mut self) {
        let incident = self.incident;
        if incident.triage.similar.is_empty() {
            return;
        }
        self.section("Similar incidents", "相似事件");
        for similar in &incident.triage.similar {
            self.line(&format!(
                "- {}% {} ({}): {}",
                similar.percent,
                inline(&similar.title),
                inline(&similar.id),
                inline(&similar.summary)
            ));
        }
    }

    /// The draft keeps its own headings, one level deeper.
    fn postmortem(&mut self) {
        let incident = self.incident;
        let draft = incident.postmortem().trim();
        if draft.is_empty() {
            return;
        }
        self.section("Postmortem draft", "复盘草稿");
        for line in draft.lines() {
            let line = if line.starts_with('#') { format!("##{line}") } else { line.to_owned() };
            self.line(&line);
        }
    }
}

/// A quote with its source; struck out where it was not found.
fn cited(quote: &Quote) -> String {
    let line = quote.line.map(|line| format!(":{line}")).unwrap_or_default();
    let text = inline(quote.quote.lines().next().unwrap_or(""));
    if quote.verified {
        format!("✓ {}{line} “{text}”", inline(&quote.source))
    } else {
        format!("✗ ~~“{text}”~~")
    }
}

/// One line; what Markdown or HTML would read as markup is escaped, what drives a terminal is dropped.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            '\\' | '`' | '*' | '_' | '~' | '|' | '[' | ']' | '<' | '>' | '#' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() || reorders(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Whether a character changes the direction of what stands beside it.
fn reorders(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Paragraphs.
fn block(text: &str) -> String {
    text.lines().map(inline).collect::<Vec<_>>().join("\n")
}

/// A fence longer than any run of backticks inside.
fn fence(command: &str) -> String {
    let longest = command.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}
