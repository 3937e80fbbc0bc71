//! Screens: a state in, the text of the screen out.

mod hostile;
mod logs;
mod model;
mod sample;
mod screens;
mod storm;
mod views;
