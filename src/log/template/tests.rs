//! Messages that belong together get one template, others do not.

use proptest::prelude::*;

use crate::log::template::mask::Masked;
use crate::log::template::sketch::sketch;
use crate::log::template::{COMPARED_MAX, FORMS_MAX, Miner, TEMPLATES_MAX};

fn mine(miner: &mut Miner, message: &str) -> String {
    let mined = miner.mine([message.as_bytes(), b""], message.starts_with('"'));
    miner.patterns()[mined.template as usize].text()
}

fn texts(messages: &[&str]) -> Vec<String> {
    let mut miner = Miner::default();
    messages.iter().map(|message| mine(&mut miner, message)).collect()
}

#[test]
fn variables_are_masked_at_once() {
    let table = [
        ("took 12ms for order 77", "took <*> for order <*>"),
        (
            "dial tcp 10.0.0.1:5432: connect: connection refused",
            "dial tcp <*>:<*>: connect: connection refused",
        ),
        ("charge deadbeefcafe failed", "charge <*> failed"),
        ("job 2f1c6a9e-0f0d-4a53-9f0d-0123456789ab done", "job <*> done"),
        ("relation \"ledger entries\" does not exist", "relation \"<*>\" does not exist"),
        ("GET /api/v1/users/123/items 200", "GET /api/v1/users/<*>/items <*>"),
        ("pool=20 wait=-5", "pool=<*> wait=<*>"),
        ("don't stop, it's fine", "don't stop, it's fine"),
        ("\"GET /x/1 HTTP/1.1\" 503 77", "\"GET /x/<*> HTTP/<*>\" 503 <*>"),
        ("使用率 95%", "使用率 <*>%"),
        ("\"Probe failed\" pod=\"a/b\" code=7", "\"Probe failed\" pod=\"<*>\" code=<*>"),
        ("\"Killing\" pod=\"a/b\"", "\"Killing\" pod=\"<*>\""),
    ];
    for (message, expected) in table {
        assert_eq!(texts(&[message]), vec![expected], "{message}");
    }
}

#[test]
fn names_with_numbers_keep_their_stem_and_ids_do_not() {
    let table = [
        ("block blk_-1608999687919862906 of part-00042", "block blk_<*> of part-<*>"),
        ("worker12 took over from host-3-a", "worker<*> took over from host-<*>"),
        ("Accepted key for root via ssh2", "Accepted key for root via ssh2"),
        ("window a64f992 gone, build v2.41.0", "window <*> gone, build <*>"),
        ("moved to ffff3000. Then to deadbeef.", "moved to <*>. Then to <*>."),
        ("mac 24:5a:4c:a2:b1:09 via fe80::1:2:3:4", "mac <*> via <*>"),
        ("loaded /etc/app/main.conf (/opt/x/y)", "loaded <*> (<*>)"),
        ("from /10.0.0.1:443 at Fri Jul  1 07:57:30 2005", "from /<*>:<*> at <*> <*>  <*> <*>:<*>:<*> <*>"),
        ("a  b   c", "a  b   c"),
    ];
    for (message, expected) in table {
        assert_eq!(texts(&[message]), vec![expected], "{message}");
    }
}

/// The templates of messages once all are known.
fn settled(messages: &[&str]) -> Vec<String> {
    let mut miner = Miner::default();
    let mined: Vec<u32> =
        messages.iter().map(|message| miner.mine([message.as_bytes(), b""], false).template).collect();
    mined.iter().map(|template| miner.patterns()[miner.settled(*template) as usize].text()).collect()
}

#[test]
fn a_word_becomes_a_variable_when_many_differ_in_its_place() {
    let all = settled(&["user alice logged in", "user bob logged in", "user carol logged in"]);
    assert_eq!(all, vec!["user <*> logged in"; 3]);
    let two = settled(&["user alice logged in", "user bob logged in"]);
    assert_eq!(two, vec!["user alice logged in", "user bob logged in"]);
    let states =
        settled(&["job went to NEW", "job went to RUNNING", "job went to FAILED", "job went to DONE"]);
    assert_eq!(states[3], "job went to DONE", "capitals name states");
    let spoken = settled(&["ftpd start succeeded", "sshd start succeeded", "httpd start succeeded"]);
    assert_eq!(spoken[2], "httpd start succeeded", "the first word names what speaks");
}

