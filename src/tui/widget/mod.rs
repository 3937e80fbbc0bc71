//! Small parts the panes are made of.

pub mod canvas;
pub mod draft;
pub mod parts;
pub mod rows;
pub mod scroll;
pub mod stamp;
pub mod text;
