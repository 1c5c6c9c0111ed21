//! Compares what programs print with `tests/transcripts/`, or writes it there.

use std::path::PathBuf;
use std::{env, fs};

use predicates::prelude::*;

use crate::examples::{Examples, root};
use crate::{CHAPTERS, chapter_of};
use stage::scenarios::{SCENARIOS, Scenario};
use stage::{Stage, without_measurements};

/// Plays the scenarios of a chapter.
pub fn check(chapter: &str) {
    let ours = SCENARIOS.iter().filter(|scenario| chapter_of(scenario.name) == chapter);
    for scenario in ours {
        let differs = match scenario.name {
            "01_create_socket" => cfg!(not(target_os = "linux")), // the kernel tells less
            "03_accept_late" => cfg!(not(target_os = "linux")), // each has a queue of its own
            "06_traps" | "06_full_buffers" => cfg!(windows), // a time limit has another name
            "05_server_vanishes" => cfg!(windows), // the connections of a killed program are reset
            _ => false,
        };
        if !differs {
            check_scenario(scenario);
        }
    }
}

/// Plays a scenario and compares what each of its programs printed with its transcripts:
/// `SCENARIO/NAME.out.txt` is standard output with what was typed, `NAME.err.txt` standard
/// error. An empty one has no file.
fn check_scenario(scenario: &Scenario) {
    let mut stage = Stage::new(Box::new(Examples));
    if let Err(story) = stage.play(scenario) {
        panic!("{}: {}\n{story}", scenario.name, scenario.title);
    }
    stage.end();

    let story = stage.so_far();
    for actor in stage.actors() {
        let (screen, errors) =
            (stage.normalise(&actor.screen()), stage.normalise(&actor.stderr()));
        let name = format!("{}/{}", scenario.name, actor.name);
        compare(&format!("{name}.out.txt"), &screen, &story);
        compare(&format!("{name}.err.txt"), &errors, &story);
    }
}

/// Compares with the file of this name in `tests/transcripts/`, or, with `WORKBOOK_REFRESH`
/// set, writes the file. `story` is told when they differ.
pub fn compare(name: &str, printed: &str, story: &str) {
    let path = folder().join(name);
    if env::var_os("WORKBOOK_REFRESH").is_some() {
        let refreshed = if printed.is_empty() {
            fs::remove_file(&path).or(Ok(()))
        } else {
            let scenario = path.parent().expect("it is in the folder of its scenario");
            fs::create_dir_all(scenario).and_then(|()| fs::write(&path, printed))
        };
        refreshed.unwrap_or_else(|error: std::io::Error| {
            panic!("{}: {error}", path.display())
        });
        return;
    }

    let expected = fs::read_to_string(&path).unwrap_or_default();
    // What the kernel calls an error differs from system to system. The book shows Linux.
    if cfg!(not(target_os = "linux")) && expected.contains("os error") {
        return;
    }
    let same = predicate::str::diff(without_measurements(&expected));
    if let Some(case) = same.find_case(false, &without_measurements(printed)) {
        let difference =
            case.products().map(|product| product.to_string()).collect::<String>();
        panic!(
            "tests/transcripts/{name} is not what was printed (- transcript, + printed):\n\
             {difference}\n{story}\
             If the new output is right: WORKBOOK_REFRESH=1 cargo test"
        );
    }
}

fn folder() -> PathBuf {
    root().join("tests/transcripts")
}

#[test]
fn every_scenario_is_of_a_chapter() {
    for scenario in SCENARIOS.iter() {
        let chapter = chapter_of(scenario.name);
        let is_known = CHAPTERS.iter().any(|(known, _)| *known == chapter);
        assert!(is_known, "{}: tests/main.rs has no {chapter}", scenario.name);
    }
}

#[test]
fn every_transcript_belongs_to_a_program_of_its_scenario() {
    for entry in fs::read_dir(folder()).expect("tests/transcripts can be listed") {
        let folder = entry.expect("an entry").path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let scenario = SCENARIOS.iter().find(|scenario| scenario.name == name);
        let mut known: Vec<&str> = scenario.iter().flat_map(|it| it.programs()).collect();
        if name == "01_create_socket_few_descriptors" {
            known.push("01_create_socket"); // a scenario has no way to limit descriptors
        }
        for file in fs::read_dir(&folder).expect("a scenario has a folder") {
            let file = file.expect("an entry").file_name();
            let file = file.to_string_lossy();
            if (&*name, &*file) == ("06_cutter", "cuts.txt") {
                continue; // every cut: see chapter_06
            }
            let program = file.trim_end_matches(".out.txt").trim_end_matches(".err.txt");
            assert!(
                known.contains(&program),
                "tests/transcripts/{name}/{file} is nobody's"
            );
        }
    }
}

#[test]
fn every_example_has_a_transcript() {
    for entry in fs::read_dir(root().join("examples")).expect("examples can be listed") {
        let file = entry.expect("an entry").file_name();
        let file = file.to_string_lossy();
        let Some(name) = file.strip_suffix(".rs") else { continue };
        let plays = |scenario: &&Scenario| {
            ["out", "err"].iter().any(|stream| {
                let file = format!("{}/{name}.{stream}.txt", scenario.name);
                folder().join(file).exists()
            })
        };
        assert!(SCENARIOS.iter().any(|it| plays(&it)), "{name} has no transcript");
    }
}

/// What the pages say of who closed first: that end is in TIME-WAIT when the recording ends.
#[test]
fn recordings_show_who_waits() {
    for (recording, who) in [
        ("03_a_server_for_one/03_close", "03_close/53503"),
        ("04_the_client/04_recv_loop", "04_recv_loop/53503"),
        ("04_the_client/04_close", "03_close/53503"),
        ("05_threaded_server/05_scripted_client", "05_threaded_server/53503"),
        ("05_threaded_server/05_client_leaves", "00_terminal/53503"),
        ("05_threaded_server/05_server_vanishes", "05_threaded_server/53503"),
    ] {
        let path = root().join(format!("chapters/{recording}.json"));
        let recording = fs::read_to_string(&path).expect("the recording is there");
        let waiting: Vec<&str> = recording
            .lines()
            .filter(|line| line.contains("\"to\":\"TIME-WAIT\""))
            .collect();
        let ours = |line: &&str| line.contains(&format!("\"socket\":\"{who}\""));
        assert!(
            waiting.len() == 1 && waiting.iter().all(ours),
            "{recording}: {waiting:?}"
        );
    }
}
