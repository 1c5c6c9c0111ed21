// told: yours     send "You are guest 7, and 3 are here.\n" = 33   2 are here

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

fn serve(listener: TcpListener) {
    let here = Arc::new(AtomicUsize::new(0));
    for number in 1.. {
        let (guest, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        let here = Arc::clone(&here);
        let attend = move || attend(guest, number, &here);
        if let Err(error) = thread::Builder::new().spawn(attend) {
            eprintln!("error: no thread for guest {number}: {error}");
        }
    }
}

fn attend(mut guest: impl Read + Write, number: usize, here: &AtomicUsize) {
    let count = here.fetch_add(1, Ordering::SeqCst) + 1;
    here.fetch_sub(1, Ordering::SeqCst);
    if let Err(error) = talk(&mut guest, number, count) {
        eprintln!("error: talking with guest {number}: {error}");
    }
}

fn talk(guest: &mut (impl Read + Write), number: usize, here: usize) -> io::Result<()> {
    let numbers = format!("You are guest {number}, and {here} are here.\n");
    guest.write_all(numbers.as_bytes())?;
    let mut buffer = [0; 1024];
    while guest.read(&mut buffer)? > 0 {}
    Ok(())
}
