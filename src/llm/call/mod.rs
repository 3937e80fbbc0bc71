//! One call to a model: sent, waited for, read, sent again where that can help, and always ended by one event.

mod end;
pub(crate) mod reader;

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use reqwest::Response;

use crate::llm::call::reader::{Reader, Step};
use crate::llm::failure::{Failure, FailureKind};
use crate::llm::link::Link;
use crate::llm::request::{self, Prompt, Quirks, Refusal};
use crate::llm::retry::{self, Advice};
use crate::llm::stream::fault::{self, Fault, Said};
use crate::llm::usage::Usage;

/// What happens during a call, in order. [`Event::Finished`] or [`Event::Failed`] is the last.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The request is on its way: bytes of its body, and how often it was sent before.
    Sent {
        /// Bytes of the body.
        bytes: usize,
        /// Times it was sent before.
        again: u32,
    },
    /// The endpoint began to answer.
    Opened {
        /// Name of the request in the endpoint's records.
        request_id: Option<String>,
    },
    /// Nothing to show yet.
    Waiting(Waiting),
    /// The endpoint does not take something that was sent; it is left out from now on. To be kept by the caller.
    Learned(Quirks),
    /// Text of thinking.
    Thinking(String),
    /// Text of the answer.
    Text(String),
    /// What the call used, as far as the endpoint says; before the last event, if at all.
    Usage(Usage),
    /// The answer is complete, or ended for the reason given.
    Finished(Finish),
    /// There is no complete answer.
    Failed(Failure),
}

/// Why there is nothing to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// It will be sent again.
    Retry {
        /// After this long.
        after: Duration,
        /// What went wrong.
        because: Failure,
    },
    /// Not a byte arrived for this long; the connection may be dead.
    Silent(Duration),
    /// The endpoint lives, but no text arrived for this long: it thinks, or queues.
    NoContent(Duration),
}

/// Why an answer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    /// The model said all.
    Stop,
    /// The cap on tokens was reached: the document is partial.
    Length,
    /// Something else, in the endpoint's word; the answer counts as finished.
    Other(String),
    /// A filter or the model itself stopped it.
    Filter,
}

impl Finish {
    pub(crate) fn chat(word: &str) -> Self {
        match word {
            "stop" | "tool_calls" | "function_call" | "eos" => Self::Stop,
            "length" | "max_tokens" => Self::Length,
            "content_filter" | "refusal" => Self::Filter,
            other => Self::Other(crate::llm::failure::one_line(other)),
        }
    }

    pub(crate) fn messages(word: &str) -> Self {
        match word {
            "end_turn" | "stop_sequence" | "tool_use" | "stop" => Self::Stop,
            "max_tokens" | "model_context_window_exceeded" | "length" => Self::Length,
            "refusal" | "content_filter" => Self::Filter,
            other => Self::Other(crate::llm::failure::one_line(other)),
        }
    }
}

/// How long what is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Silence after which [`Waiting::Silent`] is told, and again after as long.
    pub silent: Duration,
    /// Time without text after which [`Waiting::NoContent`] is told, and again after as long.
    pub no_content: Duration,
    /// Silence that ends the call: nobody queues longer (`DeepSeek` closes after ten minutes).
    pub dead: Duration,
    /// Longest call.
    pub total: Duration,
    /// How long usage is waited for after the end of the answer.
    pub after_finish: Duration,
    /// First pause before sending again; each further one is twice as long.
    pub first_pause: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            silent: Duration::from_secs(30),
            no_content: Duration::from_secs(60),
            dead: Duration::from_secs(600),
            total: Duration::from_secs(3600),
            after_finish: Duration::from_millis(1500),
            first_pause: Duration::from_millis(500),
        }
    }
}

/// Different things one endpoint may refuse before it takes the request, or not.
const LESSONS: u32 = 6;
/// Longest wait for the body of an error.
const BODY_WAIT: Duration = Duration::from_secs(10);

type Sending = Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send>>;

enum Phase {
    Send,
    Pause(tokio::time::Instant),
    Sending(Sending),
    Refused(Refused),
    Reading(Box<Reader>),
    Over,
}

