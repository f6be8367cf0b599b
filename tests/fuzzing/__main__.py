"""Reads thousands of damaged files: ``python -m tests.fuzzing --count 1000``.

Every reader works in a process of its own, with an alarm for each file and a limit on memory above what the process
takes once it has read whole files. A process that dies or hangs is started again after the file that killed it. Prints
a table and exits with 1 when any file was not read correctly or refused clearly; such files stay in the folder given.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

SECONDS = 10
"""A file may take, of the processor: a busy machine is no fault of a reader."""
MEGABYTES = 1000
"""A file may take, beyond what the libraries do."""
GRACE_SECONDS = 5
"""Of the processor, before the system ends a process that the alarm cannot reach: a library does not return."""
PATIENCE_SECONDS = 600
"""By the clock, for a process that only waits."""


class Hang(BaseException):
    """The alarm rang; not an Exception, so that no reader takes it for damage of a file."""


@dataclass
class Tally:
    """What became of the files of one reader."""

    files: int = 0
    reads: int = 0
    refusals: int = 0
    slowest_s: float = 0.0
    slowest: int = 0
    peak_mb: float = 0.0
    failures: list[dict[str, Any]] = field(default_factory=list)

    def add(self, report: dict[str, Any]) -> None:
        self.files += 1
        self.reads += report["outcome"] == "read"
        self.refusals += report["outcome"] == "refused"
        if report["seconds"] > self.slowest_s:
            self.slowest_s, self.slowest = report["seconds"], report["number"]
        self.peak_mb = max(self.peak_mb, report["megabytes"])
        if report["outcome"] not in ("read", "refused"):
            self.failures.append(report)


def main() -> int:
    from tests.fuzzing.cases import LONG_BYTES, SUFFIXES

    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="files a reader")
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--reader", action="append", choices=tuple(SUFFIXES), help="only this one; may be repeated")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"), help="folder for the files that fail")
    parser.add_argument("--long-bytes", type=int, default=LONG_BYTES, help="length of the longest lines")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.first, options.count, options.long_bytes)
    tallies = {}
    titles = ("files", "read", "refused", "failed", "slowest", "peak memory")
    print("{:14} {:>6} {:>6} {:>8} {:>7} {:>18} {:>12}".format("reader", *titles), flush=True)
    for reader in options.reader or SUFFIXES:
        tally = tallies[reader] = run(reader, options.first, options.count, options.long_bytes, options.keep)
        slowest = f"{tally.slowest_s:.2f} s (#{tally.slowest})"
        print(
            f"{reader:14} {tally.files:6} {tally.reads:6} {tally.refusals:8} {len(tally.failures):7} {slowest:>18} "
            f"{tally.peak_mb:9.0f} MB",
            flush=True,
        )
    failures = [failure for tally in tallies.values() for failure in tally.failures]
    for failure in failures:
        print(f"{failure['file']} ({failure['what']}): {failure['outcome']}")
    return 1 if failures else 0


def run(reader: str, first: int, count: int, long_bytes: int, keep: Path) -> Tally:
    """Read the cases [first, first + count) of a reader, in as many processes as it takes."""
    from tests.fuzzing.cases import case

    tally, number = Tally(), first
    while number < first + count:
        for report in reports(reader, number, first + count - number, long_bytes):
            tally.add(report)
            number = report["number"] + 1
            if report["outcome"] not in ("read", "refused"):
                failed = case(reader, report["number"], long_bytes)
                keep.mkdir(parents=True, exist_ok=True)
                path = keep / failed.file_name
                path.write_bytes(failed.data)
                trace = report.get("trace", report["outcome"])
                path.with_name(path.name + ".txt").write_text(f"{failed.what}\n{trace}\n")
                report.update(file=str(path), what=failed.what)
    return tally


def reports(reader: str, first: int, count: int, long_bytes: int) -> Iterator[dict[str, Any]]:
    """What a working process says of each case; of one that kills it or never ends, what became of the process."""
    numbers = {"--first": first, "--count": count, "--long-bytes": long_bytes}
    options = [word for name, number in numbers.items() for word in (name, str(number))]
    command = [sys.executable, "-m", "tests.fuzzing", "--worker", reader, *options]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"OMP_NUM_THREADS": "1"})
    assert worker.stdout is not None
    selector = selectors.DefaultSelector()
    selector.register(worker.stdout, selectors.EVENT_READ)
    number, started = first, time.monotonic()
    while number < first + count:
        ready = selector.select(PATIENCE_SECONDS)
        line = worker.stdout.readline() if ready else b""
        if not line:
            worker.kill()
            code = worker.wait()
            hung = not ready or -code == signal.SIGXCPU
            died = "the process hung" if hung else f"the process died with {code}"
            seconds = time.monotonic() - started
            yield {"number": number, "outcome": died, "seconds": seconds, "megabytes": 0.0}
            break
        report = json.loads(line)
        number, started = report["number"] + 1, time.monotonic()
        yield report
    worker.wait()


def work(reader: str, first: int, count: int, long_bytes: int) -> NoReturn:
    """Read cases and print what became of each, one JSON a line."""
    from tests.fuzzing.cases import SUFFIXES, case
    from tests.fuzzing.readers import read
    from tests.fuzzing.seeds import seeds

    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no report
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"f{SUFFIXES[reader]}"
        warm_up(reader, seeds(reader), path)
        limit_memory()
        signal.signal(signal.SIGPROF, ring)
        before = resident_mb("VmRSS")
        for number in range(first, first + count):
            limit_processor(time.process_time())
            one = case(reader, number, long_bytes)
            reset_peak()
            start = time.process_time()
            report: dict[str, Any] = {"number": number}
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            try:
                report["outcome"] = "read" if read(one, path) else "refused"
            except (Exception, Hang) as error:
                report["outcome"] = f"{type(error).__name__}: {str(error)[:300]}"
                report["trace"] = traceback.format_exc()[-4000:]
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            report.update(seconds=time.process_time() - start, megabytes=max(0.0, resident_mb("VmHWM") - before))
            print(json.dumps(report), file=out, flush=True)
    sys.exit(0)


def warm_up(reader: str, files: tuple[bytes, ...], path: Path) -> None:
    """Read the whole files, which must read, so that every library is loaded before memory is counted."""
    from tests.fuzzing.cases import Case
    from tests.fuzzing.readers import read

    for data in files:
        if not read(Case(reader, -1, data, "whole"), path):
            raise SystemExit(f"a whole file of {reader} was refused")


def ring(*_: object) -> NoReturn:
    raise Hang(f"took more than {SECONDS} s")


def resident_mb(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name + ":"))


def reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def limit_processor(used_s: float) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(used_s) + SECONDS + GRACE_SECONDS, resource.RLIM_INFINITY))


def limit_memory() -> None:
    size = int((resident_mb("VmSize") + MEGABYTES) * 2**20)
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


if __name__ == "__main__":
    sys.exit(main())
