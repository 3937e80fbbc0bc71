//! Screens: a state in, the text of the screen out.

mod hostile;
mod logs;
mod sample;
mod screens;
mod storm;
mod views;
