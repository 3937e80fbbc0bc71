//! Streams across a change of incident.

use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::*;

#[test]
fn standard_input_goes_on_while_another_incident_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let mut streams = Streams::new(folder.path().to_owned(), Mode::Live);
    let (input, output): (OwnedFd, OwnedFd) = rustix::pipe::pipe().unwrap();
    let (mut input, mut output) = (File::from(input), File::from(output));
    let incident = IncidentId::new(jiff::Timestamp::UNIX_EPOCH, 1);
    let launch = |origin| Launch { incident: incident.clone(), source: SourceId(1), origin };
    let work = move |feed: &mut Feed| copy::in_order(feed, &mut input, "");
    let spool = streams.begin(launch(Origin::Stdin), Box::new(|| {}), Box::new(|_| {}), work).unwrap();
    output.write_all(b"before\n").unwrap();
    streams.part();
    // More than a pipe holds: written only when somebody reads.
    for _ in 0..100 {
        output.write_all(&[b'x'; 10_000]).unwrap();
    }
    let (sender, woken) = sync_channel(1);
    let wake = Box::new(move || {
        let _ = sender.try_send(());
    });
    let again = streams.begin(launch(Origin::Kept), wake, Box::new(|_| {}), |_| {}).unwrap();
    assert!(Arc::ptr_eq(&spool, &again), "it is the same stream");
    assert!(!again.is_ended());
    output.write_all(b"\nafter\n").unwrap();
    while again.end() < 7 + 1_000_000 + 7 {
        assert_ne!(woken.recv_timeout(Duration::from_secs(20)), Err(RecvTimeoutError::Timeout));
    }
    assert_eq!((again.tail(6), again.dropped()), (b"after\n".to_vec(), 0));
    drop(output);
    while !again.is_ended() {
        assert_ne!(woken.recv_timeout(Duration::from_secs(20)), Err(RecvTimeoutError::Timeout));
    }
}
