//! Everything that can be wrong with a store, against real files.

use std::fs;
use std::path::Path;

use crate::store::journal::Journal;
use crate::store::owner::{Claim, Ownership, claim};
use crate::store::tests::{at, id, mode, note, opened};
use crate::store::{Holder, Kept, Location, Record, Trouble};

fn open(folder: &Path) -> Record {
    Record::open(&Location::Folder(folder.to_owned()), at(0))
}

/// Holds the store as another process would: the lock belongs to the open file, not to the process.
fn hold(folder: &Path) -> Ownership {
    fs::create_dir_all(folder).unwrap();
    let other = Holder { pid: 1, tty: "pts/9".into(), since: at(-60) };
    let Claim::Granted(ownership) = claim(&folder.join("owner"), &other).unwrap() else { panic!("taken") };
    ownership
}

#[test]
fn what_is_appended_is_there_after_reopening() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("state/sevdeck");
    let a = id("a");
    let mut record = open(&folder);
    assert_eq!(record.trouble(), None);
    assert_eq!(record.append(&a, &[opened(&a, "x"), note(2, "y")]), Kept::Durable);
    record.save_session(&a, b"{\"pane\":2}");
    assert_eq!(record.close(at(9), home.path()), None);
    let mut record = open(&folder);
    assert_eq!(record.read(&a).unwrap().events.len(), 2);
    assert_eq!(record.session(&a).unwrap(), b"{\"pane\":2}");
    assert_eq!(record.list()[0].title, "x");
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join("owner")), 0o600);
}

#[test]
fn a_second_one_works_beside_the_first_and_its_events_are_merged() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (id("a"), id("b"));
    let mut first = open(folder.path());
    assert_eq!(first.append(&a, &[opened(&a, "first")]), Kept::Durable);

    let mut second = open(folder.path());
    let Some(Trouble::Locked { by: Some(holder), .. }) = second.trouble() else {
        panic!("{:?}", second.trouble())
    };
    assert_eq!(holder.pid, std::process::id());
    assert_eq!(second.append(&b, &[opened(&b, "second"), note(2, "n")]), Kept::Durable);
    second.save_session(&b, b"s");
    assert_eq!(second.read(&b).unwrap().events.len(), 2);
    assert_eq!(second.session(&b).unwrap(), b"s");
    assert!(matches!(second.read(&a), Err(Trouble::Locked { .. })), "the other's incidents are out of reach");
    assert_eq!(second.list().len(), 1);
    assert_eq!(mode(&folder.path().join("journal")), 0o700);
    assert_eq!(mode(&folder.path().join("journal/b.jsonl")), 0o600);
    assert_eq!(first.list().len(), 1, "a journal that is being written is left alone");

    drop(second);
    assert_eq!(first.list().len(), 2, "it is merged as soon as it is free");
    assert_eq!(first.read(&b).unwrap().events.len(), 2);
    assert_eq!(first.session(&b).unwrap(), b"s");
    assert!(!folder.path().join("journal/b.jsonl").exists());
}

#[test]
fn the_second_one_takes_over_when_the_first_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let b = id("b");
    let held = hold(folder.path());
    let mut record = open(folder.path());
    assert!(record.trouble().unwrap().message().contains("pid 1 on pts/9, since 2026-03-01 14:01:00 UTC"));
    assert!(record.trouble().unwrap().next_step().contains("go to pts/9"));
    assert_eq!(record.append(&b, &[opened(&b, "")]), Kept::Durable);
    assert_eq!(record.retry(at(1)), Kept::Durable);
    assert!(record.trouble().is_some());
    drop(held);
    assert_eq!(record.retry(at(2)), Kept::Durable);
    assert_eq!(record.trouble(), None);
    assert_eq!(record.append(&b, &[note(2, "in the store now")]), Kept::Durable);
    assert_eq!(record.read(&b).unwrap().events.len(), 2);
}

#[test]
fn a_journal_line_cut_short_by_a_crash_is_left_out_and_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let b = id("b");
    let held = hold(folder.path());
    drop({
        let mut record = open(folder.path());
        record.append(&b, &[opened(&b, ""), note(2, "kept")]);
        record
    });
    let path = folder.path().join("journal/b.jsonl");
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend_from_slice(b"{\"v\":1,\"seq\":3,\"at\":\"20");
    fs::write(&path, bytes).unwrap();
    let mut record = open(folder.path());
    assert_eq!(record.read(&b).unwrap().events.len(), 2);
    assert_eq!(record.append(&b, &[note(3, "again")]), Kept::Durable);
    drop(held);
    record.retry(at(1));
    assert_eq!(record.read(&b).unwrap().events[2], note(3, "again"));
}

#[test]
fn events_wait_while_the_folder_cannot_be_written() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("state");
    fs::write(&folder, "a file is in the way").unwrap();
    let a = id("a");
    let mut record = open(&folder);
    assert!(matches!(record.trouble(), Some(Trouble::Unwritable { .. })), "{:?}", record.trouble());
    assert_eq!(record.append(&a, &[opened(&a, "")]), Kept::Waiting);
    assert_eq!(record.append(&a, &[note(2, "n")]), Kept::Waiting);
    assert_eq!(record.retry(at(1)), Kept::Waiting);
    assert_eq!(record.waiting(), 2);
    assert_eq!(record.read(&a).unwrap().events.len(), 2, "what waits can be read");
    fs::remove_file(&folder).unwrap();
    assert_eq!(record.retry(at(2)), Kept::Durable);
    assert_eq!((record.waiting(), record.trouble()), (0, None));
    drop(record);
    assert_eq!(open(&folder).read(&a).unwrap().events.len(), 2);
}

