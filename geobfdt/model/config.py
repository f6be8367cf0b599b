"""The shape of a network: what its weights hold beside their numbers, and rebuild it from."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_serializer,
    field_validator,
    model_validator,
)

from geobfdt.borehole.names import LONGEST_NAME
from geobfdt.errors import InputError
from geobfdt.windows.grid import ImageForm, WindowUnit

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]  # of what takes time, each at least some milliseconds: of hours
Size = Annotated[int, Field(ge=1, le=100_000)]  # of a part of the network; nothing larger fits a machine
MOST_CLASSES = 1000

Head = Literal["planes", "traces", "both", "classes"]
"""What a network gives: planes by their queries; pixels that traces cover; planes, with the pixels taught beside; or
one label a window, of classes of rock that have names."""
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


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
    classes: Annotated[tuple[Name, ...], Field(max_length=MOST_CLASSES)] = ()  # names of the labels; head classes only
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

    @field_validator("classes", mode="before")
    @classmethod
    def _codes_are_names(cls, value: Any) -> Any:
        """Facies are often numbered: 3 is the name "3". A single name in no list is refused, not taken for letters."""
        if not isinstance(value, list | tuple):
            return value
        return [str(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in value]

    @field_serializer("classes")
    def _as_a_list(self, classes: tuple[str, ...]) -> list[str]:
        """As YAML and JSON have it."""
        return list(classes)

    @model_validator(mode="after")
    def _classes_have_names(self) -> Self:
        if self.head == "classes" and len(self.classes) < 2:
            raise ValueError(
                "head classes needs the names of two classes or more, those of the intervals that teach them; set "
                "classes, as model.classes=[sand,shale]"
            )
        twice = next((name for k, name in enumerate(self.classes) if name in self.classes[:k]), None)
        if twice is not None:
            raise ValueError(f"classes names {twice} twice; leave one out")
        return self

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


def gives_no_planes(source: str, head: Head) -> InputError:
    """What the user is told of weights that were to give planes."""
    return InputError(f"{source}: gives {head}, no planes of its own; give the weights of a detector")


def gives_no_classes(source: str, head: Head) -> InputError:
    """What the user is told of weights that were to give classes."""
    return InputError(f"{source}: gives {head}, no classes of rock; give weights of head classes")
