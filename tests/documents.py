"""What README and documentation show: their blocks of code, run in order in a folder with a user's files."""

import contextlib
import io
import os
import re
import shlex
import signal
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from dliswriter import AttrSetup, DLISFile, enums
from PIL import Image

from geobfdt import formats
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.well import Well
from geobfdt.formats.corpus import write_corpus
from geobfdt.synthetic.wells import synthetic_well
from tests.reviewing.serving import serving

ROOT = Path(__file__).parents[1]

NOT_RUN = ("git", "cd", "pip", "docker")
"""Commands that fetch things or need a machine of their own; anything else is run or refused."""


class Block(NamedTuple):
    language: str
    line: int
    text: str


def blocks(markdown: str) -> list[Block]:
    """The fenced blocks in order, with the line that each starts at."""
    fenced = re.finditer(r"^```(\w*)[^\n]*\n(.*?)^```\s*$", markdown, re.MULTILINE | re.DOTALL)
    return [Block(one[1], markdown[: one.start()].count("\n") + 2, one[2]) for one in fenced]


def commands(text: str) -> Iterator[list[str]]:
    """The words of every command, with continued lines joined, prompts and comments dropped."""
    for line in text.replace("\\\n", " ").splitlines():
        if words := shlex.split(line.removeprefix("$ "), comments=True):
            yield words


def make_targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([\w-]+):(?!=)", makefile, re.MULTILINE))


def run_command(words: list[str], folder: Path) -> None:
    """Run a geobfdt command in a folder; of the others only see to it that they can exist."""
    program, *arguments = words
    if words[:2] == ["geobfdt", "review"]:  # serves until it is told to end
        with serving(folder, *arguments[1:]) as server:
            assert b"<canvas" in server.get("/")
            assert server.stop() == 0
    elif program == "geobfdt":
        code, said = run_here(words, folder)
        assert code == 0, f"{shlex.join(words)} ended with {code}:\n{said}"
    elif program == "make":
        missing = set(arguments) - make_targets((ROOT / "Makefile").read_text(encoding="utf-8"))
        assert not missing, f"the Makefile has no target {', '.join(sorted(missing))}"
    else:
        assert program in NOT_RUN, f"{shlex.join(words)}: a command that this test neither runs nor knows"


def run_here(words: list[str], folder: Path) -> tuple[int, str]:
    """The exit status of a geobfdt command and all that it printed, run in this process: a page has up to eight, and
    each would spend three seconds on loading what the one before it had loaded. What a command may leave behind for
    the next, a process of its own would not: words, folder, environment, warnings and signals are as they were before.
    """
    from geobfdt.cli import main

    said = io.StringIO()
    argv, environment = sys.argv, dict(os.environ)
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    heeded = {number: signal.getsignal(number) for number in numbers}
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
        warnings.catch_warnings(),
        open(os.devnull) as nothing,
    ):
        sys.argv, stdin, sys.stdin = list(words), sys.stdin, nothing
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        finally:
            sys.argv, sys.stdin = argv, stdin
            os.environ.clear()
            os.environ.update(environment)
            for number, handler in heeded.items():
                signal.signal(number, handler)
    return code, said.getvalue()


def write_users_files(folder: Path) -> None:
    """What is taken for a user's own: a DLIS with the way its hole runs, an interpreter's picks and his facies; a
    folder of wells with theirs; tables and pictures of other tools, and dips under a vendor's names.
    """
    well = synthetic_well("A-1", 3.0, 11, tool="microresistivity_8_pads")
    write_imager(well, folder)
    write_folders(well, folder)
    write_tables(synthetic_well("A-2", 2.0, 12, tool="acoustic_televiewer").log, folder / "televiewer.csv")
    lwd = synthetic_well("A-3", 3.0, 13, tool="lwd_56_sectors", hole_diameter_m=0.2159)
    write_tables(lwd.log, folder / "lwd.csv")
    formats.write(replace(lwd.picks, well=""), folder / "lwd-interpreter.csv")
    for name, length_m, width in (("strip.png", 1.0, 360), ("core.png", 1.0, 180)):
        write_picture(synthetic_well("A-4", length_m, 14, tool="optical_televiewer").log, folder / name, width)


