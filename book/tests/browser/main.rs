//! The built book in a real browser: `cargo test -p book --test browser`.
//!
//! It needs Chromium, chromedriver and axe-core (`driver.rs` says which command installs each).

mod driver;
mod site;

use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use driver::{Browser, Tools, View};
use serde_json::{Value, json};
use site::site;

/// The most that a page may weigh with all that it loads but fonts and the index for searching.
const HEAVIEST: u64 = 400_000;
const DESK: u32 = 1200;
const PHONE: u32 = 360;
const RIGHT: char = '\u{e014}';
const LEFT: char = '\u{e012}';

/// One browser at a time: each is as busy as the machine allows.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is wrong with a page that has just been loaded: messages on the console, requests that failed or went elsewhere.
fn troubles(browser: &Browser) -> Vec<String> {
    let mut troubles = Vec::new();
    for entry in browser.log("browser") {
        troubles.push(format!("on the console: {}", entry["message"]));
    }
    for entry in browser.log("performance") {
        let message: Value =
            serde_json::from_str(entry["message"].as_str().unwrap_or_default())
                .expect("the network's log is JSON");
        let parameters = &message["message"]["params"];
        match message["message"]["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                let url = parameters["request"]["url"].as_str().unwrap_or_default();
                if !url.starts_with(&site().address) && !url.starts_with("data:") {
                    troubles.push(format!("a request to {url}"));
                }
            }
            Some("Network.responseReceived") => {
                let answer = &parameters["response"];
                if answer["status"].as_u64().is_some_and(|status| status >= 400) {
                    troubles.push(format!(
                        "{} is answered with {}",
                        answer["url"], answer["status"]
                    ));
                }
            }
            Some("Network.loadingFailed") => {
                troubles.push(format!("a request failed: {}", parameters["errorText"]));
            }
            _ => {}
        }
    }
    troubles
}

/// What sticks out of the screen, and is in nothing that scrolls.
const TOO_WIDE: &str = r"
    const scrolls = it => ['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(it).overflowX);
    const held = it => {
        for (let up = it.parentElement; up && up.tagName !== 'MAIN'; up = up.parentElement) {
            if (scrolls(up) && up.getBoundingClientRect().right <= innerWidth + 1) return true;
        }
        return false;
    };
    const all = [...document.querySelectorAll('main, main *, .menu-bar, .menu-bar *')];
    const wide = all.filter(it => !it.closest('svg svg, svg *') && it.getBoundingClientRect().right > innerWidth + 1 && !held(it));
    return wide.map(it => `${it.tagName.toLowerCase()}.${it.getAttribute('class')}: ${Math.ceil(it.getBoundingClientRect().right)} px`);
";

const AXE: &str = r"
    const done = arguments[0];
    axe.run(document, { resultTypes: ['violations'] }).then(
        found => done(found.violations
            .filter(it => ['serious', 'critical'].includes(it.impact))
            .map(it => `${it.id}: ${it.help}: ` + it.nodes.slice(0, 4).map(node => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join(' | '))),
        error => done([String(error)]));
";

#[test]
fn every_page_is_sound_in_light_and_dark_at_a_desk_and_on_a_phone() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    let mut wrong = Vec::new();
    for page in &site().pages {
        for (width, scheme) in
            [(DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark")]
        {
            browser.view(View { width, scheme });
            browser.go(&format!("{}/{page}", site().address));
            let mut found = troubles(&browser);
            let dark = browser.run("return matchMedia('(prefers-color-scheme: dark)').matches && document.documentElement.classList.contains('navy')", json!([]));
            if dark != json!(scheme == "dark") {
                found.push("the theme is not the one that the reader prefers".to_owned());
            }
            if width == PHONE {
                found.extend(texts(browser.run(TOO_WIDE, json!([]))));
            }
            browser.run(&tools.axe, json!([]));
            found.extend(texts(browser.run_until(AXE, json!([]))));
            wrong.extend(
                found.iter().map(|it| format!("{page}, {scheme}, {width} px: {it}")),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_page_is_light() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.command("Network.setCacheDisabled", json!({ "cacheDisabled": true }));
    for page in &site().pages {
        browser.go(&format!("{}/{page}", site().address));
        let loaded = browser.run(
            "return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(it => [it.name, it.encodedBodySize])",
            json!([]),
        );
        let loaded: Vec<(String, u64)> =
            serde_json::from_value(loaded).expect("names and sizes");
        let counted = loaded.iter().filter(|(name, _)| {
            !["/fonts/", "/searchindex"].iter().any(|it| name.contains(it))
        });
        let weight: u64 = counted.map(|(_, size)| size).sum();
        assert!(weight < HEAVIEST, "{page} weighs {weight} bytes: {loaded:#?}");
    }
}

#[test]
fn the_theme_menu_offers_light_dark_and_what_the_reader_prefers() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { width: DESK, scheme: "light" });
    browser.go(&site().address);
    browser.click("#mdbook-theme-toggle");
    let offered = browser.run(
        "return [...document.querySelectorAll('#mdbook-theme-list button')].filter(it => it.checkVisibility()).map(it => it.textContent)",
        json!([]),
    );
    assert_eq!(offered, json!(["Auto", "Light", "Dark"]));
    let background =
        "return getComputedStyle(document.body.parentElement).backgroundColor";
    let light = browser.run(background, json!([]));
    browser.click("#mdbook-theme-navy");
    let dark = browser.run(background, json!([]));
    assert_ne!(light, dark);
    browser.go(&site().address);
    assert_eq!(dark, browser.run(background, json!([])), "the choice is kept");
}

#[test]
fn the_key_p_enlarges_a_page_for_a_projector() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { width: DESK, scheme: "light" });
    browser.go(&site().address);
    let size =
        "return parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)";
    let number = |it: Value| it.as_f64().expect("a number");
    let before = number(browser.run(size, json!([])));
    browser.press("p");
    assert!(number(browser.run(size, json!([]))) > 1.3 * before);
    browser.press("p");
    assert_eq!(number(browser.run(size, json!([]))), before);
}

#[test]
fn searching_finds_a_term() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { width: DESK, scheme: "light" });
    browser.go(&site().address);
    browser.click("#mdbook-search-toggle");
    browser.wait_for("document.activeElement.id === 'mdbook-searchbar'");
    browser.press("accept");
    browser.wait_for("document.querySelector('#mdbook-searchresults li a')");
    let found = browser.run(
        "return document.querySelector('#mdbook-searchresults').textContent",
        json!([]),
    );
    assert!(
        found.as_str().is_some_and(|it| it.to_lowercase().contains("accept")),
        "{found}"
    );
}

