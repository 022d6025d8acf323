"""The `plimsoll` program, and `python -m plimsoll` the same.

Ctrl-C while the command line itself is still being imported is answered here, as it is later by the command line.
"""

import sys


def main() -> None:
    """Entry point of the program."""
    try:
        from plimsoll.entrypoints.cli.main import main as command_line

        command_line()
    except KeyboardInterrupt:
        sys.stderr.write("plimsoll: stopped\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
