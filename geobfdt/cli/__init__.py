"""The command line: a file a group of commands, thin over the library."""

from geobfdt.cli.app import main

__all__ = ["main"]
