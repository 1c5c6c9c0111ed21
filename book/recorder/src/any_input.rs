//! Whatever the tools write, reading it gives a value or an error, and never a panic.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use crate::lines::Lines;
use crate::recording::Recording;
use crate::tools::micros;
use crate::{compare, states, strace, wire};

/// Numbers as a tool may write them when something is wrong with it: of any length.
const NUMBER: &str = "[0-9]{0,25}";

proptest! {
    #[test]
    fn times(text in "[0-9.]{0,30}|\\PC{0,12}") {
        let _ = micros(&text);
    }

    #[test]
    fn calls(
        time in NUMBER, fraction in "[0-9]{0,7}", arguments in "[\"\\\\(){},0-9a-z ]{0,40}",
        result in "-?[0-9?x]{0,25}", took in NUMBER, address in "[0-9a-f]{0,20}",
    ) {
        let call = format!(
            "{time}.{fraction} read({arguments}) = {result} <{took}.{fraction}>\n > /srv(main+0x1) [0x{address}]\n"
        );
        for call in strace::parse(&call).unwrap_or_default().calls {
            let _ = (call.number(), call.descriptor(), call.address());
            for argument in &call.arguments {
                let _ = (strace::readable(argument), strace::unquote(argument));
            }
        }
    }

    #[test]
    fn calls_near_the_end_of_time(early in 0..3_u64, took in 0..6_u64) {
        let last = u64::MAX / 1_000_000;
        let _ = strace::parse(&format!("{}.500000 close(3) = 0 <{took}.500000>\n", last - early));
    }

    #[test]
    fn traces_of_calls(text in "(\\PC|\n){0,200}") {
        let _ = (strace::parse(&text), strace::was_interrupted(&text));
    }

    #[test]
    fn changes_of_states(
        time in NUMBER, ahead in any::<u64>(), old in "[0-9a-f]{1,18}", port in "[0-9a-f]{1,18}",
    ) {
        let change = format!(
            "srv-1 [000] ..s1. {time}.{time}: inet_sock_set_state: skaddr=0x{old} oldstate=0x{old} newstate=0x7 \
             sport=0x{port} dport=0x{port} protocol=0x6\n"
        );
        let _ = states::parse(&change, ahead);
    }

    #[test]
    fn traces_of_states(text in "(\\PC|\n){0,200}") {
        let _ = states::parse(&text, 0);
    }

    #[test]
    fn captures(head in any::<[u8; 24]>(), packets in any::<Vec<u8>>()) {
        let _ = wire::read(&[&head[..], &packets].concat());
    }

    #[test]
    fn captured_packets(seconds in any::<u32>(), micros in any::<u32>(), frame in any::<Vec<u8>>()) {
        let length = (frame.len() as u32).to_le_bytes();
        let mut file = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0".to_vec();
        file.extend([seconds.to_le_bytes(), micros.to_le_bytes(), length, length].concat());
        file.extend(frame);
        let _ = wire::read(&file);
    }

    #[test]
    fn recordings(text in "\\PC{0,200}") {
        let _ = Recording::from_json(&text);
    }

    #[test]
    fn recordings_with_another_number(at in any::<prop::sample::Index>(), number in "-?[0-9]{1,25}|null") {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let committed = Recording::read("03_close", root).unwrap();
        let json = committed.to_json().unwrap();
        let numbers: Vec<_> = json.match_indices(|c: char| c.is_ascii_digit()).collect();
        let (at, digit) = numbers[at.index(numbers.len())];
        let json = format!("{}{number}{}", &json[..at], &json[at + digit.len()..]);
        if let Ok(recording) = Recording::from_json(&json) {
            let _ = (compare::difference(&committed, &recording), recording.to_json());
        }
    }

    #[test]
    fn programs_that_are_broken(at in any::<prop::sample::Index>(), byte in any::<u8>(), offset in any::<u64>()) {
        let mut bytes = fs::read("/bin/true").unwrap();
        let at = at.index(bytes.len().min(1024)); // where the heads are
        bytes[at] = byte;
        let program = tempfile::NamedTempFile::new().unwrap();
        fs::write(&program, bytes).unwrap();
        if let Ok(lines) = Lines::of(program.path(), "any") {
            let _ = lines.line(&[(program.path().display().to_string(), offset)]);
        }
    }
}

#[test]
fn offsets_in_a_program() {
    let program = std::env::current_exe().unwrap();
    let lines = Lines::of(&program, "any").unwrap();
    let length = program.metadata().unwrap().len();
    proptest!(|(offset in prop_oneof![0..length, any::<u64>()])| {
        let _ = lines.line(&[(program.display().to_string(), offset)]);
    });
}
