//! A real PostgreSQL: a cluster of its own in a temporary folder, reached by a socket in that folder.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running server; it is stopped when dropped.
pub(crate) struct Server {
    bin: PathBuf,
    folder: tempfile::TempDir,
    /// User to run as: the server refuses to run as root.
    user: Option<(u32, u32)>,
}

/// A client that keeps a connection busy until it is dropped.
pub(crate) struct Client(Child);

impl Server {
    /// Starts a server that accepts `connections` clients at once and logs to a file.
    pub(crate) fn start(connections: u32) -> Self {
        let folder = tempfile::Builder::new().prefix("sevdeck-pg-").tempdir_in("/tmp").unwrap();
        let user = rustix::process::getuid().is_root().then(|| ids_of("postgres"));
        if let Some((uid, gid)) = user {
            chown(folder.path(), Some(uid), Some(gid)).unwrap();
        }
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let server = Self { bin: newest_bin(), folder, user };
        let data = server.data();
        server
            .run("initdb", &["-D", &data, "-A", "trust", "-N", "-E", "UTF8", "--locale=C", "-U", "postgres"]);
        let socket = server.folder.path().display();
        let settings = format!(
            "listen_addresses = ''\nunix_socket_directories = '{socket}'\nmax_connections = {connections}\n\
             superuser_reserved_connections = 3\nlogging_collector = off\nlog_timezone = 'UTC'\n\
             log_line_prefix = '%m [%p] %q%u@%d '\nlog_checkpoints = on\n\
             client_connection_check_interval = '200ms'\nfsync = off\njit = off\n"
        );
        let mut text = fs::read_to_string(Path::new(&data).join("postgresql.conf")).unwrap();
        text.push_str(&settings);
        fs::write(Path::new(&data).join("postgresql.conf"), text).unwrap();
        let log = server.log();
        server.run("pg_ctl", &["-D", &data, "-w", "-t", "60", "-l", log.to_str().unwrap(), "start"]);
        server.psql("postgres", "create role app login").unwrap();
        server.psql("postgres", "create database shop owner app").unwrap();
        server.psql("postgres", "alter role app set log_min_duration_statement = 0").unwrap();
        server
    }

    /// The server's log.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.path().join("postgresql.log")
    }

    /// Runs a statement in a client of its own; the error is what the client prints.
    pub(crate) fn psql(&self, user: &str, statement: &str) -> Result<String, String> {
        let output = self.client(user, statement).stderr(Stdio::piped()).output().unwrap();
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    /// Clients that hold a connection each.
    pub(crate) fn hold(&self, clients: u32) -> Vec<Client> {
        let hold = || {
            let mut command = self.client("app", "select 'connected'");
            let mut child =
                command.args(["-c", "select pg_sleep(600)"]).stderr(Stdio::null()).spawn().unwrap();
            let mut line = String::new();
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
            assert_eq!(line.trim(), "connected");
            Client(child)
        };
        (0..clients).map(|_| hold()).collect()
    }

    fn client(&self, user: &str, statement: &str) -> Command {
        let mut command = Command::new(self.bin.join("psql"));
        command.env_clear().args(["-X", "-q", "-A", "-t", "-h", self.folder.path().to_str().unwrap()]);
        command.args(["-U", user, "-d", if user == "app" { "shop" } else { "postgres" }, "-c", statement]);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command
    }

    fn data(&self) -> String {
        self.folder.path().join("data").to_str().unwrap().to_owned()
    }

    fn run(&self, program: &str, args: &[&str]) {
        let program = self.bin.join(program);
        let mut command = match self.user {
            Some((uid, gid)) => {
                let mut command = Command::new("setpriv");
                command.args([format!("--reuid={uid}"), format!("--regid={gid}")]);
                command.arg("--clear-groups").arg(program);
                command
            }
            None => Command::new(program),
        };
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null());
        let status = command.env_clear().env("PATH", "/usr/bin:/bin").env("LANG", "C").status().unwrap();
        assert!(status.success(), "{command:?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.data();
        let stop = std::panic::AssertUnwindSafe(|| {
            self.run("pg_ctl", &["-D", &data, "-m", "immediate", "-w", "stop"]);
        });
        // The server may be what the test failed on.
        let _ = std::panic::catch_unwind(stop);
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn newest_bin() -> PathBuf {
    let versions = glob::glob("/usr/lib/postgresql/*/bin").unwrap().map(Result::unwrap);
    versions.max().expect("PostgreSQL is installed (apt-get install postgresql)")
}

fn ids_of(user: &str) -> (u32, u32) {
    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let line = passwd.lines().find(|line| line.split(':').next() == Some(user)).expect("the user exists");
    let fields: Vec<_> = line.split(':').collect();
    (fields[2].parse().unwrap(), fields[3].parse().unwrap())
}
