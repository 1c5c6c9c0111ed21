import socket
import sys

host, port = sys.argv[1], sys.argv[2]
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    listener.bind((host, int(port)))
except (OSError, ValueError) as error:
    sys.exit(f"can't listen on {host}:{port}: {error}")
listener.listen(5)
print("listening on %s:%s" % listener.getsockname(), file=sys.stderr)
input()
