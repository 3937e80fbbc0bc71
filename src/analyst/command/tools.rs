//! The programs that people on call use, and by what their commands look or change. Data, by the manuals of the
//! programs; what is not listed is not known to only look.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::analyst::command::effect::Effect;
use crate::analyst::command::special;

/// Decides by a program's arguments; the number tells how deep programs run programs here.
pub(super) type Special = fn(&[&str], usize) -> Effect;

/// How to tell what a program does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// It looks, whatever its arguments.
    Reads,
    /// It changes something, whatever its arguments.
    Changes,
    /// It takes data away.
    Destroys,
    /// It looks unless one of these arguments is given.
    Unless(&'static [&'static str]),
    /// It looks only where one of these arguments is given.
    Only(&'static [&'static str]),
    /// Its verb tells, of one word or of two; a `*` stands for any ending.
    Verbs {
        /// Flags before the verb that take a value.
        values: &'static [&'static str],
        /// Verbs that look.
        looks: &'static [&'static str],
        /// Verbs that take data away.
        destroys: &'static [&'static str],
    },
    /// It runs the command that follows its own arguments.
    Wraps {
        /// Flags that take a value.
        values: &'static [&'static str],
        /// Arguments of its own before the command.
        positions: usize,
    },
    /// It runs a text as a command.
    Shell {
        /// Flags before the text.
        flags: &'static [&'static str],
        /// Arguments before the text where there is no such flag; 0 where a file would be run.
        positions: usize,
    },
    /// It runs SQL.
    Sql {
        /// Flags before a statement.
        flags: &'static [&'static str],
    },
    /// Anything else.
    Special(Special),
}

/// The rule of a program.
pub(super) fn rule(program: &str) -> Option<&'static Rule> {
    RULES.get(program).copied()
}

static RULES: LazyLock<HashMap<&'static str, &'static Rule>> = LazyLock::new(|| {
    let rows = TOOLS.iter().flat_map(|(names, rule)| names.split_whitespace().map(move |name| (name, rule)));
    rows.collect()
});

const KUBE: &[&str] = &[
    "-n",
    "--namespace",
    "--context",
    "--kubeconfig",
    "--cluster",
    "--user",
    "-s",
    "--server",
    "-l",
    "--selector",
    "-c",
    "--container",
    "-o",
    "--output",
    "--tail",
    "--since",
];

