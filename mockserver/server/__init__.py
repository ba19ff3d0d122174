"""The socket side of the emulator: Uvicorn in this process, driving the door's steps on an event loop.

Why Uvicorn: it answers on one event loop, so what is known already costs no hop between threads; it runs inside this
process, on a thread, so that port 0, a ready signal and a clean stop are simple; and its parser is a C library.

    listening.py     host and port -> listening sockets, before anything runs
    lifetime.py      the thread, the loop, the start and the clean stop
    connections.py   all open connections: how many, how long silent
    connection.py    one connection, between the socket and Uvicorn's protocol
    outlet.py        what goes out of it
    origin.py        which page asks, where there is no request yet
    driver.py        one request: carries out the door's steps
    incoming.py      its body
    outgoing.py      its answer
    workers.py       the two threads that compute
    limits.py        every number

Of Uvicorn this uses names without an underscore alone: `Config`, `ServerState`, `AutoHTTPProtocol` as an
`asyncio.Protocol` with `shutdown()`, and ASGI.
"""

from mockserver.door.steps import HasSteps
from mockserver.server.lifetime import Server, serving

__all__ = ["HasSteps", "Server", "serving"]
