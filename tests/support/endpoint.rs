//! A scripted model endpoint: HTTP/1.1 on the loopback, plain or encrypted, one script per request, and a record of what
//! it saw.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What the endpoint does, one after the other. After the last one it closes the connection.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Writes bytes as they are.
    Raw(Vec<u8>),
    /// Writes one chunk of a chunked body.
    Chunk(Vec<u8>),
    /// Ends a chunked body.
    End,
    /// Does nothing until the client closes.
    Hold,
    /// Tears the connection down.
    Reset,
}

/// What was seen of one request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Request line and headers.
    pub(crate) head: String,
    /// The body.
    pub(crate) body: String,
    /// When the script came to its [`Act::Hold`].
    pub(crate) held: Option<Instant>,
    /// When the client closed after that.
    pub(crate) closed: Option<Instant>,
}

/// A running endpoint; stops when dropped.
pub(crate) struct Endpoint {
    scheme: &'static str,
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    changes: watch::Receiver<usize>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Endpoint {
    /// Starts one that plays the scripts in order, the last one again and again.
    pub(crate) fn start(scripts: Vec<Vec<Act>>) -> Self {
        Self::with(scripts, None)
    }

    /// As [`Self::start`], encrypted.
    pub(crate) fn start_tls(scripts: Vec<Vec<Act>>, tls: TlsAcceptor) -> Self {
        Self::with(scripts, Some(tls))
    }

    fn with(scripts: Vec<Vec<Act>>, tls: Option<TlsAcceptor>) -> Self {
        let scheme = if tls.is_some() { "https" } else { "http" };
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (stop, mut stopped) = watch::channel(false);
        let (changed, changes) = watch::channel(0);
        let shared = Arc::clone(&seen);
        let serve = async move {
            let listener = TcpListener::from_std(listener).unwrap();
            let changed = Arc::new(changed);
            let accept = async {
                while let Ok((stream, _)) = listener.accept().await {
                    let (tls, scripts) = (tls.clone(), scripts.clone());
                    let (shared, changed) = (Arc::clone(&shared), Arc::clone(&changed));
                    tokio::spawn(async move {
                        match tls {
                            None => play(stream, scripts, shared, changed).await,
                            // A client that does not trust it goes away here.
                            Some(tls) => {
                                if let Ok(stream) = tls.accept(stream).await {
                                    play(stream, scripts, shared, changed).await;
                                }
                            }
                        }
                    });
                }
            };
            tokio::select! {
                () = accept => {}
                _ = stopped.changed() => {}
            }
        };
        let thread = std::thread::spawn(|| {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(serve);
        });
        Self { scheme, address, seen, changes, stop, thread: Some(thread) }
    }

    /// Base address with this path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    /// What was seen so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until what was seen fits.
    pub(crate) async fn until(&mut self, fits: impl Fn(&[Seen]) -> bool) -> Vec<Seen> {
        let wait = async {
            while !fits(&self.seen.lock().unwrap()) {
                self.changes.changed().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect("the endpoint saw something else");
        self.seen()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A connection that can be torn down.
trait Connection: AsyncRead + AsyncWrite + Unpin + Send {
    fn socket(&self) -> &TcpStream;
}

impl Connection for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

impl Connection for TlsStream<TcpStream> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0
    }
}

async fn play(
    mut stream: impl Connection,
    scripts: Vec<Vec<Act>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    changed: Arc<watch::Sender<usize>>,
) {
    let Some(request) = read(&mut stream).await else { return };
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(request);
        seen.len() - 1
    };
    changed.send_modify(|count| *count += 1);
    let note = |set: &dyn Fn(&mut Seen)| {
        set(&mut seen.lock().unwrap()[number]);
        changed.send_modify(|count| *count += 1);
    };
    for act in scripts[number.min(scripts.len() - 1)].clone() {
        let written = match act {
            Act::Raw(bytes) => stream.write_all(&bytes).await,
            Act::Chunk(bytes) => {
                let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
                chunk.extend_from_slice(&bytes);
                chunk.extend_from_slice(b"\r\n");
                stream.write_all(&chunk).await
            }
            Act::End => stream.write_all(b"0\r\n\r\n").await,
            Act::Hold => {
                note(&|seen| seen.held = Some(Instant::now()));
                let mut byte = [0];
                while stream.read(&mut byte).await.is_ok_and(|count| count > 0) {}
                note(&|seen| seen.closed = Some(Instant::now()));
                return;
            }
            Act::Reset => {
                stream.socket().set_zero_linger().unwrap();
                return;
            }
        };
        if written.is_err() {
            note(&|seen| seen.closed = Some(Instant::now()));
            return;
        }
    }
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut impl Connection) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut block = vec![0; 16 * 1024];
    loop {
        let count = stream.read(&mut block).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&block[..count]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        let body = &bytes[end + 4..];
        if body.len() >= length.unwrap_or(0) {
            let body = String::from_utf8_lossy(body).into_owned();
            return Some(Seen { head, body, ..Seen::default() });
        }
    }
}
