"""temporary"""
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from geobfdt.config import TrainConfig
from geobfdt.corpus import write_corpus
from geobfdt.synthetic import synthetic_well


def commands(well_m: float) -> list[str]:
    return ["geobfdt synth"]

def corpus_file(name: str, well_m: float, work: Path) -> Path:
    return work / "corpora" / f"{name.replace(' ', '-')}-{well_m:g}m.h5"

def is_seen(well: str, config: TrainConfig, file: Path) -> bool:
    return False

def make_corpora(names: Collection[str], well_m: float, work: Path) -> None:
    tools = ["microresistivity_8_pads", "acoustic_televiewer"]
    for name in names:
        file = corpus_file(name, well_m, work)
        if file.exists():
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        wells = []
        for k in range(21):
            w = synthetic_well(f"w{k}", well_m, 1000 + k, tool=tools[k % 2])
            wells.append(replace(w, split="train" if k < 15 else "val" if k < 17 else "test"))
        write_corpus(file, wells)
