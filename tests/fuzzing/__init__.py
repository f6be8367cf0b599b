"""Damaged files for every reader: small valid seeds, mutations that follow from a seed number, and what must hold.

``cases.case(reader, number)`` makes the same file every time. ``python -m tests.fuzzing`` makes thousands of them and
reads each in a process with limited time and memory; tests/test_fuzz.py reads a few.
"""
