"""The desk's jobs: what the command line, the macros and the functions ask for."""

from xl_returns.desk.process import Summary, process_book

__all__ = ["Summary", "process_book"]