/// A refusal whose body is still read.
struct Refused {
    response: Response,
    body: Vec<u8>,
    until: tokio::time::Instant,
}

/// A call under way. Dropping it closes the connection.
pub struct Call {
    link: Link,
    prompt: Prompt,
    quirks: Quirks,
    timing: Timing,
    jitter: u64,
    phase: Phase,
    events: VecDeque<Event>,
    /// Times it was sent again after a transient failure.
    retries: u32,
    /// Times it was sent again after something was left out.
    lessons: u32,
    watch: Watch,
}

/// What is measured while waiting.
struct Watch {
    begun: Instant,
    byte: Instant,
    content: Instant,
    told_silent: u32,
    told_no_content: u32,
}

impl Watch {
    fn new() -> Self {
        let now = Instant::now();
        Self { begun: now, byte: now, content: now, told_silent: 0, told_no_content: 0 }
    }

    fn saw_byte(&mut self) {
        self.byte = Instant::now();
        self.told_silent = 0;
    }

    fn saw_content(&mut self) {
        self.content = Instant::now();
        self.told_no_content = 0;
    }

    /// When something is to be told or ended.
    fn alarm(&self, timing: &Timing) -> Instant {
        let silent = self.byte + timing.silent * (self.told_silent + 1);
        let no_content = self.content + timing.no_content * (self.told_no_content + 1);
        silent.min(no_content).min(self.byte + timing.dead).min(self.begun + timing.total)
    }
}

impl Call {
    /// Prepares a call; nothing is sent before [`Call::next`]. `quirks` is what was learned of this model before,
    /// `jitter` any random number.
    pub fn new(link: Link, prompt: Prompt, quirks: Quirks, timing: Timing, jitter: u64) -> Self {
        Self {
            link,
            prompt,
            quirks,
            timing,
            jitter,
            phase: Phase::Send,
            events: VecDeque::new(),
            retries: 0,
            lessons: 0,
            watch: Watch::new(),
        }
    }

