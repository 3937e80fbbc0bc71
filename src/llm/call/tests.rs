//! A call against a scripted endpoint.