def write_imager(well: Well, folder: Path) -> None:
    """A DLIS of a well, with ``DEVI`` and ``HAZI``, an interpreter's picks of it, twice, and his facies."""
    log = well.log
    disk = DLISFile()
    logical = disk.add_logical_file()
    logical.add_origin("ORIGIN", well_name=log.well)
    logical.add_parameter("BS", values=AttrSetup(log.hole_diameter_m, units="m"))
    hole = {"DEVI": np.linspace(20, 25, log.rows), "HAZI": np.full(log.rows, 140.0)}
    channels = [logical.add_channel("TDEP", data=log.depth_m / 0.00254, units="0.1 in")]
    channels += [logical.add_channel(name, data=values, units="deg") for name, values in hole.items()]
    channels += [logical.add_channel("FMI_DYN", data=np.nan_to_num(log.image, nan=-9999.0))]
    logical.add_frame("60B", channels=channels, index_type=enums.FrameIndexType.BOREHOLE_DEPTH)
    disk.write(str(folder / "well.dlis"), output_chunk_size=2**20)
    formats.write(well.picks, folder / "interpreter.csv")
    middle_m = (log.top_m + log.base_m) / 2
    rows = f"{log.top_m:.3f},{middle_m:.3f},sand\n{middle_m:.3f},{log.base_m:.3f},shale\n"
    (folder / "facies.csv").write_text(f"top_m,base_m,label\n{rows}")
    formats.write(well.picks[::2], folder / "picked.csv")
    dips = pd.DataFrame(
        {"Depth (m)": well.picks.depth_m, "App Dip": well.picks.dip_deg, "App Azi": well.picks.azimuth_deg}
    )
    dips["Type"] = np.where(well.picks.kind == "bedding", "Bed Boundary", "Vug")
    dips.round(3).to_csv(folder / "dips-of-a-vendor.csv", index=False)


def write_folders(well: Well, folder: Path) -> None:
    """A folder of wells, and one of what an interpreter picked in them."""
    for name in ("wells", "interpreters"):
        (folder / name / "north").mkdir(parents=True)
    write_corpus(folder / "wells" / "north" / "A-1.h5", [well])
    formats.write(well.picks, folder / "interpreters" / "north" / "A-1.csv")


def write_tables(log: ImageLog, path: Path) -> None:
    """An image as a column per sector."""
    table = pd.DataFrame(log.image.round(2), columns=[f"AMP[{number}]" for number in range(log.columns)])
    table.insert(0, "DEPTH(m)", log.depth_m.round(4))
    table.fillna(-999.25).to_csv(path, index=False)


def write_picture(log: ImageLog, path: Path, columns: int) -> None:
    """An image in greys."""
    low, high = np.nanpercentile(log.image, (1, 99))
    grey = np.clip(255 * (np.nan_to_num(log.image, nan=low) - low) / (high - low), 1, 255).astype(np.uint8)
    Image.fromarray(grey).resize((columns, log.rows)).save(path)


def run_blocks(markdown: str, folder: Path, source: Path = ROOT / "README.md") -> None:
    """Run all blocks in order in one folder, the Python ones in one namespace."""
    namespace: dict[str, object] = {"__name__": "readme"}
    for language, line, text in blocks(markdown):
        if language == "python":
            exec(compile("\n" * (line - 1) + text, str(source), "exec"), namespace)
        elif language in ("bash", "sh"):
            for words in commands(text):
                run_command(words, folder)
        elif text.startswith((".. automodule::", ":start-line:")):
            continue  # for Sphinx
        else:
            assert language == "text", f"line {line}: a block of {language or 'no language'} is not checked by anything"


def tree(markdown: str) -> dict[str, str]:
    """Path and comment of every entry of the repository's tree; indentation says what lies in what."""
    shown = [one for one in blocks(markdown) if one.language == "text" and "pyproject.toml" in one.text]
    assert len(shown) == 1, f"the page shows {len(shown)} trees: text blocks naming pyproject.toml"
    entries: dict[str, str] = {}
    parents: list[tuple[int, str]] = []
    for line in shown[0].text.splitlines():
        entry = re.fullmatch(r"([\s│├└─]*)(\S+)(?:\s{2,}(.*))?", line)
        assert entry, f"not an entry of a tree: {line!r}"
        depth, name = len(entry[1]), entry[2]
        while parents and parents[-1][0] >= depth:
            parents.pop()
        path = (parents[-1][1] if parents else "") + name
        entries[path.rstrip("/")] = entry[3] or ""
        if name.endswith("/"):
            parents.append((depth, path))
    return entries
