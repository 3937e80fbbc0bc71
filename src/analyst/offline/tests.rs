//! Tests of the offline analyst.
