"""The command ``dlcourse``: open the lessons, see how far you are, find out what is wrong."""

from dlcourse.cli.commands import main

__all__ = ["main"]