    /// The next event; `None` after the last one. May be dropped while it waits, and called again.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            match &mut self.phase {
                Phase::Over => return None,
                Phase::Send => self.send(),
                Phase::Pause(until) => {
                    tokio::time::sleep_until(*until).await;
                    self.phase = Phase::Send;
                }
                Phase::Sending(sending) => {
                    let alarm = self.watch.alarm(&self.timing).into();
                    match tokio::time::timeout_at(alarm, sending.as_mut()).await {
                        Err(_) => self.alarm(),
                        Ok(Ok(response)) => self.opened(response),
                        Ok(Err(error)) => {
                            let fault = fault::of_transport(self.link.endpoint(), &error, false);
                            self.again_or_fail(fault, Advice::default());
                        }
                    }
                }
                Phase::Refused(refused) => {
                    let wait = tokio::time::timeout_at(refused.until, refused.response.chunk());
                    if let Ok(Ok(Some(bytes))) = wait.await
                        && refused.body.len() < fault::BODY_MAX
                    {
                        let room = fault::BODY_MAX - refused.body.len();
                        refused.body.extend_from_slice(&bytes[..bytes.len().min(room)]);
                    } else {
                        self.refused();
                    }
                }
                Phase::Reading(reader) => {
                    let alarm = self.watch.alarm(&self.timing);
                    let alarm = reader.deadline().map_or(alarm, |deadline| deadline.min(alarm));
                    match tokio::time::timeout_at(alarm.into(), reader.chunk()).await {
                        Err(_) if reader.deadline().is_some() => self.step(Step::End),
                        Err(_) => self.alarm(),
                        Ok(step) => self.step(step),
                    }
                }
            }
        }
    }

    fn send(&mut self) {
        let body = request::body(self.link.endpoint(), &self.prompt, &self.quirks);
        self.events.push_back(Event::Sent { bytes: body.len(), again: self.retries + self.lessons });
        self.watch = Watch { begun: self.watch.begun, ..Watch::new() };
        self.phase = Phase::Sending(Box::pin(self.link.request(body).send()));
    }

    fn opened(&mut self, response: Response) {
        self.watch.saw_byte();
        if response.status().is_success() {
            let reader = Reader::new(self.link.clone(), response, self.timing.after_finish);
            self.events.push_back(Event::Opened { request_id: reader.request_id() });
            self.phase = Phase::Reading(Box::new(reader));
        } else {
            let until = tokio::time::Instant::now() + BODY_WAIT;
            self.phase = Phase::Refused(Refused { response, body: Vec::new(), until });
        }
    }

    /// What a refusal means: something is left out and learned, or it is sent again, or it is the end.
    fn refused(&mut self) {
        let Phase::Refused(refused) = std::mem::replace(&mut self.phase, Phase::Over) else { return };
        let said = Said::body(&refused.body);
        let status = refused.response.status().as_u16();
        let endpoint = self.link.endpoint();
        let location = refused.response.headers().get("location").and_then(|value| value.to_str().ok());
        let location = location.map(|location| end::location(endpoint, location));
        let mut fault = fault::of_status(endpoint, status, &said, location.as_deref());
        let id = end::request_id(endpoint, refused.response.headers());
        fault.failure = fault.failure.at(Some(status), id);
        if matches!(status, 400 | 422) && fault.failure.kind == FailureKind::Request && self.lessons < LESSONS
        {
            let refusal = Refusal { parameter: said.parameter.as_deref(), text: &said.message };
            if let Some(learned) = self.quirks.learn(endpoint, &self.prompt, &refusal) {
                self.lessons += 1;
                self.quirks = learned.clone();
                self.events.push_back(Event::Learned(learned));
                self.phase = Phase::Send;
                return;
            }
        }
        self.again_or_fail(fault, Advice::read(refused.response.headers()));
    }

    fn step(&mut self, step: Step) {
        let Phase::Reading(reader) = &mut self.phase else { return };
        if matches!(step, Step::Bytes(_)) {
            self.watch.saw_byte();
        }
        let before = self.events.len();
        let fault = reader.take(step, &mut self.events);
        let content = |event: &Event| matches!(event, Event::Text(_) | Event::Thinking(_));
        if self.events.iter().skip(before).any(content) {
            self.watch.saw_content();
        }
        match fault {
            Some(fault) => self.again_or_fail(fault, Advice::default()),
            None if reader.is_over() => self.phase = Phase::Over,
            None => {}
        }
    }

    fn alarm(&mut self) {
        let now = Instant::now();
        let (silent, idle) = (now - self.watch.byte, now - self.watch.content);
        if silent >= self.timing.dead || now - self.watch.begun >= self.timing.total {
            let name = self.link.endpoint().name();
            let message = if silent >= self.timing.dead {
                format!("{name}: nothing arrived for {} s", silent.as_secs())
            } else {
                format!("{name}: no end after {} s", (now - self.watch.begun).as_secs())
            };
            let failure = Failure::new(FailureKind::Silent, message, "ask again, or use another model");
            // Whoever waited this long decides for himself.
            self.again_or_fail(Fault { failure, transient: false }, Advice::default());
        } else if silent >= self.timing.silent * (self.watch.told_silent + 1) {
            self.watch.told_silent += 1;
            self.events.push_back(Event::Waiting(Waiting::Silent(silent)));
        } else if idle >= self.timing.no_content * (self.watch.told_no_content + 1) {
            self.watch.told_no_content += 1;
            self.events.push_back(Event::Waiting(Waiting::NoContent(idle)));
        }
    }

    /// Sends again what can be sent again: never after anything of an answer was shown.
    fn again_or_fail(&mut self, mut fault: Fault, advice: Advice) {
        let content = matches!(&self.phase, Phase::Reading(reader) if reader.has_content());
        let jitter = retry::Jitter { first: self.timing.first_pause, random: self.jitter };
        let pause = retry::pause(fault.transient, advice, self.retries, jitter).filter(|_| !content);
        if let Some(after) = pause {
            self.retries += 1;
            self.events.push_back(Event::Waiting(Waiting::Retry { after, because: fault.failure }));
            self.phase = Phase::Pause(tokio::time::Instant::now() + after);
            return;
        }
        if let Phase::Reading(reader) = &mut self.phase {
            reader.tell_usage(&mut self.events);
        }
        fault.failure.after_content = content;
        self.events.push_back(Event::Failed(fault.failure));
        self.phase = Phase::Over;
    }
}
