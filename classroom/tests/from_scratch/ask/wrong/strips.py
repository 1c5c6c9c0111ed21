# told: FAILED  ask: text_as_it_is
# told: the server waited for " Mr Right "

import socket
import sys

host, port, text = sys.argv[1:]
try:
    with socket.create_connection((host, int(port))) as server:
        server.sendall(text.strip().encode())
        server.shutdown(socket.SHUT_WR)
        while data := server.recv(1024):
            sys.stdout.buffer.write(data)
except OSError as error:
    sys.exit(f"{host}:{port}: {error}")
