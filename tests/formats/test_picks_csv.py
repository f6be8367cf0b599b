"""picks.csv is what pandas would write, to the byte, though pandas is not asked."""

import numpy as np
import pytest

from geobfdt.borehole.picks import Picks, wrap_azimuth_deg
from geobfdt.formats.picks_csv import MAX_PRINTED_DIP_DEG, write_picks


def some_picks(rng, count):
    """Of every magnitude, half of what may be left out left out, names with commas, quotes and accents."""

    def gappy(most):
        return np.where(rng.random(count) < 0.5, np.nan, rng.uniform(0, most, count))

    return Picks(
        rng.uniform(-5, 5000, count) * 10.0 ** rng.integers(-8, 3),
        rng.uniform(0, 89.99999, count),
        rng.uniform(0, 359.999999, count),
        rng.choice(["fracture", "bedding", "unknown"], count),
        gappy(1),
        true_dip_deg=gappy(180),
        true_azimuth_deg=gappy(359.99999),
        quality=rng.choice(["", "a,b", 'q"x', "é"], count),
        well=rng.choice(["w", 'A "1", x', "井"], count),
    )


@pytest.mark.parametrize("count", [0, 1, 40])
def test_it_is_what_pandas_writes(tmp_path, count):
    rng = np.random.default_rng(count)
    for _ in range(10):
        picks = some_picks(rng, count)
        write_picks(picks, tmp_path / "picks.csv")
        table = picks.to_pandas()
        table["dip_deg"] = np.minimum(table["dip_deg"], MAX_PRINTED_DIP_DEG)
        for name in ("azimuth_deg", "true_azimuth_deg", "hole_azimuth_deg"):
            table[name] = wrap_azimuth_deg(np.round(table[name].to_numpy(), 4))
        expected = table.to_csv(index=False, float_format="%.4f", lineterminator="\n")
        assert (tmp_path / "picks.csv").read_bytes() == expected.encode()
