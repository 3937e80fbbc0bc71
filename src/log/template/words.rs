//! What the constant words of a message suggest. Runs once per masked form, not per record.

/// Suggestions of the words; each is confirmed (or not) by the detector it belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Traits {
    /// Words of failure.
    pub(crate) bad: bool,
    /// A process started, stopped or was reloaded.
    pub(crate) restart: bool,
    /// A deploy, a configuration change or a migration.
    pub(crate) deploy: bool,
    /// A limit is named, or a used amount beside a total.
    pub(crate) limit: bool,
}

const BAD: &[&str] = &[
    "error",
    "fail",
    "refused",
    "timeout",
    "timed out",
    "denied",
    "too many",
    "unable to",
    "cannot",
    "can't",
    "could not",
    "couldn't",
    "exception",
    "panic",
    "fatal",
    "exhausted",
    "unavailable",
    "unreachable",
    "aborted",
    "out of memory",
    "oom",
    "killed",
    "crash",
    "corrupt",
    "reset by peer",
    "no space left",
    "throttl",
    "rejected",
    "unhealthy",
    "deadlock",
    "broken pipe",
    "backoff",
    "not responding",
    "rate limit",
    "evicted",
    "overload",
    "expired",
    "invalid ",
    "unexpected",
    "lost",
    "dropped",
    "exceed",
    "stuck",
    "stalled",
    "slow query",
    "no route",
    "no healthy",
    "失败",
    "错误",
    "超时",
    "拒绝",
    "异常",
];

/// Words that negate a failure.
const GOOD: &[&str] = &[
    "0 errors",
    "no error",
    "without error",
    "error=null",
    "errors=0",
    "error_count=0",
    "failover complete",
];

const RESTART: &[&str] = &[
    "ready to accept connections",
    "shutting down",
    "shut down",
    "shutdown",
    "server started",
    "starting up",
    "started server",
    "listening on",
    "starting server",
    "stopping server",
    "restarted",
    "restarting",
    "terminating",
    "received sigterm",
    "received signal",
    "caught signal",
    "exited with",
    "exit code",
    "started in",
    "booted",
    "boot id",
    "application started",
    "back-off restarting",
    "started container",
    "killing container",
    "was terminated by signal",
    "panic:",
    "crashed",
    "reloading configuration",
    "startup complete",
];

const DEPLOY: &[&str] = &[
    "deploy",
    "rollout",
    "rolled out",
    "rollback",
    "rolling back",
    "released version",
    "release version",
    "new release",
    "config reload",
    "configuration reload",
    "config changed",
    "configuration changed",
    "applied config",
    "applying config",
    "migration",
    "migrating",
    "schema change",
    "feature flag",
    "upgraded to",
    "scaled up",
    "scaled down",
    "scaling replica",
    "image updated",
    "canary",
    "发布",
    "部署",
    "上线",
    "回滚",
];

const LIMIT: &[&str] = &[
    "too many",
    "slots are reserved",
    "exhausted",
    "limit reached",
    "limit exceeded",
    "limit of",
    "at capacity",
    "no space left",
    "queue is full",
    "queue full",
    "pool is full",
    "is full",
    "quota",
    "max_connections",
    "out of memory",
    "no free",
    "maximum number",
    "maximum of",
    "too many open files",
    "idle=",
    "waiting=",
    "disk usage",
    "% used",
    "saturat",
];

/// What the words of a masked message suggest.
pub(crate) fn traits(masked: &[u8]) -> Traits {
    let text = String::from_utf8_lossy(masked).to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let ratio = text.contains("<*> / <*>") || text.contains("<*>/<*>") || text.contains("<*> of <*>");
    let pair = (text.contains("total=") || text.contains("max=") || text.contains("size="))
        && text.contains("active=");
    let heap = text.contains("used") && (text.contains("max") || text.contains("total"));
    let full = text.contains("<*>%");
    Traits {
        bad: has(BAD) && !has(GOOD),
        restart: has(RESTART),
        // A user may be called so.
        deploy: has(DEPLOY) && !has(&["user deploy", "for deploy "]),
        limit: has(LIMIT) || ratio || pair || full || heap,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_suggest() {
        assert!(traits(b"connection refused host=<*>").bad);
        assert!(!traits(b"finished with 0 errors").bad);
        assert!(traits(b"database system is ready to accept connections").restart);
        assert!(traits(b"deploy finished service=payments version=<*>").deploy);
        assert!(!traits(b"Invalid user deploy from <*>").deploy);
        assert!(!traits(b"is added to invalidSet of <*>").bad);
        assert!(traits(b"active_connections: <*> / <*>").limit);
        assert_eq!(traits(b"user logged in from <*>"), Traits::default());
    }
}
