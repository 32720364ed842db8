"""The desk's jobs: what the command line, the macros and the functions ask for."""

from xl_returns.desk.process import process_book
from xl_returns.desk.summary import Summary

__all__ = ["Summary", "process_book"]