/// The recordings of a page, by their ids.
fn recordings(browser: &Browser) -> Vec<String> {
    texts(browser.run(
        "return [...document.querySelectorAll('.recording')].map(it => it.id)",
        json!([]),
    ))
}

/// What a recording shows: its step, the line that is lit, the transcripts in its terminals.
const SHOWN: &str = r"
    const root = document.getElementById(arguments[0]);
    const data = JSON.parse(root.querySelector('script').textContent);
    const step = Number(root.querySelector('output').textContent.match(/step (\d+) of/)?.[1] ?? 0);
    const [kind, , program, , line] = data.steps[step - 1] ?? [];
    const works = 'crp'.includes(kind ?? '-') && line;
    const lit = [...root.querySelectorAll('.listing .lit')].map(it => [it.closest('.listing').querySelector('summary').textContent, Number(it.dataset.n), it.textContent]);
    const example = works ? [...root.querySelectorAll('.listing summary')][data.programs[program].e].textContent : null;
    return {
        steps: data.steps.length, step, lit, expected: works ? [example, line] : null,
        said: root.querySelector('.rec-now p').textContent,
        sentence: root.querySelectorAll('.rec-events li')[step - 1]?.textContent,
        terminals: data.programs.map((program, index) => [program.n, [...root.querySelectorAll('.terminal .screen')[index].childNodes].filter(it => it.className !== 'err').map(it => it.textContent).join('')]),
    };
";

/// Checks a step: that it is the one, that its sentence is said, that its line is lit and is the example's.
fn check_step(shown: &Value, step: usize) {
    assert_eq!(shown["step"], json!(step), "{shown:#}");
    assert_eq!(shown["said"], shown["sentence"], "{shown:#}");
    let lit = shown["lit"].as_array().expect("a list");
    let Some(expected) = shown["expected"].as_array() else {
        assert!(lit.is_empty(), "no line is at work in step {step}: {shown:#}");
        return;
    };
    let [lit] = lit.as_slice() else { panic!("one line is lit: {shown:#}") };
    assert_eq!(&lit.as_array().expect("a line")[..2], expected.as_slice(), "{shown:#}");
    let (file, line) =
        (lit[0].as_str().expect("a file"), lit[1].as_u64().expect("a number"));
    let source = fs::read_to_string(root().join("examples").join(file))
        .expect("the example can be read");
    assert_eq!(
        source.lines().nth(line as usize - 1),
        lit[2].as_str(),
        "{file}, line {line}"
    );
}

/// Checks that the terminals hold the transcripts, to the byte.
fn check_terminals(shown: &Value) {
    for terminal in shown["terminals"].as_array().expect("a list") {
        let name = terminal[0].as_str().expect("a name");
        let transcript = root().join("tests/transcripts").join(format!("{name}.txt"));
        let transcript = fs::read_to_string(transcript).unwrap_or_default(); // some print nothing
        assert_eq!(terminal[1], json!(transcript), "the terminal of {name}");
    }
}

