//! The commands that need no terminal, as a person or a program meets them.

mod input;
mod keep;
mod payment_pool;
