//! The answer as it arrives: bytes to events, with limits, up to its end or to what is wrong with it.

use std::collections::VecDeque;
use std::mem;
use std::time::{Duration, Instant};

use reqwest::Response;

use crate::llm::call::{Event, Finish, end};
use crate::llm::failure::{Failure, FailureKind};
use crate::llm::link::Link;
use crate::llm::stream::decode::{Piece, pieces};
use crate::llm::stream::fault::{self, Fault, Said};
use crate::llm::stream::frame::{Joiner, documents};
use crate::llm::stream::runaway::Runaway;
use crate::llm::stream::sse::{Frame, Framer};
use crate::llm::stream::think::{Part, Splitter};
use crate::llm::usage::Meter;

/// Most bytes of text of an answer; a triage is a hundredth of it.
pub(crate) const TEXT_MAX: usize = 1 << 20;
/// Most bytes of thinking that are handed on; the rest is counted as life, not shown.
const THINKING_MAX: usize = 1 << 20;
/// Most bytes on the wire: a token may well take 300.
const WIRE_MAX: usize = 128 << 20;
/// Most bytes of an answer that was not streamed.
const WHOLE_MAX: usize = 4 << 20;
/// Most bytes kept of a refusal.
const REFUSAL_MAX: usize = 2_000;

/// What came from the connection.
pub(super) enum Step {
    /// Bytes of the body.
    Bytes(Vec<u8>),
    /// The body is over, or nothing more is waited for.
    End,
    /// The connection broke.
    Broken(reqwest::Error),
}

/// What the body turned out to be: the header about it may be missing or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    Unknown,
    Events,
    Whole,
}

/// Reads one answer.
pub(super) struct Reader {
    pub(super) link: Link,
    response: Response,
    body: Body,
    /// The beginning while the body is unknown, or all of one that is not streamed.
    held: Vec<u8>,
    framer: Framer,
    joiner: Joiner,
    pub(super) splitter: Splitter,
    runaway: Runaway,
    pub(super) meter: Meter,
    pub(super) refusal: String,
    /// The last line that was no event, and whether a frame was no JSON.
    pub(super) stray: Option<String>,
    pub(super) finish: Option<Finish>,
    wait_after_finish: Duration,
    deadline: Option<Instant>,
    wire: usize,
    text: usize,
    pub(super) thinking: usize,
    pub(super) blank: bool,
    ended: bool,
    pub(super) over: bool,
}

impl Reader {
    pub(super) fn new(link: Link, response: Response, wait_after_finish: Duration) -> Self {
        Self {
            link,
            response,
            body: Body::Unknown,
            held: Vec::new(),
            framer: Framer::default(),
            joiner: Joiner::default(),
            splitter: Splitter::default(),
            runaway: Runaway::default(),
            meter: Meter::default(),
            refusal: String::new(),
            stray: None,
            finish: None,
            wait_after_finish,
            deadline: None,
            wire: 0,
            text: 0,
            thinking: 0,
            blank: true,
            ended: false,
            over: false,
        }
    }

    pub(super) fn request_id(&self) -> Option<String> {
        end::request_id(self.link.endpoint(), self.response.headers())
    }

    /// When the wait for what may follow the end of the answer is over.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Whether anything of the answer was told.
    pub(super) fn has_content(&self) -> bool {
        self.text > 0 || self.thinking > 0
    }

    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    pub(super) async fn chunk(&mut self) -> Step {
        match self.response.chunk().await {
            Ok(Some(bytes)) => Step::Bytes(bytes.to_vec()),
            Ok(None) => Step::End,
            Err(error) => Step::Broken(error),
        }
    }

    /// Takes what came and tells what it means; gives what is wrong, if anything.
    pub(super) fn take(&mut self, step: Step, events: &mut VecDeque<Event>) -> Option<Fault> {
        let mut frames = Vec::new();
        match step {
            Step::Bytes(bytes) => {
                self.wire = self.wire.saturating_add(bytes.len());
                if self.wire > WIRE_MAX {
                    return Some(self.too_much(&format!("{} MB", WIRE_MAX >> 20)));
                }
                if let Some(fault) = self.sort(&bytes, &mut frames) {
                    return Some(fault);
                }
                if let Some(fault) = self.frames(frames, events) {
                    return Some(fault);
                }
                if self.ended { self.end(events) } else { None }
            }
            Step::End => {
                if let Some(fault) = self.flush(events) {
                    return Some(fault);
                }
                self.end(events)
            }
            // After the end of the answer, how the connection ends is nobody's concern.
            Step::Broken(_) if self.finish.is_some() => self.end(events),
            Step::Broken(error) => {
                if let Some(fault) = self.flush(events) {
                    return Some(fault);
                }
                let mut fault = fault::of_transport(self.link.endpoint(), &error, true);
                self.add_stray(&mut fault);
                Some(fault)
            }
        }
    }

