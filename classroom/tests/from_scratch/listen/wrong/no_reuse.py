# told: your program could not listen on a port in TIME-WAIT
# told: Set SO_REUSEADDR on the
# told: before `bind`

import socket
import sys

host, port = sys.argv[1], sys.argv[2]
listener = socket.socket()
try:
    listener.bind((host, int(port)))
except (OSError, ValueError) as error:
    sys.exit(f"can't listen on {host}:{port}: {error}")
listener.listen()
print("listening on %s:%s" % listener.getsockname(), file=sys.stderr)
input()
