"""The review page in a cell of a notebook: the same server, in a thread."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from geobfdt.borehole import DepthUnit
from geobfdt.borehole.curve import Curve
from geobfdt.borehole.image_log import ImageLog, StoredImage
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import uvicorn

    from geobfdt.reviewing.opening import Task
    from geobfdt.reviewing.session import Session

HEIGHT_PX = 800


@dataclass
class ReviewPage:
    """A review that is served as long as this object is not closed; shown as the last value of a cell it is the page.

    :meth:`picks` are what was reviewed, at any time. Use it as a context manager, or call :meth:`close`.
    """

    session: Session
    address: str
    height_px: int = HEIGHT_PX
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None
    _open: ExitStack = field(default_factory=ExitStack)

    def picks(self, *, accepted: bool = False) -> Picks:
        """The picks that are not rejected, or those that are accepted."""
        return self.session.review.table("accepted" if accepted else "kept")

    @property
    def reviewed_m(self) -> tuple[tuple[float, float], ...]:
        """The intervals in metres that were ticked as reviewed."""
        return self.session.review.answer().reviewed_m

    def close(self) -> None:
        """End the server; everything is on the disk."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
            self._server = None
        self._open.close()

    def __enter__(self) -> ReviewPage:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"ReviewPage({self.session.log.well}: {self.address})"

    def _repr_html_(self) -> str:
        """A frame whose address a script sets, by the name that the notebook itself goes by: of another name for this
        machine the browser would take the page's cookie for a stranger's.
        """
        rest = self.address.removeprefix("http://127.0.0.1")
        name = f"geobfdt-review-{rest.partition('/')[0].strip(':')}"
        return (
            f'<iframe id="{name}" title="geobfdt review" width="100%" height="{self.height_px}" '
            f'style="border:1px solid #888"></iframe><script>document.getElementById("{name}").src = "http://" + '
            f'(location.hostname === "localhost" ? "localhost" : "127.0.0.1") + "{rest}";</script>'
        )


def review(
    log: ImageLog,
    picks: Picks | Mapping[str, Picks] | None = None,
    *,
    out: str | Path,
    survey: Survey | None = None,
    curves: Sequence[Curve] = (),
    blind: bool = False,
    reviewer: str = "",
    depth_unit: DepthUnit = "m",
    weights: str | Path | None = None,
    weights_to: str | Path | None = None,
    port: int = 0,
    height_px: int = HEIGHT_PX,
    overwrite: bool = False,
) -> ReviewPage:
    """Review picks on a log: the page of ``geobfdt review`` in a cell of a notebook on this machine.

    log, picks  the image and what is reviewed on it; of several sets by name the first, the others to compare with;
                none to draw all of them
    out         beginning of the names of results; edits go to ``out.review.jsonl`` at once, and the next call with the
                same log, picks and ``out`` goes on there
    survey      for true dips; ``curves`` to show beside (:func:`geobfdt.formats.curves.read_curves`)
    blind       the picks stay hidden until a second pass is finished
    reviewer    who edits, written with the time beside every edit; "" for nobody
    weights     that snap and are taught, the bundled ones where None; ``weights_to``, the folder for what is taught
    overwrite   replace results also where somebody has edited them

    Raises :class:`InputError` on picks of another well or beside the log, on a journal of something else or in use, and
    where ``geobfdt[review]`` is not installed.
    """
    from geobfdt.reviewing.opening import Task, digest_of_image
    from geobfdt.reviewing.review import PickSet
    from geobfdt.reviewing.saving import Saver

    named = {"picks": picks} if isinstance(picks, Picks) else picks or {}
    task = Task(
        log,
        [PickSet(name, one) for name, one in named.items()],
        Saver(Path(out), survey=survey, said=_written_by(), settings={"well": log.well}, overwrite=overwrite),
        log.name or "image",
        digest_of_image(log),
        curves,
        depth_unit,
        bool(log.well),
        blind,
        reviewer,
        None if isinstance(log.image, StoredImage) else partial(_itself, log),
        str(weights or "bundled"),
        None if weights_to is None else Path(weights_to),
    )
    return _served(task, port, height_px)


def _served(task: Task, port: int, height_px: int) -> ReviewPage:
    """The page of a review, from a thread of this process."""
    from geobfdt.reviewing.guard import Keys
    from geobfdt.reviewing.opening import session_of
    from geobfdt.reviewing.server import app_of, check_extra, listening, server_of

    check_extra()
    with ExitStack() as opened:
        session = opened.enter_context(session_of(task))
        listener = opened.enter_context(listening(port))
        keys = Keys(listener.getsockname()[1])
        server = server_of(app_of(session, keys, framed=True))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="geobfdt review", daemon=True)
        thread.start()
        return ReviewPage(session, keys.address, height_px, server, thread, opened.pop_all())


def _itself(log: ImageLog) -> ImageLog:
    """What another process is given as a log."""
    return log


def _written_by() -> dict[str, str]:
    from geobfdt import __version__

    return {"geobfdt": __version__, "command": "geobfdt.review"}