    /// Looks at the first bytes: events or a document.
    fn sort(&mut self, bytes: &[u8], frames: &mut Vec<Frame>) -> Option<Fault> {
        match self.body {
            Body::Events => self.framer.push(bytes, frames),
            Body::Whole => self.held.extend_from_slice(bytes),
            Body::Unknown => {
                self.held.extend_from_slice(bytes);
                let start = self.held.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.held).trim_ascii_start();
                match start.first() {
                    None => {}
                    Some(b'{' | b'[') => self.body = Body::Whole,
                    Some(b'<') => {
                        let said = Said::body(&self.held[..self.held.len().min(fault::BODY_MAX)]);
                        let what = format!("a page came instead of an answer: {}", said.message.trim());
                        let url = self.link.endpoint().shown_url();
                        return Some(self.damaged(&what, &format!("check the url {url}")));
                    }
                    Some(0x1f) => {
                        let what = "the answer is compressed, which was not asked for";
                        return Some(self.damaged(what, "check what stands between here and the endpoint"));
                    }
                    Some(_) => {
                        self.body = Body::Events;
                        let held = mem::take(&mut self.held);
                        self.framer.push(&held, frames);
                    }
                }
            }
        }
        (self.held.len() > WHOLE_MAX).then(|| self.too_much(&format!("{} MB in one piece", WHOLE_MAX >> 20)))
    }

    /// The body is over: what is still held.
    fn flush(&mut self, events: &mut VecDeque<Event>) -> Option<Fault> {
        let mut frames = Vec::new();
        if self.body == Body::Whole {
            let data = String::from_utf8_lossy(&mem::take(&mut self.held)).into_owned();
            let data = data.trim_start_matches('\u{feff}').to_owned();
            frames.push(Frame::Data { data, error: false });
        } else if self.body == Body::Events {
            self.framer.finish(&mut frames);
        }
        self.frames(frames, events)
    }

    fn frames(&mut self, frames: Vec<Frame>, events: &mut VecDeque<Event>) -> Option<Fault> {
        for frame in frames {
            if self.ended {
                break;
            }
            let fault = match frame {
                Frame::Data { data, error } => self.data(&data, error, events),
                Frame::Stray(line) => {
                    // A gateway that writes its error into the stream without any framing.
                    let (values, _) = documents(&line);
                    if line.trim_start().starts_with('{') && !values.is_empty() {
                        self.data(&line, false, events)
                    } else {
                        self.stray = Some(line);
                        None
                    }
                }
                Frame::TooLong => Some(self.too_much("4 MB in one event")),
            };
            if fault.is_some() {
                return fault;
            }
        }
        None
    }

    fn data(&mut self, data: &str, error: bool, events: &mut VecDeque<Event>) -> Option<Fault> {
        let data = data.trim();
        if data == "[DONE]" {
            self.ended = true;
            return None;
        }
        let (values, bad) = documents(data);
        let mut found = Vec::new();
        for value in values {
            pieces(value, error, &mut found);
        }
        for piece in found {
            if let Some(fault) = self.piece(piece, events) {
                return Some(fault);
            }
        }
        if !bad {
            return None;
        }
        if data.starts_with(['{', '[']) {
            // A part of the text is gone; what follows would not fit what came before.
            let what = "the endpoint sent an event that is no JSON";
            return Some(self.damaged(what, "ask again"));
        }
        self.stray = Some(data.chars().take(300).collect());
        error.then(|| {
            let value = serde_json::Value::String(data.chars().take(2_000).collect());
            fault::in_stream(self.link.endpoint(), &value)
        })
    }

    fn piece(&mut self, piece: Piece, events: &mut VecDeque<Event>) -> Option<Fault> {
        match piece {
            Piece::Text(text) => {
                let text = self.joiner.push(text);
                for part in self.splitter.push(text) {
                    if let Some(fault) = self.part(part, events) {
                        return Some(fault);
                    }
                }
            }
            Piece::Thinking(text) => return self.part(Part::Thinking(text), events),
            Piece::Refusal(text) => {
                if self.refusal.len() < REFUSAL_MAX {
                    self.refusal.push_str(&text);
                }
            }
            Piece::Usage(report) => self.meter.add(report),
            Piece::Finish(finish) => {
                if let Some(part) = self.splitter.finish()
                    && let Some(fault) = self.part(part, events)
                {
                    return Some(fault);
                }
                self.finish.get_or_insert(finish);
                self.deadline.get_or_insert_with(|| Instant::now() + self.wait_after_finish);
            }
            Piece::Error(value) => return Some(fault::in_stream(self.link.endpoint(), &value)),
            Piece::End => self.ended = true,
        }
        None
    }

    pub(super) fn part(&mut self, part: Part, events: &mut VecDeque<Event>) -> Option<Fault> {
        match part {
            Part::Thinking(text) => {
                self.thinking = self.thinking.saturating_add(text.len());
                if self.thinking <= THINKING_MAX && !text.is_empty() {
                    events.push_back(Event::Thinking(text));
                }
            }
            // What comes after the end belongs to no answer.
            Part::Answer(_) if self.finish.is_some() => {}
            Part::Answer(text) => {
                self.blank &= text.trim().is_empty();
                self.text += text.len();
                if self.text > TEXT_MAX {
                    return Some(self.too_much(&format!("{} MB of text", TEXT_MAX >> 20)));
                }
                if let Some(what) = self.runaway.push(&text) {
                    let message = format!("{}: the answer runs away in {what}", self.link.endpoint().name());
                    let hint = "ask again; a model held to a schema can get stuck";
                    let failure = Failure::new(FailureKind::TooMuch, message, hint);
                    return Some(Fault { failure, transient: false });
                }
                events.push_back(Event::Text(text));
            }
        }
        None
    }

    fn too_much(&self, what: &str) -> Fault {
        let message =
            format!("{}: more than {what} came; the rest is not taken", self.link.endpoint().name());
        let failure = Failure::new(FailureKind::TooMuch, message, "ask again, or use another model");
        Fault { failure, transient: false }
    }

    fn damaged(&self, what: &str, hint: &str) -> Fault {
        let endpoint = self.link.endpoint();
        let message = format!("{}: {}", endpoint.name(), fault::clean(endpoint, what));
        Fault { failure: Failure::new(FailureKind::Damaged, message, hint), transient: false }
    }
}
