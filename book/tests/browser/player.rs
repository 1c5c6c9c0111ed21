//! The player of the recordings.

use std::fs;

use serde_json::{Value, json};

use super::driver::{Browser, Tools, View};
use super::site::site;
use super::{DESK, alone, root, texts};

const RIGHT: char = '\u{e014}';
const LEFT: char = '\u{e012}';
const DOWN: char = '\u{e015}';
const TAB: char = '\u{e004}';

/// The windows in which a step must be in view with its controls and its sentence.
const WINDOWS: [(u32, u32); 4] = [(1366, 650), (1360, 850), (1920, 960), (360, 740)];

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
    const [kind, , , program, , line] = data.steps[step - 1] ?? [];
    const works = 'crp'.includes(kind ?? '-') && line;
    const lit = [...root.querySelectorAll('.listing .lit')].map(it => [it.closest('.listing').querySelector('summary').textContent, Number(it.dataset.n), it.textContent]);
    const example = works ? [...root.querySelectorAll('.listing summary')][data.programs[program].e].textContent : null;
    return {
        steps: data.steps.length, step, lit, expected: works ? [example, line] : null,
        said: root.querySelector('.rec-now p').textContent,
        sentence: root.querySelectorAll('.rec-events li')[step - 1]?.textContent,
        scenario: arguments[0].replace('rec-', ''),
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
        let scenario = shown["scenario"].as_str().expect("a name");
        let transcript = format!("tests/transcripts/{scenario}/{name}.out.txt");
        let transcript = root().join(transcript);
        let transcript = fs::read_to_string(transcript).unwrap_or_default(); // some print nothing
        assert_eq!(terminal[1], json!(transcript), "the terminal of {name}");
    }
}

#[test]
fn a_player_steps_to_the_end_by_keyboard_and_by_click() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { size: DESK, scheme: "light" });
    browser.go(&format!("{}/05_threaded_server/05_scripted_client.html", site().address));
    let id = "rec-05_scripted_client";
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
            .is_some_and(|it| it.ends_with("05_scripted_client.html")),
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
    browser.click(&of(".rec-acks"));
    browser.run(
        "document.getElementById(arguments[0]).querySelector('.rec-chart').focus()",
        json!([id]),
    );
    let acks = "return JSON.parse(document.getElementById(arguments[0]).querySelector('script').textContent).steps.filter(it => it[0] === 's' && it[3]).length";
    let acks = browser.run(acks, json!([id])).as_u64().expect("a number") as usize;
    assert!(acks > 0);
    for _ in 1..steps - acks {
        browser.press(&RIGHT.to_string());
    }
    check_step(&shown(), steps);
}

#[test]
fn nothing_plays_for_those_who_asked_for_less_motion() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.prefer(&[("prefers-reduced-motion", "reduce")]);
    browser.go(&format!("{}/05_threaded_server/05_scripted_client.html", site().address));
    let hidden =
        browser.run("return document.querySelector('[data-act=play]').hidden", json!([]));
    assert_eq!(hidden, json!(true));
}

/// `unseen(root)`, which finds what of a step is out of view, and `frames(count)`, which waits for the screen to be drawn.
const IN_VIEW: &str = include_str!("in_view.js");

/// Steps through a recording with the right arrow while nothing has the focus, and looks at every step. Before each step the reader
/// has scrolled: to the recording's top, to its bottom, elsewhere, or inside the chart; the segment's fields are open at times.
const WALK: &str = r"
    const [id, from, to, done] = arguments;
    const root = document.getElementById(id);
    const chart = root.querySelector('.rec-chart');
    const scrolls = [
        () => root.scrollIntoView({ block: 'end', behavior: 'instant' }),
        () => root.scrollIntoView({ block: 'start', behavior: 'instant' }),
        () => scrollBy({ top: 200, behavior: 'instant' }),
        () => chart.scrollTo({ top: 0, behavior: 'instant' }),
        () => scrollBy({ top: -200, behavior: 'instant' }),
        () => chart.scrollTo({ top: 1e6, behavior: 'instant' }),
        () => {},
    ];
    (async () => {
        const wrong = [];
        for (let step = from; step <= to && wrong.length < 5; step++) {
            scrolls[step % scrolls.length]();
            root.querySelector('.rec-now details').open = step % 50 > 30;
            const at = () => root.querySelector('output').textContent;
            const key = () => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }));
            if (step > 1 || !at().startsWith('step 1 of ')) key(); // one that asks is at its first step already
            if (root.querySelector('.rec-question').children.length) {
                wrong.push(...unseen(root).map(it => `before step ${step}: ${it}`));
                key();
            }
            if (!at().startsWith(`step ${step} of `)) wrong.push(`not step ${step}, but ${at()}`);
            wrong.push(...unseen(root).map(it => `step ${step}: ${it}`));
        }
        await frames(2);
        wrong.push(...unseen(root).map(it => `step ${to}, a while later: ${it}`));
        return wrong;
    })().then(done, error => done([String(error)]));
";

