//! Bind and listen: `02_bind`, `02_listen`.

use crate::bad_input;
#[cfg(target_os = "linux")]
use crate::examples;

/// On Linux all of 127.0.0.0/8 is this machine. This process has an address there to itself.
#[cfg(target_os = "linux")]
fn own_ip() -> std::net::Ipv4Addr {
    let [_, a, b, c] = std::process::id().to_be_bytes();
    std::net::Ipv4Addr::new(127, a + 1, b, c)
}

/// `SO_REUSEADDR` looks past a connection that is over, if the socket that left it had the
/// option as well (socket(7), NOTES).
#[cfg(target_os = "linux")]
#[test]
fn a_port_comes_back_at_once_if_both_servers_set_the_option() {
    use std::io::{ErrorKind, Read};
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::time::Instant;

    use socket2::{Domain, Socket, Type};

    let listen = |address: SocketAddr, option: bool| -> std::io::Result<TcpListener> {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        listener.set_reuse_address(option)?;
        listener.bind(&address.into())?;
        listener.listen(5)?;
        Ok(listener.into())
    };
    for (first, second) in [(true, true), (true, false), (false, true), (false, false)] {
        let listener = listen((own_ip(), 0).into(), first).expect("every port is free");
        let address = listener.local_addr().expect("it is bound");
        let mut client =
            TcpStream::connect_timeout(&address, examples::limit()).expect("it listens");
        client.set_read_timeout(Some(examples::limit())).expect("it is not zero");
        drop(listener.accept().expect("a client is there")); // the server closes first
        assert_eq!(client.read(&mut [0]).expect("an orderly end"), 0);
        drop(client);
        drop(listener);

        // Another test may start a program just now: until that runs, it has a copy of the listener that was dropped.
        let deadline = Instant::now() + examples::limit();
        let expected = if first && second { Ok(()) } else { Err(ErrorKind::AddrInUse) };
        let again = loop {
            let again = listen(address, second).map(drop).map_err(|error| error.kind());
            if again == expected || Instant::now() > deadline {
                break again;
            }
            std::thread::yield_now();
        };
        assert_eq!(again, expected, "first {first}, second {second}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn it_binds_to_the_port_that_is_asked_for_and_to_another() {
    // The first port on which nothing listens at every address of this machine.
    let run = |address: &str| {
        let mut bind = examples::command("02_bind");
        let output = bind.arg(address).output();
        output.expect("it runs")
    };
    let mut addresses = (6000..6100).map(|port| format!("{}:{port}", own_ip()));
    let (address, output) = addresses
        .find_map(|address| {
            let output = run(&address);
            let is_taken = String::from_utf8_lossy(&output.stderr).contains("in use");
            (!is_taken).then_some((address, output))
        })
        .expect("one of a hundred ports is free");
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines[0], format!("Bound to {address}"));
    let other = lines[1].strip_prefix("Asked for port 0, bound to ");
    assert!(
        other.is_some_and(|other| other != address && !other.ends_with(":0")),
        "{printed}"
    );
}

#[test]
fn bad_input_is_told() {
    bad_input::is_told_by_a_server("02_bind", "bind to");
    bad_input::is_told_by_a_server("02_listen", "bind to");
}

pub mod predictions {
    use std::net::TcpStream;
    #[cfg(target_os = "linux")]
    use std::time::Duration;

    #[cfg(unix)]
    use crate::examples::played;
    use crate::examples::{Examples, limit};
    use stage::Stage;
    #[cfg(unix)]
    use stage::scenarios::Action;

    predictions! {
        #[cfg(unix)] // Windows words the reason in its own way
        bound_not_listening => {
            let stage = played(&[
                Action::Serve("02_bind"),
                Action::Connect("00_terminal", &[]),
                Action::Fails("00_terminal"),
            ]);
            let errors = stage.actor("00_terminal").stderr();
            let errors = String::from_utf8_lossy(&errors).into_owned();
            let reason = errors.lines().last().and_then(|line| line.split(" (os error").next());
            reason.unwrap_or_default().trim().to_owned()
        };
        /// Where the queue is full, a client waits: its `SYN` is dropped, and tried again after a
        /// second. So a fifth of a second without an answer says enough.
        #[cfg(target_os = "linux")]
        queue_length => {
            let server = played(&[Action::Serve("02_listen")]);
            let address = server.server().expect("it listens");
            let mut waiting = Vec::new();
            while waiting.len() < 6 {
                let connected = TcpStream::connect_timeout(&address, limit());
                waiting.push(connected.expect("there is room in the queue"));
            }
            let next = TcpStream::connect_timeout(&address, Duration::from_millis(200));
            assert!(next.is_err(), "there was room for one more");
            waiting.len()
        };
        every_address => {
            let mut stage = Stage::new(Box::new(Examples));
            let started = stage.start("02_listen", vec!["0.0.0.0:0".to_owned()]);
            started.unwrap_or_else(|story| panic!("{story}"));
            let address = stage.wait_until("02_listen", |actor| actor.address());
            let port = address.expect("it listens").port();
            assert!(TcpStream::connect_timeout(&([127, 0, 0, 1], port).into(), limit()).is_ok());
            let six = std::net::SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, port));
            assert!(TcpStream::connect_timeout(&six, limit()).is_err());
            "at 127.0.0.1:6000"
        };
    }
}
