//! A server's `accept`, which can be made to fail.

use crate::story::{Log, Outcome, Story};
use std::io;
use std::net::TcpListener;

/// A second handle for the listener of a server. While there is one, the port stays open even if the server has ended.
pub struct Accept {
    listener: TcpListener,
    log: Log,
}

impl Accept {
    pub(crate) fn new(listener: io::Result<TcpListener>, log: Log) -> Outcome<Self> {
        Ok(Self { listener: listener.map_err(cant)?, log })
    }

    /// Lets `accept` fail from now on, where it is called with nobody in the queue. Who waits in it already goes on waiting, so
    /// the server should be busy with a client.
    pub fn fails(&self) -> Outcome {
        self.listener.set_nonblocking(true).map_err(cant)?;
        self.log.add("from here on `accept` failed");
        Ok(())
    }

    /// Lets `accept` wait for a client again, as usual.
    pub fn works_again(self) -> Outcome {
        self.listener.set_nonblocking(false).map_err(cant)?;
        self.log.add("from here on `accept` worked again");
        Ok(())
    }
}

fn cant(error: io::Error) -> Story {
    Story::new(format!("the grader can't make `accept` fail: {error}"))
}
