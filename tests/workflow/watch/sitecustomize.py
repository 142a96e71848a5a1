"""Python imports this at its start where it finds it: with WATCH_LOG set, no socket may reach beyond this machine.

Writes a line for each process that is watched, and a line for each call that was refused. The job that calls also gets
the error, but a library may swallow it: the line stays.
"""

import os
import sys
from ipaddress import ip_address

LOG = os.environ.get("WATCH_LOG")
NAMES = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
CALLS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
HERE = {None, "", "localhost"}


def note(kind, text):
    """Append a line: one write, so that lines of two processes do not mix."""
    with open(LOG, "a", encoding="utf-8") as log:  # noqa: PTH123 - pathlib costs each watched process an import
        log.write(f"{kind}\t{text!r}\n")


def stays_here(host):
    """Whether a name or address is this machine's own."""
    host = host.decode() if isinstance(host, bytes) else host
    try:
        return host in HERE or ip_address(host).is_loopback
    except ValueError:
        return False


def watch(event, arguments):
    """Refuse what leaves the machine; an address that is no tuple is a socket in the file system."""
    if event in CALLS:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in NAMES:
        host = arguments[0][0] if isinstance(arguments[0], tuple) else arguments[0]
    else:
        return
    if not stays_here(host):
        note("called", f"{event} {host}")
        raise OSError(f"no network at run time: {event} {host}")


if LOG:
    note("watched", sys.orig_argv)
    sys.addaudithook(watch)
