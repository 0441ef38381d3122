"""Where figures were measured: they mean little without it."""

from __future__ import annotations

import os
import platform
from datetime import date
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.peers.registry import installed


def machine() -> dict[str, Any]:
    """Processor, cores, load average before the run, date, and the version of all that computes."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "date": date.today().isoformat(),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": f"{blas['name']} {blas['version']}",
        "blas_threads": _blas_threads(),
        **{name: version(name) for name in ("torch", "onnxruntime") if installed(name)},
    }


def _cpu() -> str:
    """The processor's name, as exactly as the system tells it."""
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text("utf-8").splitlines() if listed.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _blas_threads() -> int | None:
    """How many threads NumPy's own BLAS has; PyTorch's are set by each peer."""
    if not installed("threadpoolctl"):
        return None
    pools = import_module("threadpoolctl").threadpool_info()
    return next((pool["num_threads"] for pool in pools if "numpy" in pool["filepath"]), None)
