//! The offline analyst on whole cases.

mod answers;
mod blending;
mod case;
mod commands;
mod disturbed;
mod lies;
mod live_logs;
mod machine_logs;
mod payment_pool;
mod properties;
mod revisions;
mod robustness;
mod scenarios;
mod spoken;
mod written_notes;
