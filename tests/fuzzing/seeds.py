"""Small valid files of every format that the product reads, by reader; none comes from anywhere but these lines."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import logging
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from geobfdt.borehole import pad_tools

ROWS, SECTORS = 12, 16
DEPTHS = 1000.0 + 0.5 * np.arange(ROWS)
IMAGE = np.random.default_rng(7).uniform(1.0, 200.0, (ROWS, SECTORS)).round(3)
WHOLE = IMAGE.astype(np.uint8)

PICKS = (
    "depth_m,dip_deg,azimuth_deg,kind,confidence,depth_sd_m,dip_sd_deg,azimuth_sd_deg,true_dip_deg,true_azimuth_deg,"
    "hole_deviation_deg,hole_azimuth_deg,well\n"
    + "".join(
        f"{1000 + k:.4f},{5 * k + 3:.4f},{30 * k:.4f},{kind},0.{k}1,0.01,1.5,5.0,,,,,A-1\n"
        for k, kind in enumerate(["fracture", "bedding"] * 4)
    )
)
VENDOR_PICKS = "TDEP;Dip_TRU;Azimuth;Type;Quality\nft;dega;dega;;\n" + "".join(
    f"{3000 + k},5;{4 * k},25;{40 * k};NONE;0,5\n" for k in range(8)
)


BOTH_PICKS = "Depth[m],Dip_APP,Azimuth_APP,Dip_TRU,Azimuth_TRU,HDEV,HAZI,DipHeight[m],AvgCali[m],Class\n" + "".join(
    f"{1000 + k},{10 * k + 5},{40 * k},{10 * k + 5},{40 * k},0.1,30,{0.02 * k + 0.01:.3f},0.2159,Open Fracture\n"
    for k in range(8)
)
TITLED_PICKS = "Dips of A-1\nby hand, twice\n" + BOTH_PICKS.replace(",", "\t")
BLANK_PICKS = "MD_m   Dip  Azimuth\n" + "".join(f"{1000 + k}   {5 * k + 3}  {30 * k}\n" for k in range(8))
PETREL_PICKS = (
    "# Unit in depth: ft\nVERSION 1\nBEGIN HEADER\nX\nZ\nFLOAT,MD\nFLOAT,DipAngle\nFLOAT,DipAzimuth\nSTRING,Kind\n"
    "END HEADER\n" + "".join(f'1.5 -{k} {1000 + k} {5 * k + 3} {30 * k} "Bed {k % 2}"\n' for k in range(8))
)
SEPARATED_PICKS = "sep=;\n" + BOTH_PICKS.replace(",", ";") + ";" * 9 + "\n"


def matrix(header: str = "DEPTH_m", separator: str = ",", comma: bool = False, units: str = "") -> str:
    """An image with a column a sector."""
    lines = [separator.join([header, *(f"IMG[{k}]" for k in range(SECTORS))])]
    lines += [separator.join([units, *["ohm.m"] * SECTORS])] if units else []
    for depth, row in zip(DEPTHS, IMAGE, strict=True):
        cells = separator.join(f"{value:.3f}" for value in (depth, *row))
        lines.append(cells.replace(".", ",") if comma else cells)
    return "\n".join(lines) + "\n"


def flattened(unit: str = "m", separator: str = ",") -> str:
    """An image with a line a depth and sector, and a row of units."""
    lines = [separator.join(cells) for cells in (("wellName", "TDEP", "RES"), ("", unit, "ohm.m"))]
    lines += [
        separator.join(("A-1", f"{z:.4f}", f"{v:.3f}")) for z, row in zip(DEPTHS, IMAGE, strict=True) for v in row
    ]
    return "\n".join(lines) + "\n"


def azimuth_header() -> str:
    """An image with a column a sector, each named by where it looks."""
    return "\n".join([f"DEPTH_m,{','.join(f'{22.5 * k:.1f}' for k in range(SECTORS))}", *matrix().split("\n")[1:]])


def azimuth_column() -> str:
    """An image with a line a depth and sector that says where it looks, from the south."""
    turned = [*range(8, SECTORS), *range(8)]
    lines = [f"{z:.4f},{22.5 * k},{IMAGE[row, k]:.3f}" for row, z in enumerate(DEPTHS) for k in turned]
    return "\n".join(["DEPTH_m,AZIMUTH_deg,AMP", *lines]) + "\n"


def las(curves: list[tuple[str, str]], rows: list[list[float]], index: str = "DEPT.M", params: str = "") -> str:
    """A LAS 2.0 file; curves are (mnemonic, unit) of all but the index."""
    listed = "".join(f" {name}.{unit} : curve\n" for name, unit in curves)
    body = "".join(" ".join(f"{value:.4f}" for value in row) + "\n" for row in rows)
    return (
        "~Version\n VERS. 2.0 : CWLS\n WRAP. NO : one line\n~Well\n"
        f" STRT.M {rows[0][0]} : start\n STOP.M {rows[-1][0]} : stop\n STEP.M 0.5 : step\n"
        f" NULL. -999.25 : null\n WELL. A-1 : WELL\n~Curves\n {index} : depth\n{listed}~Params\n{params}~Ascii\n{body}"
    )


def las_image(index: str = "DEPT.M") -> str:
    curves = [(f"AWBK{k}", "GAPI") for k in range(SECTORS)]
    rows = [[z, *row] for z, row in zip(DEPTHS.tolist(), IMAGE.tolist(), strict=True)]
    return las(curves, rows, index, " BS.IN 8.5 : bit size\n")


def las_3_image() -> str:
    """The same in LAS 3.0, between a core and its tops."""
    curves = "".join(f" AWBK{k}.GAPI : curve {{F10.4}}\n" for k in range(SECTORS))
    rows = "".join(",".join(map(str, [z, *row])) + "\n" for z, row in zip(DEPTHS, IMAGE.tolist(), strict=True))
    return (
        "~Version\n VERS. 3.0 : CWLS\n WRAP. NO : one line\n DLM. COMMA : delimiter\n~Well\n STRT.M 1000 : start\n"
        " STOP.M 1010 : stop\n STEP.M 0.5 : step\n NULL. -999.25 : null\n WELL. A-1 : WELL\n~Parameter\n"
        f" BS.IN 8.5 : bit size\n~Core_Data\n1,2\n~Log_Definition\n DEPT.M : depth {{F}}\n{curves}"
        f"~Log_Data | Log_Definition\n{rows}~Tops_Data\n3\n"
    )


def televiewer(separator: str = "\t") -> str:
    """An image named once over all of its sectors."""
    lines = [f"Depth{separator}Amplitude", f"m{separator}dB"]
    lines += [separator.join(f"{v:.3f}" for v in (z, *row)) for z, row in zip(DEPTHS, IMAGE, strict=True)]
    return "\n".join(lines) + "\n"


def las_picks(index: str = "DEPT.M") -> str:
    curves = [("DIP_APP", "DEG"), ("AZI_APP", "DEG"), ("TYPE", ""), ("QUALITY", ""), ("DEPT_SD", "M")]
    rows = [[1000.0 + k, 5.0 * k + 1, 30.0 * k, k % 3, 0.9, 0.01] for k in range(8)]
    types = " TYPE_0. unknown :\n TYPE_1. fracture :\n TYPE_2. bedding :\n"
    return las(curves, rows, index, types)


def las_sets() -> str:
    """Dips and a log in one LAS 3.0 file of a sloppy program."""
    rows = "".join(f"{1000 + k},{5 * k + 3},{30 * k},***\n" for k in range(8))
    return (
        "exported twice\n~version\n VERS. 3.0 :\n WRAP. NO :\n DLM. COMMA :\n~well\n"
        " STRT.M 1000 :\n STOP.M 1007 :\n STEP.M 0 :\n NULL. -999.25 :\n WELL. A-1 :\nrest of a remark\n"
        "~Log_Definition\n DEPT.M : {F}\n GR.GAPI : {F}\n"
        "~Log_Data | Log_Definition\n1,2\n~Dips_Definition\n DEPT.[M] : {F}\n DPAP.DEG : {F}\n DPAA.DEG : {F}\n"
        f" DEPT_SD.M : {{F}}\n~Dips_Data | Dips_Definition\n{rows}\x1a"
    )


def json_picks(unit: str = "m") -> str:
    curves = [{"name": n, "unit": u} for n, u in (("DEPT", unit), ("Dip", "deg"), ("Azimuth", "deg"), ("Type", ""))]
    data = [[1000.0 + k, 5.0 * k, 30.0 * k, "bedding"] for k in range(8)]
    return json.dumps([{"header": {"well": "A-1"}, "curves": curves, "data": data}], indent=1)


def survey(header: str = "MD_m", separator: str = ",") -> str:
    lines = [separator.join((header, "Inclination", "Azimuth"))]
    lines += [separator.join((f"{30.5 * k:.2f}", f"{2.5 * k:.2f}", f"{357.25 + k / 4:.2f}")) for k in range(10)]
    return "\n".join(lines) + "\n"


def survey_las(index: str = "DEPT.M") -> str:
    rows = [[30.5 * k, 2.5 * k, 357.25 + k / 4] for k in range(10)]
    return las([("DEVI", "DEG"), ("HAZI", "DEG")], rows, index)


def survey_of_planes() -> str:
    """Stations in the columns of the hole of a table of dips."""
    rows = "".join(f"{30 * k},{5 * k + 3},{40 * k},{2.5 * k:.1f},{'' if not k else 120 + k}\n" for k in range(10))
    return f"depth_m,Dip_TRU,Azimuth,HDEV,HAZI\n{rows}"


def dlis(unit: str = "m", image: str = "FMI_DYN") -> bytes:
    """One frame of depth, image or raw pads, caliper and gamma ray; bit size among the parameters."""
    from dliswriter import AttrSetup, DLISFile, enums

    logging.getLogger("dliswriter").setLevel(logging.ERROR)  # it does not know the unit 0.1 in
    disk = DLISFile()
    logical = disk.add_logical_file()
    # Given, because they would otherwise be drawn at random and follow the clock.
    logical.add_origin("ORIGIN", well_name="A-1", file_set_number=1, creation_time=datetime(2020, 1, 1))
    logical.add_parameter("BS", values=AttrSetup(8.5, units="in"))
    channels = [
        logical.add_channel("TDEP", data=DEPTHS, units=unit),
        logical.add_channel("C1", data=np.full(ROWS, 8.25), units="in"),
        logical.add_channel("C2", data=np.full(ROWS, 8.75), units="in"),
        logical.add_channel("GR", data=IMAGE[:, 0], units="gAPI"),
    ]
    if image == "pads":
        buttons = np.abs(IMAGE[:, :1]) + np.random.default_rng(0).random((ROWS, 12))
        channels += [logical.add_channel(row.channel, data=buttons) for row in pad_tools.FMI.rows]
        channels += [logical.add_channel("P1AZ", data=np.full(ROWS, 20.0), units="deg")]
    else:
        channels += [logical.add_channel(image, data=IMAGE.astype(np.float32))]
    logical.add_frame("60B", channels=channels, index_type=enums.FrameIndexType.BOREHOLE_DEPTH)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seed.dlis"
        with contextlib.redirect_stderr(io.StringIO()):  # a progress bar
            disk.write(str(path), output_chunk_size=2**20)  # the default one takes 4 GB of memory
        return path.read_bytes()


def picture(suffix: str, mode: str) -> bytes:
    grey = Image.fromarray(WHOLE)
    file = io.BytesIO()
    if mode == "I;16":
        Image.fromarray(WHOLE.astype(np.uint16) * 200).save(file, suffix)
    else:
        grey.convert(mode).save(file, suffix, **({"compression": "tiff_lzw"} if suffix == "tiff" else {}))
    return file.getvalue()


def pages() -> bytes:
    """A strip in two pages."""
    top, base = Image.fromarray(WHOLE[:7]), Image.fromarray(WHOLE[7:])
    file = io.BytesIO()
    top.save(file, "tiff", save_all=True, append_images=[base])
    return file.getvalue()


def npy(dtype: str) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(IMAGE, order="F" if dtype == "f4" else "C").astype(dtype, order="K"))
    return file.getvalue()


def corpus() -> bytes:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.intervals import Intervals
    from geobfdt.borehole.picks import Picks
    from geobfdt.borehole.well import Well
    from geobfdt.formats.corpus import write_corpus

    rock = Intervals(DEPTHS[1:3], DEPTHS[2:4], np.array(["sand", "shale"]))
    picks = Picks(DEPTHS[2:6], np.full(4, 30.0), np.full(4, 359.0), "bedding", 0.5, 0.01, 2.0, 5.0)
    wells = [
        Well(
            ImageLog(IMAGE, DEPTHS, 0.2159, "high_side", 12.5, well, "FMI", caliper_m),
            picks,
            ((1001.0, 1004.0),),
            intervals=rock,
        )
        for well, caliper_m in (("A-1", None), ("B-2", np.full(ROWS, 0.22)))
    ]
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(Path(folder) / "seed.h5", wells)
        return (Path(folder) / "seed.h5").read_bytes()


def corpus_of_version_1() -> bytes:
    """The same with texts of any length, which HDF5 keeps in a heap without a checksum."""
    import h5py

    file = io.BytesIO(corpus())
    with h5py.File(file, "r+") as opened:
        opened.attrs.update({"format": "geobfdt corpus", "version": 1})
        for well in opened["wells"].values():
            well.attrs.update({name: well.attrs[name].decode() for name in ("well", "name", "reference", "split")})
            for name in ("kind", "well"):
                words = well["picks"][name].asstr()[()]
                del well["picks"][name]
                well["picks"].create_dataset(name, data=words.astype(object), dtype=h5py.string_dtype())
            del well["picks"]["quality"]
            del well["intervals"]
    return file.getvalue()


def small_detector() -> Any:
    import torch

    from geobfdt.model.config import ModelConfig
    from geobfdt.model.detector import Detector

    torch.manual_seed(0)
    shape = ModelConfig(width=2, channels=8, heads=2, feed_forward=8, encoder_layers=1, decoder_layers=1, queries=4)
    return Detector(shape)


def weights(digest: bool = True) -> bytes:
    """As they are written, or without their digest, as those of version 0.1."""
    import safetensors
    from safetensors.torch import load_file, save

    from geobfdt.model.checkpoint import save_weights

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seed.safetensors"
        save_weights(path, small_detector(), 0.5)
        if digest:
            return path.read_bytes()
        with safetensors.safe_open(path, framework="pt") as file:
            header = file.metadata()
        return save(load_file(path), {name: header[name] for name in header.keys() - {"digest"}})


def checkpoint(digest: bool = True) -> bytes:
    """The state of a run after an epoch of one step."""
    import torch

    from geobfdt.model.checkpoint import save_state
    from geobfdt.training.config import TrainConfig
    from geobfdt.training.loop import optimizer_of

    detector = small_detector()
    config = TrainConfig(model=detector.config)
    optimizer = optimizer_of(detector, config)
    sum(parameter.sum() for parameter in detector.parameters()).backward()
    optimizer.step()
    parts = {"config": config.model_dump(), "detector": detector.state_dict(), "optimizer": optimizer.state_dict()}
    state = {**parts, "epoch": 1, "best_f1": 0.5, "best_epoch": 1, "rows": [{"epoch": 1.0, "loss": 2.0}]}
    file = io.BytesIO()
    if not digest:
        torch.save(state, file)
        return file.getvalue()
    with tempfile.TemporaryDirectory() as folder:
        save_state(Path(folder) / "seed.pt", state)
        return (Path(folder) / "seed.pt").read_bytes()


def intervals(unit: str = "m", separator: str = ",", header: str = "top_{},base_{},label") -> str:
    """Eight intervals of a metre, or whatever the unit is, by turns of two labels."""
    lines = [header.format(unit, unit).replace(",", separator)]
    lines += [separator.join((f"{1000 + k}", f"{1001 + k}", ("sand", "shale")[k % 2])) for k in range(8)]
    return "\n".join(lines) + "\n"


def facies_las() -> str:
    """A curve of codes, each for four samples of 0.5 m."""
    rows = "".join(f" {1000 + 0.5 * k:.4f} {k // 4}\n" for k in range(16))
    well = "~Well\nSTRT.M 1000.0 :\nSTOP.M 1007.5 :\nSTEP.M 0.5 :\nNULL. -999.25 :\nWELL. A-1 :\n"
    return f"~Version\nVERS. 2.0 :\nWRAP. NO :\n{well}~Curve\nDEPT.M : depth\nFACIES. : codes\n~ASCII\n{rows}"


CONFIG = (
    "# a run\nepochs: 2\nbatch: 4\nlearning_rate: 4.0e-4\nseed: &n 7\nprecision: auto\n"
    "model: {width: 8, channels: 32, heads: 2, window: radii}\nloss:\n  trace: 10.0\n  focal_alpha: 0.75\n"
    "data: {validation_windows: *n}\n"
)
SETTINGS = "# of A-1\nhole_diameter: 0.2159\nreference: north\nnull: [-1, -2.5]\nkind: [Cond=fracture]\nsurvey: s.csv\n"
KINDS = "name,kind\nCond_FTCC,fracture\nDITF,ignore\nLaminae,Bedding\nvague,unknown\n"

_SEEDS: dict[str, Callable[[], list[str | bytes]]] = {
    "dlis": lambda: [dlis(), dlis("ft"), dlis("0.1 in", "ARRAY_WBI_H"), dlis("m", "pads")],
    "las image": lambda: [las_image(), las_3_image()],
    "las picks": lambda: [las_picks(), las_sets()],
    "csv matrix": lambda: [
        matrix(),
        matrix("Depth (ft)", "\t"),
        matrix(separator=";", comma=True),
        matrix("DEPTH", units="m"),
        televiewer(),
        televiewer(";"),
        azimuth_header(),
    ],
    "csv flattened": lambda: [flattened(), flattened("ft", ";"), azimuth_column()],
    "csv picks": lambda: [PICKS, VENDOR_PICKS, BOTH_PICKS, TITLED_PICKS, BLANK_PICKS, SEPARATED_PICKS, PETREL_PICKS],
    "json picks": lambda: [json_picks(), f"[{json_picks()[1:-1]},{json_picks('ft')[1:-1]}]"],
    "csv survey": lambda: [survey(), survey("MD (ft)", ";"), survey_of_planes()],
    "las survey": lambda: [survey_las()],
    "csv intervals": lambda: [intervals(), intervals("ft", ";"), intervals("in", "\t", "Top ({}),Base ({}),Facies")],
    "las intervals": lambda: [facies_las()],
    "kind map": lambda: [KINDS],
    "png": lambda: [picture("png", mode) for mode in ("L", "RGB", "RGBA", "P", "I;16")],
    "tiff": lambda: [*(picture("tiff", mode) for mode in ("L", "RGB", "F", "I;16")), pages()],
    "jpeg": lambda: [picture("jpeg", mode) for mode in ("L", "RGB")],
    "bmp": lambda: [picture("bmp", mode) for mode in ("L", "RGB", "1")],
    "npy": lambda: [npy("f8"), npy("f4"), npy("u1"), npy("i2")],
    "corpus": lambda: [corpus(), corpus_of_version_1()],
    "config": lambda: [CONFIG],
    "settings": lambda: [SETTINGS],
    "weights": lambda: [weights(), weights(digest=False)],
    "checkpoint": lambda: [checkpoint(), checkpoint(digest=False)],
}
READERS = tuple(_SEEDS)


@functools.cache
def seeds(reader: str) -> tuple[bytes, ...]:
    """The valid files of a reader, made once."""
    return tuple(one.encode() if isinstance(one, str) else one for one in _SEEDS[reader]())
