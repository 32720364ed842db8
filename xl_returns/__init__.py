"""A returns desk in Excel: every returned order line decided by the seller's own policy."""

from xl_returns.core import version
from xl_returns.desk.single import Decision, ReturnItem, decide, load_policy

__all__ = ["Decision", "ReturnItem", "__version__", "decide", "load_policy"]
__version__ = version.ENGINE
