"""What the workbook's buttons run: the desk's jobs over the book that is open in Excel.

Each job asks and tells through the host's own message box, and leaves the book as it was when it
cannot be done. The host is Excel, unless another says that it calls.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final, Protocol

import xlwings as xw

from xl_returns.books.book import Book, BookTable
from xl_returns.books.live import OpenWorkbook
from xl_returns.books.policies import policy_of, speak_as
from xl_returns.core import cells
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.ladder import Negotiation
from xl_returns.core.language import RETURNS, marked, named, phrased
from xl_returns.core.policy import Policy
from xl_returns.desk.alternatives import show
from xl_returns.desk.appeals import cases_of, write_appeals
from xl_returns.desk.audit import audit
from xl_returns.desk.batch import batch_of
from xl_returns.desk.frame_files import write_decisions
from xl_returns.desk.goods_in import split_return as split
from xl_returns.desk.goods_in import take_goods_in as take_in_goods
from xl_returns.desk.goods_plan import plan_goods as planned
from xl_returns.desk.goods_plan import write_goods_plan
from xl_returns.desk.insights import insights, write_insights
from xl_returns.desk.intake import read_reports, take_in
from xl_returns.desk.letters import letters_of, write_letters
from xl_returns.desk.offers import answer_offer, make_offer, negotiation_of
from xl_returns.desk.process import process
from xl_returns.desk.returnless import rules_of, write_rules
from xl_returns.desk.review import check, explain
from xl_returns.desk.simulate import simulate_open, write_replay
from xl_returns.desk.summary import Summary, coins
from xl_returns.desk.table import ReturnsTable
from xl_returns.desk.uploads import dropped_unless_saved, mark, release, write_batch

TITLE: Final = "Returns"
_LISTED: Final = 5
_ANSWERS: Final = "ARI"
_ASKED: Final = marked(
    "Type the amount you offered, or how it was answered: A accepted, R refused, I insists on all."
)


def process_returns() -> None:
    """Decide every row; ask first when a lot is to be paid."""
    with _desk() as (book, excel):
        policy, _ = policy_of(book)
        with book.quiet():
            summary = process(
                book, _today(), excel.show, lambda told: _may_pay(excel, policy, told), _now()
            )
        excel.tell(f"{summary}\n{_told(summary.findings)}")


def import_reports() -> None:
    """Ask for report files and take them in."""
    with _desk() as (book, excel):
        chosen = excel.pick_files()
        if not chosen:
            return
        read = read_reports(chosen, book, step=excel.show)
        with book.quiet():
            intake = take_in(read, book, _today())
        excel.tell(f"{intake}\n{_told(intake.findings)}")


def check_policy() -> None:
    """Look at policy, cases and rows; write what is wrong on Check, Policy Check and beside it."""
    with _desk() as (book, excel):
        with book.quiet():
            checked = check(book, _today(), write=True)
        excel.tell("\n".join(checked.told()).strip())


def explain_row() -> None:
    """Say all about the return in the selected row; put its alternatives on their sheet."""
    with _desk() as (book, excel):
        explained = explain(book, excel.selected_return(book), _today())
        with book.quiet():
            show(book, explained.alternatives)
        lines = [f"{title}: {value}" for title, value in explained.lines()]
        choices = [
            f"{named(x['Action'])}: {x['Expected Cost']:.2f}" for x in explained.alternatives
        ]
        excel.tell(
            "\n".join([*lines, phrased("What each choice costs (see Alternatives):"), *choices])
        )


def export() -> None:
    """Write the table with its decisions to a CSV file beside the workbook."""
    with _desk() as (book, excel):
        target = book.path.with_name(f"{book.path.stem}-decisions.csv")
        count = write_decisions(book, target)
        excel.tell(phrased("{count:,} rows written to {target}", count=count, target=target))


def take_goods_in() -> None:
    """Take the lines of Goods In into Returns."""
    with _desk() as (book, excel):
        with book.quiet():
            taken = take_in_goods(book, _today())
        excel.tell(f"{taken}\n{_told(taken.findings)}")


def negotiate() -> None:
    """Show the offers for the selected return; record an offer or its answer."""
    with _desk() as (book, excel):
        name = excel.selected_return(book)
        now = negotiation_of(book, name, _today())
        usual = "" if now.next is None else now.shown(now.next).split()[0]
        said = excel.ask_text(f"{name}: {now}\n{now.learned}\n\n{phrased(_ASKED)}", usual)
        if not said:
            return
        with book.quiet():
            excel.tell(f"{name}: {_negotiated(book, name, said)}")


def _negotiated(book: Book, name: str, said: str) -> Negotiation:
    word = said[:1].upper()
    if word in _ANSWERS:
        return answer_offer(book, name, _today(), accepted=word == "A", insists=word == "I")
    try:
        amount = cells.number(said.replace(",", "."))
    except cells.CellProblem as problem:
        raise Refusal(name, problem.problem, phrased("type an amount, A, R or I")) from None
    return make_offer(book, name, _today(), amount)


def split_return() -> None:
    """Split the selected return by units."""
    with _desk() as (book, excel):
        name = excel.selected_return(book)
        said = excel.ask_text(
            phrased("{name}: how many units in each part? For instance 2 1", name=name), ""
        )
        if not said:
            return
        units = [int(part) for part in said.split() if part.isdecimal()]
        with book.quiet():
            excel.tell(str(split(book, name, units, _today())))


def export_files() -> None:
    """Write refunds for upload, messages, appeals and returnless rules beside the workbook."""
    with _desk() as (book, excel):
        folder = book.path.with_name(f"{book.path.stem}-out")
        letters, kept_back = letters_of(book, _today())
        cases, _ = cases_of(book, _today())
        rules, _ = rules_of(book, _today())
        written = write_letters(letters, folder)
        written += write_appeals(cases, folder) if cases else []
        written += write_rules(rules, folder) if rules else []
        batch = batch_of(book, _today())
        if batch.lines and excel.ask(phrased("{batch}. Export them now?", batch=batch)):
            parts = write_batch(batch, folder, book.path.name)
            with dropped_unless_saved(parts, book.path), book.quiet():
                mark(book, batch, _today())
                excel.save()
            written = [*release(parts), *written]
        names = "\n".join(path.name for path in written)
        told = phrased("In {folder}:\n{names}", folder=folder, names=names)
        findings = dict.fromkeys([*batch.findings, *kept_back])
        excel.tell(f"{told}\n{_told(list(findings))}")


def plan_goods() -> None:
    """Plan all goods together and write the Goods Plan sheet."""
    with _desk() as (book, excel):
        plan = planned(book, _today())
        with book.quiet():
            write_goods_plan(book, plan)
        excel.tell(f"{plan}\n{_told(plan.findings)}")


def look_into_returns() -> None:
    """Write what returns cost, why they come and what to mend first to their sheets."""
    with _desk() as (book, excel):
        excel.show(phrased("Looking into the returns"))
        seen = insights(book, _today())
        with book.quiet():
            lacking = write_insights(book, seen)
        excel.tell(f"{seen.brief}\n{_told([*seen.findings, *lacking])}")


def replay() -> None:
    """Ask for a workbook and replay the returns under its policy, into a file beside this one."""
    with _desk() as (book, excel):
        chosen = excel.pick_files()
        if not chosen:
            return
        seen = simulate_open(book, chosen[0], _today(), excel.show)
        target = book.path.with_name(f"{book.path.stem}-replay.xlsx")
        write_replay(seen, target)
        excel.tell(phrased("{seen}\n\nMore, with charts, in {target}", seen=seen, target=target))


def prove_log() -> None:
    """Prove that the Log is whole and that every decision in it comes out again."""
    with _desk() as (book, excel):
        seen = audit(book)
        told = _told(seen.findings) or phrased("Nothing was changed")
        excel.tell(f"{seen}\n{told}")


class Table(BookTable, Protocol):
    """A table of an open workbook."""

    top: int
    """The sheet's row below the header, counted from 1."""


