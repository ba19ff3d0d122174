"""Behind a real nginx, set up as people do it, every link leads back through the proxy to its file."""

import json
import os
import select
import shutil
import socket
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from emulator import Emulator, sandbox_of

from mockserver import ProcessSettings, Settings, create_app
from mockserver.app import door_of
from mockserver.server import serving

CERTIFICATE = Path(__file__).parents[1] / "server" / "localhost.pem"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
TIMEOUT_S = 30.0

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")

FOR = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
# What a set-up says beyond where it passes requests on to, and what a client's URL begins with there.
SET_UPS = {
    "host passed": ("proxy_set_header Host $http_host;", "http", "/"),
    "host rewritten": ("proxy_set_header X-Forwarded-Host $http_host;", "http", "/"),
    "TLS in front": ("proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto $scheme;", "https", "/"),
    "prefix stripped": (
        "proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Prefix /mock;",
        "http",
        "/mock/",
    ),
    "port apart": ("proxy_set_header Host $host; proxy_set_header X-Forwarded-Port $server_port;", "http", "/"),
    "Forwarded": (
        'proxy_set_header Forwarded "for=$remote_addr;host=\\"$http_host\\";proto=$scheme";', "https", "/"
    ),
}  # fmt: skip

TOP = """\
daemon on; pid {folder}/nginx.pid; error_log {folder}/error.log; {user}
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {servers}
}}
"""
SERVER = """
  server {{
    listen 127.0.0.1:{port}{ssl};
    location {location} {{ proxy_pass {upstream}/; {headers} }}
  }}
"""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    process = ProcessSettings(trusted_proxies=("127.0.0.1", "::1"))
    app = create_app(Settings(scenario="pair"), process)
    with serving(door_of(app), host="127.0.0.1") as server:
        yield Emulator(server.url, sandbox_of(app))


@pytest.fixture(scope="module")
def urls(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The URL of each set-up, with a slash at its end; the command returns once nginx listens."""
    folder = tmp_path_factory.mktemp("nginx")
    ports = free_ports(len(SET_UPS))
    servers, begins = "", {}
    for port, (name, (headers, scheme, location)) in zip(ports, SET_UPS.items(), strict=True):
        tls = f" ssl; ssl_certificate {CERTIFICATE}; ssl_certificate_key {CERTIFICATE}" if scheme == "https" else ""
        servers += SERVER.format(
            port=port, ssl=tls, location=location, upstream=emulator.url, headers=f"{FOR} {headers}"
        )
        begins[name] = f"{scheme}://localhost:{port}{location}"
    configuration = folder / "nginx.conf"
    user = "user root;" if os.getuid() == 0 else ""
    configuration.write_text(TOP.format(folder=folder, user=user, servers=servers))
    command = [str(NGINX), "-p", str(folder), "-c", str(configuration)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    ended = os.pidfd_open(int((folder / "nginx.pid").read_text()))
    try:
        yield begins
    finally:
        subprocess.run([*command, "-s", "stop"], capture_output=True, timeout=TIMEOUT_S, check=True)
        select.select([ended], [], [], TIMEOUT_S)
        os.close(ended)


def free_ports(count: int) -> list[int]:
    """Ports that nobody has now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [held.getsockname()[1] for held in sockets]
    for held in sockets:
        held.close()
    return ports


def ask(url: str, **headers: str) -> bytes:
    request = urllib.request.Request(url, headers=headers)
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    with urllib.request.urlopen(request, timeout=TIMEOUT_S, context=trusting) as answer:
        body: bytes = answer.read()
        return body


def ask_json(url: str, **headers: str) -> Any:
    return json.loads(ask(url, **headers))


@pytest.mark.parametrize("name", SET_UPS)
def test_recordings_are_reached_by_their_links(urls: dict[str, str], emulator: Emulator, name: str) -> None:
    """The signature holds, and the bytes are all there."""
    path = f"api/v3/data/recordings/room/{emulator.ids['room']}"
    records = ask_json(urls[name] + path, **{"X-API-Key": emulator.keys["full"]})["data"]
    link = records[0]["downloadUrl"]
    assert link.startswith(urls[name])
    assert len(ask(link)) == records[0]["fileSize"]


@pytest.mark.parametrize("name", SET_UPS)
def test_the_places_and_the_servers_of_the_documents_are_reached(urls: dict[str, str], name: str) -> None:
    """By programs that follow them, from the bare address on."""
    places = ask_json(urls[name])
    assert ask_json(places["health"])["status"] == "healthy"
    assert b"<html" in ask(places["reference"]).lower()
    document = urls[name] + "api/v3/openapi.json"
    (server,) = ask_json(document)["servers"]
    assert ask_json(urljoin(document, server["url"]) + "/health")["status"] == "healthy"


@pytest.mark.parametrize("name", SET_UPS)
def test_the_control_api_is_there_for_this_machine(urls: dict[str, str], name: str) -> None:
    """The proxy says for whom it asks, and is trusted."""
    assert "now" in ask_json(urls[name] + "_mock/clock")
