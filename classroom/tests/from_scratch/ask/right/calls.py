import socket
import sys

host, port, text = sys.argv[1:]
try:
    with socket.create_connection((host, int(port))) as server:
        server.sendall(text.encode())
        server.shutdown(socket.SHUT_WR)
        while data := server.recv(1024):
            sys.stdout.buffer.write(data)
except OSError as error:
    sys.exit(f"{host}:{port}: {error}")
