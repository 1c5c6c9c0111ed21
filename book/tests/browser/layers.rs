//! What a recording shows as the reader asks for more, and what it asks the reader.

use serde_json::{Value, json};

use super::driver::{Browser, Tools, View};
use super::site::site;
use super::{DESK, alone, texts};

/// Opens a page at this path of the site.
fn open(tools: &Tools, page: &str) -> Browser {
    let browser = Browser::start(tools);
    browser.view(View { size: DESK, scheme: "light" });
    browser.prefer(&[("prefers-reduced-motion", "reduce")]);
    browser.go(&format!("{}/{page}", site().address));
    browser
}

/// Runs a script with the recording of this id as `root`.
fn ask(browser: &Browser, id: &str, script: &str) -> Value {
    let script = format!("const root = document.getElementById('{id}'); {script}");
    browser.run(&script, json!([]))
}

fn press_forward(browser: &Browser, id: &str) {
    ask(browser, id, "root.querySelector('[data-act=forward]').click()");
}

#[test]
fn a_reader_can_ask_for_more_and_stays_at_the_same_step() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let (page, id) = ("00_two_terminals/index.html", "rec-00_terminal");
    let browser = open(&tools, page);
    let said =
        || ask(&browser, id, "return root.querySelector('.rec-now p').textContent");
    let labels = || {
        let texts =
            "return [...root.querySelectorAll('.seg text')].map(it => it.textContent)";
        self::texts(ask(&browser, id, texts)).join("\n")
    };
    let choose = |layer: &str| {
        ask(
            &browser,
            id,
            &format!(
                "const it = root.querySelector('select'); it.value = '{layer}'; it.dispatchEvent(new Event('change'))"
            ),
        );
        browser.wait_for(&format!(
            "document.getElementById('{id}').dataset.layer === '{layer}'"
        ));
    };
    assert!(!labels().contains("ACK") && labels().contains("“Michael⏎”"), "{}", labels());
    let listing = "return root.querySelector('.listing').checkVisibility()";
    assert_eq!(ask(&browser, id, listing), json!(false));

    while said().as_str().is_some_and(|it| !it.contains("“Michael⏎”")) {
        press_forward(&browser, id);
    }
    assert_eq!(said(), json!("Into client is typed “Michael⏎”."));
    choose("states");
    assert_eq!(said(), json!("Into client is typed “Michael⏎”."));
    assert!(labels().contains("SYN, ACK"), "{}", labels());
    assert_eq!(ask(&browser, id, listing), json!(true));
    // The next step is a call, which the first layer lacks: there it is the one before.
    press_forward(&browser, id);
    assert_ne!(said(), json!("Into client is typed “Michael⏎”."));
    choose("talk");
    assert_eq!(said(), json!("Into client is typed “Michael⏎”."));
    assert!(!labels().contains("ACK"), "{}", labels());
}

#[test]
fn a_term_is_explained_by_a_tap() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let (page, id) = ("02_bind_and_listen/02_bind.html", "rec-02_bind");
    let browser = open(&tools, page);
    press_forward(&browser, id);
    browser.click(&format!("#{id} .rec-now .term"));
    let open = "return [...root.querySelectorAll('.meaning:popover-open')].map(it => it.textContent)";
    assert_eq!(
        texts(ask(&browser, id, open)),
        ["AF_INET The family of addresses: IPv4."]
    );
}

#[test]
fn a_recording_asks_before_it_tells() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let (page, id) = ("02_bind_and_listen/02_listen.html", "rec-02_listen");
    let browser = open(&tools, page);
    let questions = ask(&browser, id, "return root.querySelectorAll('.stop').length");
    let questions = questions.as_u64().expect("a number");
    assert!(questions > 0);
    let is_asked = || {
        ask(
            &browser,
            id,
            "return root.querySelector('.rec-question').children.length > 0",
        ) == json!(true)
    };
    let at = || ask(&browser, id, "return root.querySelector('output').textContent");
    // What comes later can't be seen: neither in the chart nor in the terminals.
    let hidden =
        "return getComputedStyle(root.querySelector('.rec-later')).opacity === '1'
        && !root.querySelector('.terminals').textContent.includes('reset by peer')";
    for number in 0..questions {
        while !is_asked() {
            let before = at();
            press_forward(&browser, id);
            assert!(is_asked() || at() != before, "there is a question {number}");
        }
        assert_eq!(ask(&browser, id, hidden), json!(true));
        let before = at();
        browser.click(&format!("#{id} .rec-question .incorrect summary"));
        browser.click(&format!("#{id} .rec-question .correct summary"));
        let reasons = "return [...root.querySelectorAll('.rec-question details[open] > div')].map(it => it.textContent.split(' ')[0])";
        let mut reasons = texts(ask(&browser, id, reasons));
        reasons.sort();
        assert_eq!(reasons, ["Not", "Right."]);
        assert_eq!(at(), before, "answering alone goes nowhere");
        browser.click(&format!("#{id} .rec-question > button"));
        assert!(!is_asked() && at() != before);
    }
    // All has been asked: what comes later may be seen.
    assert_eq!(ask(&browser, id, "return root.classList.contains('asks')"), json!(false));
    ask(&browser, id, "root.querySelector('[data-act=first]').click()");
    press_forward(&browser, id);
    assert!(!is_asked(), "nothing is asked twice");
}
