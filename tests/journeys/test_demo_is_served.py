"""`xinheng demo` as a newcomer runs it: built, then served by the same command; the desk answers who signs in."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

PATIENCE = 180
ANSWER = 30


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address and text of a demonstration that one command built and serves."""
    folder = tmp_path_factory.mktemp("served")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "XINHENG_HOME": str(folder / "home"), "PYTHONUNBUFFERED": "1"}
    env.pop("XINHENG_TODAY", None)
    env.pop("XINHENG_DATABASE_URL", None)
    command = [sys.executable, "-m", "xinheng.faces.cli.main", "demo", "--orgs", "50", "--records", "100"]
    with (folder / "told").open("wb") as out:
        process = subprocess.Popen(
            [*command, "--port", str(port)], stdout=out, stderr=subprocess.STDOUT, env=env, start_new_session=True
        )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}", told(process, folder / "told", port)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def told(process: subprocess.Popen[bytes], file: Path, port: int) -> str:
    """What the command wrote by the time its site answered."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, file.read_text()
        try:
            requests.get(f"http://127.0.0.1:{port}/", timeout=ANSWER)
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return file.read_text()
    raise AssertionError(file.read_text())


def test_the_desk_answers_the_office_again_and_again(served: tuple[str, str]) -> None:
    address, text = served
    name, password = re.search(r"^\s+(office\S*)\s+(\S+)", text, re.MULTILINE).groups()  # type: ignore[union-attr]
    # More readers than there are workers: one that hangs is met
    for _ in range(4):
        with requests.Session() as browser:
            form = browser.get(f"{address}/desk/sign-in/", timeout=ANSWER).text
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
            assert token is not None
            given = {"username": name, "password": password, "csrfmiddlewaretoken": token[1]}
            desk = browser.post(
                f"{address}/desk/sign-in/", given, headers={"Referer": f"{address}/desk/sign-in/"}, timeout=ANSWER
            )  # fmt: skip
            assert desk.status_code == 200 and desk.url == f"{address}/desk/"
            for page in ("/desk/evaluation/", "/desk/indices/", "/indices/"):
                assert browser.get(f"{address}{page}", timeout=ANSWER).status_code == 200, page
