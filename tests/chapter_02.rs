//! Bind and listen: `02_bind`, `02_listen`.

use crate::bad_input;
use crate::transcripts::check;

#[test]
fn a_bound_socket_refuses_a_client() {
    check("02_bind");
}

#[test]
fn a_client_connects_although_nobody_accepts() {
    check("02_listen");
}

#[test]
fn a_port_is_taken_once() {
    check("02_listen_busy");
}

#[test]
fn bad_input_gets_one_clear_line() {
    bad_input::is_told_by_a_server("02_bind", "bind to");
    bad_input::is_told_by_a_server("02_listen", "listen on");
}