#[test]
fn values_vary_at_once() {
    let paths = settled(&["reading key=a/b now", "reading key=c/d now"]);
    assert_eq!(paths, vec!["reading key=<*> now"; 2]);
    let hosts = settled(&["asking db.prod.local for it", "asking app.prod.local for it"]);
    assert_eq!(hosts, vec!["asking <*> for it"; 2]);
    let null = settled(&["lock held ws=null pid=1", "lock held ws=10.0.0.1 pid=2"]);
    assert_eq!(null, vec!["lock held ws=<*> pid=<*>"; 2]);
    let keys = settled(&["sent bytes=1/2", "sent rows=3/4"]);
    assert_ne!(keys[0], keys[1], "other keys say other things");
}

#[test]
fn the_name_of_the_program_makes_no_messages_alike() {
    let all = settled(&["panel: closeAll", "panel: startMoving", "panel: reset", "panel: stop"]);
    assert_eq!(all[3], "panel: stop");
}

#[test]
fn opposites_stay_apart() {
    let all = texts(&["session 1 opened", "session 2 closed"]);
    assert_ne!(all[0], all[1]);
}

#[test]
fn an_id_outlives_generalisation() {
    let mut miner = Miner::default();
    let first = miner.mine([b"loading a.b.First of it now", b""], false);
    let id = miner.patterns()[first.template as usize].id.clone();
    let second = miner.mine([b"loading a.b.Second of it now", b""], false);
    assert_eq!(first.template, second.template);
    assert_eq!(miner.patterns()[first.template as usize].id, id);
}

#[test]
fn a_known_message_keeps_its_template_when_a_more_general_one_appears() {
    let mut miner = Miner::default();
    let mut mine =
        |name: &str| miner.mine([format!("user {name} logged in").as_bytes(), b""], false).template;
    let alice = mine("alice");
    let general = [mine("bob"), mine("carol"), mine("dave")];
    assert_eq!(general[1], general[2]);
    assert_eq!(mine("alice"), alice);
}

#[test]
fn the_id_of_a_general_template_does_not_depend_on_who_came_first() {
    let id = |names: [&str; 3]| {
        let mut miner = Miner::default();
        let mined = names.map(|name| miner.mine([format!("user {name} logged in").as_bytes(), b""], false));
        miner.patterns()[mined[2].template as usize].id.clone()
    };
    assert_eq!(id(["alice", "bob", "carol"]), id(["mallory", "trent", "bob"]));
}

#[test]
fn the_number_of_templates_is_bounded() {
    let mut miner = Miner::default();
    let letters = |mut number: usize| -> String {
        let mut word = String::new();
        for _ in 0..6 {
            word.push(char::from(b'g' + (number % 20) as u8));
            number /= 20;
        }
        word
    };
    for number in 0..TEMPLATES_MAX + 500 {
        let message = format!("{} {}", letters(number), letters(number * 7 + 1));
        miner.mine([message.as_bytes(), b""], false);
    }
    assert_eq!(miner.patterns().len(), TEMPLATES_MAX + 1);
}

/// Mines lines of unlike words; everything the miner keeps and does has to stay within its limits.
fn flood(lines: impl Iterator<Item = String>) {
    let mut miner = Miner::default();
    let mut count = 0;
    for line in lines {
        let mined = miner.mine([line.as_bytes(), b""], false);
        count += 1;
        assert!((mined.template as usize) < miner.patterns().len());
    }
    assert!(miner.patterns().len() <= TEMPLATES_MAX + 1);
    assert!(miner.forms.len() <= FORMS_MAX);
    assert!(miner.general.len() <= miner.patterns().len());
    assert!(miner.compared <= count * 2 * COMPARED_MAX as u64);
    let tokens: usize = miner.patterns().iter().map(|pattern| pattern.tokens.len()).sum();
    assert!(tokens <= miner.patterns().len() * 64);
    for template in 0..miner.patterns().len() as u32 {
        let general = miner.settled(template);
        assert_eq!(miner.settled(general), general);
    }
}

/// A word of letters for a number, never the same for two numbers.
fn name(mut number: u64) -> String {
    let mut word = String::from("w");
    loop {
        word.push(char::from(b'g' + (number % 20) as u8));
        number /= 20;
        if number == 0 {
            return word;
        }
    }
}

#[test]
fn pathological_logs_cost_no_more_than_others() {
    let lines = 800;
    flood((0..lines).map(name));
    flood((0..lines).map(|n| format!("{} {} {} {}", name(n), name(n * 3 + 1), name(n * 7), name(n * 11))));
    flood((0..lines).map(|n| format!("same words then {} and {}", name(n), name(n * 13 + 5))));
    flood((0..lines).map(|n| {
        (0..70).map(|at| if (n >> (at % 11)) & 1 == 1 { "up " } else { "down " }).collect::<String>()
    }));
    flood(
        ["x ".repeat(1 << 19), "/".repeat(1 << 20), "\"".repeat(1 << 20), "1,".repeat(1 << 19)].into_iter(),
    );
    flood(
        ["a:".repeat(1 << 19), "<*>".repeat(1 << 18), "=".repeat(1 << 20), "a=(".repeat(1 << 18)].into_iter(),
    );
}

