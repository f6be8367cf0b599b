"""The curves beside an image, from every format that has some."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geobfdt.borehole.curve import Curve, envelope
from geobfdt.errors import InputError
from geobfdt.formats.curves import read_curves

LAS = """~Version
VERS. 2.0 :
WRAP. NO :
~Well
STRT.F 1000 :
STOP.F 1003 :
STEP.F 1 :
NULL. -999.25 :
WELL. A :
~Curve
DEPT.F : depth
GR.GAPI : Gamma ray
CALI.IN : Caliper
NONE.M : nothing
IMG[0]. :
IMG[1]. :
IMG[2]. :
IMG[3]. :
~A
1000 55.5 8.5 -999.25 1 2 3 4
1001 -999.25 8.6 -999.25 1 2 3 4
1002 57 8.7 -999.25 1 2 3 4
1003 58 8.8 -999.25 1 2 3 4
"""


def test_a_las_gives_its_curves_in_metres(tmp_path: Path) -> None:
    (tmp_path / "a.las").write_text(LAS)
    gamma, caliper = read_curves(tmp_path / "a.las")
    assert (gamma.name, gamma.unit, gamma.description) == ("GR", "GAPI", "Gamma ray")
    np.testing.assert_allclose(gamma.depth_m, 0.3048 * np.arange(1000, 1004))
    np.testing.assert_array_equal(gamma.values, [55.5, np.nan, 57, 58])
    assert caliper.range == (8.5, 8.8)


def test_a_table_that_goes_up_is_turned_over(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("depth_m,GR,name\n102,3,x\n101,-9999,y\n100,1,z\n")
    (gamma,) = read_curves(tmp_path / "a.csv")
    assert gamma.depth_m.tolist() == [100, 101, 102]
    np.testing.assert_array_equal(gamma.values, [1, np.nan, 3])


def test_of_a_line_a_sector_those_that_are_one_value_a_depth_are_curves(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    lines = ["TDEP,IMG,GR", "ft,,gapi"]
    lines += [f"{100 + row},{random.uniform():.4f},{50 + row}" for row in range(5) for _ in range(16)]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n")
    (gamma,) = read_curves(tmp_path / "a.csv")
    assert (gamma.name, gamma.unit, gamma.values.tolist()) == ("GR", "gapi", [50, 51, 52, 53, 54])


def test_a_dlis_gives_the_single_values_of_its_frames(tmp_path: Path) -> None:
    from dliswriter import DLISFile

    file = DLISFile()
    logical = file.add_logical_file()
    logical.add_origin("ORIGIN", file_set_number=1, well_name="A")
    depth = 100 + 0.1 * np.arange(30)
    channels = [
        logical.add_channel("DEPTH", data=depth, units="m"),
        logical.add_channel("GR", data=np.linspace(20, 80, 30), units="gAPI", long_name="Gamma ray"),
        logical.add_channel("IMG", data=np.random.default_rng(0).uniform(size=(30, 32))),
    ]
    logical.add_frame("MAIN", channels=channels, index_type="BOREHOLE-DEPTH")
    file.write(str(tmp_path / "a.dlis"), output_chunk_size=2**20)
    (gamma,) = read_curves(tmp_path / "a.dlis")
    assert (gamma.name, gamma.unit, gamma.description) == ("GR", "gAPI", "Gamma ray")
    np.testing.assert_allclose(gamma.depth_m, depth)
    np.testing.assert_allclose(gamma.values, np.linspace(20, 80, 30))


def test_pictures_and_corpora_have_none(tmp_path: Path) -> None:
    assert read_curves(tmp_path / "a.png") == []
    with pytest.raises(InputError, match="there is no such file"):
        read_curves(tmp_path / "a.las")


def test_real_logs(shared_data: Path) -> None:
    curves = {curve.name: curve for curve in read_curves(shared_data / "dipmeter_las" / "dillson-1_hdt.las")}
    assert {"GR", "C1", "C2", "DEVI", "HAZI"} & curves.keys()


def test_an_envelope_holds_every_value() -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=5000)
    values[1000:2000] = np.nan
    curve = Curve("GR", "", "", np.linspace(0, 50, 5000), values)
    found = envelope(curve, 5.0, 45.0, 100)
    assert len(found.depth_m) == 100
    inside = (curve.depth_m >= 5) & (curve.depth_m <= 45)
    assert np.nanmin(found.least) <= np.nanmin(values[inside])
    assert np.nanmax(found.most) >= np.nanmax(values[inside])
    assert np.isnan(found.least[(found.depth_m > 11) & (found.depth_m < 19)]).all()
    few = envelope(curve, 5.0, 5.05, 100)
    assert few.depth_m[0] < 5.0
    assert few.depth_m[-1] > 5.05
    np.testing.assert_array_equal(few.least, few.most)
    assert len(envelope(curve, 90.0, 95.0, 10).depth_m) == 1


def test_a_curve_whose_depths_fall_is_refused() -> None:
    with pytest.raises(InputError, match="must increase"):
        Curve("GR", "", "", np.array([2.0, 1.0]), np.zeros(2))
    with pytest.raises(InputError, match="3 values for 2 depths"):
        Curve("GR", "", "", np.array([2.0, 1.0]), np.zeros(3))
