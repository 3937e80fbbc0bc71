//! sevdeck, a terminal cockpit for people who are on call.
//!
//! Point it at log files and paste what you know; it shows at once, and keeps current while the files grow: what
//! broke, why it thinks so with the very lines that say it, what to check next, what to do, and a running timeline.
//! It needs no model and no network; a model, where one is configured, is asked beside it and checked.
//!
//! # Map
//!
//! ```text
//!  keys, clock     log/source/*    llm/call    store/*
//!      \              |              |           |
//!       +-------------+------ Msg ----+-----------+      bounded queues
//!                             |
//!                     app/update   pure: Msg -> Events + Effects; a key becomes a Command by app/keymap
//!                      |        \
//!                    Event      Effect --> app/runtime --> engine, analyst, model, store, clipboard  (answers are Msgs)
//!                      |
//!            incident/reduce       Event -> state; total, deterministic, the only writer of incident state
//!                      |
//!        incident state + app/ui state
//!                      |
//!        tui/view -> tui/pane/* -> Frame               pure: state in, cells out
//! ```
//!
//! Four nouns, never mixed: a **Msg** is anything that arrived, a **Command** what the person wants, an **Event** a
//! fact in the incident's log, an **Effect** what the world is asked to do. An **Incident** is the fold of its events
//! and nothing else.
//!
//! Raw log bytes are the data plane and stay out of this flow: the engine leaves them on disk and answers questions
//! (a window of lines, a search, a count, a histogram, a digest). Findings and the few lines that something rests on are
//! quoted in events; counters and rates are views, never events. What is no plain file (a pipe, a command, the journal,
//! an archive) is copied into a bounded spool by the runtime and read there like a file. How the bytes arrive, and how
//! many threads read them, makes no difference to what comes out: blocks are read ahead by a guess at what the reader
//! knows, which is checked when their turn comes (`log/facts.rs`).
//!
//! # Modules
//!
//! | module | is | may import, of ours |
//! |---|---|---|
//! | [`incident`] | the core: events, reducer, state, triage document, stored form | nothing |
//! | [`config`] | default < file < environment < flag | nothing |
//! | [`failure`] | what a person sees when something fails | nothing |
//! | [`log`] | bytes -> records -> templates -> findings; `log/source` is its only IO | `incident` |
//! | [`evidence`] | case file, citations, provenance of figures, contradictions, redaction | `incident`, `log` |
//! | [`llm`] | models: prompts, prices, endpoints, requests, streams; the only network | `incident`, `evidence` |
//! | [`analyst`] | case file in, revisions of a triage out; `offline` needs no model, `model` checks one | `incident`, `evidence`, `llm` |
//! | [`store`] | where events are kept: sled, memory; similarity of incidents | `incident` |
//! | [`app`] | messages, commands, effects, update, interface state, runtime | all of the above |
//! | [`tui`] | terminal, pacing, layout, themes, panes, overlays | `incident`, `app`, `config`, `failure` |
//! | [`export`] | markdown and JSON | `incident` |
//! | [`cli`] | arguments, one file per subcommand | all |
//!
//! `tests/house.rs` enforces the table, and where ratatui, sled, notify, threads and the clock may be used.
//!
//! # Invariants
//!
//! - Replaying the stored events gives the same state, byte for byte; the same evidence gives the same triage.
//! - A bad line, reply, file or event becomes a finding or a message on screen, never an exit.
//! - The terminal is restored on every way out.
//! - Every queue, buffer and file read into memory has a limit and a rule for what happens at it. Events are never
//!   dropped.
//! - Files are read with `pread` in blocks, never mapped: a mapped file that is truncated kills the process.
//! - Bytes from outside pass one hygiene function before they reach the terminal or the clipboard.
//! - What a model says is checked before it is shown, and never takes away what the offline analyst found; what is sent to
//!   it is masked first, and shown on demand. An answer under way is a preview; only its end is an event.
//! - Secrets are masked where a text comes into the record, so that what is kept, the bytes quotes point at and what is
//!   sent are of one text. The values live in memory, for the screen and what is copied, and end with the session.
//! - A store that is locked, full or gone never stops the cockpit: it says so and keeps the events.
//! - Drawing changes nothing. Nothing on the start path waits for the store.
//!
//! # Where to add
//!
//! - a failure class: an entry in its family's file under `analyst/offline/playbooks/`, with samples that match and
//!   that do not;
//! - a command: a row in `app/command.rs`; help, palette and key bar follow;
//! - an event: a variant in `incident/event.rs`; the compiler leads to the reducer and the stored form;
//! - a pane: `tui/pane/<name>.rs` and a snapshot in `tests/flow/`;
//! - a time format: `log/time/`, with sample lines; a kind of stack trace: `log/trace.rs`; a wrapping of lines:
//!   `log/envelope.rs`; a condition of the filter: `log/filter/`; a finding: `log/finding/`;
//! - a kind of source: `log/source/open.rs` (text in disguise) or `app/runtime/stream/` (a program); a theme: a file in `themes/`.
//!
//! # Reading order
//!
//! README -> this page -> `incident/event.rs` -> `incident/reduce.rs` -> `app/msg.rs` -> `app/update/mod.rs` ->
//! `tui/view.rs` -> one pane.

pub mod analyst;
pub mod app;
pub mod cli;
pub mod config;
pub mod evidence;
pub mod export;
pub mod failure;
pub mod incident;
pub mod llm;
pub mod log;
pub mod store;
pub mod tui;
