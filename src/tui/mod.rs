//! The screen: state in, cells out; keys and resizes in, messages out. The only part that knows the terminal.

pub mod clipboard;
pub mod feed;
pub mod frame;
pub mod glyphs;
pub mod ground;
pub mod hangup;
pub mod header;
pub mod keybar;
pub mod keys;
pub mod layout;
pub mod look;
pub mod overlay;
pub mod pane;
pub mod picture;
pub mod run;
pub mod terminal;
pub mod theme;
pub mod trend;
pub mod view;
pub mod widget;
