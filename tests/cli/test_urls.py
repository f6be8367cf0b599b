"""Logs and results behind URLs are as those in folders, and are called by their URLs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import fsspec
import numpy as np
import pandas as pd
import pytest

from geobfdt.formats.urls import Mirror, files_at, is_url

HOLE = ("--hole-diameter", 0.2159, "--threshold", 0.05)


def table_of_an_image(seed: int) -> str:
    pixels = np.random.default_rng(seed).normal(100, 20, (150, 16)).round(1)
    rows = [f"{1000 + 0.01 * k:.2f}," + ",".join(map(str, row)) for k, row in enumerate(pixels)]
    return "\n".join(["DEPTH_m," + ",".join(f"AMP[{k}]" for k in range(16)), *rows]) + "\n"


@pytest.fixture
def wells(tmp_path: Path) -> Path:
    folder = tmp_path / "wells"
    (folder / "north").mkdir(parents=True)
    for name in ("a", "north/b", "north/.c"):
        (folder / f"{name}.csv").write_text(table_of_an_image(len(name)))
    (folder / "a.yaml").write_text("reference: north\nsurvey: ../surveys/a.csv\n")
    (folder / "north" / "b.yaml").write_text("reference: high_side\n")
    (tmp_path / "surveys").mkdir()
    (tmp_path / "surveys" / "a.csv").write_text("MD_m,Inc,Azi\n0,30,40\n2000,30,40\n")
    (folder / "cut.las").write_text("~V\nVERS. 2.0 :\n~A\n1 2 3\n")
    return folder


@pytest.fixture
def bucket(wells: Path) -> Iterator[fsspec.AbstractFileSystem]:
    """The same in memory:// as in the folder."""
    memory = fsspec.filesystem("memory")
    memory.put(str(wells.parent) + "/", "/bucket/", recursive=True)
    yield memory
    memory.rm("/bucket", recursive=True)


def test_a_bucket_is_picked_as_a_folder_is(run, wells: Path, bucket: fsspec.AbstractFileSystem) -> None:
    local = wells.parent / "out"
    assert run("predict", wells, "-o", local, *HOLE)[0] == 1
    code, printed, told = run("predict", "memory://bucket/wells", "-o", "memory://bucket/out", *HOLE)
    assert code == 1
    assert "memory://bucket/out/north/b.picks.csv" in printed
    assert "geobfdt: memory://bucket/wells/cut.las: " in told
    there = {path.removeprefix("/bucket/out/") for path in bucket.find("/bucket/out")}
    assert there == {path.relative_to(local).as_posix() for path in local.rglob("*.*")}
    for name in ("a.picks.csv", "north/b.picks.csv"):
        assert bucket.cat(f"/bucket/out/{name}") == (local / name).read_bytes()
    assert pd.read_csv(local / "a.picks.csv")["true_dip_deg"].notna().all(), "the survey lies beside the settings"
    (said,) = json.loads(bucket.cat("/bucket/out/a.picks.csv-metadata.json"))["notes"]
    assert (said["reference"], said["image_file"]) == ("north", "a.csv")
    with bucket.open("/bucket/out/predict.csv") as file:
        table = pd.read_csv(file)
    assert dict(zip(table["file"], table["status"], strict=True)) == {
        "memory://bucket/wells/a.csv": "picked", "memory://bucket/wells/cut.las": "failed",
        "memory://bucket/wells/north/b.csv": "picked",
    }  # fmt: skip


def test_what_is_there_is_kept_and_what_was_edited_is_not_lost(run, bucket: fsspec.AbstractFileSystem) -> None:
    one = ("predict", "memory://bucket/wells/a.csv", "-o", "memory://bucket/out", *HOLE)
    assert run(*one)[0] == 0
    assert "were there already" in run(*one)[1]
    before = bucket.cat("/bucket/out/a.score.las")
    bucket.rm("/bucket/out/a.score.las")
    assert "were there already" not in run(*one)[1]
    assert bucket.cat("/bucket/out/a.score.las") == before
    edited = bucket.cat("/bucket/out/a.picks.csv") + b"1000.5,20,30,bedding,,,,,,,,,,A\n"
    bucket.pipe("/bucket/out/a.picks.csv", edited)
    code, _, told = run(*one)
    assert (code, "memory://bucket/out/a.picks.csv: is there already" in told, "--overwrite" in told) == (2, True, True)
    assert bucket.cat("/bucket/out/a.picks.csv") == edited
    assert run(*one, "--overwrite")[0] == 0
    assert bucket.cat("/bucket/out/a.picks.csv") != edited


