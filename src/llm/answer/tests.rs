//! Documents that grow, and documents that are nearly right.
