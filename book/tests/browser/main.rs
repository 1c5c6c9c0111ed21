//! The built book in a real browser: `cargo test -p book --test browser`.
//!
//! It needs Chromium, chromedriver and axe-core (`driver.rs` says which command installs each).

mod driver;
mod layers;
mod player;
mod search;
mod site;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use driver::{Browser, Tools, View};
use serde_json::{Value, json};
use site::site;

/// The most that a page may weigh with its style sheets and scripts but the index for searching, each compressed.
const HEAVIEST: usize = 100_000;
const DESK: (u32, u32) = (1200, 800);
const PHONE: (u32, u32) = (360, 800);

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
        for (size, scheme) in
            [(DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark")]
        {
            browser.view(View { size, scheme });
            browser.go(&format!("{}/{page}", site().address));
            let mut found = troubles(&browser);
            let dark = browser.run("return matchMedia('(prefers-color-scheme: dark)').matches && document.documentElement.classList.contains('navy')", json!([]));
            if dark != json!(scheme == "dark") {
                found.push("the theme is not the one that the reader prefers".to_owned());
            }
            if size == PHONE {
                found.extend(texts(browser.run(TOO_WIDE, json!([]))));
            }
            browser.run(&tools.axe, json!([]));
            found.extend(texts(browser.run_until(AXE, json!([]))));
            wrong.extend(
                found.iter().map(|it| format!("{page}, {scheme}, {size:?}: {it}")),
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
            "return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(it => it.name)",
            json!([]),
        );
        let counted = texts(loaded).into_iter().filter(|name| {
            [".html", ".css", ".js"].iter().any(|it| name.ends_with(it))
                && !name.contains("/searchindex")
        });
        let weights: Vec<(usize, String)> =
            counted.map(|name| (site().compressed(&name), name)).collect();
        let weight: usize = weights.iter().map(|(weight, _)| weight).sum();
        assert!(weight < HEAVIEST, "{page} weighs {weight} bytes: {weights:#?}");
    }
}

/// The steps of the recordings made it twice as big.
#[test]
fn the_search_index_is_light() {
    let size = site().search_index().len();
    assert!(size < 250_000, "the search index has {size} bytes");
}

#[test]
fn the_theme_menu_offers_light_dark_and_what_the_reader_prefers() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { size: DESK, scheme: "light" });
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
    browser.view(View { size: DESK, scheme: "light" });
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
    browser.view(View { size: DESK, scheme: "light" });
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

#[test]
fn a_prediction_explains_every_choice_and_remembers_the_first() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { size: DESK, scheme: "light" });
    let page = format!("{}/02_bind_and_listen/02_listen.html", site().address);
    browser.go(&page);
    let visible = "return [...document.querySelectorAll('.predict:not(.stop)')[0].querySelectorAll('details > div')].map(it => it.checkVisibility())";
    assert_eq!(browser.run(visible, json!([])), json!([false, false, false]));

    browser.click(".predict:not(.stop) .incorrect summary");
    browser.click(".predict:not(.stop) .correct summary");
    let score = "document.querySelector('.predict-score span').textContent";
    browser.wait_for(&format!("{score}.startsWith('0 right at the first guess, of ')"));
    let explained = "return document.querySelector('.predict:not(.stop) .correct[open] > div').textContent";
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
    browser.click(".predict:not(.stop) .correct summary");
    browser.wait_for(&format!("{score}.startsWith('1 right at the first guess, of ')"));
}

/// Each cut has its row; the arrow keys move from one to the next, and a button shows all.
#[test]
fn a_slider_moves_the_cut() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { size: PHONE, scheme: "light" });
    browser.go(&format!("{}/06_a_stream_is_not_messages/06_cutter.html", site().address));
    let shown = || {
        let rows = "return [...document.querySelectorAll('.cuts tbody tr')]
            .filter(it => it.offsetHeight > 0).map(it => it.innerText);";
        texts(browser.run(rows, json!([])))
    };
    let move_to = |cut: usize| {
        let slide = "const slider = document.querySelector('.cuts input'); slider.value = arguments[0];
            slider.dispatchEvent(new Event('input', { bubbles: true })); return slider.ariaValueText ?? slider.getAttribute('aria-valuetext');";
        browser.run(slide, json!([cut]))
    };
    assert_eq!(move_to(1), json!(r"M, cut, ichael\nTracy\nexit\n"));
    let first = shown();
    assert!(first.len() == 1 && first[0].contains("Hello ichael!"), "{first:?}");
    assert_eq!(move_to(18), json!(r"Michael\nTracy\nexit, cut, \n"));
    assert_eq!(shown().len(), 1);
    browser.click(".cuts button");
    assert_eq!(shown().len(), 18);
}

#[test]
fn without_javascript_nothing_is_missing() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { size: DESK, scheme: "dark" });
    browser.command("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    for page in &site().pages {
        browser.go(&format!("{}/{page}", site().address));
        let page_is = browser.run(
            r"
            const dark = getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g).every(it => it < 60);
            const shown = it => it && it.getBoundingClientRect().height > 100;
            const whole = [...document.querySelectorAll('.recording')].every(it =>
                shown(it.querySelector('.seq')) && it.querySelector('.rec-events li') && [...it.querySelectorAll('.stop .ask')].every(it => it.checkVisibility()) && it.querySelector('.listing') && it.querySelector('.terminal'));
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
