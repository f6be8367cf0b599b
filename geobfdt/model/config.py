"""The shape of a network: what its weights hold beside their numbers, and rebuild it from."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from geobfdt.windows.grid import ImageForm, WindowUnit

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]  # of what takes time, each at least some milliseconds: of hours
Size = Annotated[int, Field(ge=1, le=100_000)]  # of a part of the network; nothing larger fits a machine

Head = Literal["planes", "traces", "both"]
"""What a network gives: planes by their queries; pixels that traces cover; or planes, with the pixels taught beside."""


class Section(BaseModel):
    """Values by key. None is a truth value, so that a yes or true, which would count as 1, is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_value(cls, value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError("it is neither true nor false, which yes, no, on and off mean in YAML")
        return value


def problem_of(error: ValidationError) -> str:
    """The first thing that is wrong with values, and where among them, in a line."""
    first = error.errors(include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    if first["type"] == "missing":
        return f"it lacks {where}"
    return f"{where}: {first['msg']}" if where else first["msg"]


class ModelConfig(Section):
    """Shape of the detector; stored with its weights, which rebuild it."""

    head: Head = "planes"
    image: ImageForm = "window"
    backbone: Literal[10, 14, 18, 34] = 10  # depth of the ResNet
    width: Size = 64  # channels of its first stage
    channels: Size = 256  # of the transformer
    heads: Size = 8
    feed_forward: Size = 1024  # hidden channels
    encoder_layers: Size = 4
    decoder_layers: Size = 4
    window: WindowUnit = "radii"  # radii: windows follow the hole; metres: those of an 8.5 in hole
    queries: Size = 80  # more than the ~70 planes that a dense window can hold
    dropout: Annotated[float, Field(ge=0.0, le=0.99)] = 0.2  # where nothing is left there is nothing to scale up
    decoder: Literal["curve", "plain"] = "plain"  # curve: look along each query's sinusoid; plain: the published one
    target: Literal["vector", "scalar", "sinusoid"] = "scalar"  # depth and dip vector; depth, dip, azimuth; (z0, a, b)
    proposals: Annotated[int, Field(ge=0, le=100_000)] = 0  # more queries, at the strongest traces; curve decoder only
    curve_channels: Size = 32  # of the map that curves are sampled on
    curve_offsets: Size = 9  # rows of that map seen around the curve

    @model_validator(mode="after")
    def _heads_share_the_channels(self) -> Self:
        if self.channels % self.heads or self.channels % 4:  # a quarter encodes the sine of depth, and so on
            raise ValueError(
                f"channels must be a multiple of 4 and of heads, {self.heads}, found {self.channels}; change one"
            )
        return self

    @model_validator(mode="after")
    def _proposals_need_traces(self) -> Self:
        if self.proposals and self.decoder == "plain":
            raise ValueError(
                "proposals are read off the curve decoder's traces; set decoder to curve or proposals to 0"
            )
        return self
