"""The tables that the desk keeps beside Returns: each a sheet of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from xl_returns.core import sheets, terms

Kind = Literal[
    "text", "word", "cell", "prose", "choice", "money", "number", "percent", "fine percent", "hours", "whole", "date",
    "time",
]  # fmt: skip
"""`word` and `choice` are declared words, `cell` is a cell of a rule, `prose` is sentences."""

NONE: Final = "-"
"""What a look-up shows without an answer: Calc cannot keep a formula's blank text."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A column of a ledger: its header, what it holds, its width, and the words it may hold."""

    name: str
    kind: Kind = "text"
    width: int = 14
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """A table beside Returns; `typed` are the columns that the seller fills.

    Rows of a ledger that `wraps` have room for two lines of text; a fresh one has so many blank
    rows. What stands right of `printed_to` is left out on paper.
    """

    sheet: str
    table: str
    about: str
    columns: tuple[Entry, ...]
    typed: tuple[str, ...] = ()
    wraps: bool = False
    hidden: bool = False
    blank_rows: int = 1
    printed_to: str = ""

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers from left to right."""
        return tuple(column.name for column in self.columns)

    def kind(self, header: str) -> Kind:
        """What a column of it holds."""
        return next(column.kind for column in self.columns if column.name == header)


DUE: Final = Ledger(
    "Due", "Due",
    "Every clock that runs, the shortest first; Until is the marketplace's own time. Written by process.",
    (
        Entry("Hours Left", "hours", 14), Entry("What", "word", 26), Entry("Until", "time", 18),
        Entry("Time Zone", "text", 20), Entry("Until Here", "time", 18), Entry("Return ID", "text", 20),
        Entry("Order ID", "text", 22), Entry("Marketplace", "text", 13), Entry("Action", "word", 22),
        Entry("Refund", "money", 12), Entry("Currency", "text", 10), Entry("Forfeits", "money", 12),
    ),
)  # fmt: skip
GOODS_IN: Final = Ledger(
    "Goods In", "GoodsIn",
    "Scan or type a tracking number, RMA, LPN or order number into Code; fill what you see; then Take goods in (ribbon), or xl-returns goods-in.",
    (
        Entry("Code", "text", 24), Entry("Found", "text", 22), Entry("Item", "prose", 34),
        Entry("Return ID", "text", 22), Entry("Received Date", "date", 16), Entry("Units", "whole", 8),
        Entry("Condition", "choice", 16, terms.CONDITIONS), Entry("Photos", "choice", 9, terms.YES_NO),
        Entry("Weight", "number", 10), Entry("Weight Sent", "number", 14), Entry("Serial", "text", 18),
        Entry("Serial Sent", "text", 18), Entry("Note", "prose", 30), Entry("Taken In", "prose", 70),
    ),
    typed=(
        "Code", "Return ID", "Received Date", "Units", "Condition", "Photos", "Weight", "Weight Sent",
        "Serial", "Serial Sent", "Note",
    ),
    blank_rows=30,
    printed_to="Weight",
)  # fmt: skip
RECONCILE: Final = Ledger(
    "Reconcile", "Reconcile",
    "What returns, refunds and reimbursements do not agree about, and what to do. Your Note stays.",
    (
        Entry("Finding", "word", 36), Entry("Return ID", "text", 20), Entry("Order ID", "text", 22),
        Entry("SKU", "text", 18), Entry("Units", "whole", 8), Entry("Amount", "money", 12),
        Entry("Currency", "text", 10), Entry("Route", "word", 18), Entry("Opens", "date", 12),
        Entry("Closes", "date", 12), Entry("What To Do", "prose", 76), Entry("Seen In", "prose", 50),
        Entry("Your Note", "prose", 30),
    ),
    typed=("Your Note",),
    printed_to="What To Do",
)  # fmt: skip
SETTLED: Final = "Settled: "
"""Stands before a finding of Reconcile that is gone and on which the seller has a note."""
GOODS_PLAN: Final = Ledger(
    "Goods Plan", "GoodsPlan",
    "The best way for all goods together, within Most Units and Per Shipment of the Resale Rules. Recovery and Best Alone are of all units of the line. Written by xl-returns goods --write.",
    (
        Entry("Return ID", "text", 20), Entry("SKU", "text", 18), Entry("Units", "whole", 8),
        Entry("Currency", "text", 10), Entry("Way", "text", 8), Entry("Disposition", "word", 22),
        Entry("Grade", "word", 12), Entry("Price", "money", 12), Entry("Recovery", "money", 12),
        Entry("Best Alone", "money", 12), Entry("Why", "prose", 76),
    ),
)  # fmt: skip
SALES: Final = Ledger(
    "Sales", "Sales",
    "Units shipped by the month of the order; written by import of All orders. A line keeps the most that one import told: import whole months, or the parts of a month together.",
    (
        Entry("SKU", "text", 18), Entry("ASIN", "text", 13), Entry("Marketplace", "text", 13),
        Entry("Channel", "text", 9), Entry("Month", "date", 12), Entry("Units Shipped", "whole", 10),
        Entry("Currency", "text", 10), Entry("Revenue", "money", 13), Entry("Ad Spend", "money", 12),
        Entry("Supplier", "text", 22), Entry("Unit Freight", "money", 12),
    ),
    typed=("Ad Spend", "Supplier", "Unit Freight"),
)  # fmt: skip
SKU_COSTS: Final = Ledger(
    "SKU Costs", "SKUCosts",
    "What returns cost: Cost = Refunds - Referral Back + Refund Fees + Labels + Handling + Ad Spend - Recovery - Reimbursed. Written by insights --write.",
    (
        Entry("SKU", "text", 18), Entry("Item", "prose", 34), Entry("Marketplace", "text", 13),
        Entry("Currency", "text", 10), Entry("Cost", "money", 12), Entry("Returns", "whole", 9),
        Entry("Units", "whole", 8), Entry("Shipped", "whole", 9), Entry("Rate", "fine percent", 9),
        Entry("Rate From", "fine percent", 9), Entry("Rate To", "fine percent", 9),
        Entry("Threshold", "fine percent", 11), Entry("Verdict", "text", 16),
        Entry("Refunds", "money", 12), Entry("Referral Back", "money", 12),
        Entry("Refund Fees", "money", 12), Entry("Labels", "money", 11),
        Entry("Handling", "money", 11), Entry("Ad Spend", "money", 11),
        Entry("Recovery", "money", 11), Entry("Reimbursed", "money", 12),
        Entry("Lost Value", "money", 12), Entry("Main Cause", "prose", 24),
    ),
)  # fmt: skip
CAUSES: Final = Ledger(
    "Causes", "Causes",
    "Why goods come back: the buyers' own words (English, Chinese) first, the reason code where they say nothing. Written by insights --write.",
    (
        Entry("Cause", "prose", 26), Entry("Kind", "text", 12), Entry("Returns", "whole", 9),
        Entry("Share", "fine percent", 9), Entry("By Comment", "whole", 11),
        Entry("Currency", "text", 10), Entry("Cost", "money", 12), Entry("Refunds", "money", 12),
        Entry("Referral Back", "money", 12), Entry("Refund Fees", "money", 12),
        Entry("Labels", "money", 11), Entry("Handling", "money", 11), Entry("Ad Spend", "money", 11),
        Entry("Recovery", "money", 11), Entry("Reimbursed", "money", 12),
        Entry("Lost Value", "money", 12), Entry("Dearest SKU", "text", 18),
        Entry("In Their Words", "prose", 60), Entry("What To Fix", "prose", 70),
    ),
)  # fmt: skip
BREAK_EVEN: Final = Ledger(
    "Break-Even", "BreakEven",
    "From Break-Even on the goods bring more than label and inspection: below it, refund without return is cheaper. Left On Table: what your tier Low cost more on past returns. Means are of a unit. Written by insights --write.",
    (
        Entry("SKU", "text", 18), Entry("Item", "prose", 34), Entry("Marketplace", "text", 13),
        Entry("Currency", "text", 10), Entry("Returns", "whole", 9), Entry("Unit Paid", "money", 12),
        Entry("Handling", "money", 11), Entry("Recovery", "money", 11),
        Entry("Break-Even", "money", 12), Entry("Tier Low", "money", 11),
        Entry("Left On Table", "money", 14), Entry("What It Means", "prose", 70),
    ),
)  # fmt: skip
FIX_LIST: Final = Ledger(
    "Fix List", "FixList",
    "What to do first. Saving of a cause = Cost x (1 - usual rate / own rate): what it costs more than with your other goods. What is sure comes first; of the rest the 20 largest. Written by insights --write.",
    (
        Entry("Kind", "text", 18), Entry("SKU", "text", 18), Entry("Item", "prose", 34),
        Entry("Marketplace", "text", 13), Entry("Cause", "prose", 26), Entry("Returns", "whole", 9),
        Entry("Cost", "money", 12), Entry("Saving", "money", 12), Entry("Currency", "text", 10),
        Entry("Sure", "text", 16), Entry("What To Do", "prose", 80), Entry("Why", "prose", 80),
    ),
    printed_to="What To Do",
)  # fmt: skip
EVENTS: Final = Ledger(
    "Events", "Events",
    "What companion reports say: refunds, reimbursements, replacements, removals. Written by import.",
    (
        Entry("Kind", "word", 16), Entry("Day", "date", 12), Entry("Order ID", "text", 22),
        Entry("SKU", "text", 18), Entry("Units", "whole", 8), Entry("Amount", "money", 12),
        Entry("Tax", "money", 10), Entry("Currency", "text", 10), Entry("Marketplace", "text", 13),
        Entry("Channel", "text", 9), Entry("Reference", "text", 24), Entry("Source", "word", 22),
        Entry("Detail", "prose", 50),
    ),
)  # fmt: skip
ALTERNATIVES: Final = Ledger(
    "Alternatives", "Alternatives",
    "What each allowed action on one return would cost you from now on, the cheapest first. Written by Explain (ribbon) for the selected row, or xl-returns explain --write.",
    (
        Entry("Return ID", "text", 20), Entry("Action", "word", 22), Entry("Expected Cost", "money", 14),
        Entry("Above Cheapest", "money", 16), Entry("Policy", "word", 10), Entry("Refund", "money", 12),
        Entry("Chance Taken", "percent", 14), Entry("Fees Back", "money", 12),
        Entry("Chance Goods Back", "percent", 19), Entry("Handling", "money", 12),
        Entry("Recovery", "money", 12), Entry("Appeal Given Up", "money", 17),
        Entry("Currency", "text", 10), Entry("Note", "prose", 60),
    ),
)  # fmt: skip
LOG: Final = Ledger(
    "Log", "Log",
    "Every decision, offer, upload and import, newest below. Each line seals the one before; see `audit`.",
    (
        Entry("At", "date", 12), Entry("Event", "word", 14), Entry("Return ID", "text", 24),
        Entry("Action", "word", 20), Entry("Refund", "money", 12), Entry("Currency", "text", 10),
        Entry("Rule", "text", 8), Entry("Policy Version", "text", 15), Entry("Details", "prose", 40),
        Entry("Who", "text", 16), Entry("Override Cost", "money", 14), Entry("Engine", "text", 10),
        Entry("Inputs", "prose", 40), Entry("Seal", "text", 36), Entry("Policy Costs", "money", 14),
    ),
    printed_to="Who",
)  # fmt: skip
CHECK: Final = Ledger(
    "Check", "Check",
    "What the last run found, each at its cell. Empty is good.",
    (
        Entry("Severity", "word", 12), Entry("Place", "text", 28), Entry("Problem", "prose", 70),
        Entry("Remedy", "prose", 60),
    ),
    wraps=True,
)  # fmt: skip
POLICY_CHECK: Final = Ledger(
    "Policy Check", "PolicyCheck",
    "What check --write found about the policy. From Rule on to the right stands a line that would decide the rows found: copy it into Action Rules, choose its Action. Examples were decided as they say.",
    (
        Entry("Severity", "word", 11), Entry("Kind", "word", 14), Entry("About", "text", 9),
        Entry("Place", "text", 20), Entry("Problem", "prose", 110), Entry("Remedy", "prose", 60),
        Entry("Your Rows", "whole", 10), Entry("Example", "prose", 90), Entry("Cells", "prose", 70),
        *(Entry(field.name, "cell", field.width) for field in sheets.ACTION_RULES.fields),
    ),
    printed_to="Example",
)  # fmt: skip
POLICIES: Final = Ledger(
    "Policies", "Policies",
    "Every policy that ever decided here, so that past decisions can be run again. Do not edit.",
    (
        Entry("Version", "text", 16), Entry("Kept Since", "date", 12), Entry("Part", "whole", 8),
        Entry("Content", "prose", 90),
    ),
    hidden=True,
)  # fmt: skip
DAILY: Final = (DUE, GOODS_IN, GOODS_PLAN, ALTERNATIVES, RECONCILE)
INSIGHT: Final = (FIX_LIST, SKU_COSTS, CAUSES, BREAK_EVEN, SALES)
RECORD: Final = (EVENTS, LOG, CHECK, POLICY_CHECK, POLICIES)
ALL: Final = (*DAILY, *INSIGHT, *RECORD)
