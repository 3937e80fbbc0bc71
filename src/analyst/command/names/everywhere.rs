//! The names that no case needs to hold: those of every host, every cluster and every database.

use crate::analyst::command::names::host_of;

/// Whether `name`, of the kind that the placeholder `slot` tells, is the same everywhere.
pub(super) fn is_everywhere(name: &str, slot: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    if slot == "file" {
        let trimmed = lower.trim_end_matches('/');
        return LOGS.contains(&trimmed)
            || lower == "/"
            || FILES.iter().any(|file| {
                lower.strip_prefix(file).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
    }
    if slot == "table" {
        return CATALOGUES.iter().any(|catalogue| lower.starts_with(catalogue)) || lower == "dual";
    }
    let bare = lower.strip_suffix(".service").unwrap_or(&lower);
    let host = host_of(bare);
    EVERYWHERE.contains(&bare) || EVERYWHERE.contains(&host) || host.starts_with("127.") || host == "0.0.0.0"
}

/// Names that are the same everywhere, or of software rather than of a system.
const EVERYWHERE: [&str; 52] = [
    "localhost",
    "default",
    "kube-system",
    "kube-public",
    "kubernetes",
    "postgres",
    "root",
    "admin",
    "mysql",
    "template1",
    "kubelet",
    "docker",
    "containerd",
    "crio",
    "cron",
    "crond",
    "chronyd",
    "chrony",
    "ntpd",
    "ntp",
    "sshd",
    "ssh",
    "systemd-resolved",
    "systemd-timesyncd",
    "systemd-journald",
    "systemd-networkd",
    "networkmanager",
    "firewalld",
    "nginx",
    "haproxy",
    "postgresql",
    "mariadb",
    "mysqld",
    "redis",
    "redis-server",
    "rabbitmq-server",
    "kafka",
    "zookeeper",
    "elasticsearch",
    "mongod",
    "cassandra",
    "etcd",
    "coredns",
    "kube-dns",
    "kube-proxy",
    "prometheus",
    "alertmanager",
    "grafana",
    "istio-proxy",
    "istio-system",
    "master",
    "main",
];

/// Files that every host has, by their beginning.
const FILES: [&str; 12] =
    ["/proc", "/sys", "/dev", "/tmp", "/run", "/etc", "/usr", "/bin", "/sbin", "/var/run", "/opt", "/boot"];

/// Logs and folders that every host has.
const LOGS: [&str; 14] = [
    "/",
    "/var",
    "/var/log",
    "/home",
    "/var/lib",
    "/var/spool",
    "/var/log/syslog",
    "/var/log/messages",
    "/var/log/auth.log",
    "/var/log/secure",
    "/var/log/kern.log",
    "/var/log/dmesg",
    "/var/lib/docker",
    "/var/lib/kubelet",
];

/// Tables that come with a database.
const CATALOGUES: [&str; 13] = [
    "pg_",
    "information_schema",
    "performance_schema",
    "sys.",
    "mysql.",
    "system.",
    "system_",
    "v$",
    "gv$",
    "dba_",
    "sqlite_",
    "all_",
    "user_",
];
