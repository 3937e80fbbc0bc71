//! Whole, cut and sloppy JSON.
