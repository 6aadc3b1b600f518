"""The provider of an app in a container: always the same reply, ten words a second; the second one stalls."""

import socket
import sys

from wire import Wire

if __name__ == "__main__":
    provider = Wire()
    provider.play(["good", "stall", "good"], text=sys.argv[1], chunks=len(sys.argv[1].split()), rate=10)
    provider._server.run(sockets=[socket.create_server(("", 9000))])