/// Waits until nothing moves any more, and says what of the step is out of view.
const SETTLE: &str = r"
    const [id, done] = arguments;
    const root = document.getElementById(id);
    const places = () => ['.rec-row', '.rec-controls', '.rec-chart'].map(it => root.querySelector(it).getBoundingClientRect().top).join();
    (async () => {
        for (let still = 0, before = ''; still < 8; await frames(1)) {
            still = places() === before ? still + 1 : 0;
            before = places();
        }
        return unseen(root);
    })().then(done, error => done([String(error)]));
";

/// What of a recording's step is out of view, once nothing moves any more.
fn unseen(browser: &Browser, id: &str) -> Vec<String> {
    texts(browser.run_until(&format!("{IN_VIEW}{SETTLE}"), json!([id])))
}

/// The number of the step that a recording is at. 0: none yet.
fn step(browser: &Browser, id: &str) -> u64 {
    let slider = "return Number(document.getElementById(arguments[0]).querySelector('[type=range]').value)";
    browser.run(slider, json!([id])).as_u64().expect("a number")
}

/// The page that the browser is on.
fn page(browser: &Browser) -> String {
    let path = browser.run("return location.pathname.slice(1)", json!([]));
    path.as_str().expect("a text").to_owned()
}

/// The pages with recordings. (The book's first page is there twice.)
fn pages() -> impl Iterator<Item = &'static String> {
    site().pages.iter().filter(|page| {
        *page != "index.html"
            && site().text(page).contains("<section class=\"recording\"")
    })
}

#[test]
fn every_step_is_in_view_with_its_controls_and_its_sentence() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    let mut wrong = Vec::new();
    let mut walk = |name: &str, id: &str| {
        let shown = || browser.run(SHOWN, json!([id]));
        let steps = shown()["steps"].as_u64().expect("a number") as usize;
        let script = format!("{IN_VIEW}{WALK}");
        let mut found = Vec::new();
        for from in (1..=steps).step_by(50) {
            let part = json!([id, from, steps.min(from + 49)]);
            found.extend(texts(browser.run_until(&script, part)));
        }
        wrong.extend(found.iter().map(|it| format!("{name}, {id}: {it}")));
        if found.is_empty() {
            check_step(&shown(), steps);
            check_terminals(&shown());
        }
    };
    for page in pages() {
        for size in WINDOWS {
            browser.view(View { size, scheme: "light" });
            browser.prefer(&[("prefers-reduced-motion", "reduce")]); // so nothing glides
            browser.go(&format!("{}/{page}", site().address));
            // Where there is room for all, one of each page will do.
            let all = if size.0 < 1360 || size.1 < 700 { usize::MAX } else { 1 };
            for id in recordings(&browser).into_iter().take(all) {
                walk(&format!("{page}, {size:?}"), &id);
            }
            assert_eq!(self::page(&browser), *page, "the arrows turn no page");
        }
    }
    browser.view(View { size: WINDOWS[0], scheme: "light" });
    browser.go(&format!(
        "{}/05_threaded_server/05_threaded_server.html?present",
        site().address
    ));
    walk("on a projector", "rec-05_threaded_server_two_clients");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn real_keys_step_every_recording_and_bring_it_into_view() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { size: WINDOWS[0], scheme: "light" });
    for page in pages() {
        browser.go(&format!("{}/{page}", site().address));
        for id in recordings(&browser) {
            // Its end is at the lower edge of the window.
            let place = "document.activeElement.blur(); document.getElementById(arguments[0]).scrollIntoView({ block: 'end', behavior: 'instant' })";
            browser.run(place, json!([id]));
            let before = step(&browser, &id); // one that asks begins with its first step
            for keys in 1..=3 {
                browser.press(&RIGHT.to_string());
                assert_eq!(step(&browser, &id), before + keys, "{page}, {id}");
            }
            assert_eq!(unseen(&browser, &id), [""; 0], "{page}, {id}");
        }
        assert_eq!(self::page(&browser), *page);
    }
}

