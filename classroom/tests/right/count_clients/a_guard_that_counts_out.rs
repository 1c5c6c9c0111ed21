use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

fn serve(listener: TcpListener) {
    let here = Arc::new(AtomicUsize::new(0));
    for number in 1.. {
        let (client, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        let here = Arc::clone(&here);
        thread::spawn(move || attend(client, number, &here));
    }
}

struct Here<'a>(&'a AtomicUsize);

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn attend(mut client: impl Read + Write, number: usize, here: &AtomicUsize) {
    let count = here.fetch_add(1, Ordering::SeqCst) + 1;
    let _here = Here(here);
    let numbers = format!("You are client {number}, and {count} are here.\n");
    if client.write_all(numbers.as_bytes()).is_ok() {
        while let Ok(1..) = client.read(&mut [0; 10]) {}
    }
}
