"""What rows cannot be: facts that never stand together, whatever a policy says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from xl_returns.core import terms
from xl_returns.core.cells import Interval
from xl_returns.core.facts import DOMAINS, STATE_OF_CONDITION
from xl_returns.core.policy import Conditions, Policy, Reason
from xl_returns.lint.space import BLANK_ONLY


def impossible(policy: Policy) -> Iterator[Conditions]:
    """Conditions that no row meets: by what facts mean, by Reasons, and by Settings."""
    yield {"Channel": _of("Channel", ["FBA"]), "Controller": _of("Controller", ["Seller"])}
    yield {"Status": _of("Status", ["Received"]), "Received": _of("Received", ["N"])}
    yield {"Status": _of("Status", ["Refunded"]), "Settled": _of("Settled", ["N"])}
    for condition, state in zip(terms.CONDITIONS, STATE_OF_CONDITION, strict=True):
        yield {"Condition": _of("Condition", [condition]), "State": _but("State", [state])}
    yield from _reasons(policy.reasons)
    lawful = policy.settings.withdrawal_marketplaces
    for withdrawal in (_of("Withdrawal", ["Y"]), BLANK_ONLY):
        yield {"Withdrawal": withdrawal, "Marketplace": _but("Marketplace", lawful)}
    known = _of("Withdrawal", ["Y", "N"])
    there = _of("Marketplace", lawful) or ((-1, -1),)
    yield {"Withdrawal": known, "Marketplace": there, "Age": BLANK_ONLY}


def _reasons(reasons: Sequence[Reason]) -> Iterator[Conditions]:
    """What no reason code claims; a reason that is not known has the group Unknown."""
    for group in terms.REASON_GROUPS:
        named = [reason for reason in reasons if reason.group == group]
        unknown = ["Unknown"] * (group == "Unknown")
        here = _of("Reason Group", [group])
        mfn = _but("Fault", [*(reason.fault_mfn for reason in named), *unknown])
        fba = _but("Fault", [*(reason.fault_fba for reason in named), *unknown])
        states = _but("State", [*(reason.state for reason in named), *unknown])
        yield {"Channel": _of("Channel", ["MFN"]), "Reason Group": here, "Fault": mfn}
        yield {"Channel": _of("Channel", ["FBA"]), "Reason Group": here, "Fault": fba}
        yield {"Condition": BLANK_ONLY, "Reason Group": here, "State": states}


def _of(name: str, chosen: Iterable[str]) -> tuple[Interval, ...]:
    words = set(chosen)
    return tuple((code, code) for code, word in enumerate(DOMAINS[name]) if word in words)


def _but(name: str, others: Iterable[str]) -> tuple[Interval, ...]:
    """All words but some; where none is left nothing meets it, as it should be."""
    return _of(name, set(DOMAINS[name]) - set(others)) or ((-1, -1),)
