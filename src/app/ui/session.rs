//! What is kept of the interface beside the record.

use serde::{Deserialize, Serialize};

use crate::app::split::Split;
use crate::app::timeline::Kinds;
use crate::app::ui::{HypothesisCursor, Input, Pane};
use crate::incident::{Place, SourceId};
use crate::log::filter::Filter;
use crate::log::view::Scope;

/// What `resume` restores of the interface; stored beside the events.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// See [`Ui::focus`](crate::app::ui::Ui::focus).
    pub focus: Pane,
    /// See [`Ui::zoom`](crate::app::ui::Ui::zoom).
    pub zoom: bool,
    /// See [`Ui::hypothesis`](crate::app::ui::Ui::hypothesis).
    pub hypothesis: Option<HypothesisCursor>,
    /// See [`Ui::step`](crate::app::ui::Ui::step).
    pub step: Option<String>,
    /// See [`Ui::timeline`](crate::app::ui::Ui::timeline).
    pub timeline: Option<usize>,
    /// See [`Ui::kinds`](crate::app::ui::Ui::kinds).
    pub kinds: Kinds,
    /// See [`ContextView::scope`](crate::app::ui::ContextView::scope); absent where the person chose none.
    pub scope: Option<Scope>,
    /// The first line shown; absent when following.
    pub place: Option<Place>,
    /// See [`ContextView::lines_seen`](crate::app::ui::ContextView::lines_seen).
    pub lines_seen: u64,
    /// See [`ContextView::filter`](crate::app::ui::ContextView::filter).
    pub filter: Filter,
    /// See [`ContextView::query`](crate::app::ui::ContextView::query), as it is written.
    pub query: String,
    /// See [`Ui::filters`](crate::app::ui::Ui::filters).
    pub filters: Vec<String>,
    /// See [`Ui::searches`](crate::app::ui::Ui::searches).
    pub searches: Vec<String>,
    /// Where reading of each source stood.
    pub positions: Vec<(SourceId, crate::log::digest::Position)>,
    /// A note or context that was left unfinished.
    pub draft: Option<Input>,
    /// See [`ContextView::wrap`](crate::app::ui::ContextView::wrap).
    pub wrap: Option<bool>,
    /// See [`Ui::split`](crate::app::ui::Ui::split).
    pub split: Split,
}
