//! What a file is, and what its text is, for files of every form.

use std::io::Write;

use proptest::prelude::*;

use super::*;

/// The same lines, compressed by the usual programs: `printf 'one\ntwo\n' | gzip -n`, and so on.
const GZIP: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff\xcb\xcfK\xe5*)\xcf\xe7\x02\0\xe6\x0b\xba\x12\x08\0\0\0";

fn read(bytes: &[u8]) -> (Form, Vec<u8>, bool) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mut text = Text::open(file.path()).unwrap();
    let mut out = Vec::new();
    let whole = text.read_to_end(&mut out).is_ok();
    (text.form, out, whole)
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(|unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn forms_are_told_by_the_first_bytes() {
    let forms: [(&[u8], Form); 9] = [
        (b"\x1f\x8b\x08\x00", Form::Gzip),
        (b"\x28\xb5\x2f\xfd", Form::Zstd),
        (b"BZh91AY&SY", Form::Bzip2),
        (b"BZh9 joined the channel", Form::Plain),
        (b"\xfd7zXZ\x00", Form::Xz),
        (b"\xff\xfea\0", Form::Utf16Le),
        (b"\xfe\xff\0a", Form::Utf16Be),
        (b"\xef\xbb\xbfa", Form::Plain),
        (b"", Form::Plain),
    ];
    for (head, form) in forms {
        assert_eq!(Form::of_head(head), form, "{head:?}");
    }
}

#[test]
fn archives_behind_each_other_are_all_read_and_what_is_whole_of_a_damaged_one() {
    assert_eq!(read(GZIP), (Form::Gzip, b"one\ntwo\n".to_vec(), true));
    let twice = [GZIP, GZIP].concat();
    assert_eq!(read(&twice), (Form::Gzip, b"one\ntwo\none\ntwo\n".to_vec(), true));
    assert_eq!(read(&[GZIP, &GZIP[..12]].concat()).1[..8], b"one\ntwo\n"[..]);
    assert!(!read(&GZIP[..15]).2);
}

#[test]
fn devices_and_folders_are_refused() {
    assert!(Text::open(Path::new("/dev/zero")).unwrap_err().to_string().contains("a device"));
    assert_eq!(Text::open(Path::new("/")).unwrap_err().kind(), io::ErrorKind::IsADirectory);
}

#[test]
fn a_file_of_the_kernel_has_contents_and_no_size() {
    let mut text = Text::open(Path::new("/proc/self/status")).unwrap();
    let mut out = String::new();
    text.read_to_string(&mut out).unwrap();
    assert_eq!(text.form, Form::Sizeless);
    assert!(out.contains("Pid:"));
}

#[test]
fn utf16_reads_as_the_text_it_is() {
    let text = "14:02 ошибка 连接 🔥\r\nnext\n";
    for big in [false, true] {
        let form = if big { Form::Utf16Be } else { Form::Utf16Le };
        assert_eq!(read(&utf16(text, big)), (form, text.as_bytes().to_vec(), true));
    }
    let broken = [utf16("a", false), vec![0x00, 0xd8, b'b', 0, 0x00]].concat();
    assert_eq!(String::from_utf8(read(&broken).1).unwrap(), "a\u{fffd}b\u{fffd}");
}

proptest! {
    #[test]
    fn cutting_utf16_anywhere_changes_nothing(text in "[a\u{e9}\u{1f525}\n]{0,40}", cut in 0_usize..200) {
        let bytes = utf16(&text, false);
        let cut = cut.min(bytes.len());
        let (mut transcoder, mut out) = (Utf16::new(false), Vec::new());
        transcoder.push(&bytes[..cut], &mut out);
        transcoder.push(&bytes[cut..], &mut out);
        transcoder.finish(&mut out);
        prop_assert_eq!(String::from_utf8(out).unwrap(), text);
    }

    #[test]
    fn no_bytes_at_all_make_it_panic_or_endless(mut bytes in proptest::collection::vec(any::<u8>(), 0..400), form in 0_usize..6) {
        let heads: [&[u8]; 6] = [b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"BZh91AY&SY", b"\xfd7zXZ\0", b"\xff\xfe", b"\xfe\xff"];
        bytes.splice(0..0, heads[form].iter().copied());
        read(&bytes);
    }
}

#[test]
fn what_cannot_be_read_is_named_with_the_next_step() {
    use rustix::io::Errno;
    for (errno, cause, step) in [
        (Errno::ACCESS, "Permission denied", "read access"),
        (Errno::NOENT, "No such file", "check the name"),
        (Errno::MFILE, "Too many open files", "ulimit -n"),
        (Errno::LOOP, "symbolic links", "name the file"),
        (Errno::IO, "error", "tried again"),
    ] {
        let said = explained(&io::Error::from(errno));
        let (first, next) = said.split_once("; ").unwrap();
        assert!(first.contains(cause) && next.contains(step) && !said.contains("os error"), "{said}");
    }
    assert_eq!(explained(&io::Error::other("it is a tape: read it")), "it is a tape: read it");
}