proptest! {
    #[test]
    fn any_bytes_have_a_template(lines in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 1..20)) {
        let mut miner = Miner::default();
        for line in &lines {
            let first = miner.mine([line, b""], false);
            prop_assert_eq!(miner.mine([line, b""], false).template, first.template, "told the same again");
            prop_assert!(miner.patterns()[first.template as usize].text().len() <= 1024);
        }
    }

    #[test]
    fn the_same_lines_have_the_same_templates(words in proptest::collection::vec("[a-c/.=<>*0-9 ]{0,12}", 1..30)) {
        let run = || {
            let mut miner = Miner::default();
            let mined: Vec<u32> = words.iter().map(|line| miner.mine([line.as_bytes(), b""], false).template).collect();
                    let last = |at: &u32| miner.patterns()[miner.settled(*at) as usize].id.clone();
            mined.iter().map(last).collect::<Vec<_>>()
        };
        prop_assert_eq!(run(), run());
    }
}

#[test]
fn a_bad_record_has_a_template_of_its_own_with_a_stable_id() {
    let mut one = Miner::default();
    let well = one.mine_as([b"POST /v1/pay 200 in 31 ms", b""], false, false).template as usize;
    let bad = one.mine_as([b"POST /v1/pay 500 in 31 ms", b""], false, true).template as usize;
    assert_ne!(well, bad);
    assert_eq!(one.patterns()[well].text(), one.patterns()[bad].text());
    let mut other = Miner::default();
    let first = other.mine_as([b"POST /v1/pay 500 in 31 ms", b""], false, true).template as usize;
    let second = other.mine_as([b"POST /v1/pay 200 in 31 ms", b""], false, false).template as usize;
    assert_eq!(one.patterns()[bad].id, other.patterns()[first].id);
    assert_eq!(one.patterns()[well].id, other.patterns()[second].id);
    assert_eq!(one.mine([b"POST /v1/pay 200 in 8 ms", b""], false).template as usize, well);
}

/// A piece of a message, twice: alike, and perhaps not the same.
fn twins() -> impl Strategy<Value = (String, String)> {
    let kinds = [
        "[A-Fa-f0-9]{1,9}",
        "[a-c0-2x=:/., \"-]{1,8}",
        " ?(Mon|Jan|Dec|May) {0,2}",
        "[0-9]{1,3}",
        " [45]0[0-9]",
        "([0-9a-f]{1,3}:){1,6}",
        "(GET)? ?[/a-c.]{1,6}",
        "[\"'`=(.-]",
    ];
    (0..kinds.len()).prop_flat_map(move |kind| (kinds[kind], kinds[kind]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]
    #[test]
    fn messages_of_one_sketch_have_one_form(
        pieces in proptest::collection::vec((twins(), any::<bool>()), 1..7),
        access in any::<bool>(),
    ) {
        let one: String = pieces.iter().map(|((one, _), _)| one.as_str()).collect();
        let twin = |((one, other), same): &((String, String), bool)| if *same { one.clone() } else { other.clone() };
        let other: String = pieces.iter().map(twin).collect();
        let masked = |text: &str| {
            let mut masked = Masked::default();
            masked.read([text.as_bytes(), b""], access);
            masked.text().to_vec()
        };
        let digits: String = one.chars().map(|c| if c.is_ascii_digit() { '7' } else { c }).collect();
        for (one, other) in [(&one, &other), (&one, &digits)] {
            let same = sketch([one.as_bytes(), b""], access) == sketch([other.as_bytes(), b""], access);
            prop_assert!(!same || masked(one) == masked(other), "{one} {other}");
        }
    }
}

#[test]
fn lines_that_differ_in_values_alone_have_few_sketches() {
    let mut sketches = std::collections::BTreeSet::new();
    for n in 0..1000_u64 {
        let id = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let line = format!(
            "job-{n} of \"q {n}\" at /srv/{n}/x took {n} ms: {id:016x} from 10.0.{}.{}:80",
            n % 7,
            n % 11
        );
        sketches.insert(sketch([line.as_bytes(), b""], false));
    }
    assert!(sketches.len() <= 4, "{}", sketches.len());
}
