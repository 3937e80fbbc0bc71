//! The wire to models: which endpoint, what is asked, what streams back, what went wrong, and the document in it.
//!
//! ```text
//! Settings --Endpoint::resolve--> Endpoint --Link::new--> Link
//! Link + Prompt + Quirks --Call::new--> Call --next().await--> Event, Event, ..., Finished | Failed
//! Event::Text --Draft::push--> Draft --Draft::answer--> Answer (partial, then whole)
//! ```
//!
//! Nothing is spawned and no clock is read here: whoever owns the runtime polls [`Call::next`], and dropping the call
//! closes the connection. Everything that arrives has a limit; everything that fails is one [`Failure`].

pub mod answer;
pub mod call;
pub mod endpoint;
pub mod failure;
pub mod link;
pub mod price;
pub mod prompt;
pub mod request;
pub mod retry;
pub mod schema;
pub mod stream;
pub mod usage;

pub use answer::{Answer, Draft};
pub use call::{Call, Event, Finish, Timing, Waiting};
pub use endpoint::{Endpoint, Settings, Wire};
pub use failure::{Failure, FailureKind};
pub use link::Link;
pub use request::{Mode, Prompt, Quirks, Repair};
pub use usage::Usage;
