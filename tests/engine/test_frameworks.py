"""Against PyTorch itself, where it is installed: sizes that no golden array has."""

from __future__ import annotations

import numpy as np
import pytest

from engine.architecture import Architecture
from engine.cells import cell
from engine.layer import Layer
from engine.network import Network

pytestmark = pytest.mark.frameworks

CELLS = {"rnn": "RNN", "rnn-relu": "RNN", "lstm": "LSTM", "gru": "GRU"}


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize(
    ("steps", "batch", "inputs", "hidden"), [(1, 1, 1, 1), (50, 4, 3, 32), (20, 2, 7, 64)]
)
def test_a_layer_is_pytorchs(name: str, steps: int, batch: int, inputs: int, hidden: int) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    torch.manual_seed(0)
    more = {"nonlinearity": "relu"} if name == "rnn-relu" else {}
    theirs = getattr(torch.nn, CELLS[name])(inputs, hidden, dtype=torch.float64, **more)
    x = torch.randn(steps, batch, inputs, dtype=torch.float64, requires_grad=True)
    cotangent = torch.randn(steps, batch, hidden, dtype=torch.float64)
    h, _ = theirs(x)
    (h * cotangent).sum().backward()

    parameters = {
        ours: getattr(theirs, f"{kind}_{end}_l0").detach().numpy()
        for ours, kind, end in [
            ("W_ih", "weight", "ih"),
            ("W_hh", "weight", "hh"),
            ("b_ih", "bias", "ih"),
            ("b_hh", "bias", "hh"),
        ]
    }
    layer = Layer(cell(name), parameters, inputs, hidden)
    record = layer.forward(x.detach().numpy())
    found = layer.backward(record, {"h": cotangent.numpy()})
    assert np.allclose(record["h"], h.detach().numpy(), rtol=0, atol=1e-12)
    assert _near(found.x, x.grad.numpy())
    assert _near(found.parameters["W_hh"], theirs.weight_hh_l0.grad.numpy())
    assert _near(found.parameters["W_ih"], theirs.weight_ih_l0.grad.numpy())
    assert _near(found.parameters["b_hh"], theirs.bias_hh_l0.grad.numpy())


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(
    ("steps", "batch", "inputs", "hidden", "layers"),
    [(200, 1, 32, 32, 2), (200, 4, 8, 48, 3), (200, 70, 5, 16, 2)],
)
def test_a_network_is_pytorchs(
    name: str, bidirectional: bool, steps: int, batch: int, inputs: int, hidden: int, layers: int
) -> None:
    """Stacked, in both directions, over 200 steps: forward to 1e-13, gradients to 1e-12 of the largest."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    torch.manual_seed(1)
    more = {"nonlinearity": "relu"} if name == "rnn-relu" else {}
    theirs = getattr(torch.nn, CELLS[name])(
        inputs, hidden, layers, bidirectional=bidirectional, dtype=torch.float64, **more
    )
    readout = torch.nn.Linear(hidden * (2 if bidirectional else 1), 3, dtype=torch.float64)
    x = torch.randn(steps, batch, inputs, dtype=torch.float64, requires_grad=True)
    logits = readout(theirs(x)[0])
    cotangent = torch.randn_like(logits)
    (logits * cotangent).sum().backward()

    architecture = Architecture(
        name, inputs, hidden, {"readout": 3}, layers=layers, bidirectional=bidirectional
    )
    of = {"readout.W": readout.weight, "readout.b": readout.bias}
    for direction in architecture.directions:
        end = f"l{direction.layer}{'_reverse' if direction.reverse else ''}"
        for ours in ("W_ih", "W_hh", "b_ih", "b_hh"):
            kind = ours.replace("W", "weight").replace("b_", "bias_")
            of[f"{direction.name}.{ours}"] = getattr(theirs, f"{kind}_{end}")
    network = Network(architecture, {p: of[p].detach().numpy() for p in architecture.shapes})
    trace = network.forward(x.detach().numpy())
    assert np.abs(trace.values["logits"] - logits.detach().numpy()).max() <= 1e-13
    found = network.backward(trace, {"logits": cotangent.numpy()}, ["x"])
    for p, d in found.parameters.items():
        assert _near(d, of[p].grad.numpy()), p
    assert _near(found.values["x"], x.grad.numpy())


def _near(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.abs(a - b).max() <= 1e-12 * max(1.0, float(np.abs(b).max())))
