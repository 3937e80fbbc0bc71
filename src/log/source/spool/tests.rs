//! The ring: what is kept, what falls out, and what the reader learns of it.

use std::sync::Arc;

use super::*;
use crate::log::source::follow::Piece;
use crate::log::source::reel::Reel;

/// The least a ring can be limited to.
const LEAST: u64 = GENERATIONS * GENERATION_MIN;

fn lines(from: usize, to: usize) -> String {
    (from..to).map(|number| format!("line {number} of a stream\n")).collect()
}

fn spool(folder: &Path, keep: Keep) -> Arc<Spool> {
    Arc::new(Spool::create(folder, keep, LEAST, Box::new(|| {})).unwrap())
}

/// Reads on to the end: the bytes, and the jumps.
fn read(reel: &mut Reel) -> (Vec<u8>, Vec<u64>) {
    let (mut bytes, mut jumps, mut block) = (Vec::new(), Vec::new(), vec![0; 5000]);
    while reel.has_more() {
        match reel.next(&mut block) {
            Piece::Bytes(count, _) => bytes.extend_from_slice(&block[..count]),
            Piece::Over(_) => jumps.extend(reel.take_jump()),
            Piece::Nothing => {}
        }
    }
    (bytes, jumps)
}

fn bytes_in(folder: &Path) -> u64 {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}

#[test]
fn what_is_written_is_read_and_nothing_of_it_is_left_without_a_name() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let spool = spool(&home.path().join("spool"), Keep::Unnamed);
    let mut reel = Reel::new(Arc::clone(&spool));
    spool.append(lines(0, 1000).as_bytes()).unwrap();
    assert_eq!(read(&mut reel), (lines(0, 1000).into_bytes(), vec![]));
    spool.append(lines(1000, 1500).as_bytes()).unwrap();
    assert_eq!(read(&mut reel).0, lines(1000, 1500).into_bytes());
    assert!(!reel.is_over());
    spool.finish();
    assert!(reel.is_over());
    let folder = home.path().join("spool");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_ring_keeps_the_newest_bytes_and_counts_the_others() {
    let home = tempfile::tempdir().unwrap();
    let spool = spool(home.path(), Keep::Named);
    let mut reel = Reel::new(Arc::clone(&spool));
    let (mut read_lines, mut number) = (0, 0);
    while spool.end() < 5 * LEAST {
        spool.append(lines(number, number + 997).as_bytes()).unwrap();
        number += 997;
        let (bytes, jumps) = read(&mut reel);
        assert!(jumps.is_empty());
        assert_eq!(bytes, lines(read_lines, number).into_bytes());
        read_lines = number;
        assert!(bytes_in(home.path()) <= LEAST + GENERATION_MIN);
    }
    assert_eq!(spool.dropped(), spool.start());
    assert_eq!(spool.end() - spool.dropped(), bytes_in(home.path()));
    assert!(spool.dropped() >= 3 * LEAST);
    assert_eq!(reel.tape.start(), spool.start());
    // The first byte that is kept begins the line whose number is known.
    let mut first = [0; 40];
    reel.tape.read(reel.tape.start(), &mut first);
    assert!(first.starts_with(format!("line {} of", spool.first_line()).as_bytes()));
}

#[test]
fn a_reader_that_stands_still_loses_the_oldest_and_learns_how_many_lines() {
    let home = tempfile::tempdir().unwrap();
    let spool = spool(home.path(), Keep::Unnamed);
    let mut reel = Reel::new(Arc::clone(&spool));
    spool.append(lines(0, 10).as_bytes()).unwrap();
    read(&mut reel);
    spool.append(lines(10, 40_000).as_bytes()).unwrap();
    let (bytes, jumps) = read(&mut reel);
    let [first] = jumps[..] else { panic!("{jumps:?}") };
    assert_eq!(bytes, lines(first as usize, 40_000).into_bytes());
    assert_eq!(spool.dropped(), lines(0, first as usize).len() as u64);
}

#[test]
fn a_line_without_end_is_bounded_as_well() {
    let home = tempfile::tempdir().unwrap();
    let spool = spool(home.path(), Keep::Named);
    let mut reel = Reel::new(Arc::clone(&spool));
    for _ in 0..40 {
        spool.append(&vec![b'x'; GENERATION_MIN as usize - 1]).unwrap();
        read(&mut reel);
        assert!(bytes_in(home.path()) <= LEAST + 2 * GENERATION_MIN);
    }
    assert_eq!(reel.read(), 40 * (GENERATION_MIN - 1));
}

#[test]
fn a_later_session_goes_on_where_the_earlier_one_stood() {
    let home = tempfile::tempdir().unwrap();
    let first = spool(home.path(), Keep::Named);
    let mut reel = Reel::new(Arc::clone(&first));
    for number in 0..40 {
        first.append(lines(number * 1000, number * 1000 + 1000).as_bytes()).unwrap();
        read(&mut reel);
    }
    first.append(b"cut in the mid").unwrap();
    let (start, end) = (first.start(), first.end());
    drop((reel, first));
    let again = Arc::new(Spool::reopen(home.path(), LEAST, Box::new(|| {})).unwrap());
    assert_eq!((again.start(), again.end(), again.dropped()), (start, end, start));
    again.break_line();
    again.append(lines(40_000, 40_001).as_bytes()).unwrap();
    let first = again.first_line() as usize;
    let mut reel = Reel::new(again);
    let expected = [lines(first, 40_000), "cut in the mid\n".to_owned(), lines(40_000, 40_001)].concat();
    assert_eq!(read(&mut reel), (expected.into_bytes(), vec![]));
    assert!(Spool::reopen(&home.path().join("none"), LEAST, Box::new(|| {})).is_err());
}

#[test]
fn a_disk_that_takes_nothing_stops_nobody() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("spool");
    let spool = spool(&folder, Keep::Named);
    fs::remove_dir(&folder).unwrap();
    assert!(spool.append(b"lost\n").is_err());
    assert!(spool.append(b"lost too\n").is_err());
    fs::create_dir(&folder).unwrap();
    spool.append(b"kept\n").unwrap();
    assert_eq!(spool.dropped(), 14);
    let mut reel = Reel::new(spool);
    assert_eq!(read(&mut reel), (b"kept\n".to_vec(), vec![2]));
}