/// Names of programs, and their rule.
const TOOLS: &[(&str, Rule)] = &[
    (
        "cat less more head tail grep egrep fgrep zgrep zcat bzcat xzcat rg ag jq cut uniq wc tr paste column nl tac \
         rev comm diff cmp md5sum sha1sum sha256sum stat file ls tree du df free uptime w who last lastlog id whoami \
         uname cal printenv echo printf true false test [ sleep seq pwd cd which type whereis man ps pgrep pidof top \
         htop atop vmstat iostat mpstat pidstat sar dstat nproc lscpu lsblk lsmem lspci lsusb lsmod lsof netstat ss \
         ping ping6 traceroute traceroute6 tracepath mtr dig nslookup host whois telnet arp getent nmap tcpdump \
         ngrep strace ltrace bpftrace jps jstat jstack pstack pmap pstree loginctl atq readlink realpath basename \
         dirname base64 xxd hexdump od strings fold fmt expand tput locale lsns lslocks findmnt getconf numastat \
         slabtop iotop iftop nethogs blkid lvs vgs pvs lvdisplay vgdisplay pvdisplay pg_isready pg_lsclusters \
         pg_controldata pgbadger mysqldumpslow pt-query-digest ntpstat dmidecode lshw sensors turbostat biotop \
         showmount nfsiostat nfsstat nstat rpcinfo systemd-analyze systemd-cgtop conntrackd execsnoop opensnoop tcplife tcpretrans biolatency runqlat cachestat logcli promtool stern kubetail exit \
         wait read local export shift break continue return",
        Rule::Reads,
    ),
    (
        "kill pkill killall skill reboot shutdown halt poweroff init telinit cp mv ln mkdir touch chmod chown chgrp \
         scp rsync sftp install useradd usermod userdel passwd groupadd visudo apt apt-get yum dnf pip pip3 npm yarn \
         make ansible-playbook puppet chef-client salt fallocate mkswap swapoff modprobe rmmod insmod renice \
         ionice umount rc-service pg_ctl pg_ctlcluster pg_restore pg_basebackup pg_rewind mysqlimport mongorestore \
         certbot kinit logrotate prlimit setfacl setenforce restorecon update-ca-certificates ldconfig dd patch \
         tar unzip gzip gunzip bunzip2 xz zip locust ab wrk hey k6 siege stress stress-ng",
        Rule::Changes,
    ),
    ("shred wipefs mkfs fdisk parted rmdir vgremove lvremove pvremove dropdb dropuser", Rule::Destroys),
    ("rm unlink", Rule::Special(special::rm)),
    ("truncate", Rule::Changes),
    ("sort", Rule::Unless(&["-o", "--output"])),
    ("yq", Rule::Unless(&["-i", "--inplace"])),
    ("sed", Rule::Special(special::sed)),
    ("awk gawk mawk nawk", Rule::Special(special::awk)),
    ("find", Rule::Special(special::find)),
    ("tee", Rule::Special(special::tee)),
    ("date hwclock", Rule::Unless(&["-s", "--set", "-w", "--systohc", "--hctosys"])),
    ("hostname domainname", Rule::Special(special::hostname)),
    ("dmesg", Rule::Unless(&["-C", "-c", "--clear", "--read-clear", "-n", "-D", "-E"])),
    (
        "journalctl",
        Rule::Unless(&["--rotate", "--flush", "--vacuum-size", "--vacuum-time", "--vacuum-files"]),
    ),
    ("crontab", Rule::Only(&["-l"])),
    ("mount swapon", Rule::Special(special::mount)),
    ("ulimit", Rule::Special(special::ulimit)),
    ("sysctl", Rule::Special(special::sysctl)),
    ("nc ncat netcat", Rule::Only(&["-z"])),
    ("curl", Rule::Special(special::curl)),
    ("wget", Rule::Special(special::wget)),
    ("http https xh", Rule::Special(special::httpie)),
    ("iptables ip6tables", Rule::Only(&["-L", "-S", "--list", "--list-rules"])),
    ("nft", Rule::Verbs { values: &[], looks: &["list"], destroys: &["flush"] }),
    ("ip bridge tc", Rule::Special(special::ip)),
    ("conntrack", Rule::Only(&["-L", "-S", "-C", "--dump", "--stats", "--count"])),
    ("pilot-agent", Rule::Special(special::pilot)),
    ("vtysh birdc birdcl", Rule::Special(special::router)),
    ("ansible", Rule::Special(special::ansible)),
    (
        "govc",
        Rule::Verbs {
            values: &["-n"],
            looks: &["events", "ls", "find", "vm.info", "host.info", "datastore.info", "metric.*"],
            destroys: &[],
        },
    ),
    (
        "ethtool",
        Rule::Unless(&["-s", "-K", "-G", "-C", "-A", "-L", "-r", "-p", "-E", "-f", "-N", "-X", "-U"]),
    ),
    ("nginx", Rule::Only(&["-t", "-T", "-v", "-V"])),
    (
        "apachectl apache2ctl httpd",
        Rule::Only(&["-t", "-S", "-M", "-v", "-V", "configtest", "status", "fullstatus"]),
    ),
    ("haproxy", Rule::Only(&["-c", "-v", "-vv"])),
    ("java python python3 perl ruby node php go socat", Rule::Special(special::code)),
    ("smartctl", Rule::Unless(&["-t", "-s", "-o", "-S", "-X"])),
    ("mdadm", Rule::Only(&["--detail", "-D", "--examine", "-E", "--query", "-Q"])),
    ("tune2fs", Rule::Only(&["-l"])),
    ("jmap", Rule::Only(&["-histo", "-heap", "-clstats", "-finalizerinfo"])),
    ("jinfo", Rule::Unless(&["-flag"])),
    ("jcmd", Rule::Special(special::jcmd)),
    ("py-spy", Rule::Verbs { values: &[], looks: &["dump", "top", "record"], destroys: &[] }),
    (
        "perf",
        Rule::Verbs {
            values: &[],
            looks: &["stat", "top", "report", "record", "script", "list"],
            destroys: &[],
        },
    ),
    ("keytool", Rule::Only(&["-list", "-printcert", "-printcrl"])),
    (
        "openssl",
        Rule::Verbs {
            values: &[],
            looks: &[
                "s_client",
                "x509",
                "verify",
                "version",
                "ciphers",
                "crl",
                "ocsp",
                "dgst",
                "asn1parse",
                "s_time",
            ],
            destroys: &[],
        },
    ),
    // Programs that run programs.
    (
        "sudo doas",
        Rule::Wraps { values: &["-u", "-g", "-U", "-C", "-D", "-p", "--user", "--group"], positions: 0 },
    ),
    (
        "nohup setsid unbuffer command exec builtin stdbuf",
        Rule::Wraps { values: &["-o", "-i", "-e"], positions: 0 },
    ),
    ("nice", Rule::Wraps { values: &["-n"], positions: 0 }),
    ("time", Rule::Wraps { values: &["-f", "-o"], positions: 0 }),
    ("timeout gtimeout", Rule::Wraps { values: &["-k", "-s"], positions: 1 }),
    ("watch", Rule::Special(special::watch)),
    ("env", Rule::Special(special::env)),
    ("xargs parallel", Rule::Special(special::xargs)),
    ("chroot", Rule::Wraps { values: &[], positions: 1 }),
    ("nsenter", Rule::Wraps { values: &["-t", "--target"], positions: 0 }),
    ("flock", Rule::Wraps { values: &["-w"], positions: 1 }),
    ("su", Rule::Shell { flags: &["-c", "--command"], positions: 0 }),
    ("sh bash zsh dash ash ksh", Rule::Shell { flags: &["-c", "-lc", "-ic", "-xc"], positions: 0 }),
    ("eval", Rule::Special(special::eval)),
    ("ssh", Rule::Special(special::ssh)),
    // Services and containers.
    (
        "systemctl",
        Rule::Verbs {
            values: &["-t", "-p", "-n", "-H", "--type", "--state"],
            looks: &[
                "status",
                "show",
                "cat",
                "is-*",
                "list-*",
                "get-default",
                "show-environment",
                "--failed",
            ],
            destroys: &[],
        },
    ),
    ("service", Rule::Special(special::service)),
    (
        "supervisorctl",
        Rule::Verbs { values: &["-c"], looks: &["status", "tail", "pid", "avail"], destroys: &[] },
    ),
    (
        "pm2",
        Rule::Verbs {
            values: &[],
            looks: &["list", "ls", "status", "logs", "describe", "show", "monit"],
            destroys: &[],
        },
    ),
    ("timedatectl hostnamectl localectl", Rule::Special(special::ctl)),
    (
        "resolvectl systemd-resolve",
        Rule::Verbs {
            values: &[],
            looks: &["status", "query", "statistics", "dns", "--status", "--statistics"],
            destroys: &[],
        },
    ),
    (
        "chronyc ntpq",
        Rule::Verbs {
            values: &["-h", "-n", "-p"],
            looks: &[
                "tracking",
                "sources",
                "sourcestats",
                "activity",
                "ntpdata",
                "clients",
                "serverstats",
                "rtcdata",
            ],
            destroys: &[],
        },
    ),
    ("kubectl oc k", Rule::Special(special::kubectl)),
    (
        "kubectl-verbs",
        Rule::Verbs {
            values: KUBE,
            looks: &[
                "get",
                "describe",
                "logs",
                "top",
                "explain",
                "version",
                "api-resources",
                "api-versions",
                "cluster-info",
                "events",
                "rollout history",
                "rollout status",
                "auth can-i",
                "auth whoami",
                "config view",
                "config get-contexts",
                "config current-context",
                "diff",
                "wait",
                "port-forward",
                "certificate list",
                "adm top",
                "options",
            ],
            destroys: &[
                "delete namespace",
                "delete namespaces",
                "delete ns",
                "delete pvc",
                "delete pv",
                "delete persistentvolumeclaim",
                "delete persistentvolume",
                "delete crd",
                "delete secret",
            ],
        },
    ),
    ("docker podman nerdctl crictl ctr", Rule::Special(special::docker)),
    (
        "docker-verbs",
        Rule::Verbs {
            values: &["-H", "--host", "-c", "--context"],
            looks: &[
                "ps",
                "logs",
                "inspect",
                "stats",
                "top",
                "events",
                "images",
                "info",
                "version",
                "diff",
                "port",
                "history",
                "search",
                "image ls",
                "image inspect",
                "image history",
                "container ls",
                "container inspect",
                "container logs",
                "container stats",
                "container top",
                "network ls",
                "network inspect",
                "volume ls",
                "volume inspect",
                "system df",
                "system info",
                "system events",
                "node ls",
                "service ls",
                "service ps",
                "service logs",
                "service inspect",
                "stack ps",
                "compose ps",
                "compose logs",
                "compose top",
                "compose config",
                "pods",
                "statsp",
                "inspectp",
                "imagefsinfo",
            ],
            destroys: &["volume rm", "volume prune", "system prune"],
        },
    ),
    (
        "helm",
        Rule::Verbs {
            values: &["-n", "--namespace", "--kube-context"],
            looks: &[
                "list", "ls", "status", "get", "history", "show", "version", "search", "template", "env",
                "lint",
            ],
            destroys: &[],
        },
    ),
    (
        "git",
        Rule::Verbs {
            values: &["-C", "-c"],
            looks: &[
                "log",
                "show",
                "diff",
                "status",
                "blame",
                "describe",
                "rev-parse",
                "rev-list",
                "ls-files",
                "ls-tree",
                "shortlog",
                "reflog",
                "grep",
                "cat-file",
                "whatchanged",
                "fetch",
                "ls-remote",
                "merge-base",
                "version",
            ],
            destroys: &["reset", "clean"],
        },
    ),
    (
        "terraform tofu terragrunt",
        Rule::Verbs {
            values: &[],
            looks: &[
                "plan",
                "show",
                "output",
                "validate",
                "version",
                "graph",
                "providers",
                "state list",
                "state show",
            ],
            destroys: &["destroy"],
        },
    ),
    (
        "argocd",
        Rule::Verbs {
            values: &[],
            looks: &[
                "app get",
                "app list",
                "app history",
                "app diff",
                "app logs",
                "app resources",
                "version",
            ],
            destroys: &[],
        },
    ),
    (
        "flux",
        Rule::Verbs {
            values: &["-n"],
            looks: &["get", "logs", "events", "stats", "check", "tree", "trace", "version"],
            destroys: &[],
        },
    ),
    (
        "istioctl",
        Rule::Verbs {
            values: &["-n"],
            looks: &[
                "proxy-status",
                "ps",
                "proxy-config",
                "pc",
                "analyze",
                "version",
                "describe",
                "experimental describe",
            ],
            destroys: &[],
        },
    ),
    (
        "linkerd",
        Rule::Verbs { values: &["-n"], looks: &["check", "viz", "version", "diagnostics"], destroys: &[] },
    ),
    ("aws", Rule::Special(special::aws)),
    ("gcloud az doctl aliyun oci ibmcloud hcloud openstack", Rule::Special(special::cloud)),
    (
        "vault",
        Rule::Verbs {
            values: &[],
            looks: &[
                "status",
                "read",
                "list",
                "kv get",
                "kv list",
                "lease lookup",
                "token lookup",
                "secrets list",
                "auth list",
                "version",
                "operator members",
            ],
            destroys: &[],
        },
    ),
    (
        "consul",
        Rule::Verbs {
            values: &[],
            looks: &["members", "catalog", "info", "kv get", "operator raft", "monitor", "version", "rtt"],
            destroys: &[],
        },
    ),
    (
        "nomad",
        Rule::Verbs {
            values: &[],
            looks: &[
                "status",
                "job status",
                "node status",
                "alloc status",
                "alloc logs",
                "server members",
                "version",
                "monitor",
            ],
            destroys: &[],
        },
    ),
    // Data stores and queues.
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
