"""Where the steps of `decide` run: in this process, or on a Dask cluster.

Dask is an optional extra (`xl-returns[cluster]`) and is loaded only when it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from xl_returns.core.findings import Refusal
from xl_returns.core.language import phrased
from xl_returns.desk.decide_files import Engine, in_this_process

if TYPE_CHECKING:
    from distributed import Client


@contextmanager
def started(engine: str, scheduler: str | None = None) -> Iterator[Engine]:
    """An engine by name; `scheduler` is the address of a Dask cluster. Raises Refusal."""
    if engine == "dask":
        with _client(scheduler) as client:
            yield on_cluster(client)
    else:
        yield in_this_process


def on_cluster(client: Client) -> Engine:
    """Steps as Dask tasks, one for each item.

    Tasks of a lost worker run again on another: a step only makes whole files from whole files.
    """

    def run(step: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        return client.gather(client.map(step, items, pure=False, retries=2))

    return run


@contextmanager
def _client(scheduler: str | None) -> Iterator[Client]:
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise Refusal(
            "dask",
            phrased("is not installed"),
            phrased("install it with `pip install distributed`"),
        ) from None
    if scheduler:
        with _reached(Client, scheduler) as client:
            yield client
        return
    with (
        LocalCluster(
            n_workers=os.cpu_count(), threads_per_worker=1, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def _reached(connect: Callable[[str], Client], scheduler: str) -> Client:
    try:
        return connect(scheduler)
    except (OSError, ValueError) as error:
        raise Refusal(
            scheduler,
            phrased("cannot be reached ({error})", error=error),
            phrased("check the address of the Dask scheduler, such as tcp://host:8786"),
        ) from error
