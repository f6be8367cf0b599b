"""Intervals are read from the tables and curves that people have, or refused with the line and the remedy."""

import lasio
import numpy as np
import pytest

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.intervals import Intervals
from geobfdt.borehole.well import Well, well_from
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.corpus import read_corpus, write_corpus
from geobfdt.formats.intervals import holds_intervals, read_intervals, write_intervals
from geobfdt.formats.provenance import is_as_written


def table(folder, text, name="facies.csv"):
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "top_m,base_m,label\n10,12,sand\n12,15.5,shale\n",
        "Top (ft);Base (ft);Facies\n32.808399;39.370079;sand\n39.370079;50.853018;shale\n",
        "Depth From [m]\tDepth To [m]\tLithology\n12\t15.5\tshale\n10\t12\tsand\n",
        "top,base,label\nm,m,\n10,12,sand\n12,15.5,shale\n",
        "from_cm,to_cm,class,label,colour\n1000,1200,7,sand,grey\n1200,1550,8,shale,\n",
    ],
)
def test_tables_of_any_unit_and_order_say_the_same(tmp_path, text):
    found = read_intervals(table(tmp_path, text))
    assert found.top_m == pytest.approx([10.0, 12.0], abs=1e-5)
    assert found.base_m == pytest.approx([12.0, 15.5], abs=1e-5)
    assert found.label.tolist() == ["sand", "shale"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("top_m,base_m,label\n10,12,sand\n11.5,15,shale\n", "lines 2 and 3 overlap from 11.5 to 12 m; give every"),
        ("top_m,base_m,label\n10,12,a\n14,15,b\n10,12,c\n", "lines 2 and 4 overlap from 10 to 12 m"),
        ("top_m,base_m,label\n10,12,a\n15,14,b\n", "line 3 has its top at 15 m and its base at 14 m; the top must"),
        ("top_m,label\n10,a\n11,b\n", "has no column base among top_m, label; intervals have the columns"),
        ("top_m,base_m,gamma\n10,12,3\n", "has no column label among"),
        ("top,base,label\n10,12,a\n", "column top has no unit; write it in the header, top_m or top_ft"),
        ("top_fathoms,base_m,label\n10,12,a\n", "column top_fathoms is in 'fathoms'; use one of m, ft"),
        ("top_m,base_m,label,top_ft\n10,12,a,33\n", "top_m and top_ft could each be the top; leave one of them out"),
        ("top_m,base_m,facies,lithology\n10,12,a,b\n", "facies and lithology could each be the labels"),
        ("top_m,base_m,label\n10,,a\n", "line 2 has no base; complete it, or remove the line"),
        ("top_m,base_m,label\n-120,-110,a\n", "line 2 has its top at -120 m, as elevations are"),
        (f"top_m,base_m,label\n10,1{'1' * 400},a\n11,12,b\n", "column base_m has a number of more than 300 digits"),
        ("top_m,base_m,label\nsurface,12,a\n", "line 2 has 'surface' in column top_m, which is no number"),
    ],
)
def test_what_is_ambiguous_is_refused_with_its_line(tmp_path, text, message):
    path = table(tmp_path, text)
    with pytest.raises(InputError) as told:
        read_intervals(path)
    assert str(told.value).startswith(f"{path}: ")
    assert message in str(told.value)


def test_borders_that_were_rounded_twice_are_one_and_blanks_are_told(tmp_path):
    path = table(tmp_path, "top_m,base_m,label\n10,12.001,a\n12,13,\n12,14,b\n")
    with pytest.warns(InputWarning, match="1 of 3 intervals have no label and were left out, the first in line 3"):
        found = read_intervals(path)
    assert found.base_m.tolist() == [12.0, 14.0]


def test_codes_stay_as_they_are_written_and_wells_apart(tmp_path):
    found = read_intervals(table(tmp_path, "well,top_m,base_m,label\n001,10,12,03\n1,11,13,sand\n"))
    assert found.label.tolist() == ["03", "sand"]
    assert found.of_well("001").label.tolist() == ["03"]


def facies_las(folder, values, name="FACIES", step=0.1, start=50.0, unit="M"):
    las = lasio.LASFile()
    las.well["WELL"].value = "A-1"
    depth = start + step * np.arange(len(values))
    las.append_curve("DEPT", depth, unit=unit)
    las.append_curve("GR", np.linspace(30, 90.5, len(values)), unit="GAPI")
    las.append_curve(name, np.asarray(values, float))
    path = folder / "log.las"
    las.write(str(path), version=2.0)
    return path


def test_runs_of_a_curve_are_intervals_with_borders_between_samples(tmp_path):
    path = facies_las(tmp_path, [3, 3, 3, 7, 7, np.nan, np.nan, 3, 3, 3])
    found = read_intervals(path, "FACIES")
    assert found.label.tolist() == ["3", "7", "3"]
    assert found.top_m == pytest.approx([49.95, 50.25, 50.65])
    assert found.base_m == pytest.approx([50.25, 50.45, 50.95])
    assert set(found.well) == {"A-1"}


