//! Line servers in Python with one fault each: the checks of that fault refuse them, with a story that names it.

use crate::bring_your_own::python;
use crate::exercises::in_parallel;
use grader::chapter_06::LINES;

/// The fault of `line_fault.py`, the checks that refuse it, and what their stories say.
type Fault = (&'static str, &'static [&'static str], &'static [&'static str]);

const FAULTS: &[Fault] = &[
    (
        "KeepsNothing",
        &["cut_anywhere", "longest_line", "line_too_long", "ten_at_once"],
        &["when the bytes were cut after `M`", "received  \"Server: Hello ichael!"],
    ),
    (
        "DropsTheNext",
        &["cut_anywhere", "any_bytes", "line_ends"],
        &["when the bytes were cut after `Michael\\nT`", "\"Server: Hello racy!"],
    ),
    (
        "TakesEachPiece",
        &["cut_anywhere", "longest_line", "unfinished_line", "ten_at_once"],
        &["when the bytes were cut after `M`", "\"Server: Hello M!"],
    ),
    (
        "OneLineARead",
        &["cut_anywhere", "many_lines_at_once", "one_write_a_turn"],
        &["your server said too little"],
    ),
    (
        "WaitsForANewlineAtTheEnd",
        &["cut_anywhere"],
        &[
            "it waits for the end of another line",
            "Answer each line as soon as it is whole",
        ],
    ),
    ("Strips", &["spaces_in_names", "exit_in_names"], &["\"Server: Hello Mr Right!"]),
    ("KeepsTheReturn", &["line_ends"], &["\"Server: Hello Michael\\r!"]),
    ("TakesAReturnForAnEnd", &["any_bytes"], &["\"a\\rb\\n\""]),
    ("FindsExit", &["exit_in_names"], &["received  \"Server: Good bye!\\n\""]),
    ("GreetsAnEmptyLine", &["line_ends"], &["received  \"Server: Hello  !"]),
    ("Decodes", &["any_bytes"], &["sent \"\\xff\\xfe\\x80\\n\""]),
    ("DecodesPieces", &["any_bytes"], &["\"Server: Hello ???!"]),
    ("EndsAtZero", &["any_bytes"], &["sent \"a\\0b\\n\"", "\"Server: Hello a!"]),
    (
        "NoLimit",
        &["line_too_long", "endless_line"],
        &[
            "it waited for more of a line that was too long",
            "Measure what has come of a line",
        ],
    ),
    (
        "LimitsWholeLines",
        &["line_too_long", "endless_line"],
        &[
            "it waited for more of a line that was too long",
            "Measure what has come of a line",
        ],
    ),
    ("LimitsParts", &["line_too_long"], &["(1026 bytes)", "\"Server: Hello xxxx"]),
    ("LimitsWithNewline", &["longest_line"], &["\"Server: That name is too long.\\n\""]),
    (
        "LimitsAllThatCame",
        &["many_lines_at_once", "longest_line"],
        &["\"Server: That name is too long.\\n\""],
    ),
    (
        "ClosesWithoutAWord",
        &["line_too_long", "endless_line"],
        &["nothing came, then the end"],
    ),
    (
        "GoesOnAfterALongLine",
        &["line_too_long", "endless_line"],
        &["did not close the connection"],
    ),
    (
        "ForgetsTheLinesBefore",
        &["line_too_long"],
        &["a client with too long a second name", "received  \"Server: That name"],
    ),
    ("GreetsAnUnfinishedLine", &["unfinished_line"], &["\"Server: Hello Tra!"]),
    (
        "LeavesAtAnUnfinishedExit",
        &["unfinished_line"],
        &["a client that finishes sent \"exit\"", "\"Server: Good bye!"],
    ),
    (
        "OneBuffer",
        &["ten_at_once", "two_hundred_clients"],
        &["expected  \"Server: Hello Client"],
    ),
    ("TwoWrites", &["one_write_a_turn"], &["your server sent a turn in two pieces"]),
    (
        "WritesLineByLine",
        &["one_write_a_turn"],
        &["sent \"Michael\\nTracy\\n\"", "your server sent a turn in two pieces"],
    ),
    (
        "EndsWithAReset",
        &["resetting_clients"],
        &["your server stops serving when a client has left"],
    ),
    (
        "one_at_a_time",
        &["ten_at_once", "two_hundred_clients"],
        &["client 2 waited for \"Server: Welcome!"],
    ),
    #[cfg(unix)]
    ("no_reuse", &["restart"], &["Set SO_REUSEADDR on the listening socket before bind"]),
];

#[test]
fn a_line_server_with_one_fault_is_refused() {
    let Some(python) = python() else { return };
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/line_fault.py");
    in_parallel(FAULTS, |(fault, by, told)| {
        let command = format!("{python} -B '{fixture}' {fault} {{port}}");
        let mut stories = String::new();
        for (name, check) in LINES {
            if !by.contains(name) && *name != "conversation" {
                continue;
            }
            let graded =
                grader::server_program(&command).and_then(|program| check(&program));
            let is_right = graded.is_ok() != by.contains(name);
            let story = graded.err().map(|story| story.to_string()).unwrap_or_default();
            assert!(is_right, "{fault}, {name}: {story}");
            stories.push_str(&story);
        }
        for told in *told {
            assert!(stories.contains(told), "{fault}: {told} is not in\n{stories}");
        }
    });
}

/// No list of names above has a typo.
#[test]
fn the_checks_of_lines_exist() {
    for name in FAULTS.iter().flat_map(|(_, by, _)| *by) {
        assert!(LINES.iter().any(|check| check.0 == *name), "{name}");
    }
    for (name, _) in LINES {
        let refuses = FAULTS.iter().any(|(_, by, _)| by.contains(name));
        let exempt = ["conversation", "vanishing_clients"].contains(name);
        assert!(refuses || exempt || cfg!(windows), "{name} refuses no fault here");
    }
}