#[test]
fn a_player_steps_to_the_end_by_keyboard_and_by_click() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { width: DESK, scheme: "light" });
    browser.go(&format!("{}/05_threaded_server.html", site().address));
    let id = "rec-05_threaded_server";
    assert!(recordings(&browser).contains(&id.to_owned()), "the page has its recording");
    let shown = || browser.run(SHOWN, json!([id]));
    check_terminals(&shown()); // before the first step all is shown
    let steps = shown()["steps"].as_u64().expect("a number") as usize;
    let of = |css: &str| format!("#{id} {css}");

    browser.run(
        "document.getElementById(arguments[0]).querySelector('.rec-chart').focus()",
        json!([id]),
    );
    for step in 1..=steps {
        browser.press(&RIGHT.to_string());
        check_step(&shown(), step);
    }
    check_terminals(&shown());
    browser.press(&LEFT.to_string());
    check_step(&shown(), steps - 1);
    assert!(
        browser
            .run("return location.pathname", json!([]))
            .as_str()
            .is_some_and(|it| it.ends_with("05_threaded_server.html")),
        "the arrows turn no page"
    );

    browser.click(&of("[data-act=first]"));
    check_step(&shown(), 1);
    for step in 2..=steps {
        browser.click(&of("[data-act=forward]"));
        check_step(&shown(), step);
    }
    check_terminals(&shown());

    // Without the bare acknowledgements there are fewer steps, and the end is the same.
    browser.click(&of("[data-act=first]"));
    browser.click(&of("label"));
    browser.run(
        "document.getElementById(arguments[0]).querySelector('.rec-chart').focus()",
        json!([id]),
    );
    let acks = "return JSON.parse(document.getElementById(arguments[0]).querySelector('script').textContent).steps.filter(it => it[0] === 's' && it[2]).length";
    let acks = browser.run(acks, json!([id])).as_u64().expect("a number") as usize;
    assert!(acks > 0);
    for _ in 1..steps - acks {
        browser.press(&RIGHT.to_string());
    }
    check_step(&shown(), steps);
}

#[test]
fn every_player_ends_with_the_transcripts() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { width: DESK, scheme: "light" });
    for page in &site().pages {
        browser.go(&format!("{}/{page}", site().address));
        for id in recordings(&browser) {
            browser.run("document.getElementById(arguments[0]).querySelector('.rec-chart').focus()", json!([id]));
            let shown = || browser.run(SHOWN, json!([id]));
            let steps = shown()["steps"].as_u64().expect("a number") as usize;
            browser.press(&RIGHT.to_string().repeat(steps));
            check_step(&shown(), steps);
            check_terminals(&shown());
        }
    }
}

#[test]
fn nothing_plays_for_those_who_asked_for_less_motion() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.prefer(&[("prefers-reduced-motion", "reduce")]);
    browser.go(&format!("{}/05_threaded_server.html", site().address));
    let hidden =
        browser.run("return document.querySelector('[data-act=play]').hidden", json!([]));
    assert_eq!(hidden, json!(true));
}

#[test]
fn a_prediction_explains_every_choice_and_remembers_the_first() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { width: DESK, scheme: "light" });
    let page = format!("{}/02_bind_and_listen.html", site().address);
    browser.go(&page);
    let visible = "return [...document.querySelectorAll('.predict')[0].querySelectorAll('details > div')].map(it => it.checkVisibility())";
    assert_eq!(browser.run(visible, json!([])), json!([false, false, false]));

    browser.click(".predict .incorrect summary");
    browser.click(".predict .correct summary");
    let score = "document.querySelector('.predict-score span').textContent";
    browser.wait_for(&format!("{score}.startsWith('0 right at the first guess, of ')"));
    let explained =
        "return document.querySelector('.predict .correct[open] > div').textContent";
    let explained = browser.run(explained, json!([]));
    assert!(
        explained.as_str().is_some_and(|it| it.starts_with("Right. ")),
        "{explained}"
    );

    browser.go(&page);
    let first = "return [...document.querySelectorAll('.predict .first')].map(it => it.className)";
    assert_eq!(
        texts(browser.run(first, json!([]))),
        ["incorrect first"],
        "it is remembered"
    );
    browser.click(".predict-score button");
    browser.click(".predict .correct summary");
    browser.wait_for(&format!("{score}.startsWith('1 right at the first guess, of ')"));
}

#[test]
fn without_javascript_nothing_is_missing() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { width: DESK, scheme: "dark" });
    browser.command("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    for page in &site().pages {
        browser.go(&format!("{}/{page}", site().address));
        let page_is = browser.run(
            r"
            const dark = getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g).every(it => it < 60);
            const shown = it => it && it.getBoundingClientRect().height > 100;
            const whole = [...document.querySelectorAll('.recording')].every(it =>
                shown(it.querySelector('.seq')) && it.querySelector('.rec-events li') && it.querySelector('.listing') && it.querySelector('.terminal'));
            return { script: document.documentElement.classList.contains('js'), dark, whole, text: document.querySelector('main').innerText.length > 100 };
            ",
            json!([]),
        );
        assert_eq!(
            page_is,
            json!({ "script": false, "dark": true, "whole": true, "text": true }),
            "{page}"
        );
    }
}

/// A list of texts.
fn texts(value: Value) -> Vec<String> {
    serde_json::from_value(value).expect("a list of texts")
}

/// The repository.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
