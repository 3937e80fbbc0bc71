//! The commands that need no terminal, as a person or a program meets them.

mod input;
mod keep;
mod logs;
mod manual;
mod model;
mod payment_pool;
mod playbooks;
mod redact;
mod same;
