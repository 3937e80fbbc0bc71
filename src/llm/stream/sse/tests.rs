//! Streams of events in every spelling.
