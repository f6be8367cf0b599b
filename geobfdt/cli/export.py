"""The command that converts picks, for ourselves and for the programs around us."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from geobfdt.borehole import REFERENCES, Reference
from geobfdt.cli import console
from geobfdt.cli.options import Conventions, Json, LogOptions, Overwrite, PickOptions, SurveyOptions
from geobfdt.errors import InputError, counted
from geobfdt.formats import Profile

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.picks import Picks
    from geobfdt.borehole.survey import Survey


@dataclass(frozen=True)
class Selection:
    """Which picks are written."""

    only: Annotated[
        list[str] | None,
        typer.Option(metavar="fracture|bedding|unknown", help="Only picks of this kind. Repeatable."),
    ] = None
    least_confidence: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Only picks of at least this confidence.")
    ] = None

    def of(self, picks: Picks, where: LogOptions, path: Path) -> Picks:
        """Those of the picks of a file that are of these kinds and surely enough so, in the depths and the well named.

        Raises :class:`InputError` where ``path`` holds no picks of that well.
        """
        import numpy as np

        from geobfdt.borehole.picks import KINDS, UNKNOWN

        if self.only is not None:
            for kind in set(self.only) - {*KINDS, UNKNOWN}:
                raise InputError(f"--only {kind}: must be one of {', '.join((*KINDS, UNKNOWN))}")
            picks = picks[np.isin(picks.kind, self.only)]
        if self.least_confidence is not None:
            picks = picks.at_least(self.least_confidence)
        if where.top is not None or where.bottom is not None:
            top = -np.inf if where.top is None else where.top
            picks = picks.within([(top, np.inf if where.bottom is None else where.bottom)])
        return picks if where.well is None else _of_well(picks, where.well, path)


def export(
    picks: Annotated[Path, typer.Argument(metavar="PICKS", help="Picks to convert.")],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FILE.las|.csv|.json|.dlis|.txt|.dat", help="File to write.")
    ],
    profile: Annotated[
        Profile,
        typer.Option(
            help="For whom. numeric: us and all who read plain numbers (.csv, .las, .json, .dlis). techlog: its "
            "columns (.las). points: x_m, y_m, z_m beside the columns of picks.csv (.csv). orientations: X,Y,Z,azimuth,"
            "dip,polarity,formation for GemPy, LoopStructural, Leapfrog (.csv). dips: for Rocscience Dips (.txt). "
            "dfnworks: discs (.dat). core: alpha and beta of oriented core (.csv). petrel: a point file (.txt), "
            "unverified: nobody has read one with Petrel yet."
        ),
    ] = "numeric",
    selection: Selection = Selection(),
    conventions: Conventions = Conventions(),
    pick_options: PickOptions = PickOptions(),
    survey_options: SurveyOptions = SurveyOptions(),
    log: Annotated[Path | None, typer.Option(help="Image log to write into a DLIS beside its picks.")] = None,
    log_options: LogOptions = LogOptions(),
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Convert picks: to CSV, LAS, JSON or DLIS, or as neighbours read them; with a survey, add their true dips.

    --top, --bottom and --well choose picks as well.
    """
    from geobfdt.cli.files import check_kept, provenance_of, written_by
    from geobfdt.formats import write
    from geobfdt.formats.atomic import check_output

    check_output(out)
    check_kept(out, overwrite=overwrite)
    table = selection.of(pick_options.read(picks), log_options, picks)
    said, _ = provenance_of(picks)
    log_options = replace(log_options, reference=_reference(said.get("reference"), log_options.reference, picks))
    survey, collar = survey_options.read(), conventions.collar_at()
    if collar is not None and survey is None:
        raise InputError(f"{picks}: --collar places nothing without the way of the hole; give --survey FILE")
    if survey is not None:
        table = _with_true_dips(table, survey, log_options.reference, picks)
    write(
        table,
        out,
        parameters={**said, **written_by()},
        hole_diameter_m=log_options.diameter_seen,
        well=log_options.well,
        profile=profile,
        depth_unit=conventions.depth_unit,
        survey=survey,
        collar=collar,
        reference=log_options.reference,
        mark=conventions.mark,
        radius_m=conventions.radius,
        log=_image(log, log_options, picks),
    )
    console.answer({"file": str(out), "picks": len(table)}, f"{out}: {counted(len(table), 'pick')}", as_json=as_json)


def _reference(said: str | None, given: Reference | None, path: Path) -> Reference | None:
    """An option, or what the file of picks says; :class:`InputError` where the two contradict each other."""
    known = cast("Reference", said) if said in REFERENCES else None
    if known is not None and given is not None and given != known:
        raise InputError(
            f"{path}: says that its azimuths count from {known}, and --reference {given} that they do not; leave it out"
        )
    return known or given


def _of_well(picks: Picks, well: str, path: Path) -> Picks:
    """The picks of a well; of a file that names none, all, under its name."""
    import numpy as np

    wells = np.unique(picks.well).tolist()
    if wells == [""]:
        return replace(picks, well=well)
    if wells and well not in wells:
        raise InputError(f"{path}: its wells are {', '.join(wells)}; choose one with --well NAME")
    return picks[np.asarray(picks.well) == well]


def _with_true_dips(picks: Picks, survey: Survey, reference: Reference | None, path: Path) -> Picks:
    from geobfdt.borehole.survey import with_true_dips

    if reference is None:
        raise InputError(f"{path}: does not say what azimuths count from; give --reference north or high_side")
    return with_true_dips(picks, survey, reference)


def _image(log: Path | None, options: LogOptions, path: Path) -> ImageLog | None:
    """The image to write beside the picks; without one, what is said of it alone would be taken for heeded."""
    if log is not None:
        return options.read_one(log)
    if (options.image, options.first_azimuth, options.caliper) != (None, None, "mean"):
        raise InputError(f"{path}: --image, --first-azimuth and --caliper say how to read an image; add --log LOG")
    return None
