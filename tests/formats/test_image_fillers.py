"""Values that stand for "nothing measured" without lying far outside: asked about or told, never passed over."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.nulls import without_nulls_of
from geobfdt.synthetic.wells import SYNTHETIC_TOOLS, synthetic_well
from tests.formats.reading import read, silently


def filled(value: float, low: float, high: float, share: float, seed: int = 0) -> NDArray[np.float32]:
    """Readings between low and high, of which a share is the value instead."""
    rng = np.random.default_rng(seed)
    image = rng.uniform(low, high, (60, 16)).astype(np.float32)
    image[rng.random(image.shape) < share] = value
    return image


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [(65535, 200, 60000), (65535, 200, 40000), (32767, 100, 30000), (999, 1, 900), (9999, 1, 8000), (99999, 0, 60000)],
)
def test_an_upper_null_that_others_do_not_reach_is_asked_about(value: float, low: float, high: float) -> None:
    image = filled(value, low, high, 0.2)
    with pytest.raises(InputError, match=rf"{value} stands in \d+ of 960 .*--null {value} if .*--null none"):
        without_nulls_of(image.copy(), "a", None)
    assert np.isnan(without_nulls_of(image.copy(), "a", [value])).sum() == (image == value).sum()
    np.testing.assert_array_equal(without_nulls_of(image.copy(), "a", ()), image)


@pytest.mark.parametrize(
    ("value", "low", "high"), [(0, 48, 191), (0, 3000, 59611), (0, -98, 98), (-1, -3, 3), (100, 1, 300), (-5, -4, 9)]
)
def test_a_value_that_is_repeated_as_no_other_is_told(value: float, low: float, high: float) -> None:
    image = filled(value, low, high, 0.2)
    with pytest.warns(InputWarning, match=rf"{value} stands in {(image == value).sum()} of 960 .* --null {value} if"):
        np.testing.assert_array_equal(without_nulls_of(image.copy(), "a", None), image)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(without_nulls_of(image.copy(), "a", [value])).any()
        without_nulls_of(image.copy(), "a", ())


@given(st.sampled_from([0.0, 7.0, 255.0]), st.sampled_from(["columns", "rows"]), st.integers(0, 1000))
@settings(deadline=None, max_examples=30)
def test_whole_columns_and_rows_of_one_value_are_told(value: float, lines: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = np.clip(rng.normal(128, 2.5, (60, 18)).round(), 100, 150).astype(np.float32)  # few levels, all frequent
    image[(slice(None), [3, 9, 15]) if lines == "columns" else slice(20, 29)] = value
    with pytest.warns(InputWarning, match=rf"{value:g} stands in .* taken for readings"):
        np.testing.assert_array_equal(without_nulls_of(image.copy(), "a", None), image)


@pytest.mark.parametrize("value", [0, 255])
@pytest.mark.parametrize("kind", ["png", "npy", "csv"])
def test_gaps_between_pads_in_8_bits_are_told_and_named(tmp_path: Path, value: int, kind: str) -> None:
    image = np.random.default_rng(1).integers(48, 192, (60, 72)).astype(np.uint8)
    image[:, ::6] = value
    path = tmp_path / f"g.{kind}"
    options: dict[str, float] = {"top_m": 10.0, "base_m": 10.59}
    if kind == "png":
        Image.fromarray(image).save(path)
    elif kind == "npy":
        np.save(path, image)
    else:
        lines = [",".join(["DEPTH_m", *(f"IMG[{k}]" for k in range(72))])]
        lines += [f"{10 + 0.01 * row:.2f},{','.join(map(str, pixels))}" for row, pixels in enumerate(image)]
        path.write_text("\n".join(lines))
        options = {}
    with pytest.warns(InputWarning, match=rf"{value} stands in 720 of 4320 values, .* give --null {value} if"):
        read(path, **options)
    assert np.isnan(silently(path, nulls=(value,), **options).image).sum() == 720


@given(st.floats(1e-3, 1e4), st.sampled_from([1e4, 1e9, 1e20]), st.integers(1, 8), st.sampled_from([1, -1]))
@settings(deadline=None, max_examples=40)
def test_a_value_of_another_order_is_told_however_rare(scale: float, times: float, pixels: int, sign: int) -> None:
    image = (scale * np.random.default_rng(pixels).uniform(1, 3, (60, 16))).astype(np.float32)
    image.flat[np.arange(pixels) * 50] = sign * times * scale
    with pytest.warns(InputWarning, match=rf"stands in {pixels} of 960 values, more than 1000 times|taken for null"):
        without_nulls_of(image.copy(), "a", None)


@given(st.sampled_from([-999.0, -9999.25, -99999.0, -32768.0]), st.integers(1, 5), st.sampled_from([5e3, 6e4]))
@settings(deadline=None, max_examples=30)
def test_a_common_negative_null_is_none_of_readings_that_are_not_negative(null: float, times: int, high: float) -> None:
    image = np.random.default_rng(times).uniform(0, high, (60, 16)).astype(np.float32)
    image.flat[np.arange(times) * 90] = null
    with pytest.warns(InputWarning, match=rf"stands in {times} of 960 values, outside .* taken for null"):
        assert np.isnan(without_nulls_of(image, "a", None)).sum() == times


def texture(seed: int, rows: int = 120, columns: int = 72) -> NDArray[np.float64]:
    """Readings that are like those beside them, of a mean of 0 and a spread of 1."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(rows + 4, columns))
    smooth = sum(np.roll(noise, k, axis=1) for k in range(-3, 4))
    smooth = sum(np.roll(smooth, k, axis=0) for k in range(5))[4:] + 0.5 * rng.normal(size=(rows, columns))
    return np.asarray((smooth - smooth.mean()) / smooth.std())


