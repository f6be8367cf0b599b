"""The memory of a process."""

from __future__ import annotations

from pathlib import Path


def peak_gb(pid: int) -> float:
    """Largest resident memory of a running process so far; 0 where the system does not say.

    Not the ru_maxrss of a finished one: that counts what its parent held when it was started.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    peak = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return float(peak[0]) * 1024 / 1e9 if peak else 0.0
