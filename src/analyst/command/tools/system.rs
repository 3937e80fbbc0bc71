//! Programs of a host, and those that run others.

use crate::analyst::command::special;
use crate::analyst::command::tools::Rule;

/// Names of programs, and their rule.
pub(super) const TOOLS: &[(&str, Rule)] = &[
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
        "calicoctl",
        Rule::Verbs { values: &[], looks: &["get", "node status", "node diags", "version"], destroys: &[] },
    ),
    (
        "amtool",
        Rule::Verbs {
            values: &[],
            looks: &["alert", "silence query", "config show", "cluster"],
            destroys: &[],
        },
    ),
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
];
