"""What a review leaves behind, and that it writes over nobody's work."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from geobfdt import formats
from geobfdt.cli.grouping import setting_names
from geobfdt.cli.settings import read_settings
from geobfdt.errors import InputError
from geobfdt.formats.provenance import is_as_written, said_by
from tests.reviewing.wells import a_session, some_picks


def test_every_format_holds_what_was_kept(tmp_path: Path) -> None:
    with a_session(tmp_path / "o") as session:
        session.edit({"do": "set", "ids": [0, 5], "values": {"status": "rejected"}})
        session.edit({"do": "set", "ids": [1], "values": {"status": "accepted", "depth_m": 503.25, "set": "J1"}})
        session.edit({"do": "set", "ids": [2], "values": {"span_deg": [300, 20]}})
        session.edit({"do": "reviewed", "top_m": 500.5, "base_m": 502.0})
        answer = session.save({"which": "kept"})
        files = ["o.picks.csv", "o.picks.las", "o.picks.json", "o.review.csv", "o.yaml"]
        assert answer["files"] == files
        assert "6 picks written to o.picks.csv" in answer["told"]
        kept = session.review.table()
        for name in files[:3]:
            read = formats.read_picks(tmp_path / name)
            np.testing.assert_allclose(read.depth_m, kept.depth_m, atol=1e-4)
            np.testing.assert_allclose(read.dip_deg, kept.dip_deg, atol=1e-4)
            assert read.kind.tolist() == kept.kind.tolist()  # type: ignore[union-attr]
            assert is_as_written(tmp_path / name)
            assert said_by(tmp_path / name)["reviewed_m"] == "500.5000 to 502.0000"
        session.save({"which": "accepted"})
        assert len(formats.read_picks(tmp_path / "o.picks.csv")) == 1
    with (tmp_path / "o.review.csv").open() as file:
        rows = {int(row["id"]): row for row in csv.DictReader(file)}
    assert [rows[k]["status"] for k in (0, 1, 2)] == ["rejected", "accepted", "undecided"]
    assert (rows[1]["depth_m"], rows[1]["set"], rows[1]["changed"]) == ("503.25", "J1", "yes")
    assert float(rows[1]["before_depth_m"]) == some_picks().depth_m[1]
    assert (rows[2]["span_from_deg"], rows[2]["span_to_deg"]) == ("300.0", "20.0")
    assert "by" not in rows[0]
    assert is_as_written(tmp_path / "o.review.csv")
    assert read_settings(tmp_path / "o.yaml", setting_names()) == {"reviewed": ["500.5000:502.0000"]}


@pytest.mark.slow
def test_a_report_and_an_agreement_are_written_where_asked_for(tmp_path: Path) -> None:
    from geobfdt.reviewing.review import PickSet

    sets = [PickSet("tool", some_picks()), PickSet("other", some_picks(5))]
    with a_session(tmp_path / "o", sets=sets) as session:
        answer = session.save({"which": "kept", "report": True, "agreement": ["review", "other"]})
        assert answer["files"][-2:] == ["o.agreement.json", "o.html"]
        session.save({"which": "kept", "report": True, "agreement": ["review", "other"]})  # our own may be replaced
        for wrong in ({"which": "all"}, {"agreement": ["review"]}, {"agreement": ["review", "x"]}):
            with pytest.raises(InputError):
                session.save({"which": "kept", **wrong})
    assert "<h1>A: 8 planes</h1>" in (tmp_path / "o.html").read_text()
    agreed = json.loads((tmp_path / "o.agreement.json").read_text())
    assert (agreed["ref"], agreed["est"]) == ("review", "other")
    assert is_as_written(tmp_path / "o.agreement.json")


@pytest.mark.usefixtures("without_figures")
@pytest.mark.parametrize("name", ["o.picks.csv", "o.review.csv", "o.yaml", "o.html"])
def test_a_file_that_somebody_made_is_not_written_over(tmp_path: Path, name: str) -> None:
    with a_session(tmp_path / "o") as session:
        (tmp_path / name).write_text("mine\n")
        with pytest.raises(InputError, match=f"{name}: is there already"):
            session.save({"which": "kept", "report": True})
        assert (tmp_path / name).read_text() == "mine\n"
        assert not (tmp_path / "o.picks.las").exists()
    if name in ("o.picks.csv", "o.review.csv"):  # said before anybody edits
        with pytest.raises(InputError, match="is there already"), a_session(tmp_path / "o"):
            pass
    with a_session(tmp_path / "o", overwrite=True) as session:
        session.save({"which": "kept", "report": True})
    assert (tmp_path / name).read_text() != "mine\n"


def test_results_that_were_edited_since_are_kept(tmp_path: Path) -> None:
    with a_session(tmp_path / "o") as session:
        session.save({"which": "kept"})
        session.save({"which": "kept"})
        path = tmp_path / "o.picks.las"
        path.write_text(path.read_text().replace("fracture", "vein    "))
        with pytest.raises(InputError, match=r"o\.picks\.las: is there already, and is not as geobfdt wrote it"):
            session.save({"which": "kept"})
