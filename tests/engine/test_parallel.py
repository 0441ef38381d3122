"""Threads: nothing to set by hand, and nobody's numbers are touched."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine import parallel
from engine.architecture import Architecture
from engine.heads import Heads
from engine.network import initialise

# Shares of a batch


@pytest.mark.parametrize("cores", [1, 2, 3, 16])
@pytest.mark.parametrize("batch", [0, 1, 31, 63, 64, 65, 100, 1000])
def test_shares_cover_a_batch_and_none_is_small(
    batch: int, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "cores", lambda: cores)
    shares = parallel.shares(batch, hidden=parallel.WORK)
    assert [k for share in shares for k in range(batch)[share]] == list(range(batch))
    sizes = [share.stop - share.start for share in shares]
    assert len(shares) == max(1, min(cores, batch // 32))
    assert max(sizes) - min(sizes) <= 1


def test_little_work_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "cores", lambda: 4)
    counts = {
        (batch, hidden): len(parallel.shares(batch, hidden))
        for batch in (64, 256)
        for hidden in (32, 64, 256)
    }
    assert counts == {(64, 32): 1, (64, 64): 1, (64, 256): 2, (256, 32): 1, (256, 64): 2, (256, 256): 4}


def test_work_is_spread_over_threads_and_comes_back_in_order() -> None:
    meeting = threading.Barrier(2, timeout=20)

    def work(a: int, b: int) -> tuple[int, int]:
        meeting.wait()  # nobody passes alone
        return a * b, threading.get_ident()

    if parallel.cores() < 2:
        pytest.skip("one core")
    found = parallel.spread(work, [2, 3], [5, 7])
    assert [product for product, _ in found] == [10, 21]
    assert threading.get_ident() not in {thread for _, thread in found}
    assert parallel.spread(lambda a: threading.get_ident(), [1]) == [threading.get_ident()]


# BLAS


def blas_threads() -> list[int]:
    return [library.get_num_threads() for library in parallel.one_blas_thread().libraries]


@pytest.fixture
def two_blas_threads(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setattr(parallel.one_blas_thread(), "users", 0)  # a service of another test may hold it
    libraries = parallel.one_blas_thread().libraries
    before = blas_threads()
    for library in libraries:
        library.set_num_threads(2)
    if not libraries or blas_threads() != [2] * len(libraries):
        pytest.skip("this BLAS has one thread")
    yield
    for library, number in zip(libraries, before, strict=True):
        library.set_num_threads(number)


@pytest.mark.usefixtures("two_blas_threads")
def test_blas_keeps_to_one_thread_inside_and_is_as_it_was_afterwards() -> None:
    with parallel.one_blas_thread():
        assert set(blas_threads()) == {1}
        with parallel.one_blas_thread():
            assert set(blas_threads()) == {1}
        assert set(blas_threads()) == {1}
    assert set(blas_threads()) == {2}
    with pytest.raises(ZeroDivisionError), parallel.one_blas_thread():
        raise ZeroDivisionError
    assert set(blas_threads()) == {2}


@pytest.mark.usefixtures("two_blas_threads")
def test_whoever_leaves_first_takes_nothing_from_who_is_still_inside() -> None:
    inside, gone = threading.Event(), threading.Event()

    def first() -> None:
        with parallel.one_blas_thread():
            inside.set()
            gone.wait(20)

    thread = threading.Thread(target=first)
    with parallel.one_blas_thread():
        thread.start()
        assert inside.wait(20)
    assert set(blas_threads()) == {1}
    gone.set()
    thread.join()
    assert set(blas_threads()) == {2}


@pytest.mark.usefixtures("two_blas_threads")
def test_a_network_runs_on_one_blas_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    network = initialise(Architecture("gru", 3, 4, {"readout": 2}), np.random.default_rng(0))
    seen = []

    for name in ("forward", "backward"):
        inside = getattr(Heads, name)

        def look(*arguments, inside=inside):  # type: ignore[no-untyped-def]
            seen.append(set(blas_threads()))
            return inside(*arguments)

        monkeypatch.setattr(Heads, name, look)
    trace = network.forward(np.zeros((2, 1, 3), np.float32))
    network.backward(trace, {"logits": trace.values["logits"]})
    assert seen == [{1}, {1}]
    assert set(blas_threads()) == {2}


def test_several_threads_may_run_the_same_network() -> None:
    network = initialise(Architecture("lstm", 3, 16, {"readout": 2}), np.random.default_rng(0))
    xs = [np.random.default_rng(k).standard_normal((9, 1 + k % 3, 3)).astype(np.float32) for k in range(60)]
    expected = [network.forward(x).values["logits"].copy() for x in xs]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda x: network.forward(x).values["logits"].copy(), xs))
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)