def test_a_curve_in_feet_of_another_name_and_no_curve_at_all(tmp_path):
    path = facies_las(tmp_path, [1, 1, 2, 2], "CODE", 1.0, 100.0, "FT")
    found = read_intervals(path, "CODE")
    assert found.base_m == pytest.approx(np.array([101.5, 103.5]) * 0.3048)
    with pytest.raises(InputError, match=r"holds curves, .* choose one of GR, CODE with --intervals-curve NAME"):
        read_intervals(path)
    with pytest.raises(InputError, match=r"holds no curve FACIES; choose one of GR, CODE"):
        read_intervals(path, "FACIES")
    with pytest.raises(InputError, match=r"curve GR has 50\.1667 at .* m, which is no code"):
        read_intervals(path, "GR")
    with pytest.raises(InputError, match="only a LAS file has curves"):
        read_intervals(table(tmp_path, "top_m,base_m,label\n1,2,a\n"), "CODE")


def test_what_is_written_is_read_again_and_knows_whether_it_was_edited(tmp_path):
    path = tmp_path / "a.intervals.csv"
    written = Intervals(np.array([1.0, 2.5]), np.array([2.5, 3.0]), np.array(["a, b", "c"]), np.array([0.5, 0.75]))
    write_intervals(written, path, {"model": "geobfdt w"})
    assert path.read_text().splitlines()[0] == "top_m,base_m,label,share"
    found = read_intervals(path)
    assert found.share.tolist() == [0.5, 0.75]
    assert found.label.tolist() == ["a, b", "c"]
    assert is_as_written(path)
    assert holds_intervals(path)
    assert not holds_intervals(table(tmp_path, "depth_m,dip_deg,azimuth_deg\n1,2,3\n", "picks.csv"))


def test_values_that_contradict_themselves_are_refused():
    for tops, bases, label, message in (
        ([2.0], [1.0], "a", "must lie above"),
        ([1.0, 1.5], [2.0, 3.0], "a", "overlap"),
        ([1.0], [2.0], "", "must have a label"),
        ([np.nan], [2.0], "a", "must be a number"),
    ):
        with pytest.raises(InputError, match=message):
            Intervals(np.array(tops), np.array(bases), label)


def test_a_depth_is_in_the_interval_that_begins_there():
    some = Intervals(np.array([1.0, 2.0, 4.0]), np.array([2.0, 3.0, 5.0]), np.array(["a", "b", "a"]))
    depths = np.array([0.5, 1.0, 2.0, 3.0, 4.5, 5.0])
    assert some.at(depths).tolist() == [-1, 0, 1, -1, 2, -1]
    assert some.classes_at(depths, ("b", "a")).tolist() == [-1, 1, 0, -1, 1, -1]
    assert some.classes_at(depths, ("b",)).tolist() == [-1, -1, 0, -1, -1, -1]
    assert Intervals().classes_at(depths, ("b",)).tolist() == [-1] * 6


def log(well="A-1"):
    image = np.random.default_rng(0).normal(size=(300, 16))
    return ImageLog(image, 10 + np.arange(300) * 0.01, 0.2, "north", well=well)


def test_a_corpus_gives_back_the_intervals_and_reads_without_them(tmp_path):
    labels = Intervals(np.array([5.0, 11.0, 20.0]), np.array([11.0, 12.0, 30.0]), np.array(["sand", "shale", "coal"]))
    with pytest.warns(InputWarning, match="1 of 3 intervals lie outside the image"):
        well = well_from(log(), intervals=labels)
    write_corpus(tmp_path / "c.h5", [well, Well(log("B"))])
    with_labels, without = read_corpus(tmp_path / "c.h5")
    assert with_labels.intervals.top_m == pytest.approx([9.995, 11.0])
    assert with_labels.intervals.label.tolist() == ["sand", "shale"]
    assert set(with_labels.intervals.well) == {"A-1"}
    assert len(without.intervals) == 0
    assert read_intervals(tmp_path / "c.h5").label.tolist() == ["sand", "shale"]


def test_intervals_of_other_depths_or_wells_are_refused():
    with pytest.raises(InputError, match="all 1 intervals lie outside the image"):
        well_from(log(), intervals=Intervals(np.array([100.0]), np.array([110.0]), "a"))
    two = Intervals(np.array([10.0, 10.0]), np.array([11.0, 11.0]), "a", well=np.array(["X", "Y"]))
    with pytest.raises(InputError, match="the intervals are of X, Y"):
        well_from(log(), intervals=two)
    with pytest.warns(InputWarning, match="named X, taken as the same"):
        assert len(well_from(log(), intervals=two[:1]).intervals) == 1


def test_the_command_line_puts_intervals_into_a_corpus(run, tmp_path):
    write_corpus(tmp_path / "log.h5", [Well(log())])
    path = table(tmp_path, "top_m,base_m,label\n10,11,sand\n11,12,shale\n")
    code, said, _ = run("import", tmp_path / "log.h5", "-o", tmp_path / "c.h5", "--intervals", path)
    assert code == 0
    assert said.strip().endswith("0 picks, 2 intervals of sand, shale")
    code, _, told = run("import", tmp_path / "log.h5", "-o", tmp_path / "d.h5", "--intervals-curve", "FACIES")
    assert code == 2
    assert "--intervals-curve FACIES: is a curve of the LAS of --intervals; give both" in told
    las = facies_las(tmp_path, [1, 1, 2, 2] * 10, step=0.05, start=10.0)
    options = ["--intervals", las, "--intervals-curve", "FACIES"]
    code, said, _ = run("import", tmp_path / "log.h5", "-o", tmp_path / "e.h5", *options)
    assert code == 0
    assert "20 intervals of 1, 2" in said
