"""Run the command line with `python -m xl_returns`."""

from xl_returns.cli import main

main()
