//! Screens: a state in, the text of the screen out.

mod hostile;
mod sample;
mod screens;
