"""The provider of a container's tests, in a container beside it: one reply again and again, ten words a second."""

import socket
import sys

from wire import Wire

if __name__ == "__main__":
    provider = Wire()
    provider.play("good", text=sys.argv[1], chunks=len(sys.argv[1].split()), rate=10)
    provider._server.run(sockets=[socket.create_server(("", 9000))])
