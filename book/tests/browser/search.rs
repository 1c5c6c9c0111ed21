//! What readers search for is found: error messages and their numbers, calls in any language, options, states, and questions.

use serde_json::json;

use crate::driver::{Browser, Tools, View};
use crate::site::site;
use crate::{DESK, alone};

/// What is typed, and parts of the addresses of the sections that answer it: one of them is among the first three.
const QUERIES: &[(&str, &[&str])] = &[
    ("Address already in use", &["#address-already-in-use", "#the-port-is-taken"]),
    ("EADDRINUSE", &["#address-already-in-use"]),
    ("os error 98", &["#address-already-in-use"]),
    ("10048", &["#address-already-in-use"]),
    ("Only one usage of each socket address", &["#address-already-in-use"]),
    ("Connection refused", &["#connection-refused", "#nobody-listens"]),
    ("ECONNREFUSED", &["#connection-refused"]),
    ("os error 111", &["#connection-refused"]),
    ("10061", &["#connection-refused"]),
    ("actively refused", &["#connection-refused"]),
    ("Connection reset by peer", &["#connection-reset-by-peer", "#the-client-resets"]),
    ("ECONNRESET", &["#connection-reset-by-peer"]),
    ("10054", &["#connection-reset-by-peer"]),
    ("forcibly closed", &["#connection-reset-by-peer"]),
    ("Broken pipe", &["#broken-pipe"]),
    ("EPIPE", &["#broken-pipe"]),
    ("SIGPIPE", &["#broken-pipe", "appendix_calls"]),
    ("Connection timed out", &["#connection-timed-out", "#nobody-answers"]),
    ("ETIMEDOUT", &["#connection-timed-out"]),
    ("10060", &["#connection-timed-out"]),
    ("Operation timed out", &["#connection-timed-out"]),
    ("Network is unreachable", &["#network-is-unreachable", "#there-is-no-way"]),
    ("No route to host", &["#network-is-unreachable", "#there-is-no-way"]),
    ("Too many open files", &["#too-many-open-files", "#too-many-clients", "01_create"]),
    ("EMFILE", &["#too-many-open-files"]),
    ("Permission denied", &["#permission-denied", "#the-port-is-reserved"]),
    ("Cannot assign requested address", &["#cannot-assign", "#the-address-is-not-yours"]),
    ("Name or service not known", &["#name-or-service", "#the-name-is-unknown"]),
    (
        "getaddrinfo failed",
        &["#the-name-is-unknown", "04_the_client", "appendix_calls", "#name-or-service"],
    ),
    ("gaierror", &["#name-or-service"]),
    ("WouldBlock", &["#resource-temporarily", "06_full_buffers"]),
    ("EAGAIN", &["#resource-temporarily", "06_full_buffers"]),
    ("timeout", &["#resource-temporarily", "05_testing", "06_full_buffers"]),
    ("TIME_WAIT", &["#the-side-that-closes-first-waits"]),
    ("TIME-WAIT", &["#the-side-that-closes-first-waits"]),
    ("CLOSE_WAIT", &["03_close.html", "#the-states"]),
    ("SO_REUSEADDR", &["#the-port-is-busy"]),
    ("reuse address", &["#the-port-is-busy"]),
    ("TCP_NODELAY", &["06_round_trips"]),
    ("Nagle", &["06_round_trips"]),
    ("40 ms", &["#two-small-writes", "06_round_trips"]),
    ("delayed acknowledgement", &["06_round_trips", "glossary"]),
    (
        "sendall",
        &["03_talk.html", "appendix_calls", "03_a_server_for_one/index", "04_send"],
    ),
    ("setsockopt", &["02_bind_and_listen", "appendix_calls"]),
    ("accept4", &["03_talk.html", "appendix_calls"]),
    ("net.Listen", &["appendix_calls"]),
    ("create_connection", &["05_threaded_server/index", "appendix_calls"]),
    ("backlog", &["#how-long-is-the-queue", "02_listen.html"]),
    ("accept queue", &["#how-long-is-the-queue", "02_listen.html", "#feel-the-queue"]),
    ("short write", &["04_send.html", "03_talk.html"]),
    ("half-close", &["04_recv_loop.html", "glossary"]),
    ("file descriptor", &["#one-number-for-each-socket"]),
    ("ephemeral port", &["04_connect"]),
    ("three-way handshake", &["02_listen.html"]),
    ("how do I know the client has gone", &["#the-client-leaves-without-a-word"]),
    ("client disconnects", &["#the-client-leaves-without-a-word", "what_can_go_wrong"]),
    ("which program uses the port", &["#the-port-is-taken"]),
    (
        "read returns 0",
        &["03_talk.html", "04_recv_loop", "#the-client-leaves", "#what-they-return"],
    ),
    ("end of the stream", &["03_talk.html", "#what-they-return", "#the-client-leaves"]),
    ("how to test a server", &["05_testing"]),
    ("localhost", &["04_connect.html", "02_bind", "#the-parcel"]),
    ("framing", &["06_a_stream_is_not_messages"]),
    ("messages merge", &["06_cutter"]),
    ("message cut in two", &["06_cutter", "06_line_server", "#a-name-in-two-pieces"]),
    ("readline blocks", &["06_buffered"]),
    ("read_line", &["06_buffered"]),
    ("read_to_string never returns", &["06_buffered"]),
    ("read_to_end", &["06_buffered"]),
    ("read_exact", &["06_length_server"]),
    ("BufReader loses data", &["06_buffered"]),
    ("BufWriter", &["06_buffered", "06_round_trips"]),
    ("flush", &["06_buffered"]),
    ("network byte order", &["06_length_server"]),
    ("struct.pack", &["06_a_stream_is_not_messages/index", "appendix_calls"]),
    ("big-endian", &["06_length_server"]),
    ("backpressure", &["06_full_buffers"]),
    ("send buffer full", &["06_full_buffers"]),
    ("set_write_timeout", &["06_full_buffers"]),
    ("non-blocking", &["06_full_buffers"]),
    ("window", &["06_full_buffers"]),
    ("maximum line length", &["06_line_server", "06_framed_server"]),
    (
        "out of memory",
        &["06_line_server", "06_length_server", "06_buffered", "what_can_go_wrong"],
    ),
    ("fuzz", &["06_framed_server"]),
    ("property test", &["06_framed_server"]),
    ("keepalive", &["03_close.html"]),
    ("message boundaries", &["glossary", "#a-name-in-two-pieces", "06_a_stream"]),
    ("browser", &["03_browser"]),
    ("firewall", &["03_browser", "04_connect", "02_bind"]),
];

#[test]
fn a_search_finds_the_right_section_among_its_first_three() {
    let Some(tools) = Tools::find() else { return };
    let _alone = alone();
    let browser = Browser::start(&tools);
    browser.view(View { size: DESK, scheme: "light" });
    browser.go(&site().address);
    browser.click("#mdbook-search-toggle");
    browser.wait_for("window.search.index");
    let queries: Vec<&str> = QUERIES.iter().map(|(query, _)| *query).collect();
    let found = browser.run(
        "const index = elasticlunr.Index.load(search.index);
         return arguments[0].map(query => index.search(query, search.search_options)
             .slice(0, 3).map(it => search.doc_urls[it.ref]));",
        json!([queries]),
    );
    let mut missed = String::new();
    for ((query, sections), found) in
        QUERIES.iter().zip(found.as_array().expect("a list"))
    {
        let is_right = |url: &&str| sections.iter().any(|section| url.contains(section));
        let urls: Vec<&str> =
            found.as_array().into_iter().flatten().filter_map(|it| it.as_str()).collect();
        if !urls.iter().any(is_right) {
            missed += &format!("`{query}` finds {urls:?}, none of {sections:?}\n");
        }
    }
    assert!(missed.is_empty(), "{missed}");
}
