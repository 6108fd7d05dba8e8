"""Settings of the whole process, such as warnings and the look of pictures: changed by one thread at a time."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import RLock, get_ident
from typing import Any, TypeVar

T = TypeVar("T")
One = TypeVar("One")

# One lock for all settings: two could each wait for the other.
ALONE = RLock()


@contextmanager
def heard(kind: type[Warning]) -> Iterator[list[Warning]]:
    """Collect the warnings of a kind that this thread gives inside the block; all others go where they would."""
    mine, found = get_ident(), list[Warning]()
    with ALONE, warnings.catch_warnings():
        tell = warnings.showwarning

        def hear(message: Any, category: type[Warning], *where: Any, **more: Any) -> None:
            if get_ident() == mine and issubclass(category, kind):
                found.append(message)
            else:
                tell(message, category, *where, **more)

        warnings.simplefilter("always", kind)
        warnings.showwarning = hear
        yield found


@contextmanager
def all_heard() -> Iterator[list[str]]:
    """Collect what warnings say inside the block, those of every thread, each text once; a whole command is one block.

    No lock is held, so that threads of the command can hear and leave out warnings of their own meanwhile.
    """
    said = list[str]()

    def hear(message: Any, *_: Any, **more: Any) -> None:
        if str(message) not in said:
            said.append(str(message))

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        # What a library says to those who call it is nothing to the reader of a command.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.showwarning = hear
        yield said


@contextmanager
def unheard(kind: type[Warning]) -> Iterator[None]:
    """Leave out the warnings of a kind inside the block."""
    with ALONE, warnings.catch_warnings():
        warnings.simplefilter("ignore", kind)
        yield


@contextmanager
def refusing(kind: type[Warning]) -> Iterator[None]:
    """Raise the warnings of a kind inside the block."""
    with ALONE, warnings.catch_warnings():
        warnings.simplefilter("error", kind)
        yield


def in_order(function: Callable[[One], T], items: Iterable[One], threads: int) -> Generator[T, None, None]:
    """Yield what a function gives for each item, in order, by so many threads; no more items than that are waiting.

    Examples
    --------
    >>> from hengdian_index._system.alone import in_order
    >>> [*in_order(abs, iter([1, -2, 3]), 2)]
    [1, 2, 3]
    """
    waiting: deque[Future[T]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for one in items:
                try:
                    waiting.append(pool.submit(function, one))
                except RuntimeError:  # No thread, or not one more, can be started.
                    yield from (task.result() for task in waiting)
                    waiting.clear()
                    yield function(one)
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for task in waiting:
                task.cancel()


def shared_out(function: Callable[[One], T], items: Iterable[One], threads: int | None) -> list[T]:
    """Return what a function gives for each item, in order, by so many threads; in turn on a system without threads.

    Examples
    --------
    >>> from hengdian_index._system.alone import shared_out
    >>> shared_out(abs, [-1, 2, -3], 2)
    [1, 2, 3]
    """
    items = list(items)
    with ThreadPoolExecutor(threads) as pool:
        try:
            tasks = [pool.submit(function, one) for one in items]
        except RuntimeError:
            # No thread, or not one more, can be started.
            pool.shutdown(cancel_futures=True)
            return [function(one) for one in items]
        return [task.result() for task in tasks]
