// told: a client that could be told nothing was not counted out

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

fn attend(mut client: impl Read + Write, number: usize, here: &AtomicUsize) {
    let count = here.fetch_add(1, Ordering::SeqCst) + 1;
    let numbers = format!("You are client {number}, and {count} are here.\n");
    if client.write_all(numbers.as_bytes()).is_err() {
        return;
    }
    let mut buffer = [0; 1024];
    while client.read(&mut buffer).is_ok_and(|count| count > 0) {}
    here.fetch_sub(1, Ordering::SeqCst);
}
