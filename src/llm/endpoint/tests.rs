//! Names, addresses, keys and proxies as people set them.
