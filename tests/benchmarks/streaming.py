"""How much memory and time `refimpl verify` takes for very many cases, with a peer that knows the answer.

    python tests/benchmarks/streaming.py [CASES] [FOLDER]

The cases are copies of one small case under ids of their own; they are written into a folder that is removed again.
It prints the largest resident size of the command, without its peer, and the seconds that the command takes.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
MODEL = ROOT / "fixtures" / "cases" / "kmeans.assign" / "tie-lowest-index.json"

PEER = """
from refimpl.oracle.peers.adapter import Adapter
from refimpl.oracle.peers.peer import Hello, Result

class Knows:
    hello = Hello("knows", "1", "Python", "binary64", ("kmeans.assign",))
    def run(self, task, given, params): return Result({"labels": LABELS})
"""


MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Run between us and the command: what a process begins with counts as its own, and a small one begins with little."""


def write_cases(folder: Path, count: int) -> None:
    """Write so many copies of a case, and an adapter that answers them."""
    model = json.loads(MODEL.read_text(encoding="utf-8"))
    cases = folder / "fixtures" / "cases" / "kmeans.assign"
    cases.mkdir(parents=True)
    before, after = json.dumps({**model, "id": "kmeans.assign/PLACE"}).split("PLACE")
    for n in range(count):
        (cases / f"n{n:06}.json").write_text(f"{before}n{n:06}{after}", encoding="utf-8")
    (folder / "knows.py").write_text(PEER.replace("LABELS", repr(model["expected"]["labels"])), encoding="utf-8")


def measured(folder: Path, *words: str) -> tuple[float, float, str]:
    """Return the megabytes of the largest process, the seconds, and the last line of what a command prints."""
    told = [sys.executable, "-m", "refimpl", "verify", "--module", "knows:Knows", "--fixtures", "fixtures", *words]
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    begin = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, *told],
            cwd=folder,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
            check=True,
        )
        seconds = time.perf_counter() - begin
        output.seek(0)
        last = ""
        for line in output:
            last = line.strip() or last
    return int(done.stderr.split()[-1]) / (1024 if sys.platform == "linux" else 2**20), seconds, last


def main() -> None:
    """Measure, for as many cases as are told."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as name:
        folder = Path(name)
        write_cases(folder, count)
        for words in ((), ("--format", "json"), ("--junit", "junit.xml")):
            megabytes, seconds, last = measured(folder, *words)
            told = " ".join(words) or "table"
            print(f"{count} cases, {told}: {megabytes:.0f} MB, {seconds:.1f} s, {count / seconds:.0f} cases/s: {last}")


if __name__ == "__main__":
    main()
