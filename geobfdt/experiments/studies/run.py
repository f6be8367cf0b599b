"""Running studies: trials side by side, each once, whatever interrupts them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import torch

from geobfdt.experiments.studies import check_name
from geobfdt.experiments.studies.budget import Budget
from geobfdt.experiments.studies.catalogue import STUDIES
from geobfdt.experiments.studies.corpora import make_corpora
from geobfdt.experiments.studies.page import write_page, write_study
from geobfdt.experiments.studies.study import Study
from geobfdt.experiments.studies.trial import Trial, run_trial, trials_of
from geobfdt.model.device import device_of
from geobfdt.training import WandbMode
from geobfdt.workers.processors import processors

Progress = Callable[[str, int, int], None]


def named(name: str) -> tuple[Study, ...]:
    """The study of a name, or all of them. Raises :class:`InputError` with the names that there are."""
    return tuple(study for study in STUDIES if check_name(name) in (study.name, "all"))


def run_studies(
    studies: Sequence[Study],
    out: Path,
    budget: Budget,
    *,
    device: str = "auto",
    wandb_mode: WandbMode = "offline",
    progress: Progress = lambda study, done, total: None,
) -> list[Path]:
    """Run studies and return the files written: of each a table, a CSV and a plot, and the page of all that are done.

    Trials whose outcome lies in ``out`` already are not run again, and one that was stopped goes on from its last
    epoch. ``progress`` is called with how many of a study's trials are done.
    """
    folder, work = out / "studies", out / "scratch"
    where = device_of(device)
    make_corpora({corpus for study in studies for row in study.rows for corpus in row.corpora}, budget.well_m, work)
    files: list[Path] = []
    for study in studies:
        trials = {trial.key: trial for row in study.rows for seed in trials_of(study, row, budget) for trial in seed}
        waiting = [trial for trial in trials.values() if trial.outcome(folder) is None]
        progress(study.name, len(trials) - len(waiting), len(trials))
        for done in _run(waiting, folder, work, where, wandb_mode):
            progress(study.name, len(trials) - len(waiting) + done, len(trials))
        files += write_study(study, budget, folder)
    return [*files, write_page(out, budget, STUDIES)]


def _run(trials: Sequence[Trial], folder: Path, work: Path, device: torch.device, mode: WandbMode) -> Iterator[int]:
    """Run trials, yielding how many are done. On a CPU one a core: small networks gain little from a second thread."""
    if device.type != "cpu":
        for done, trial in enumerate(trials, 1):
            run_trial(trial, folder, work, device, mode)
            yield done
        return
    spawning = multiprocessing.get_context("spawn")
    with _one_thread_each(), ProcessPoolExecutor(processors(), spawning, _end_with_parent) as pool:
        running = [pool.submit(run_trial, trial, folder, work, device, mode) for trial in trials]
        try:
            for done, finished in enumerate(as_completed(running), 1):
                finished.result()
                yield done
        except BaseException:
            # Nobody waits minutes for trials that go on from their last epoch another time.
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Numerical libraries of the processes that are started meanwhile read it when they load."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        yield
    finally:
        del os.environ["OMP_NUM_THREADS"]
        if before is not None:
            os.environ["OMP_NUM_THREADS"] = before


def _end_with_parent() -> None:
    """A worker whose parent was killed would go on writing into a folder that the next run resumes. Ctrl-C is the
    parent's affair.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    parent = multiprocessing.parent_process()  # also where it was killed before this process had begun
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
