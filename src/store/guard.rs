//! A panic inside the storage engine is an error of the engine, not the end of the cockpit.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::store::StoreError;

/// Runs `work`; a panic becomes [`StoreError::Corrupt`], because sled panics where what it reads makes no sense.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("the engine panicked");
        Err(StoreError::Corrupt(text.lines().next().unwrap_or_default().chars().take(120).collect()))
    })
}
