"""In somebody else's program: eight threads at once, and the process is afterwards as it was before."""

from __future__ import annotations

import logging
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import geobfdt
from geobfdt import formats
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.corpus import write_corpus
from geobfdt.synthetic.wells import synthetic_well

HOLE = {"hole_diameter_m": 0.2159, "reference": "north"}


def state() -> tuple[object, ...]:
    """What all threads of a process share and libraries like ours are tempted to change."""
    from dlisio import common

    loggers = [logging.getLogger(name).level for name in ("", "lasio", "dlisio", "dliswriter", "PIL", "matplotlib")]
    return (
        *(list(warnings.filters), warnings.showwarning, Image.MAX_IMAGE_PIXELS, dict(os.environ), loggers),
        *(torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled(), np.geterr()),
        common.get_encodings(),
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One image in every format that holds one."""
    folder = tmp_path_factory.mktemp("files")
    image = np.random.default_rng(0).normal(120, 30, (400, 72)).clip(1, 255).astype(np.uint8)
    log = ImageLog(image, 500 + 0.005 * np.arange(400), 0.2159, well="A", name="AMP")
    found = {suffix: folder / f"w{suffix}" for suffix in (".png", ".tif", ".npy", ".csv", ".las", ".dlis", ".h5")}
    Image.fromarray(image).save(found[".png"])
    Image.fromarray(image).save(found[".tif"])
    np.save(found[".npy"], image)
    rows = [[f"{z:.3f}", *map(str, row)] for z, row in zip(log.depth_m, image.tolist(), strict=True)]
    head = ["DEPT_m", *(f"AMP[{k}]" for k in range(72))]
    found[".csv"].write_text("\n".join(",".join(row) for row in [head, *rows]) + "\n")
    curves = "".join(f"AMP[{k}].dB :\n" for k in range(72))
    found[".las"].write_text(
        "~V\nVERS. 2.0 :\nWRAP. NO :\n~W\nSTRT.M 500 :\nSTOP.M 501.995 :\nSTEP.M 0.005 :\nNULL. -999.25 :\nWELL. A :\n"
        f"~C\nDEPT.M :\n{curves}~A\n" + "\n".join(" ".join(row) for row in rows) + "\n"
    )
    formats.write(Picks([500.5], [20], [30], well="A"), found[".dlis"], log=log)
    write_corpus(found[".h5"], [Well(log)])
    return found


@pytest.mark.filterwarnings("ignore::geobfdt.errors.InputWarning")
def test_eight_threads_read_write_and_fail_and_leave_everything_as_it_was(
    files: dict[str, Path], tmp_path: Path
) -> None:
    def work(number: int) -> list[ImageLog]:
        logs = []
        for suffix in [*files][number % 3 :] + [*files][: number % 3]:
            strip = {"top_m": 500.0, "base_m": 501.995} if suffix in (".png", ".tif", ".npy") else {}
            logs.append(formats.read(files[suffix], **HOLE, **strip))  # type: ignore[arg-type]
            broken = tmp_path / f"{number}{suffix}"
            broken.write_bytes(files[suffix].read_bytes()[:300])
            with pytest.raises(InputError):
                formats.read(broken, **HOLE, **strip)  # type: ignore[arg-type]
        formats.write(Picks([500.5], [20], [30], well="A"), tmp_path / f"p{number}.dlis", log=logs[0])
        return logs

    work(0)  # what is imported on first use may change the process once
    before = state()
    with ThreadPoolExecutor(8) as pool:
        all_logs = list(pool.map(work, range(8)))
    assert state() == before
    for logs in all_logs:
        for log in logs:
            np.testing.assert_array_equal(np.asarray(log.image), np.asarray(all_logs[0][0].image))


def test_eight_threads_that_predict_at_once_find_what_one_does() -> None:
    well = synthetic_well("W", 2.0, 3)
    weights = geobfdt.load_weights()
    alone = geobfdt.predict(well.log, weights)
    before = state()
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda _: geobfdt.predict(well.log, weights), range(8)))
    assert state() == before
    for picks in together:
        np.testing.assert_array_equal(picks.depth_m, alone.depth_m)
        np.testing.assert_array_equal(picks.confidence, alone.confidence)


def test_what_one_thread_silences_no_other_loses(files: dict[str, Path], tmp_path: Path) -> None:
    """Notes on the user's files are no library's noise: 50 of them come out while pictures are read."""
    (tmp_path / "up.csv").write_text("depth_m,dip,azimuth\n" + "".join(f"{k},20,370\n" for k in range(3)))

    def pictures(_: int) -> None:
        for _ in range(20):
            formats.read(files[".png"], **HOLE, top_m=500.0, base_m=501.995)  # type: ignore[arg-type]

    def at_once() -> None:
        with ThreadPoolExecutor(2) as pool:
            reading = pool.map(pictures, range(2))
            for _ in range(50):
                formats.read_picks(tmp_path / "up.csv")
            list(reading)

    with pytest.warns(InputWarning) as told:
        at_once()
    assert sum("were folded" in str(one.message) for one in told) == 50
