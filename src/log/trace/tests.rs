//! Records of several lines, as the runtimes print them.

use crate::incident::Level;
use crate::log::record::{Reader, Shape};

/// Numbers of the lines that begin records, with their levels.
fn heads(text: &str) -> Vec<(usize, Option<Level>)> {
    let mut reader = Reader::default();
    reader.set_now("2026-03-02T00:00:00Z".parse().unwrap());
    let lines = text.lines().enumerate();
    let read = lines.map(|(number, line)| (number, reader.read(line.as_bytes())));
    read.filter(|(_, head)| head.is_head()).map(|(number, head)| (number, head.level)).collect()
}

const JAVA: &str = "\
2026-03-01 10:00:00,123 ERROR [main] a.b.C - order failed
java.lang.IllegalStateException: no stock
\tat a.b.C.sell(C.java:12)
\tat java.base/java.lang.Thread.run(Thread.java:833)
\tSuppressed: java.io.IOException: closed
\t\t... 3 more
Caused by: java.net.ConnectException: refused
\tat a.b.D.open(D.java:7)
\t... 12 more
2026-03-01 10:00:01,000 INFO [main] a.b.C - next";

const BARE_JAVA: &str = "\
Exception in thread \"main\" java.lang.RuntimeException: boom
at a.b.C.main(C.java:3)
Caused by: java.io.EOFException
... 1 more
starting again";

const PYTHON: &str = "\
ERROR:root:request failed
Traceback (most recent call last):
  File \"app.py\", line 3, in <module>
    run()
ValueError: bad input

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File \"app.py\", line 5, in <module>
requests.exceptions.ConnectionError: refused
INFO:root:next";

const LONE_PYTHON: &str = "\
starting worker
Traceback (most recent call last):
  File \"app.py\", line 3, in <module>
KeyboardInterrupt
stopped";

const GO: &str = "\
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x47d1a2]

goroutine 1 [running]:
main.(*Shop).Sell(0xc000010000, {0x4b2c3d, 0x5})
\t/src/shop.go:12 +0x1d
main.main()
\t/src/main.go:5 +0x1d
created by main.start in goroutine 7
\t/src/main.go:9 +0x25
rax    0x0
exit status 2
restarting";

const GO_HTTP: &str = "\
2026/03/01 10:00:00 http: panic serving 10.0.0.1:4242: boom
goroutine 34 [running]:
net/http.(*conn).serve.func1(0xc0000a0)
\t/usr/lib/go/src/net/http/server.go:1801 +0x147
panic({0x6a3f80, 0x7a5c30})
\t/usr/lib/go/src/runtime/panic.go:838 +0x207
2026/03/01 10:00:01 next";

const NODE: &str = "\
/app/index.js:10
    throw new Error('no')
    ^

Error: connect ECONNREFUSED 127.0.0.1:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1494:16) {
  errno: -111,
  code: 'ECONNREFUSED'
}

Node.js v20.1.0
restarting";

const RUST: &str = "\
thread 'main' panicked at src/main.rs:2:5:
index out of bounds: the len is 3 but the index is 7
stack backtrace:
   0: rust_begin_unwind
             at /rustc/lib.rs:1:1
   1: core::panicking::panic_fmt
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
restarting";

const DOTNET: &str = "\
fail: Shop.Orders[0]
      order failed
      System.InvalidOperationException: no stock
       ---> System.Net.Sockets.SocketException (111): refused
         at Shop.Db.Open() in /src/Db.cs:line 7
         --- End of inner exception stack trace ---
         at Shop.Orders.Sell() in /src/Orders.cs:line 12
--- End of stack trace from previous location ---
Unhandled exception. System.Exception: boom
   at Shop.Program.Main() in /src/Program.cs:line 3
next";

const RUBY: &str = "\
app.rb:7:in 'Integer': invalid value for Integer(): \"x\" (ArgumentError)
\tfrom app.rb:7:in 'block in <main>'
app.rb:3:in 'each'
next";

const PHP: &str = "\
PHP Fatal error:  Uncaught Exception: no in /x.php:3
Stack trace:
#0 /x.php(7): sell()
#1 {main}
  thrown in /x.php on line 3
next";

const POSTGRES: &str = "\
2026-03-01 10:00:00.123 UTC [7] ERROR:  relation \"x\" does not exist at character 15
2026-03-01 10:00:00.123 UTC [7] STATEMENT:  SELECT a,
\t  b
\tFROM x
2026-03-01 10:00:00.200 UTC [7] LOG:  checkpoint starting: time";

#[test]
fn traces_are_part_of_the_record_at_their_head() {
    let error = Some(Level::Error);
    let fatal = Some(Level::Fatal);
    let table = [
        ("java", JAVA, vec![(0, error), (9, Some(Level::Info))]),
        ("bare java", BARE_JAVA, vec![(0, error), (4, None)]),
        ("python", PYTHON, vec![(0, error), (11, Some(Level::Info))]),
        ("lone python", LONE_PYTHON, vec![(0, None), (1, error), (4, None)]),
        ("go", GO, vec![(0, fatal), (12, None)]),
        ("go http", GO_HTTP, vec![(0, None), (6, None)]),
        ("node", NODE, vec![(0, error), (11, None)]),
        ("rust", RUST, vec![(0, fatal), (7, None)]),
        (".net", DOTNET, vec![(0, error), (8, fatal), (10, None)]),
        ("ruby", RUBY, vec![(0, error), (3, None)]),
        ("php", PHP, vec![(0, fatal), (5, None)]),
        ("postgres", POSTGRES, vec![(0, error), (4, Some(Level::Info))]),
    ];
    for (name, text, expected) in table {
        assert_eq!(heads(text), expected, "{name}");
    }
}

#[test]
fn a_crash_begins_a_record_also_in_a_log_where_other_lines_without_time_go_on() {
    let mut text: String = (0..20).map(|second| format!("2026-03-01T10:00:{second:02}Z INFO ok\n")).collect();
    text.push_str("java.lang.OutOfMemoryError: heap\n\tat x\n");
    text.push_str("panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n");
    text.push_str("2026-03-01T10:00:30Z INFO ok\n");
    text.push_str("Traceback (most recent call last):\n  File \"x.py\", line 1\nOSError: no\n");
    let all = heads(&text);
    assert_eq!(all[20..], [(22, Some(Level::Fatal)), (26, Some(Level::Info)), (27, Some(Level::Error))]);
}

#[test]
fn text_is_not_taken_for_a_trace() {
    let mut reader = Reader::default();
    for line in ["order 1 placed", "at 14:02 the pool was full", "goroutines are fine", "#general said no"] {
        assert_eq!(reader.read(line.as_bytes()).shape, Shape::Plain, "{line}");
    }
}
