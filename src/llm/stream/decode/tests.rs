//! Documents as real endpoints send them.
