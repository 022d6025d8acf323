"""`python -m plimsoll` is the same as the `plimsoll` program."""

from plimsoll.entrypoints.cli.main import main

main()
