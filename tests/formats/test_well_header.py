"""What the header of a log's file says of its well, and that nothing is made up where it says nothing."""

from pathlib import Path

import pytest

from geobfdt.formats.well_header import read_well_header

LAS = """~V
 VERS. 2.0 :
 WRAP. NO :
~W
 STRT.M 100.0 :
 STOP.M 101.0 :
 STEP.M 1.0 :
 NULL. -999.25 :
 COMP. Nord : Oil AS : COMPANY
 WELL. 12/3-4 : WELL
 FLD . Unused : FIELD
 EKB .M 35.8 : KELLY BUSHING
 EGL .M -15.3 : GROUND
 DATE. 17-OCT-88 : DATE
~P
 BS  .IN 8.5 : BIT
 MDEC.DEG -999.25 : DECLINATION
~C
 DEPT.M :
 GR.GAPI :
~A
 100 1
 101 2
"""


def test_a_las_says_company_elevations_and_bit_with_their_units(tmp_path: Path) -> None:
    path = tmp_path / "a.las"
    path.write_text(LAS)
    said = read_well_header(path)
    assert said["company"].startswith("Nord")
    assert said["elevation"] == "EKB 35.8 M, EGL -15.3 M"
    assert (said["bit size"], said["logged"]) == ("8.5 IN", "17-OCT-88")
    assert not {"field", "declination", "tool", "country"} & said.keys()


@pytest.mark.parametrize("name", ["a.csv", "b.las", "c.dlis"])
def test_other_formats_and_damaged_files_say_nothing(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\x00\x01no header here")
    assert read_well_header(path) == {}


def test_real_headers(shared_data: Path) -> None:
    las = read_well_header(shared_data / "dipmeter_las" / "dillson-1_hdt.las")
    assert (las["company"], las["declination"], las["bit size"]) == ("WESTERN MINING CORP.", "0.400 DEG", "8.000 IN")
    dlis = read_well_header(shared_data / "dlis_no_image" / "206_05a-3_wireline.dlis")
    assert (dlis["field"], dlis["service company"], dlis["bit size"]) == ("Fulla", "Schlumberger", "8.0 in")
