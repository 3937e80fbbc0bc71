//! The end of an answer: complete, cut, declined or empty; and what its headers say.

use std::collections::VecDeque;
use std::mem;

use reqwest::header::HeaderMap;

use crate::llm::call::reader::Reader;
use crate::llm::call::{Event, Finish};
use crate::llm::endpoint::{Endpoint, host_of};
use crate::llm::failure::{Failure, FailureKind, one_line};
use crate::llm::stream::fault::{self, Fault};

impl Reader {
    /// The answer is over: complete, cut, declined or empty.
    pub(super) fn end(&mut self, events: &mut VecDeque<Event>) -> Option<Fault> {
        if let Some(part) = self.splitter.finish()
            && let Some(fault) = self.part(part, events)
        {
            return Some(fault);
        }
        let name = self.link.endpoint().name();
        let new = |kind, message: String, hint: &str| Failure::new(kind, message, hint);
        let failure = match self.finish.clone() {
            None => {
                let mut fault = Fault {
                    failure: new(
                        FailureKind::Cut,
                        format!("{name}: the answer ended without saying that it is complete"),
                        "ask again",
                    ),
                    transient: true,
                };
                self.add_stray(&mut fault);
                return Some(fault);
            }
            Some(Finish::Filter) => {
                let why = if self.refusal.is_empty() { String::new() } else { format!(": {}", self.refusal) };
                let message = format!("{name}: declined to answer, by the model or a filter{why}");
                new(FailureKind::Refused, message, "use another model, or mask what may have offended")
            }
            Some(_) if self.blank && !self.refusal.is_empty() => {
                let message = format!("{name}: declined to answer: {}", self.refusal);
                new(FailureKind::Refused, message, "use another model")
            }
            Some(Finish::Length) if self.blank => {
                let message = format!("{name}: all tokens went into thinking, none into an answer");
                new(FailureKind::NoAnswer, message, "raise max_tokens, or lower the effort of reasoning")
            }
            Some(_) if self.blank && self.thinking == 0 => new(
                FailureKind::NoAnswer,
                format!("{name}: the answer is empty"),
                "ask again, or use another model",
            ),
            Some(finish) => {
                self.tell_usage(events);
                events.push_back(Event::Finished(finish));
                self.over = true;
                return None;
            }
        };
        Some(Fault { failure, transient: false })
    }

    pub(super) fn tell_usage(&mut self, events: &mut VecDeque<Event>) {
        let usage = mem::take(&mut self.meter).usage(self.link.endpoint().wire);
        if !usage.is_empty() {
            events.push_back(Event::Usage(usage));
        }
    }

    /// What stood outside of the events is the best guess at what happened.
    pub(super) fn add_stray(&mut self, fault: &mut Fault) {
        if let Some(line) = self.stray.take() {
            let line = fault::clean(self.link.endpoint(), &line);
            fault.failure.message = one_line(&format!("{}: {line}", fault.failure.message));
        }
    }
}

/// Name of a request in the endpoint's records, for its support.
pub(super) fn request_id(endpoint: &Endpoint, headers: &HeaderMap) -> Option<String> {
    let names = ["request-id", "x-request-id", "x-generation-id", "x-litellm-call-id", "apim-request-id"];
    let value = names.iter().find_map(|name| headers.get(*name)).and_then(|value| value.to_str().ok())?;
    Some(one_line(&fault::clean(endpoint, value)))
}

/// Where a redirect leads: scheme and host; the rest may hold anything.
pub(super) fn location(endpoint: &Endpoint, location: &str) -> String {
    let target = endpoint.url.join(location).map(|url| format!("{}://{}", url.scheme(), host_of(&url)));
    target.unwrap_or_else(|_| "an address that is none".to_owned())
}
