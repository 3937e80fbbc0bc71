//! Streams of events in every spelling.

use proptest::prelude::*;

use crate::llm::stream::sse::{EVENT_MAX, Frame, Framer};

fn frames(pieces: &[&[u8]]) -> Vec<Frame> {
    let (mut framer, mut frames) = (Framer::default(), Vec::new());
    for piece in pieces {
        framer.push(piece, &mut frames);
    }
    framer.finish(&mut frames);
    frames
}

fn data(text: &str) -> Frame {
    Frame::Data { data: text.to_owned(), error: false }
}

#[test]
fn every_spelling_gives_the_same_events() {
    let spellings: [&[u8]; 8] = [
        b"data: {\"a\":1}\n\ndata: [DONE]\n\n",
        b"data:{\"a\":1}\r\n\r\ndata:[DONE]\r\n\r\n",
        b"data: {\"a\":1}\r\rdata: [DONE]\r\r",
        b"\xef\xbb\xbfdata: {\"a\":1}\n\ndata: [DONE]\n\n",
        b": hello\n\nevent: x\nid: 3\nretry: 9\ndata: {\"a\":1}\n\n:\n\n: ping\ndata: [DONE]\n\n",
        b"\n\n\ndata: {\"a\":1}\n\n\n\ndata: [DONE]",
        b"data: {\"a\":1}\ndata: [DONE]\n",
        b"data\n\ndata: {\"a\":1}\n\ndata: [DONE]\n\n",
    ];
    for spelling in spellings {
        let mut found = frames(&[spelling]);
        found.retain(|frame| *frame != data(""));
        assert_eq!(found, [data("{\"a\":1}"), data("[DONE]")], "{:?}", String::from_utf8_lossy(spelling));
    }
}

#[test]
fn lines_of_one_event_are_joined_and_documents_without_a_blank_line_are_not() {
    let pretty = b"data: {\ndata:  \"a\": [\ndata: {},\ndata: {}\ndata: ]}\n\n";
    assert_eq!(frames(&[pretty]), [data("{\n \"a\": [\n{},\n{}\n]}")]);
    let tight = b"data: {\"a\":1}\ndata: {\"a\":2}\ndata: {\"a\":3}\n";
    assert_eq!(frames(&[tight]), [data("{\"a\":1}"), data("{\"a\":2}"), data("{\"a\":3}")]);
}

#[test]
fn errors_and_text_of_gateways_are_told() {
    let text = b"event: error\ndata: {\"x\":1}\n\nupstream error: reset\ngarbage \xff\ndata: \xff1\n\n";
    let expected = [
        Frame::Data { data: "{\"x\":1}".into(), error: true },
        Frame::Stray("upstream error: reset".into()),
        Frame::Stray("garbage \u{fffd}".into()),
        data("\u{fffd}1"),
    ];
    assert_eq!(frames(&[text]), expected);
}

#[test]
fn an_event_has_a_limit() {
    let (mut framer, mut found) = (Framer::default(), Vec::new());
    let block = vec![b'a'; 1 << 20];
    framer.push(b"data: ", &mut found);
    for _ in 0..8 {
        framer.push(&block, &mut found);
    }
    framer.finish(&mut found);
    assert_eq!(found, [Frame::TooLong]);
    assert!(framer.line.capacity() <= 2 * EVENT_MAX);
}

proptest! {
    #[test]
    fn borders_of_chunks_make_no_difference(
        lines in prop::collection::vec("(data: ?|: ?|id:|event: error|)[a-z{}é🔥 ]{0,8}(\n|\r\n|\r)", 0..12),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let text = lines.concat().into_bytes();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect();
        prop_assert_eq!(frames(&pieces), frames(&[&text]));
    }
}
