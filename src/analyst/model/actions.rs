//! The check of what is to be done: steps, ways to stop the harm, questions and tasks. Their commands are judged by
//! their words.

use crate::analyst::command::{self, Effect, Fault};
use crate::analyst::model::alike;
use crate::analyst::model::check::{Mark, Pass, excerpt};
use crate::evidence::provenance::FILL_IN;
use crate::incident::opinion::{RemarkKind, Section};
use crate::incident::triage::{CommandEffect, FollowUp, Missing, Mitigation, Step};

impl Pass<'_> {
    pub(super) fn checklist(&mut self, list: Vec<Step>) -> (Vec<Step>, Vec<Mitigation>) {
        let (mut kept, mut moved) = (Vec::new(), Vec::new());
        for (number, mut item) in list.into_iter().enumerate() {
            if item.step.is_empty() && item.command.is_empty() {
                continue;
            }
            let injected =
                self.checker.is_injected(&item.step) || self.checker.is_injected_command(&item.command);
            if injected {
                self.withhold(Section::Checklist, &format!("{} {}", item.step, item.command));
                continue;
            }
            let id = alike::id("step", &format!("{}\n{}", item.step, item.command));
            if self.is_marked(&id) {
                continue;
            }
            let claimed = std::mem::replace(&mut item.id, id.clone());
            let effect =
                if item.command.is_empty() { by_words(&item.step) } else { command::effect(&item.command) };
            match effect {
                Effect::Destroys => {
                    let said = self.say(
                        "dropped from the checklist, for it takes data away",
                        "会破坏数据，已从排查清单中删除",
                    );
                    let text = format!("{said}: {}", excerpt(&item.command));
                    self.remarks.add(RemarkKind::Effect, Section::Checklist, "", text);
                    continue;
                }
                Effect::Changes => {
                    self.mark(Section::Mitigations, &id, (Section::Checklist, number), claimed);
                    moved.push(self.step_as_mitigation(item));
                    continue;
                }
                Effect::Unknown => {
                    let said = self.say("not known to only look, and left out", "不能确认只读，已略去");
                    let text = format!("{said}: {}", excerpt(&item.command));
                    self.remarks.add(RemarkKind::Effect, Section::Checklist, &id, text);
                    item.command.clear();
                }
                Effect::Reads => {
                    item.command = self.named(Section::Checklist, &id, item.command);
                }
            }
            self.mark(Section::Checklist, &id, (Section::Checklist, number), claimed);
            item.effect = CommandEffect::Reads;
            item.compared = None;
            item.decides = self.decided(&item.decides);
            kept.push(item);
        }
        (kept, moved)
    }

    /// Ids of hypotheses as they are now for those that the model gave; ids it did not give may be of the screen.
    pub(super) fn decided(&self, claimed: &[String]) -> Vec<String> {
        let now = |id: &String| {
            let of_answer = |mark: &&Mark| mark.section == Section::Hypotheses && mark.claimed == *id;
            self.marks.iter().find(of_answer).map_or_else(|| id.clone(), |mark| mark.id.clone())
        };
        claimed.iter().map(now).collect()
    }

    pub(super) fn step_as_mitigation(&mut self, step: Step) -> Mitigation {
        let said = self.say(
            "changes the system: moved from the checklist to the mitigations",
            "会改动系统：已从排查清单移到缓解措施",
        );
        self.remarks.add(RemarkKind::Effect, Section::Mitigations, &step.id, said);
        let command = self.well_formed(Section::Mitigations, &step.id, step.command);
        let command = self.named(Section::Mitigations, &step.id, command);
        Mitigation {
            id: step.id,
            action: if step.step.is_empty() { command.clone() } else { step.step },
            command: (!command.is_empty()).then_some(command),
            risk: FILL_IN.to_owned(),
            rollback: FILL_IN.to_owned(),
            effect: CommandEffect::Changes,
        }
    }

    pub(super) fn mitigations(&mut self, list: Vec<Mitigation>) -> Vec<Mitigation> {
        let mut kept = Vec::new();
        for (number, mut item) in list.into_iter().enumerate() {
            let command = item.command.take().unwrap_or_default();
            if item.action.is_empty() && command.is_empty() {
                continue;
            }
            if self.checker.is_injected(&item.action) || self.checker.is_injected_command(&command) {
                self.withhold(Section::Mitigations, &format!("{} {command}", item.action));
                continue;
            }
            let id = alike::id("mitigation", &format!("{}\n{command}", item.action));
            if self.is_marked(&id) {
                continue;
            }
            let claimed = std::mem::replace(&mut item.id, id.clone());
            self.mark(Section::Mitigations, &id, (Section::Mitigations, number), claimed);
            let effect = if command.is_empty() { Effect::Changes } else { command::effect(&command) };
            item.effect = if effect == Effect::Reads { CommandEffect::Reads } else { CommandEffect::Changes };
            let command = if effect == Effect::Destroys {
                let said = self.say(
                    "its command takes data away for good and is left out",
                    "其命令会永久破坏数据，已略去",
                );
                self.remarks.add(
                    RemarkKind::Effect,
                    Section::Mitigations,
                    &id,
                    format!("{said}: {}", excerpt(&command)),
                );
                String::new()
            } else {
                let command = self.well_formed(Section::Mitigations, &id, command);
                self.named(Section::Mitigations, &id, command)
            };
            if item.action.is_empty() {
                item.action.clone_from(&command);
            }
            item.command = (!command.is_empty()).then_some(command);
            for (text, en, zh) in [
                (&mut item.risk, "no risk is given", "未说明风险"),
                (&mut item.rollback, "no way back is given", "未说明如何回退"),
            ] {
                if text.trim().is_empty() {
                    FILL_IN.clone_into(text);
                    let said = self.say(en, zh);
                    self.remarks.add(RemarkKind::Risk, Section::Mitigations, &id, said);
                }
            }
            kept.push(item);
        }
        kept
    }

    /// The command, or nothing where its form is broken.
    pub(super) fn well_formed(&mut self, section: Section, key: &str, command: String) -> String {
        let Some(fault) = command::fault(&command) else { return command };
        let said = match fault {
            Fault::Quote => self.say("a quotation mark is not closed", "引号未闭合"),
            Fault::Bracket => self.say("a bracket is not closed", "括号未闭合"),
            Fault::Operator => self.say("a pipe or an operator leads nowhere", "管道或操作符不完整"),
            Fault::Redirection => self.say("a redirection names no file", "重定向没有文件名"),
            Fault::Depth => self.say("it is nested too deeply", "嵌套过深"),
        };
        let text = format!("{said}: {}", excerpt(&command));
        self.remarks.add(RemarkKind::Syntax, section, key, text);
        String::new()
    }

    /// The command with names that stand nowhere in the case replaced by placeholders.
    pub(super) fn named(&mut self, section: Section, key: &str, command: String) -> String {
        let (out, replaced) = command::names::placeholders(&command, |name| self.checker.is_known(name));
        for name in replaced {
            self.unknown_name(section, key, &name);
        }
        out
    }

    pub(super) fn missing(&mut self, mut item: Missing) -> Option<Missing> {
        if item.what.is_empty() {
            return None;
        }
        if self.checker.is_injected(&item.what) || self.checker.is_injected_command(&item.command) {
            self.withhold(Section::Missing, &format!("{} {}", item.what, item.command));
            return None;
        }
        if !item.command.is_empty() && command::effect(&item.command) != Effect::Reads {
            let said = self.say("not known to only look, and left out", "不能确认只读，已略去");
            let text = format!("{said}: {}", excerpt(&item.command));
            self.remarks.add(RemarkKind::Effect, Section::Missing, &item.what, text);
            item.command.clear();
        }
        item.command = self.named(Section::Missing, &item.what.clone(), item.command);
        Some(item)
    }

    pub(super) fn follow_up(&mut self, mut item: FollowUp) -> Option<FollowUp> {
        if item.text.is_empty() {
            return None;
        }
        if self.checker.is_injected(&item.text) {
            self.withhold(Section::FollowUps, &item.text);
            return None;
        }
        let priority = item.priority.trim().to_ascii_uppercase();
        let known = ["P0", "P1", "P2", "P3"].contains(&priority.as_str());
        item.priority = if known { priority } else { "P2".to_owned() };
        Some(item)
    }
}

/// What a step without a command does, by its first word.
fn by_words(step: &str) -> Effect {
    const DOES: [&str; 24] = [
        "restart",
        "reboot",
        "roll",
        "rollback",
        "revert",
        "scale",
        "delete",
        "drop",
        "kill",
        "terminate",
        "disable",
        "suspend",
        "failover",
        "truncate",
        "重启",
        "回滚",
        "扩容",
        "缩容",
        "删除",
        "停用",
        "暂停",
        "切换",
        "下线",
        "终止",
    ];
    let lower = step.trim().to_lowercase();
    let does = DOES.iter().any(|word| {
        lower
            .strip_prefix(word)
            .is_some_and(|rest| !word.is_ascii() || !rest.starts_with(|c: char| c.is_alphanumeric()))
    });
    if does { Effect::Changes } else { Effect::Reads }
}
