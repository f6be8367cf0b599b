"""Wells of the bench: volumes of rock that a hole is cut through and a tool measures.

They share no line with :mod:`geobfdt.synthetic`, on purpose: what proves must not be what trains.
"""