def test_notes_call_files_by_their_urls(run, bucket: fsspec.AbstractFileSystem) -> None:
    text = table_of_an_image(5).splitlines()
    bucket.pipe("/bucket/up.csv", "\n".join([text[0], *text[:0:-1]]).encode())
    code, printed, told = run(
        "predict", "memory://bucket/up.csv", "-o", "memory://bucket/out", *HOLE, "--reference", "north", "--json"
    )
    assert code == 0
    (found,) = json.loads(printed)
    assert any("memory://bucket/up.csv" in note for note in found["notes"])
    assert "geobfdt-" not in told + printed


def test_results_arrive_under_another_name_and_the_table_that_says_so_last(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    class Watched(fsspec.get_filesystem_class("file")):  # type: ignore[misc]
        protocol = "watched"

        def mv(self, path1: str, path2: str, **more: object) -> None:
            seen.append([Path(path1).name, Path(path2).name])
            super().mv(path1, path2, **more)

    fsspec.register_implementation("watched", Watched, clobber=True)
    from geobfdt.cli.opening import OpenFile
    from geobfdt.cli.plan import WellFile

    file = OpenFile(WellFile(tmp_path / "a.csv", Path("north"), named=True, stem="a"), f"watched://{tmp_path}/out")
    file.folder.mkdir(parents=True)
    results = [file.folder / name for name in ("a.picks.csv", "a.picks.las", "a.score.las")]
    for path in (*results, file.folder / "a.picks.csv-metadata.json"):
        path.write_text(path.name)
    file.put_results(results)
    file.close()
    names = ["a.picks.csv-metadata.json", "a.picks.las", "a.score.las", "a.picks.csv"]
    assert seen == [[f".{name}.part", name] for name in names]
    assert sorted(path.name for path in (tmp_path / "out" / "north").iterdir()) == sorted(names)
    assert not file.folder.exists()


REFUSED = {
    "predict nowhere://b/a.csv -o out": "nowhere:// needs a package that is not installed (Install no_such_package)",
    "predict unheardof://b/a.csv -o out": "Protocol not known: unheardof",
    "predict file:///no/such/a.csv -o out": "file:///no/such/a.csv: there is no such file",
    "predict memory://nothing/ -o out": "memory://nothing/: there is no such file",
    "predict memory://bucket/surveys/a.txt -o memory://x --workers 2": "in the memory of one process",
    "predict memory://bucket/wells/a.csv -o https://host/out": "https://host/out: is for reading only",
    "predict memory://bucket/wells/a.csv no.csv -o out": "no.csv: there is no such file",
}


@pytest.mark.parametrize("command", REFUSED)
def test_what_cannot_be_reached_is_said_in_a_sentence(run, bucket, command: str) -> None:
    fsspec.register_implementation("nowhere", "no_such_package.System", clobber=True, errtxt="Install no_such_package")
    code, _, told = run(*command.split())
    assert code == 2
    assert REFUSED[command] in told
    assert "Traceback" not in told


def test_what_a_url_is(bucket: fsspec.AbstractFileSystem) -> None:
    assert is_url("s3://bucket/wells")
    assert not any(map(is_url, ("wells", "C:/wells", "s3:/bucket", Path("s3://bucket"))))
    assert files_at("memory://bucket/wells/", (".csv", ".las")) == [
        f"memory://bucket/wells/{name}" for name in ("a.csv", "cut.las", "north/b.csv")
    ]
    mirror = Mirror("memory://bucket/wells")
    path = mirror.path("memory://bucket/wells/a.csv")
    assert mirror.url(path) == "memory://bucket/wells/a.csv"
    assert mirror.url(path.parent / ".." / "surveys" / "a.csv") == "memory://bucket/surveys/a.csv"
    assert mirror.as_urls(f"{path}: no") == "memory://bucket/wells/a.csv: no"
    assert (mirror.bring(path), mirror.bring(path.with_name("no.csv"))) == (True, False)
    mirror.close()
    assert not mirror.folder.exists()