#[test]
fn an_arrow_never_turns_a_page_with_a_recording_in_view() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { size: WINDOWS[0], scheme: "light" });
    let right = || browser.press(&RIGHT.to_string());
    let focus = || {
        let focus =
            "return document.activeElement.dataset.act ?? document.activeElement.tagName";
        browser.run(focus, json!([]))
    };
    for (page, id) in [
        ("introduction.html", "rec-05_scripted_client"),
        ("00_two_terminals/index.html", "rec-00_terminal"),
    ] {
        let of = |css: &str| format!("#{id} {css}");
        let is_at = |expected: u64| {
            assert_eq!(step(&browser, id), expected, "{page}");
            assert_eq!(self::page(&browser), page);
        };
        browser.go(&format!("{}/{page}", site().address));
        // The introduction's is in view from the start.
        if page != "introduction.html" {
            browser.run("document.getElementById(arguments[0]).scrollIntoView({ block: 'center', behavior: 'instant' })", json!([id]));
        }
        assert_eq!(focus(), json!("BODY"));
        right();
        is_at(1);
        browser.press(&LEFT.to_string());
        is_at(1); // the first step has none before it

        browser.click(&of(".rec-title"));
        right();
        is_at(2);

        // The last step takes the focus from no button, and has none after it.
        let last = browser.run(SHOWN, json!([id]))["steps"].as_u64().expect("a number");
        browser.click(&of("[data-act=last]"));
        is_at(last);
        browser.press(&LEFT.to_string());
        browser.click(&of("[data-act=forward]"));
        is_at(last);
        assert_eq!(focus(), json!("forward"));
        browser.click(&of("[data-act=forward]"));
        right();
        is_at(last);
        assert_eq!(focus(), json!("forward"));
        browser.run("document.activeElement.blur()", json!([]));
        right();
        is_at(last);
    }

    // After a click on a listing the arrows step, and in one that was reached by keyboard they scroll.
    let (page, id) = ("02_bind_and_listen/02_bind.html", "rec-02_bind");
    browser.go(&format!("{}/{page}", site().address));
    browser.click(&format!("#{id} [data-act=forward]"));
    browser.click(&format!("#{id} .listing pre"));
    assert_eq!(focus(), json!("PRE"));
    right();
    assert_eq!(step(&browser, id), 2);
    browser.run("document.querySelector('.listing summary').focus()", json!([]));
    browser.press(&TAB.to_string());
    assert_eq!(focus(), json!("PRE"));
    right();
    browser.wait_for("document.activeElement.scrollLeft > 0");
    assert_eq!(step(&browser, id), 2);
    assert_eq!(self::page(&browser), page);

    // The search bar keeps its keys.
    browser.click("#mdbook-search-toggle");
    browser.wait_for("document.activeElement.id === 'mdbook-searchbar'");
    browser.press(&format!("ab{LEFT}c"));
    let typed = browser.run("return document.activeElement.value", json!([]));
    assert_eq!((typed, step(&browser, id)), (json!("acb"), 2));

    // Where no recording is in view, mdBook turns the page.
    browser.go(&format!("{}/00_two_terminals/index.html", site().address));
    let seen = browser.run("scrollTo(0, 0); return document.querySelector('.recording').getBoundingClientRect().top < innerHeight", json!([]));
    assert_eq!(seen, json!(false));
    right();
    browser.wait_for("location.pathname === '/01_create_a_socket/index.html'");
}

#[test]
fn of_several_recordings_the_one_used_last_has_the_keys_while_it_is_in_view() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { size: (1366, 3000), scheme: "light" });
    browser
        .go(&format!("{}/05_threaded_server/05_what_can_go_wrong.html", site().address));
    let ids = recordings(&browser);
    let steps = || ids[..3].iter().map(|id| step(&browser, id)).collect::<Vec<_>>();
    let middle = |at: usize| {
        browser.run("document.getElementById(arguments[0]).scrollIntoView({ block: 'center', behavior: 'instant' })", json!([ids[at]]));
        browser.press(&RIGHT.to_string());
    };
    middle(1);
    assert_eq!(steps(), [0, 2, 1], "the one in the middle"); // two ask, and begin with their first step
    browser.click(&format!("#{} .rec-title", ids[2]));
    browser.press(&RIGHT.to_string());
    assert_eq!(steps(), [0, 2, 2], "the one that was clicked");
    middle(1);
    assert_eq!(steps(), [0, 2, 3], "it is still in view");

    browser.view(View { size: WINDOWS[0], scheme: "light" });
    middle(0);
    assert_eq!(steps(), [1, 2, 3], "no other is in view");
}

#[test]
fn space_plays_and_pauses_the_recording_that_has_the_focus() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { size: DESK, scheme: "light" });
    browser.go(&format!("{}/02_bind_and_listen/02_bind.html", site().address));
    let id = "rec-02_bind";
    let focus = |css: &str| {
        browser.run(
            "document.getElementById(arguments[0]).querySelector(arguments[1]).focus()",
            json!([id, css]),
        );
    };
    let play = |label: &str| {
        browser.wait_for(&format!(
            "document.querySelector('#{id} [data-act=play]').title === '{label}'"
        ));
    };
    for part in [".rec-chart", "[type=range]"] {
        focus(part);
        browser.press(" ");
        play("Pause");
        browser.press(" ");
        play("Play");
    }
    let before = step(&browser, id);
    focus(".rec-chart");
    browser.press(" ");
    browser.wait_for(&format!(
        "document.querySelector('#{id} [type=range]').value > {before}"
    ));
    browser.press(" ");

    // A button and a box to tick have their own use for it.
    focus("[data-act=first]");
    browser.press(" ");
    assert_eq!(step(&browser, id), 1);
    play("Play");
    focus("[type=checkbox]");
    browser.press(" ");
    let ticked = "return document.activeElement.checked";
    assert_eq!(browser.run(ticked, json!([])), json!(true));
    play("Play");

    // Up and down are the page's where nothing has the focus, and the recording's where it has.
    browser.run("document.activeElement.blur()", json!([]));
    browser.press(&DOWN.to_string());
    assert_eq!(step(&browser, id), 1);
    focus(".rec-chart");
    browser.press(&DOWN.to_string());
    assert_eq!(step(&browser, id), 2);
}
