"""The policy sheets: one table each, and what their columns hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from xl_returns.core import terms

Cell = Literal["id", "flag", "date", "when", "price", "choice", "number", "percent", "text", "raw"]
"""`when`: any of the declared words; `price`: a tier or an amount in the row's currency;
`raw`: read later, by the row that it belongs to."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a policy table. `condition` columns decide whether a rule applies.

    Workbooks that were made before an `optional` column came read as if it were blank.
    """

    name: str
    cell: Cell
    help: str = ""
    choices: tuple[str, ...] = ()
    condition: bool = False
    width: int = 12
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A policy sheet: its name, its table's name, its file of defaults, and its columns."""

    name: str
    table: str
    file: str
    fields: tuple[Field, ...]
    about: str


def _when(name: str, choices: tuple[str, ...], text: str, width: int = 13) -> Field:
    return Field(name, "when", text, choices, condition=True, width=width)


def _number(name: str, text: str) -> Field:
    return Field(name, "number", text, condition=True)


def _later(
    name: str, cell: Cell, text: str, choices: tuple[str, ...] = (), width: int = 12
) -> Field:
    """A column that came later: workbooks without it are whole."""
    return Field(name, cell, text, choices, width=width, optional=True)


_ID = Field("Rule", "id", "A short name that stays; it is shown beside every decision.", width=8)
_ON = Field("On", "flag", "N switches the rule off.", terms.YES_NO, width=6)
_FROM = Field("From", "date", "First order date; blank = always.")
_TO = Field("To", "date", "Last order date; blank = always.")
_SINCE = Field("From", "date", "First day on which this holds; blank = always.", width=11)
_UNTIL = Field("To", "date", "Last day on which this holds; blank = still.", width=11)
_BASIS = Field("Basis", "choice", "Guide, an open default °, a platform's rule, law, or your own.", terms.BASES, width=10)  # fmt: skip
_NOTE = Field("Note", "text", "Why the rule is as it is.", width=60)
_SOURCE = Field("Source", "text", "Where the number or rule comes from.", width=40)
_END = (_BASIS, _NOTE, _SOURCE)
_MARKET = _when("Marketplace", terms.MARKETPLACES, "Marketplaces; blank = any.")
_CATEGORY = Field("Category", "when", "Category words; blank = any.", (), condition=True)

CHECKED: Final = Field(
    "Check",
    "text",
    "What `check --write` found about this line; yours to read, not to fill.",
    width=50,
)
"""The column that stands last on every policy sheet; no policy reads it."""