#[test]
fn what_cannot_be_written_to_the_end_is_put_where_it_can_and_comes_back_as_a_journal() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("state");
    fs::write(&folder, "").unwrap();
    let a = id("a");
    let mut record = open(&folder);
    record.append(&a, &[opened(&a, "")]);
    record.append(&a, &[note(2, "n")]);
    let said = record.close(at(1), home.path()).unwrap();
    let rescued = home.path().join("sevdeck-a.jsonl");
    assert!(said.contains("2 events") && said.contains(rescued.to_str().unwrap()), "{said}");
    assert_eq!(mode(&rescued), 0o600);
    fs::remove_file(&folder).unwrap();
    fs::create_dir_all(folder.join("journal")).unwrap();
    fs::rename(rescued, folder.join("journal/a.jsonl")).unwrap();
    assert_eq!(open(&folder).read(&a).unwrap().events, [opened(&a, ""), note(2, "n")]);
}

#[test]
fn giving_up_events_is_said() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("state"), "").unwrap();
    let a = id("a");
    let mut record = open(&home.path().join("state"));
    record.append(&a, &[opened(&a, "")]);
    let said = record.close(at(1), &home.path().join("nowhere")).unwrap();
    assert!(said.contains("1 events were not saved"), "{said}");
}

#[test]
fn a_damaged_store_is_moved_aside_and_a_new_one_used() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    let a = id("a");
    open(folder).append(&a, &[opened(&a, "")]);
    fs::write(folder.join("store/conf"), "what is this").unwrap();
    let mut record = open(folder);
    let Some(Trouble::Corrupt { moved_to, .. }) = record.trouble().cloned() else {
        panic!("{:?}", record.trouble())
    };
    assert!(moved_to.join("db").exists(), "nothing is deleted");
    let b = id("b");
    assert_eq!(record.append(&b, &[opened(&b, "")]), Kept::Durable);
    record.acknowledge();
    assert_eq!(record.trouble(), None);
}

#[test]
fn events_that_do_not_fit_are_set_aside_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let a = id("a");
    let mut record = open(folder.path());
    record.append(&a, &[opened(&a, "")]);
    assert_eq!(record.append(&a, &[note(7, "late")]), Kept::Durable);
    let Some(Trouble::SetAside { file, .. }) = record.trouble() else { panic!("{:?}", record.trouble()) };
    assert!(fs::read_to_string(file).unwrap().contains("late"));
}

/// Any byte of the store changed, or its end cut off: it opens, what is read is a prefix or reported, and events are
/// accepted. Never a panic that gets out, never a hang.
#[test]
fn a_store_damaged_anywhere_still_opens_and_takes_events() {
    let home = tempfile::tempdir().unwrap();
    let pristine = home.path().join("pristine");
    let a = id("a");
    let events: Vec<_> = (1..=60).map(|seq| note(seq, &"evidence ".repeat(40))).collect();
    let mut record = open(&pristine);
    for chunk in events.chunks(7) {
        assert_eq!(record.append(&a, chunk), Kept::Durable);
    }
    drop(record);
    let db = fs::read(pristine.join("store/db")).unwrap();
    let used = db.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    for step in 0..40 {
        let folder = home.path().join(format!("copy{step}"));
        copy(&pristine, &folder);
        let mut bytes = db.clone();
        let position = (step * 7919 + 13) % used;
        if step % 4 == 3 {
            bytes.truncate(position);
        } else {
            bytes[position] ^= 0x55;
        }
        fs::write(folder.join("store/db"), bytes).unwrap();
        let mut record = open(&folder);
        let reading = record.read(&a).unwrap();
        for (read, stored) in reading.events.iter().zip(&events) {
            assert!(read == stored || reading.damaged.contains(&read.seq), "step {step}: {read:?}");
        }
        let missing = events.len() - reading.events.len();
        match record.trouble() {
            Some(Trouble::Lost { events, copied_to }) => {
                assert_eq!(*events, missing as u64);
                assert!(copied_to.join("db").exists());
            }
            Some(Trouble::Corrupt { moved_to, .. }) => assert!(moved_to.join("db").exists()),
            other => assert!(missing == 0, "step {step}: {missing} events lost without a word: {other:?}"),
        }
        let b = id("b");
        assert_eq!(record.append(&b, &[opened(&b, "")]), Kept::Durable, "step {step}");
        fs::remove_dir_all(folder).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The owner merges at any moment, also at the one in which another sevdeck begins a journal.
#[test]
fn a_journal_that_begins_while_others_are_merged_is_not_lost() {
    const INCIDENTS: usize = 300;
    let folder = tempfile::tempdir().unwrap();
    let mut owner = open(folder.path());
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for number in 0..INCIDENTS {
                let incident = id(&format!("20260301-140200-{number:05}"));
                let mut journal = Journal::new(folder.path().join("journal"));
                journal.append(&incident, &[opened(&incident, "t")]).unwrap();
                journal.append(&incident, &[note(2, "n")]).unwrap();
            }
        });
        while !writer.is_finished() {
            owner.list();
        }
    });
    let list = owner.list();
    assert_eq!(list.len(), INCIDENTS);
    assert!(list.iter().all(|one| one.events == 2), "{list:?}");
}
