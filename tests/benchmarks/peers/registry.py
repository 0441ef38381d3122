"""Whom we are compared with. A peer is a module here that has a function for each kind of work it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from tests.benchmarks.problem import Candidate, Problem


@dataclass(frozen=True)
class Peer:
    """module: its name in this package. needs: packages that it imports; they may be missing."""

    module: str
    needs: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        return [package for package in self.needs if not installed(package)]

    def candidate(self, work: str, problem: Problem) -> Candidate:
        make: Callable[[Problem], Candidate] = getattr(
            import_module(f"tests.benchmarks.peers.{self.module}"), work
        )
        return make(problem)


PEERS = {
    "PyTorch fused": Peer("torch_fused", ("torch",)),
    "PyTorch, a loop over the Cell": Peer("torch_cells", ("torch",)),
    "PyTorch, a trace by hand": Peer("torch_by_hand", ("torch",)),
    "ONNX Runtime": Peer("onnx_node", ("onnx", "onnxruntime")),
    "NumPy, as tutorials write it": Peer("naive"),
}


def installed(package: str) -> bool:
    return find_spec(package) is not None


def missing() -> dict[str, list[str]]:
    """Peer -> the packages that it lacks, for those that lack any."""
    return {name: peer.missing for name, peer in PEERS.items() if peer.missing}