SETTINGS: Final = Sheet(
    "Settings", "Settings", "settings.csv",
    (
        Field("Setting", "id", "What is set; do not rename.", width=30),
        Field("Value", "raw", "Your choice.", width=22),
        Field("Unit", "text", "What the value counts."),
        *_END,
    ),
    "Choices that hold for the whole workbook.",
)  # fmt: skip
TIERS: Final = Sheet(
    "Tiers", "Tiers", "tiers.csv",
    (
        Field("Currency", "choice", "Currency of the unit price.", terms.CURRENCIES),
        Field("Low", "number", "Below this a price is low; the amount itself is middle."),
        Field("High", "number", "Above this a price is high; the amount itself is middle."),
        *_END,
    ),
    "Price tiers per currency: low < Low, Low..High is middle, high > High.",
)  # fmt: skip
ACTION_RULES: Final = Sheet(
    "Action Rules", "ActionRules", "action_rules.csv",
    (
        _ID, _ON, _FROM, _TO,
        _when("Channel", terms.CHANNELS, "MFN or FBA; blank = any.", 10),
        _when("Controller", terms.CONTROLLERS, "Who can refund.", 11),
        _when("Status", terms.STATUSES, "Where the return stands.", 20),
        _when("Settled", terms.YES_NO, "Y when refunds reach what the buyer paid.", 9),
        _when("A-to-z", terms.YES_NO, "Y when a claim is open.", 8),
        _when("Reason Group", terms.REASON_GROUPS, "From the Reasons sheet.", 20),
        _when("Fault", terms.FAULTS, "From the Reasons sheet.", 14),
        _when("State", terms.STATES, "Goods as claimed, or as inspected.", 14),
        _when("Condition", terms.CONDITIONS, "Goods as inspected.", 20),
        _when("Received", terms.YES_NO, "Y when the goods are back.", 9),
        _when("Withdrawal", terms.YES_NO, "Y within the EU/UK withdrawal period.", 11),
        _when("In Policy", terms.YES_NO, "Amazon's word.", 9),
        Field("Price", "price", "low, middle, high, or an amount in the row's currency.", terms.TIERS, True),
        _when("Buyer Wants", terms.BUYER_WISHES, "Full refund once an offer was refused.", 14),
        _number("Risk", "0 to 100."),
        _number("Age", "Days since the request."),
        _MARKET, _CATEGORY,
        Field("Action", "choice", "What to do.", terms.ACTIONS, width=22),
        *_END,
    ),
    "FIRST: the first rule, from the top, whose cells all fit decides. Blank = any; <50; 50..100 (both in); A, B; not A.",
)  # fmt: skip
REFUND_RULES: Final = Sheet(
    "Refund Rules", "RefundRules", "refund_rules.csv",
    (
        _ID, _ON, _FROM, _TO, _MARKET, _CATEGORY,
        _when("Fault", terms.FAULTS, "From the Reasons sheet.", 14),
        _when("Withdrawal", terms.YES_NO, "Y within the EU/UK withdrawal period.", 11),
        _when("In Policy", terms.YES_NO, "Amazon's word.", 9),
        _when("State", terms.STATES, "Goods as claimed, or as inspected.", 14),
        _when("Condition", terms.CONDITIONS, "Goods as inspected.", 20),
        Field("Withhold", "percent", "Share of net paid that is kept back; 50 % is 0.5."),
        Field("Refund Outbound", "flag", "Y pays outbound shipping back.", terms.YES_NO),
        Field("Deduct Label", "flag", "Y keeps back the return label that you paid.", terms.YES_NO),
        *_END,
    ),
    "FIRST: what may be withheld once the goods are back, and whether shipping is paid back.",
)  # fmt: skip
REASONS: Final = Sheet(
    "Reasons", "Reasons", "reasons.csv",
    (
        Field("Code", "id", "Amazon's code without CR-, AMZ-PG-, APP-, RO_; or your words.", width=38),
        _ON,
        Field("Group", "choice", "What kind of reason.", terms.REASON_GROUPS, width=16),
        Field("Fault MFN", "choice", "At fault when you ship.", terms.FAULTS),
        Field("Fault FBA", "choice", "At fault when Amazon ships.", terms.FAULTS),
        Field("State", "choice", "Goods as the buyer claims them.", terms.STATES),
        Field("Postage", "choice", "Who pays return postage by the reason.", ("Seller", "Buyer")),
        Field("Meaning", "text", "In words.", width=44),
        *_END,
    ),
    "Reason codes: what they claim, who is at fault, who pays the postage.",
)  # fmt: skip
RESALE_RULES: Final = Sheet(
    "Resale Rules", "ResaleRules", "resale_rules.csv",
    (
        _ID, _ON, _FROM, _TO,
        _when("Channel", terms.CHANNELS, "MFN or FBA; blank = any.", 10),
        _MARKET, _CATEGORY,
        _when("Condition", terms.CONDITIONS, "Goods as inspected.", 26),
        Field("Disposition", "choice", "What becomes of the goods.", terms.DISPOSITIONS, width=22),
        Field("Grade", "choice", "Grade in that outlet.", terms.GRADES),
        Field("Percent of New", "percent", "Price as a share of the new price."),
        Field("Fees", "text", "Names from the Fees sheet, with commas.", width=34),
        Field("Currency", "choice", "Needed when Floor or Cap is filled.", terms.CURRENCIES),
        Field("Floor", "number", "Lowest price; blank = none."),
        Field("Cap", "number", "Highest price; blank = none."),
        _later("Price Ending", "number", "0.99: the price goes down to the nearest one that ends so, never below Floor."),
        _later("Photos", "choice", "Y: not without photos; say so in the row's Photos.", terms.YES_NO, 9),
        _later("Weeks", "number", "Weeks until a unit is sold; blank = at once."),
        _later("Loss per Week", "percent", "Share of its value that a unit loses each week."),
        _later("Storage per Week", "text", "Name from the Fees sheet: for each unit and week.", width=18),
        _later("Chance of Sale", "percent", "How likely a unit is sold at all; blank = surely."),
        _later("Most Units", "number", "Units that this way can take in one goods plan; blank = all."),
        _later("Per Shipment", "text", "Name from the Fees sheet: once for a whole shipment, in the goods plan.", width=18),
        *_END,
    ),
    "Every allowed way to get money from the goods; the one with the best recovery is suggested.",
)  # fmt: skip
FEES: Final = Sheet(
    "Fees", "Fees", "fees.csv",
    (
        Field("Fee", "id", "Name that Resale Rules use.", width=22),
        Field("Marketplace", "choice", "Blank = wherever the currency fits.", terms.MARKETPLACES),
        Field("Currency", "choice", "Currency of Amount and Cap.", terms.CURRENCIES, width=10),
        _SINCE, _UNTIL,
        Field("Percent", "percent", "Share of the price.", width=9),
        Field("Amount", "number", "Money per unit.", width=10),
        Field("Cap", "number", "Most per unit; blank = none.", width=9),
        *_END,
    ),
    "What platforms, carriers and warehouses charge, dated. The most specific line that is valid counts.",
)  # fmt: skip
DEADLINES: Final = Sheet(
    "Deadlines", "Deadlines", "deadlines.csv",
    (
        Field("Deadline", "id", "Name of the clock; do not rename.", width=24),
        Field("Marketplace", "choice", "Blank = every other marketplace.", terms.MARKETPLACES),
        _SINCE, _UNTIL,
        Field("Days", "number", "How long."),
        Field("Unit", "choice", "How days are counted.", ("calendar days", "business days"), width=15),
        Field("Starts", "text", "What starts the clock.", width=26),
        *_END,
    ),
    "Clocks per marketplace, dated by the day that starts them.",
)  # fmt: skip
HOLIDAYS: Final = Sheet(
    "Holidays", "Holidays", "holidays.csv",
    (
        Field("Day", "date", "The day that differs from the public calendar.", width=14),
        _ON,
        Field("Marketplace", "choice", "Blank = everywhere.", terms.MARKETPLACES),
        Field("Closed", "flag", "Y: closed. N: open although it is a public holiday.", terms.YES_NO),
        *_END,
    ),
    "Business days skip weekends and the public holidays of the marketplace; here are the days that differ.",
)  # fmt: skip
RISK_WEIGHTS: Final = Sheet(
    "Risk Weights", "RiskWeights", "risk_weights.csv",
    (
        Field("Signal", "id", "Name of the signal; do not rename.", width=26),
        _ON,
        Field("Points", "number", "Added to the risk; below 0 is counter-evidence."),
        Field("Limit", "number", "Where the signal starts, if it counts something."),
        Field("Meaning", "text", "What is seen.", width=50),
        *_END,
    ),
    "Starting points, not measurements. The sum, cut to 0..100, is the row's risk.",
)  # fmt: skip
MESSAGES: Final = Sheet(
    "Messages", "Messages", "messages.csv",
    (
        Field("Action", "choice", "For which action, or which route of appeal.", terms.ANSWERS, width=22),
        Field("Language", "text", "Reader's language, two letters."),
        Field("Text", "text", "What to write; {item}, {amount} and {order} are filled in.", width=90),
        *_END,
    ),
    "Texts to the buyer, and to Amazon or the carrier for appeals. No review talk, no coupon code, no link: Amazon forbids them.",
)  # fmt: skip
GOODS_CHECKS: Final = Sheet(
    "Goods Checks", "GoodsChecks", "goods_checks.csv",
    (
        Field("Check", "id", "What to do when the goods are on the table.", width=70),
        _ON,
        _CATEGORY,
        Field("Kind", "choice", "A look, a photo, a weighing or a serial number.", terms.GOODS_CHECKS),
        *_END,
    ),
    "What to look at, photograph, weigh and compare when goods come back; shown by `receive`.",
)  # fmt: skip
RETURN_RATES: Final = Sheet(
    "Return Rates", "ReturnRates", "return_rates.csv",
    (
        Field("Category", "text", "Category words, with commas; blank = every other.", width=30),
        Field("Marketplace", "choice", "Blank = every other marketplace.", terms.MARKETPLACES),
        Field("From", "date", "First month of shipping on which this holds; blank = always."),
        Field("To", "date", "Last month of shipping on which this holds; blank = still."),
        Field("Threshold", "percent", "Returned units over shipped units; above it a rate is high."),
        Field("Fee", "number", "What Amazon takes for each FBA unit above it; blank = none."),
        Field("Currency", "choice", "Currency of Fee.", terms.CURRENCIES),
        Field("Least Shipped", "number", "Months with fewer FBA units shipped pay no fee.", width=10),
        _later("Counted Months", "number", "So many months' returns count, that of shipping among them.", width=10),
        _later("Charged From", "number", "Day of the month after those on which Amazon begins to take the fee.", width=10),
        _later("Charged Until", "number", "Day of that month on which the last fee is taken.", width=10),
        *_END,
    ),
    "From which share of returns on a rate is high, and what Amazon takes above it; the most specific line counts.",
)  # fmt: skip
INSIGHT_SETTINGS: Final = Sheet(
    "Insight Settings", "InsightSettings", "insight_settings.csv",
    (
        Field("Setting", "id", "What is set; do not rename.", width=26),
        Field("Currency", "choice", "Only where the value is money.", terms.CURRENCIES),
        Field("Value", "raw", "Your choice.", width=12),
        Field("Unit", "text", "What the value counts.", width=22),
        *_END,
    ),
    "What `insights` calls much, sure and worth it. No decision reads these.",
)  # fmt: skip
LIMITS: Final = Sheet(
    "Limits", "Limits", "limits.csv",
    (
        Field("Limit", "id", "A short name that stays.", width=8),
        _ON, _FROM, _TO,
        _when("Controller", terms.CONTROLLERS, "Who can refund.", 11),
        _when("Status", terms.STATUSES, "Where the return stands.", 20),
        _when("A-to-z", terms.YES_NO, "Y when a claim is open.", 8),
        _when("Fault", terms.FAULTS, "From the Reasons sheet.", 14),
        _when("State", terms.STATES, "Goods as claimed, or as inspected.", 14),
        _when("Condition", terms.CONDITIONS, "Goods as inspected.", 20),
        _when("Received", terms.YES_NO, "Y when the goods are back.", 9),
        _when("Withdrawal", terms.YES_NO, "Y within the EU/UK withdrawal period.", 11),
        _when("In Policy", terms.YES_NO, "Amazon's word.", 9),
        _number("Age", "Days since the request."),
        _MARKET, _CATEGORY,
        Field("Not Allowed", "text", "Actions that rules may not name there, with semicolons.", width=30),
        Field("Most Withheld", "percent", "The most that Refund Rules may keep back; blank = no limit known."),
        Field("Outbound Owed", "choice", "Y: outbound shipping has to be paid back.", terms.YES_NO),
        *_END,
    ),
    "What platform and law allow: `check` compares your rules with it. Of Most Withheld and Outbound Owed the first line that fits counts.",
)  # fmt: skip
CASES: Final = Sheet(
    "Cases", "Cases", "cases.csv",
    (
        Field("Case", "id", "A sentence about the case.", width=44),
        Field("Row", "text", "Cells of the row: Header = value; Header = value.", width=80),
        Field("Expected Action", "choice", "What the policy should say.", terms.ACTIONS, width=22),
        Field("Expected Refund", "number", "What the policy should pay; blank = not looked at."),
        _NOTE,
    ),
    "Examples with the expected outcome; `check` runs them.",
)  # fmt: skip

POLICY: Final = (
    SETTINGS, TIERS, ACTION_RULES, REFUND_RULES, REASONS, RESALE_RULES, FEES, DEADLINES, HOLIDAYS,
    RISK_WEIGHTS, MESSAGES, CASES,
)  # fmt: skip
BESIDE: Final = (LIMITS, GOODS_CHECKS, RETURN_RATES, INSIGHT_SETTINGS)
"""Sheets that decide nothing: they may be missing, and no policy version knows them."""