class OpenBook(Book, Protocol):
    """A workbook that is open in its program."""

    @property
    def tables(self) -> Mapping[str, Table]:
        """The tables by name."""

    def quiet(self) -> AbstractContextManager[object]:
        """Work without recalculation and flicker; take everything back when the work fails."""


class Host(Protocol):
    """The program that has the workbook open, and the person in front of it."""

    def open(self) -> OpenBook:
        """The workbook that called. Raises Refusal."""

    def show(self, text: str) -> None:
        """Say what is being done."""

    def tell(self, text: str, mode: str = "info") -> None:
        """Say something (`info` or `critical`); it waits to be read."""

    def ask(self, text: str) -> bool:
        """Ask whether to go on."""

    def ask_text(self, text: str, usual: str) -> str:
        """Ask for a line of text; blank for no answer."""

    def save(self) -> None:
        """Save the workbook."""

    def pick_files(self) -> list[Path]:
        """The files that the person chooses."""

    def selected_return(self, book: OpenBook) -> str:
        """The return in the selected row. Raises Refusal."""

    def done(self) -> None:
        """Nothing is being done any more."""


class _Excel:
    """The person in front of Excel, as far as the jobs talk to them."""

    def __init__(self) -> None:
        self._book = xw.Book.caller()
        self._app = self._book.app

    def open(self) -> OpenWorkbook:
        return OpenWorkbook(self._book)

    def show(self, text: str) -> None:
        self._app.status_bar = f"{TITLE}: {text} …"

    def tell(self, text: str, mode: str = "info") -> None:
        self._app.alert(text.strip(), TITLE, "ok", mode)

    def ask(self, text: str) -> bool:
        return bool(self._app.alert(text, TITLE, "ok_cancel", "critical") == "ok")

    def ask_text(self, text: str, usual: str) -> str:
        return str(self._book.macro("ReturnsMacros.AskText")(text, usual) or "").strip()

    def save(self) -> None:
        self._book.save()

    def pick_files(self) -> list[Path]:
        names: Any = self._book.macro("ReturnsMacros.PickFiles")()
        return [Path(name) for name in str(names or "").splitlines()]

    def selected_return(self, book: OpenBook) -> str:
        cell = self._book.selection
        return return_at(book, cell.sheet.name if cell else "", cell.row if cell else 0)

    def done(self) -> None:
        self._app.status_bar = False


