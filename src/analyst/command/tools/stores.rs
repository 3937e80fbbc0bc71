//! Data stores, queues and storage.

use crate::analyst::command::special;
use crate::analyst::command::tools::Rule;

/// Names of programs, and their rule.
pub(super) const TOOLS: &[(&str, Rule)] = &[
    ("psql cockroach yugabyte ysqlsh", Rule::Special(special::psql)),
    ("mysql mariadb", Rule::Sql { flags: &["-e", "--execute"] }),
    ("clickhouse-client clickhouse", Rule::Sql { flags: &["-q", "--query", "client"] }),
    ("cqlsh", Rule::Sql { flags: &["-e", "--execute"] }),
    ("sqlcmd osql", Rule::Sql { flags: &["-Q", "-q"] }),
    ("sqlite3 duckdb", Rule::Special(special::sqlite)),
    (
        "pg_dump pg_dumpall mysqldump mongodump",
        Rule::Unless(&["-f", "--file", "-o", "--out", "-c", "--clean"]),
    ),
    (
        "mysqladmin",
        Rule::Verbs {
            values: &["-h", "-u", "-P", "-S", "-i", "-r"],
            looks: &["status", "extended-status", "processlist", "variables", "ping", "version"],
            destroys: &["drop"],
        },
    ),
    ("mongosh mongo", Rule::Special(special::mongo)),
    ("mongostat mongotop", Rule::Reads),
    ("redis-cli valkey-cli keydb-cli", Rule::Special(special::redis)),
    (
        "etcdctl",
        Rule::Verbs {
            values: &["--endpoints", "--cacert", "--cert", "--key", "-w", "--write-out"],
            looks: &[
                "get",
                "endpoint",
                "member list",
                "alarm list",
                "version",
                "check",
                "watch",
                "lease list",
            ],
            destroys: &[],
        },
    ),
    ("rabbitmqctl rabbitmqadmin", Rule::Special(special::rabbit)),
    (
        "rabbit-verbs",
        Rule::Verbs {
            values: &["-n", "-p", "-t", "-H", "-u", "-P"],
            looks: &[
                "status",
                "cluster_status",
                "list_*",
                "list",
                "report",
                "environment",
                "ping",
                "show",
                "version",
            ],
            destroys: &[
                "purge_queue",
                "delete_queue",
                "delete_vhost",
                "reset",
                "force_reset",
                "purge",
                "delete",
            ],
        },
    ),
    ("rabbitmq-diagnostics", Rule::Reads),
    (
        "kafka-topics kafka-topics.sh kafka-configs kafka-configs.sh kafka-consumer-groups kafka-consumer-groups.sh \
         kafka-log-dirs kafka-log-dirs.sh kafka-acls kafka-acls.sh kafka-reassign-partitions \
         kafka-reassign-partitions.sh kafka-metadata-quorum kafka-metadata-quorum.sh kafka-broker-api-versions.sh",
        Rule::Special(special::kafka),
    ),
    (
        "kafka-console-consumer kafka-console-consumer.sh kafka-get-offsets kafka-get-offsets.sh kafka-run-class.sh",
        Rule::Unless(&["--group"]),
    ),
    ("kcat kafkacat", Rule::Unless(&["-P", "-G"])),
    (
        "nats",
        Rule::Verbs {
            values: &["-s", "--context"],
            looks: &[
                "server report",
                "server list",
                "server info",
                "stream ls",
                "stream info",
                "stream report",
                "consumer ls",
                "consumer info",
                "rtt",
            ],
            destroys: &["stream purge", "stream rm"],
        },
    ),
    (
        "nodetool",
        Rule::Verbs {
            values: &["-h", "-p", "-u", "-pw"],
            looks: &[
                "status",
                "info",
                "tpstats",
                "tablestats",
                "cfstats",
                "compactionstats",
                "netstats",
                "ring",
                "describecluster",
                "gossipinfo",
                "proxyhistograms",
                "tablehistograms",
                "getendpoints",
                "version",
                "compactionhistory",
                "statusgossip",
                "statusbinary",
                "gcstats",
                "toppartitions",
                "describering",
            ],
            destroys: &["clearsnapshot"],
        },
    ),
    (
        "patronictl",
        Rule::Verbs {
            values: &["-c"],
            looks: &["list", "history", "show-config", "topology", "version"],
            destroys: &["remove"],
        },
    ),
    (
        "zpool zfs",
        Rule::Verbs {
            values: &[],
            looks: &["status", "list", "iostat", "get", "events", "history"],
            destroys: &["destroy"],
        },
    ),
    (
        "ceph",
        Rule::Verbs {
            values: &[],
            looks: &[
                "-s",
                "status",
                "health",
                "df",
                "osd tree",
                "osd df",
                "osd perf",
                "osd stat",
                "pg stat",
                "pg dump",
                "mon stat",
                "mds stat",
                "fs status",
                "versions",
                "log",
            ],
            destroys: &[],
        },
    ),
    (
        "gluster",
        Rule::Verbs {
            values: &[],
            looks: &["volume status", "volume info", "volume heal", "peer status"],
            destroys: &[],
        },
    ),
    (
        "nvme",
        Rule::Verbs {
            values: &[],
            looks: &["list", "smart-log", "error-log", "id-ctrl"],
            destroys: &["format"],
        },
    ),
    (
        "ipmitool",
        Rule::Verbs {
            values: &["-H", "-U", "-P", "-I"],
            looks: &["sel list", "sel elist", "sdr", "sensor", "chassis status", "fru"],
            destroys: &[],
        },
    ),
    ("nmcli", Rule::Special(special::ip)),
];
