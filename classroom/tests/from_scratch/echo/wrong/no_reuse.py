# told: your server could not listen on a port in TIME-WAIT
# told: Set SO_REUSEADDR

import socket
import sys

def talk(client):
    while data := client.recv(1024):
        client.sendall(data)


listener = socket.socket()
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
