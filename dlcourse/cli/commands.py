"""What ``dlcourse`` understands; each command is a function in a module of its own."""

import argparse
import sys
from pathlib import Path

from dlcourse import __version__
from dlcourse.cli.errors import CommandError


def main(argv=None):
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv : list of str, optional
        The arguments after the program's name; those of this process when left out.

    Returns
    -------
    int
        0, or 1 when the command failed and said why. A wrong usage exits with 2, as argparse does.
    """
    argv = list(sys.argv[1:] if argv is None else argv)
    argv, lab_arguments = _split_at_dashes(argv)
    parser = _parser()
    arguments = parser.parse_args(argv)
    if lab_arguments and arguments.command != "lab":
        parser.error(f"{arguments.command} takes no arguments after --, only lab does")
    arguments.lab_arguments = lab_arguments
    try:
        return arguments.run(arguments)
    except CommandError as error:
        print(f"dlcourse: {error}", file=sys.stderr)
        return 1


def _split_at_dashes(argv):
    if "--" not in argv:
        return argv, []
    at = argv.index("--")
    return argv[:at], argv[at + 1 :]


def _parser():
    parser = argparse.ArgumentParser(
        prog="dlcourse", description="Deep learning, from one neuron to a trained graph network."
    )
    parser.add_argument("--version", action="version", version=f"dlcourse {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    lab = commands.add_parser(
        "lab",
        help="open the lessons in JupyterLab",
        usage="dlcourse lab [FOLDER] [--no-browser] [--port N] [-- JUPYTERLAB ARGUMENTS]",
        description="Lay the lessons into FOLDER, keeping whatever you changed there, and open JupyterLab.",
    )
    lab.add_argument("folder", nargs="?", type=Path, default=Path("dlcourse-lessons"), metavar="FOLDER")
    lab.add_argument("--no-browser", action="store_true", help="print the address instead of opening it")
    lab.add_argument("--port", type=_port, metavar="N", help="the port to use; a free one when left out")
    lab.set_defaults(run=_lab)

    progress = commands.add_parser("progress", help="show which exercises you have solved")
    progress.add_argument("folder", nargs="?", type=Path, metavar="FOLDER")
    progress.set_defaults(run=_progress)

    doctor = commands.add_parser("doctor", help="say what is installed and what to mend")
    doctor.set_defaults(run=_doctor)
    return parser


def _port(text):
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"expected a port number between 1 and 65535, got {text!r}")
    return int(text)


def _lab(arguments):
    from dlcourse.cli.lab import open_lab

    return open_lab(
        arguments.folder,
        browser=not arguments.no_browser,
        port=arguments.port,
        lab_arguments=arguments.lab_arguments,
    )


def _progress(arguments):
    from dlcourse.cli.progress import print_progress

    return print_progress(arguments.folder)


def _doctor(arguments):
    from dlcourse.cli.doctor import examine

    return examine()
