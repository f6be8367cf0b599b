"""One-to-one choices among pairs of rows and columns, in time that grows with the pairs.

Pairs are (n,) rows and (n,) columns, whole numbers from 0. What every best choice must hold is taken first; what is
left falls into blocks that share neither a row nor a column, and a solver sees a few of them at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, maximum_bipartite_matching, min_weight_full_bipartite_matching

Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]

BATCH_PAIRS = 512
"""Pairs of the blocks that a solver is given at once: the cheapest one looks at every row for every row, and a call
costs as much as some hundred pairs."""
LEAST_FORCED = 0.02
"""Share of the pairs left that another round of forced ones must settle to be worth its time."""


def largest(row: Indices, column: Indices) -> Mask:
    """Which pairs (n,) make some choice of as many as can be: by leaves, then by Hopcroft and Karp's algorithm."""
    chosen, left = _forced(row, column, lambda some: _leaves(row[some], column[some]))
    if len(left):
        rows, i = np.unique(row[left], return_inverse=True)
        columns, j = np.unique(column[left], return_inverse=True)
        graph = csr_array((np.ones(len(left), np.int8), (i, j)), shape=(len(rows), len(columns)))
        chosen[left[j == maximum_bipartite_matching(graph, perm_type="column")[i]]] = True
    return chosen


def closest(row: Indices, column: Indices, steps: NDArray[np.int64]) -> Mask:
    """Which pairs (n,) make the choice of as many as can be with the smallest sum of ``steps`` >= 0, whole numbers, and
    of such choices the one with the smallest sum of their squares.
    """
    chosen, left = _forced(row, column, lambda some: _leaves_nearest(row[some], column[some], steps[some]))
    for block, size in _batches(row[left], column[left]):
        pairs = left[block]
        chosen[pairs] = _solved(row[pairs], column[pairs], steps[pairs].astype(np.float64), size)
    return chosen


def _forced(row: Indices, column: Indices, rule: Callable[[Indices], Mask]) -> tuple[Mask, Indices]:
    """The pairs (n,) that a rule finds to belong to a best choice, again and again as others fall away with them; and
    the indices of those that are left to decide.
    """
    chosen, left = np.zeros(len(row), bool), np.arange(len(row))
    taken = tuple(np.zeros(int(end.max(initial=-1)) + 1, bool) for end in (row, column))
    while len(left):
        forced = left[rule(left)]
        chosen[forced] = True
        taken[0][row[forced]], taken[1][column[forced]] = True, True
        before = len(left)
        left = left[~(taken[0][row[left]] | taken[1][column[left]])]
        if len(forced) <= LEAST_FORCED * before:
            break
    return chosen, left


def _leaves(row: Indices, column: Indices) -> Mask:
    """One pair of every row that has pairs with others' only column, and the other way round: no choice that leaves
    them out is larger.
    """
    found = np.zeros(len(row), bool)
    for one, other in ((row, column), (column, row)):
        leaf = np.flatnonzero(np.bincount(one)[one] == 1)
        first = np.full(int(other.max()) + 1, -1)
        first[other[leaf]] = leaf
        found[first[first >= 0]] = True
    return found


def _leaves_nearest(row: Indices, column: Indices, steps: NDArray[np.int64]) -> Mask:
    """The pairs whose one end has no other, and whose other end has none as near: a choice without such a pair is made
    better by changing to it, so that every best choice holds it.
    """
    found = np.zeros(len(row), bool)
    for one, other in ((row, column), (column, row)):
        nearest = np.full(int(other.max()) + 1, np.iinfo(np.int64).max)
        np.minimum.at(nearest, other, steps)
        at = steps == nearest[other]
        found |= at & (np.bincount(other[at], minlength=len(nearest))[other] == 1) & (np.bincount(one)[one] == 1)
    return found


def _batches(row: Indices, column: Indices) -> Iterator[tuple[Indices, int]]:
    """Indices of the pairs of whole blocks, some :data:`BATCH_PAIRS` at once, and how many rows and columns the largest
    block among them has. A block is a connected component of the graph of pairs.
    """
    if not len(row):
        return
    rows, i = np.unique(row, return_inverse=True)
    columns, j = np.unique(column, return_inverse=True)
    ends = len(rows) + len(columns)
    graph = coo_array((np.ones(len(row), np.int8), (i, len(rows) + j)), shape=(ends, ends))
    _, label = connected_components(graph.tocsr(), directed=False)
    size, block = np.bincount(label), label[i]
    order = np.argsort(block, kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(block))])[:-1]
    batch = (first // BATCH_PAIRS)[block[order]]
    for some in np.split(order, np.flatnonzero(np.diff(batch)) + 1):
        yield some, int(size[block[some]].max())


def _solved(row: Indices, column: Indices, steps: NDArray[np.float64], size: int) -> Mask:
    """:func:`closest` by a solver, for pairs in blocks of at most ``size`` rows and columns."""
    rows, i = np.unique(row, return_inverse=True)
    columns, j = np.unique(column, return_inverse=True)
    # An exchange of pairs never leaves a block, so weights need to dominate only within the largest one, which keeps
    # these whole numbers far below the 2^53 where float64 would stop telling them apart.
    weight = steps * (size * steps.max() ** 2 + 1.0) + steps**2 + 1.0  # at least 1: a sparse zero is no edge
    # The solver wants a partner for every row: each has a stand-in of its own that costs more than any exchange saves.
    stand_in = np.arange(len(rows))
    costs = np.concatenate([weight, np.full(len(rows), size * weight.max() + 1.0)])
    ends = np.concatenate([i, stand_in]), np.concatenate([j, len(columns) + stand_in])
    graph = csr_array((costs, ends), shape=(len(rows), len(columns) + len(rows)))
    matched_row, matched_column = min_weight_full_bipartite_matching(graph)
    partner = np.full(len(rows), -1)
    partner[matched_row] = matched_column
    return np.asarray(j == partner[i])
