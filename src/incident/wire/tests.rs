//! Round trips and stored samples.
