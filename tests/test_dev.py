"""`python3 dev.py`, for developers of the template."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from conftest import ROOT
from waiting import HANG, wait_until


@pytest.mark.skipif(sys.platform == "win32", reason="there, no program can be told to end")
def test_what_tests_started_ends_with_them(tmp_path: Path) -> None:
    env = {**os.environ, "UNENDING": str(tmp_path)}
    command = [sys.executable, ROOT / "dev.py", "test", "-n2", "tests/unending.py"]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def started() -> dict[int, str]:
        """The names of all processes that it started, whoever is their parent now."""
        return {
            one.pid: one.name()
            for one in psutil.process_iter(["environ", "status"])
            if (one.info["environ"] or {}).get("UNENDING") == str(tmp_path) and one.info["status"] != "zombie"
        }

    wait_until(lambda: {path.name for path in tmp_path.iterdir()} == {"browser", "database"} or process.poll())
    assert {"streamlit", "postgres"} <= {*started().values()}
    process.terminate()
    said, _ = process.communicate(timeout=HANG)
    assert process.returncode == 143, said
    wait_until(lambda: not started())
