//! The line server's contract, on each server of the book that keeps to it, or on yours.

use super::LINE_SERVERS;

/// The classroom's checks, one test each: with `WORKBOOK_SERVER` of that server, else of all of ours.
macro_rules! graded {
    ($kind:ident, $checks:ident: $($name:ident)*) => {
        $(#[test]
        fn $name() {
            let name = stringify!($name);
            let checks = grader::chapter_06::$checks;
            let (_, check) = checks.iter().find(|check| check.0 == name).expect(name);
            for example in LINE_SERVERS {
                let server = crate::bring_your_own::server_or(example);
                let graded = server.and_then(|(program, is_ours)| check(&program).map(|()| is_ours));
                match graded {
                    Ok(true) => {}
                    Ok(false) => break, // once is enough
                    Err(story) => panic!("{story}"),
                }
            }
        })*
    };
}

grader::line_server_checks!(graded);
