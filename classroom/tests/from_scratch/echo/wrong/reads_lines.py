# told: it waits for a newline
# told: as before

import socket
import sys

def talk(client):
    for line in client.makefile('rb'):
        client.sendall(line)


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen()
while True:
    client, _ = listener.accept()
    try:
        talk(client)
    except OSError as error:
        print(error, file=sys.stderr)
    finally:
        client.close()
