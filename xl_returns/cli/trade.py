"""Commands for goods and offers: goods in, splits, the goods plan, keep-it offers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from xl_returns.books.policies import opened
from xl_returns.cli.shared import (
    EXIT_FINDINGS,
    FILE,
    JSON,
    TODAY,
    day,
    end,
    print_json,
    tell,
)
from xl_returns.cli.shared import amount as typed_amount
from xl_returns.core.language import listed, phrased
from xl_returns.desk.expected import look_up
from xl_returns.desk.goods_in import receive_goods, split_return, take_goods_in
from xl_returns.desk.goods_plan import plan_goods, write_goods_plan
from xl_returns.desk.offers import answer_offer, make_offer, negotiation_of

_TITLES: Final = {
    "return_id": "Return ID", "units": "Units", "condition": "Condition", "photos": "Photos",
    "weight": "Weight", "weight_sent": "Weight Sent", "serial": "Serial",
    "serial_sent": "Serial Sent", "note": "Note",
}  # fmt: skip


@click.command()
@click.argument("book", type=FILE)
@click.argument("code")
@click.option("--return-id", help="Which return, where the code fits several.")
@click.option("--units", type=int, help="How many came; fewer than expected splits the return.")
@click.option("--condition", help="What you found; several with commas.")
@click.option("--photos", is_flag=True, help="You have photos.")
@click.option("--weight", type=float, help="What the parcel weighs.")
@click.option("--weight-sent", type=float, help="What it weighed when you sent it.")
@click.option("--serial", help="The serial number that came.")
@click.option("--serial-sent", help="The serial number that you sent.")
@click.option("--note", help="Anything else.")
@TODAY
@JSON
def receive(book: Path, code: str, today: dt.datetime | None, as_json: bool, **found: Any) -> None:
    """Look up a scanned CODE in BOOK; with what you found, take the goods in.

    CODE is a tracking number, RMA, LPN or order number.
    """
    given = {
        _TITLES[name]: value
        for name, value in found.items()
        if value is not None and value is not False
    }
    if not given:
        expected = look_up(opened(book, read_only=True), code, day(today))
        if as_json:
            print_json(list(map(dataclasses.asdict, expected)))
        else:
            click.echo("\n".join(map(str, expected)) or phrased("Nothing fits {code}", code=code))
        sys.exit(0 if expected else EXIT_FINDINGS)
    file = opened(book)
    line = {name: float(v) if isinstance(v, int) else v for name, v in given.items()}
    taken = receive_goods(
        file, day(today), code, line | ({"Photos": "Y"} if found["photos"] else {})
    )
    file.save()
    tell(taken, as_json)
    end(taken.findings, as_json)


@click.command(name="goods-in")
@click.argument("book", type=FILE)
@TODAY
@JSON
def goods_in(book: Path, today: dt.datetime | None, as_json: bool) -> None:
    """Take the lines of BOOK's Goods In sheet into Returns."""
    file = opened(book)
    taken = take_goods_in(file, day(today))
    file.save()
    tell(taken, as_json)
    end(taken.findings, as_json)


@click.command()
@click.argument("book", type=FILE)
@click.option("--write", is_flag=True, help="Write the plan into BOOK's Goods Plan sheet.")
@TODAY
@JSON
def goods(book: Path, write: bool, today: dt.datetime | None, as_json: bool) -> None:
    """Plan what becomes of all of BOOK's goods together, within caps and shipments."""
    file = opened(book, read_only=not write)
    plan = plan_goods(file, day(today))
    if write:
        plan = write_goods_plan(file, plan)
        file.save()
    tell(plan, as_json)
    end(plan.findings, as_json)


@click.command()
@click.argument("book", type=FILE)
@click.argument("return_id")
@click.argument("units", type=int, nargs=-1, required=True)
@TODAY
@JSON
def split(
    book: Path, return_id: str, units: Sequence[int], today: dt.datetime | None, as_json: bool
) -> None:
    """Split one return of BOOK into several with so many UNITS each, such as 2 1."""
    file = opened(book)
    taken = split_return(file, return_id, units, day(today))
    file.save()
    tell(taken, as_json)


@click.command()
@click.argument("book", type=FILE)
@click.argument("return_id")
@click.option("--made", is_flag=True, help="Record that the next offer was made.")
@click.option("--amount", type=typed_amount, help="Record that an offer of this amount was made.")
@click.option("--accepted", "answer", flag_value="accepted", help="The buyer took the offer.")
@click.option("--refused", "answer", flag_value="refused", help="The buyer did not take it.")
@click.option("--insists", "answer", flag_value="insists", help="Refused, and wants all back.")
@TODAY
@JSON
def offer(
    book: Path,
    return_id: str,
    made: bool,
    amount: float | None,
    answer: str | None,
    today: dt.datetime | None,
    as_json: bool,
) -> None:
    """Show the keep-it offers for one return of BOOK, or record one that was made or answered."""
    made = made or amount is not None
    if made and answer:
        raise click.UsageError(phrased("record the offer first, then its answer"))
    file = opened(book, read_only=not (made or answer))
    asked = day(today)
    if made:
        stands = make_offer(file, return_id, asked, amount)
    elif answer:
        insists = answer == "insists"
        stands = answer_offer(
            file, return_id, asked, accepted=answer == "accepted", insists=insists
        )
    else:
        stands = negotiation_of(file, return_id, asked)
    file.save()
    if as_json:
        print_json(dataclasses.asdict(stands) | {"next": stands.next, "ladder": stands.ladder})
        return
    click.echo(str(stands))
    click.echo(phrased("Ladder: {ladder}", ladder=listed(map(stands.shown, stands.ladder))))
    click.echo(phrased("Learned: {learned}", learned=stands.learned))


COMMANDS = (receive, goods_in, goods, split, offer)
