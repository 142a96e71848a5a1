"""The watch over a run's network bites: a call outwards is refused and noted, one inside the machine is not."""

import os
import socket
import subprocess
import sys

import pytest

from tests.conftest import require
from tests.workflow import offline

OUTWARDS = {
    "connect": "socket.create_connection(('192.0.2.1', 9), timeout=1)",
    "datagram": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
    "name": "socket.getaddrinfo('example.invalid', 80)",
}


def python(code, folder, before=()):
    command = [*before, sys.executable, "-c", f"import socket\n{code}"]
    environment = offline.watch(dict(os.environ), folder)
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("code", OUTWARDS.values(), ids=OUTWARDS)
def test_a_call_outwards_is_refused_and_noted(tmp_path, code):
    done = python(code, tmp_path)
    assert done.returncode != 0
    assert "no network at run time" in done.stderr
    watched, called = offline.read_log(tmp_path)
    assert len(watched) == 1
    assert len(called) == 1


def test_a_call_that_a_library_swallows_is_noted_all_the_same(tmp_path):
    code = "try:\n    socket.getaddrinfo('example.invalid', 80)\nexcept OSError:\n    pass"
    done = python(code, tmp_path)
    assert done.returncode == 0
    assert offline.read_log(tmp_path)[1] == ["'socket.getaddrinfo example.invalid'"]


def test_a_call_inside_the_machine_passes(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = python(f"socket.create_connection(('localhost', {server.getsockname()[1]}), timeout=5)", tmp_path)
    assert done.returncode == 0, done.stderr
    assert offline.read_log(tmp_path)[1] == []


def test_a_cut_network_has_no_way_out(tmp_path):
    require(bool(offline.CUT) or os.environ.get("CI") == "true", "a network namespace (unshare)")
    if offline.CUT:  # CI need not allow one: the watch holds there too
        done = subprocess.run([*offline.CUT, "cat", "/proc/net/route"], capture_output=True, text=True, check=True)
        assert len(done.stdout.splitlines()) <= 1
