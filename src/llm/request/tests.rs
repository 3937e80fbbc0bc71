//! Bodies in both wires, and what is learned from refusals.
