use std::io;
use std::net::TcpListener;

fn serve(listener: TcpListener) -> io::Result<()> {
    for stream in listener.incoming() {
        match stream {
            Ok(stream) => {
                if let Err(error) = io::copy(&mut &stream, &mut &stream) {
                    eprintln!("error: {error}");
                }
            }
            Err(error) => eprintln!("error: {error}"),
        }
    }
    Ok(())
}
