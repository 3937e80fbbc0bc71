//! The checker's remarks, in the language of the case.

use crate::incident::opinion::{Remark, RemarkKind, Section};

/// Most remarks kept; what is over is counted.
const REMARKS_MAX: usize = 120;

/// Collects remarks.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    list: Vec<Remark>,
    more: usize,
    zh: bool,
}

impl Remarks {
    pub(super) fn new(zh: bool) -> Self {
        Self { zh, ..Self::default() }
    }

    /// English or Chinese words.
    pub(super) fn say<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        if self.zh { zh } else { en }
    }

    pub(super) fn add(&mut self, kind: RemarkKind, section: Section, key: &str, text: impl Into<String>) {
        let remark = Remark { kind, section, key: key.to_owned(), text: text.into() };
        if self.list.contains(&remark) {
            return;
        }
        if self.list.len() < REMARKS_MAX {
            self.list.push(remark);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn finish(mut self) -> Vec<Remark> {
        if self.more > 0 {
            let text = if self.zh {
                format!("另有 {} 条说明未列出", self.more)
            } else {
                format!("{} more remarks are not listed", self.more)
            };
            self.list.push(Remark {
                kind: RemarkKind::Form,
                section: Section::Document,
                key: String::new(),
                text,
            });
        }
        self.list
    }
}