def return_at(book: OpenBook, sheet: str, row: int) -> str:
    """The return in a row of a sheet, counted from 1. Raises Refusal."""
    table = book.tables[RETURNS]
    if sheet != table.sheet or not table.top <= row < table.top + table.rows:
        raise Refusal(
            phrased("the selection"),
            phrased("is not in the Returns table"),
            phrased("click a row of Returns"),
        )
    return str(ReturnsTable(book).cells["Return ID"][row - table.top] or "")


_host: ContextVar[Callable[[], Host]] = ContextVar("host", default=_Excel)


@contextmanager
def hosted_by(host: Callable[[], Host]) -> Iterator[None]:
    """Let the jobs that are called meanwhile work in another program than Excel."""
    before = _host.set(host)
    try:
        yield
    finally:
        _host.reset(before)


@contextmanager
def _desk() -> Iterator[tuple[OpenBook, Host]]:
    """The calling workbook; whatever goes wrong becomes a sentence."""
    host = _host.get()()
    try:
        book = host.open()
        speak_as(book)
        host.show(phrased("Reading the workbook"))
        yield book, host
    except Refusal as refusal:
        host.tell(str(refusal), "critical")
    except Exception as error:  # noqa: BLE001 - a seller gets a sentence, never a traceback
        host.tell(
            phrased(
                "The desk met a fault of its own and changed nothing. Please run xl-returns doctor.\n\n{name}: {error}",
                name=type(error).__name__,
                error=error,
            ),
            "critical",
        )
    finally:
        host.done()


def _may_pay(excel: Host, policy: Policy, told: Summary) -> bool:
    """Whether to go on; asks when new refunds of a currency exceed the limit in Settings."""
    limits = {tier.currency: tier.high * policy.settings.ask_above for tier in policy.tiers}
    large = {
        currency: amount
        for currency, amount in told.newly_to_refund.items()
        if amount > limits.get(currency, 0)
    }
    return not large or excel.ask(
        phrased("New refunds add up to {coins}. Record these decisions?", coins=coins(large))
    )


def _told(findings: list[Finding]) -> str:
    lines = [f"{named(finding.severity)}: {finding}" for finding in findings[:_LISTED]]
    if len(findings) > _LISTED:
        lines.append(
            phrased("and {count:,} more, on the Check sheet", count=len(findings) - _LISTED)
        )
    return "\n".join(lines)


def _now() -> dt.datetime:
    return dt.datetime.now().astimezone()


def _today() -> dt.date:
    return _now().date()


JOBS: Final[tuple[Callable[[], None], ...]] = (
    process_returns,
    import_reports,
    check_policy,
    explain_row,
    export,
    take_goods_in,
    negotiate,
    split_return,
    export_files,
    plan_goods,
    look_into_returns,
    replay,
    prove_log,
)
"""Every job that the workbook's macros name."""
