//! Messages that belong together get one template, others do not.

use crate::log::template::Miner;

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
        ("dial tcp 10.0.0.1:5432: connect: connection refused", "dial tcp <*>: connect: connection refused"),
        ("charge deadbeefcafe failed", "charge <*> failed"),
        ("job 2f1c6a9e-0f0d-4a53-9f0d-0123456789ab done", "job <*> done"),
        ("relation \"ledger entries\" does not exist", "relation \"<*>\" does not exist"),
        ("GET /api/v1/users/123/items 200", "GET /api/v1/users/<*>/items <*>"),
        ("pool=20 wait=-5", "pool=<*> wait=<*>"),
        ("don't stop, it's fine", "don't stop, it's fine"),
        ("\"GET /x/1 HTTP/1.1\" 503 77", "\"GET /x/<*> HTTP/<*>\" 503 <*>"),
        ("使用率 95%", "使用率 <*>%"),
    ];
    for (message, expected) in table {
        assert_eq!(texts(&[message]), vec![expected], "{message}");
    }
}

#[test]
fn words_that_vary_become_variables() {
    let all = texts(&["user alice logged in from 10.0.0.1", "user bob logged in from 10.0.0.2"]);
    assert_eq!(all[1], "user <*> logged in from <*>");
    let keyed = texts(&["login user=alice ok", "login user=bob ok"]);
    assert_eq!(keyed[1], "login user=<*> ok");
}

#[test]
fn opposites_stay_apart() {
    let all = texts(&["session 1 opened", "session 2 closed"]);
    assert_ne!(all[0], all[1]);
}

#[test]
fn an_id_outlives_generalisation() {
    let mut miner = Miner::default();
    let first = miner.mine([b"user alice logged in now", b""], false);
    let id = miner.patterns()[first.template as usize].id.clone();
    let second = miner.mine([b"user bob logged in now", b""], false);
    assert_eq!(first.template, second.template);
    assert_eq!(miner.patterns()[first.template as usize].id, id);
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
    for number in 0..crate::log::template::TEMPLATES_MAX + 500 {
        let message = format!("{} {}", letters(number), letters(number * 7 + 1));
        miner.mine([message.as_bytes(), b""], false);
    }
    assert_eq!(miner.patterns().len(), crate::log::template::TEMPLATES_MAX + 1);
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
