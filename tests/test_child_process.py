import os
import subprocess
import sys
import time
from pathlib import Path

from pipeline.child_process import ChildProcess


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()


def _ends_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not _runs(pid):
            return True
        time.sleep(0.05)
    return False


def test_it_ends_when_the_with_is_left() -> None:
    with ChildProcess(["sleep", "60"]) as process:
        assert process.exit_code is None
    assert process.exit_code == -15


def test_one_that_does_not_listen_is_killed() -> None:
    deaf = (
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('deaf', flush=True)\n"
        "time.sleep(60)\n"
    )
    read, write = os.pipe()
    with os.fdopen(read) as output:
        process = ChildProcess([sys.executable, "-c", deaf], output=write)
        os.close(write)
        output.readline()
        process.stop(grace=0.2)
    assert process.exit_code == -9


def test_its_exit_code_is_told() -> None:
    with ChildProcess(["sh", "-c", "exit 7"]) as process:
        assert process.wait(10) == 7


def test_it_dies_with_a_starter_that_is_killed() -> None:
    starter = (
        "from pipeline.child_process import ChildProcess\n"
        "import time\n"
        "child = ChildProcess(['sleep', '60'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout is not None
        pid = int(it.stdout.readline())
        assert _runs(pid)
        it.kill()
    assert _ends_within(pid, 5)
