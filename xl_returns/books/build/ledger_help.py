"""What the headers of the ledgers mean, where the header alone does not say it."""

from __future__ import annotations

from typing import Final

from xl_returns.core import ledgers
from xl_returns.core.ledgers import Ledger

_RATES: Final = {
    "Rate": "Units returned of those shipped, by the month of the order.",
    "Rate From": "The low end of the 95 % interval.",
    "Rate To": "The high end of the 95 % interval.",
    "Threshold": "From the Return Rates sheet.",
    "Verdict": "high: the whole interval lies above the threshold; normal: below it.",
}
_COSTS: Final = {
    "Referral Back": "The part of Amazon's referral fee that comes back with a refund.",
    "Refund Fees": "What Amazon keeps for administering refunds.",
    "Handling": "Inspection, by the Fees sheet.",
    "Recovery": "Net money from the goods that came back.",
    "Reimbursed": "What Amazon paid you for these returns.",
    "Lost Value": "What the goods cost you less what they bring; told beside the cost, no part of it.",
}
HELP: Final[dict[Ledger, dict[str, str]]] = {
    ledgers.DUE: {
        "Hours Left": "Hours until the clock runs out, counted anew whenever the sheet is.",
        "What": "The clock: what must be done by then.",
        "Until": "The end in the marketplace's own time.",
        "Until Here": "The same moment by this computer's clock when process ran.",
        "Forfeits": "What SAFE-T could have paid and will not once you refund by yourself.",
    },
    ledgers.GOODS_IN: {
        "Code": "Scan or type a tracking number, RMA, LPN or order number.",
        "Found": "The first return that the code fits; - means none.",
        "Return ID": "Which return it is, where one code fits several.",
        "Received Date": "The day the goods came. Blank: today.",
        "Units": "How many units are in the parcel; fewer than expected split the return.",
        "Condition": "As you see the goods.",
        "Weight": "The parcel's weight as it came; any unit, the same as Weight Sent.",
        "Weight Sent": "Its weight when you sent it.",
        "Serial": "The serial number on the goods.",
        "Serial Sent": "The serial number of the goods you sent.",
        "Taken In": "Written by Take goods in: what was recorded, and what to look at.",
    },
    ledgers.RECONCILE: {
        "Finding": "What does not agree.",
        "Amount": "What it is about, in the line's own currency.",
        "Route": "Where it is claimed.",
        "Opens": "The first day on which the claim is taken.",
        "Closes": "The last day on which the claim is taken.",
        "Seen In": "The reports that show it.",
    },
    ledgers.FIX_LIST: {
        "Saving": "What the cause costs more than with your other goods.",
        "Sure": "Whether the numbers are enough to act on.",
        "Why": "The numbers behind it.",
    },
    ledgers.SKU_COSTS: {
        "Cost": "What these returns cost in all; the sum stands above.",
        **_RATES,
        **_COSTS,
    },
    ledgers.CAUSES: {
        "Share": "Of all returns in this currency.",
        "By Comment": "Returns whose cause the buyer's own words tell.",
        "Dearest SKU": "The SKU for which this cause costs most.",
        **_COSTS,
    },
    ledgers.BREAK_EVEN: {
        "Break-Even": "From this unit price on the goods are worth taking back.",
        "Tier Low": "Below this price your policy refunds without return.",
        "Left On Table": "What that tier cost more on past returns.",
    },
    ledgers.LOG: {
        "Details": "For machines: what was decided, as JSON.",
        "Override Cost": "What your own decision costs against the suggested one.",
        "Policy Costs": "What the decided action costs more than the cheapest allowed one.",
        "Inputs": "The row as it was decided, so that the decision can be run again.",
        "Seal": "A fingerprint of this line and the one before; audit proves by it.",
    },
}
"""Shown when a header is pointed at."""
