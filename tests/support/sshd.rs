//! A real sshd on loopback, with keys and settings of its own that are gone with the home, for whoever runs the tests.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::home::Home;
use crate::support::tmux::{PATIENCE, is_alive, poll_for, signal};

/// The server; it ends when dropped, and its sessions with it.
pub(crate) struct Sshd {
    child: Child,
    settings: String,
    home: String,
}

impl Sshd {
    /// Starts a server that lets in the key in this home.
    pub(crate) fn start(home: &Home) -> Self {
        for key in ["host_key", "user_key"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(home.path(key))
                .status();
            assert!(made.is_ok_and(|status| status.success()), "ssh-keygen");
        }
        let user = output("id", &["-un"]);
        if user == "root" {
            // The server's own account needs a folder that nobody writes to.
            let _ = std::fs::create_dir("/run/sshd");
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = home.path("");
        let folder = folder.display();
        let config = home.write(
            "sshd_config",
            format!(
                "ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder}/host_key\n\
                 AuthorizedKeysFile {folder}/user_key.pub\nStrictModes no\nUsePAM no\nPidFile none\n\
                 PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n\
                 PrintMotd no\nPrintLastLog no\nLogLevel VERBOSE\n"
            ),
        );
        let settings = home.write(
            "ssh_config",
            format!(
                "Host far\n HostName 127.0.0.1\n Port {port}\n User {user}\n IdentityFile {folder}/user_key\n \
                 IdentitiesOnly yes\n StrictHostKeyChecking no\n UserKnownHostsFile /dev/null\n \
                 GlobalKnownHostsFile /dev/null\n LogLevel ERROR\n EscapeChar none\n"
            ),
        );
        let log = home.path("sshd.log");
        let child = Command::new("/usr/sbin/sshd")
            .args(["-D", "-f"])
            .arg(&config)
            .arg("-E")
            .arg(&log)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("/usr/sbin/sshd: {error}"));
        let said = || std::fs::read_to_string(&log).unwrap_or_default();
        poll_for(PATIENCE, "the server", || said().contains("Server listening"), said);
        Self { child, settings: settings.display().to_string(), home: folder.to_string() }
    }

    /// The command line that logs in and starts a shell there with this prompt, in the same home. `variables` are set
    /// there, as in `LANG=C`.
    pub(crate) fn login(&self, home: &Home, prompt: &str, variables: &str) -> String {
        let env: Vec<String> =
            home.env().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let env = env.join(" ");
        let there = format!("cd {}; exec env ENV= PS1='{prompt} ' {env} {variables} sh -i", self.home);
        format!("ssh -tt -F {} far \"{there}\"", self.settings)
    }

    /// The process of this name that runs in a session.
    pub(crate) fn process(&self, name: &str) -> Option<u32> {
        descendants(self.child.id()).into_iter().find(|pid| {
            let comm = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("comm"));
            comm.is_ok_and(|comm| comm.trim() == name)
        })
    }

    /// Ends the server's side of every session, as a server that crashes does.
    pub(crate) fn drop_sessions(&self) {
        for session in children(self.child.id()) {
            signal(session, "KILL");
        }
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        for pid in descendants(self.child.id()) {
            let _ = Command::new("kill").arg(pid.to_string()).stderr(Stdio::null()).status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn children(pid: u32) -> Vec<u32> {
    let list = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|pid| pid.parse().ok()).filter(|pid| is_alive(*pid)).collect()
}

fn descendants(pid: u32) -> Vec<u32> {
    let own = children(pid);
    let theirs: Vec<u32> = own.iter().flat_map(|child| descendants(*child)).collect();
    [own, theirs].concat()
}

fn output(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