def gaps(kind: str, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Where four pads of 14 columns leave gaps of 4, as the tool turns or not, or where rows are missing."""
    row, column = np.indices(shape)
    if kind == "rows":
        return (row >= 40) & (row < 50)
    return np.asarray((column + (row // 6 if kind == "rotating" else 0)) % 18 < 4)


READINGS = {
    "ohm.m to one decimal": lambda one: np.maximum(np.round(10 ** (0.5 * one - 0.3), 1), 0.1),
    "counts": lambda one: np.maximum(np.round(10 ** (0.5 * one + 2)), 1),
    "five decades": lambda one: 10 ** (0.9 * one + 1),
    "few levels": lambda one: np.clip(np.round(8 + 3 * one), 1, 15),
    "8 bits, saturated": lambda one: np.clip(np.round(128 + 60 * one), 0, 255),
    "signed": lambda one: 300 * one,
}


def assert_not_passed_over(image: NDArray[np.float32], value: float) -> None:
    """That the value is told or asked about, with how often it stands there and the option that decides."""
    times = int((image == np.float32(value)).sum())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises((InputError, InputWarning), match=rf"{value:g} stands in {times} of .*--null {value:g} if"):
            without_nulls_of(image.copy(), "a", None)


@pytest.mark.parametrize("kind", ["rotating", "columns", "rows"])
@pytest.mark.parametrize("readings", READINGS)
@given(st.sampled_from([0.0, 0.001, -1.0]), st.integers(0, 1000))
@settings(deadline=None, max_examples=8)
def test_a_value_in_gaps_is_told_however_close_readings_come_to_it(
    readings: str, kind: str, value: float, seed: int
) -> None:
    """What stands beside a gap is any reading, what stands beside a clipped one is close to it."""
    image = READINGS[readings](texture(seed)).astype(np.float32)
    gap = gaps(kind, image.shape)
    image[gap] = value
    assert_not_passed_over(image, value)
    assert np.isnan(without_nulls_of(image.copy(), "a", [value]))[gap].all()


@pytest.mark.parametrize(("value", "high"), [(9999, 9884), (-1000, 995), (65535, 65000)])
def test_a_null_just_beyond_the_readings_is_never_passed_over(value: float, high: float) -> None:
    image = texture(3)
    image = (high * image / np.abs(image).max()).astype(np.float32)
    image[:, ::4] = value
    assert_not_passed_over(image, value)


@given(st.sampled_from([1, 3, 9, 99]), st.integers(0, 1000))
@settings(deadline=None, max_examples=20)
def test_a_common_null_among_readings_of_its_kind_is_one_of_them(step: int, seed: int) -> None:
    """-9999 is as good a reading as any of 16 bits, unless it stands there oftener or the others are no whole steps."""
    image = (np.round(20000 * texture(seed) / step) * step).clip(-32769, 32769).astype(np.float32)
    image[image == -9999] = -9999 + step
    image.flat[::1001] = -9999
    once = image[1:14]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(without_nulls_of(once.copy(), "a", None), once)
    others = image != -9999
    for told in (np.where(others, image, -9999.0), np.where(others, image + np.float32(0.5), image)):
        told.flat[::50] = -9999
        with pytest.warns(
            InputWarning, match=r"-9999 stands in \d+ of 8640 values, among the readings, taken for null"
        ):
            assert np.isnan(without_nulls_of(told.astype(np.float32), "a", None)).sum() == (told == -9999).sum()


CLIPPED = {
    "8 bits": lambda one: np.clip(np.round(128 + 100 * one), 0, 255),
    "8 bits, most of it": lambda one: np.clip(np.round(128 + 150 * one), 0, 255),
    "8 bits, dark": lambda one: np.clip(np.round(50 + 60 * one), 0, 255),
    "8 bits, bright": lambda one: np.clip(np.round(205 + 60 * one), 0, 255),
    "16 bits": lambda one: np.clip(np.round(32768 + 20000 * one), 0, 65535),
    "signed": lambda one: np.clip(np.round(20000 * one), -32767, 32767),
    "conductivity": lambda one: np.maximum(np.round(50 + 60 * one), 0),
    "2000 ohm.m": lambda one: np.minimum(10 ** (1.2 * one + 2.2), 2000),
    "2000 ohm.m, half of it": lambda one: np.minimum(10 ** (1.2 * one + 3.2), 2000),
    "0 to 1": lambda one: np.clip(np.round(0.5 + 0.3 * one, 2), 0, 1),
    "16 levels": lambda one: np.clip(np.round(8 + 4 * one), 0, 15),
}


@pytest.mark.parametrize("kind", CLIPPED)
@given(st.integers(0, 1000))
@settings(deadline=None, max_examples=10)
def test_saturation_needs_no_word(kind: str, seed: int) -> None:
    image = CLIPPED[kind](texture(seed)).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(without_nulls_of(image.copy(), "a", None, picture=kind.startswith("8")), image)
        np.testing.assert_array_equal(without_nulls_of(image.copy(), "a", None), image)


@pytest.mark.parametrize("tool", sorted(SYNTHETIC_TOOLS))
@given(st.integers(0, 1000), st.sampled_from(["as it is", "grey", "two decimals", "clipped"]))
@settings(max_examples=6, deadline=None)
def test_images_of_every_tool_need_no_word(tool: str, seed: int, kind: str) -> None:
    image = synthetic_well("a", 2.0, seed, tool=tool).log.image.copy()
    low, high = np.nanpercentile(image, [2, 98])
    if kind == "grey":
        image = np.clip((image - low) / (high - low) * 255, 0, 255).round()
    elif kind == "two decimals":
        image = image.round(2)
    elif kind == "clipped":
        image = np.clip(image, low, high)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(without_nulls_of(image.astype(np.float32), "a", None), image.astype(np.float32))
