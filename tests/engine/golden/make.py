"""Make the golden arrays with PyTorch in float64: python tests/engine/golden/make.py

    rnn rnn-relu lstm gru   one layer; two layers; the same two under a readout: values and gradients
    losses                  softmax and weighted cross-entropy, with logits near and far
    optim                   parameters after each of some steps; gradients clipped by their joint norm
    bidirectional           two layers in both directions over a padded batch, every cell: h and gradients
    tied                    symbols through an embedding that is also the readout's matrix

The arrays are committed, so that the tests need no PyTorch. Weights and inputs come from NumPy's
generator; PyTorch only answers. Its version stands in each file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

T, B, I, H, K = 7, 3, 4, 5, 3
HERE = Path(__file__).parent
MODULES = {
    "rnn": lambda layers, **more: nn.RNN(I, H, layers, nonlinearity="tanh", **more),
    "rnn-relu": lambda layers, **more: nn.RNN(I, H, layers, nonlinearity="relu", **more),
    "lstm": lambda layers, **more: nn.LSTM(I, H, layers, **more),
    "gru": lambda layers, **more: nn.GRU(I, H, layers, **more),
}


def ours(name: str) -> str:
    """`weight_ih_l0` is our `layers.0.W_ih`, `weight_ih_l0_reverse` our `layers.0.reverse.W_ih`."""
    kind, of, layer, *reverse = name.split("_")
    return ".".join(["layers", layer[1:], *reverse, f"{kind[0].replace('w', 'W')}_{of}"])


def fill(module: nn.Module, rng: np.random.Generator) -> None:
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(torch.from_numpy(rng.uniform(-0.8, 0.8, p.shape)))


def leaf(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    return torch.from_numpy(rng.standard_normal(shape)).requires_grad_()


def cell(name: str, module: nn.Module, rng: np.random.Generator) -> dict[str, torch.Tensor]:
    """From initial states that are not zero; every h_t (and c_t) of the last layer has a say in the loss."""
    x = leaf(rng, T, B, I)
    initial = {s: leaf(rng, module.num_layers, B, H) for s in (("h", "c") if name == "lstm" else ("h",))}
    state = tuple(initial.values()) if name == "lstm" else initial["h"]
    record: dict[str, list[torch.Tensor]] = {s: [] for s in initial}
    for t in range(T):  # step by step, because nn.LSTM gives only the last c
        _, state = module(x[t : t + 1], state)
        for s, value in zip(record, state if name == "lstm" else (state,), strict=True):
            record[s].append(value[-1])
    values = {s: torch.stack(of) for s, of in record.items()}
    whole, _ = module(x, tuple(initial.values()) if name == "lstm" else initial["h"])
    torch.testing.assert_close(whole, values["h"], rtol=0, atol=1e-14)
    cotangents = {s: torch.from_numpy(rng.standard_normal((T, B, H))) for s in values}
    sum((cotangents[s] * values[s]).sum() for s in values).backward()
    found = {"x": x, "d_x": x.grad}
    for s in values:
        found |= {s: values[s], f"cot_{s}": cotangents[s], f"{s}0": initial[s], f"d_{s}0": initial[s].grad}
    for of, p in module.named_parameters():
        found |= {ours(of): p, f"d_{ours(of)}": p.grad}
    module.zero_grad()
    return found


def network(module: nn.Module, x: torch.Tensor, rng: np.random.Generator) -> dict[str, torch.Tensor]:
    """The same two layers under a readout, from zeros; the logits have their say in the loss."""
    readout = nn.Linear(H, K)
    fill(readout, rng)
    logits = readout(module(x)[0])
    cotangent = torch.from_numpy(rng.standard_normal((T, B, K)))
    (cotangent * logits).sum().backward()
    found = {"logits": logits, "probs": logits.softmax(-1), "cot_logits": cotangent}
    for of, p in module.named_parameters():
        found[f"d_{ours(of)}"] = p.grad
    for of, p in (("readout.W", readout.weight), ("readout.b", readout.bias)):
        found |= {of: p, f"d_{of}": p.grad}
    return found


def bidirectional(name: str, rng: np.random.Generator) -> dict[str, torch.Tensor]:
    """Sequences of 7, 4 and 1 steps in one padded batch, from initial states that are not zero."""
    lengths = torch.tensor([T, 4, 1])
    module = MODULES[name](2, bidirectional=True)
    fill(module, rng)
    x = leaf(rng, T, B, I)
    initial = {s: leaf(rng, 4, B, H) for s in (("h", "c") if name == "lstm" else ("h",))}
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths)
    out, _ = module(packed, tuple(initial.values()) if name == "lstm" else initial["h"])
    h, _ = nn.utils.rnn.pad_packed_sequence(out, total_length=T)  # zeros beyond the end
    cotangent = torch.from_numpy(rng.standard_normal((T, B, 2 * H)))
    (cotangent * h).sum().backward()
    found = {"x": x, "d_x": x.grad, "lengths": lengths, "h": h, "cot_h": cotangent}
    for s, start in initial.items():
        found |= {f"{s}0": start, f"d_{s}0": start.grad}
    for of, p in module.named_parameters():
        found |= {ours(of): p, f"d_{ours(of)}": p.grad}
    return found


def tied(rng: np.random.Generator, symbols: int = 6) -> dict[str, torch.Tensor]:
    """logits = E h + b, h of a GRU that reads rows of the same E."""
    embedding, gru = nn.Embedding(symbols, H), nn.GRU(H, H)
    bias = leaf(rng, symbols)
    fill(embedding, rng)
    fill(gru, rng)
    x = torch.from_numpy(rng.integers(0, symbols - 1, (T, B)))  # the last symbol never comes
    logits = gru(embedding(x))[0] @ embedding.weight.T + bias
    cotangent = torch.from_numpy(rng.standard_normal(logits.shape))
    (cotangent * logits).sum().backward()
    found = {"x": x, "logits": logits, "cot_logits": cotangent, "readout.b": bias, "d_readout.b": bias.grad}
    found |= {"embedding.W": embedding.weight, "d_embedding.W": embedding.weight.grad}
    for of, p in gru.named_parameters():
        found |= {ours(of): p, f"d_{ours(of)}": p.grad}
    return found


def losses(rng: np.random.Generator) -> dict[str, torch.Tensor]:
    found = {}
    targets = torch.from_numpy(rng.integers(0, 8, (T, B)))
    weights = torch.from_numpy(rng.uniform(0, 2, (T, B)) * (rng.random((T, B)) > 0.3))
    for name, scale in (("near", 1.0), ("far", 300.0)):  # exp(−300) is far below what float32 can say
        logits = torch.from_numpy(scale * rng.standard_normal((T, B, 8))).requires_grad_()
        each = nn.functional.cross_entropy(logits.reshape(-1, 8), targets.reshape(-1), reduction="none")
        loss = (each.reshape(T, B) * weights).sum() / weights.sum()
        loss.backward()
        found |= {
            f"{name}.logits": logits,
            f"{name}.probs": logits.softmax(-1),
            f"{name}.log_probs": logits.log_softmax(-1),
            f"{name}.loss": loss,
            f"{name}.d_logits": logits.grad,
        }
    return {"targets": targets, "weights": weights, **found}


def optim(rng: np.random.Generator, steps: int = 6) -> dict[str, torch.Tensor]:
    shapes = {"W": (4, 3), "b": (4,)}
    begin = {n: torch.from_numpy(rng.standard_normal(shape)) for n, shape in shapes.items()}
    gradients = {n: torch.from_numpy(rng.standard_normal((steps, *shape))) for n, shape in shapes.items()}
    gradients["b"][:, 0] = 0  # a parameter that is never used
    rates = 0.03 * (1 + torch.arange(steps, dtype=torch.float64))
    found = {"rates": rates}
    for n in shapes:
        found |= {f"begin.{n}": begin[n], f"gradients.{n}": gradients[n]}
    for name, make in {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
        "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
        "adam": lambda p: torch.optim.Adam(p, lr=0.1),
    }.items():
        p = {n: nn.Parameter(begin[n].clone()) for n in shapes}
        optimiser = make(list(p.values()))
        path: dict[str, list[torch.Tensor]] = {n: [] for n in shapes}
        for k in range(steps):
            optimiser.param_groups[0]["lr"] = float(rates[k])
            for n in shapes:
                p[n].grad = gradients[n][k].clone()
            optimiser.step()
            for n in shapes:
                path[n].append(p[n].detach().clone())
        found |= {f"{name}.{n}": torch.stack(path[n]) for n in shapes}
    for limit in (1.0, 100.0):
        p = {n: nn.Parameter(begin[n].clone()) for n in shapes}
        for n in shapes:
            p[n].grad = gradients[n][0].clone()
        found[f"clip{limit:g}.norm"] = nn.utils.clip_grad_norm_(p.values(), limit)
        found |= {f"clip{limit:g}.{n}": p[n].grad for n in shapes}
    return found


def save(name: str, arrays: dict[str, torch.Tensor]) -> None:
    plain = {key: value.detach().numpy() for key, value in arrays.items()}
    np.savez_compressed(HERE / f"{name}.npz", torch=np.array(torch.__version__), **plain)


def main() -> None:
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    for seed, name in enumerate(MODULES):
        rng = np.random.default_rng([1986, seed])
        one, two = MODULES[name](1), MODULES[name](2)
        fill(one, rng)
        fill(two, rng)
        cases = {"one": cell(name, one, rng), "two": cell(name, two, rng)}
        cases["network"] = network(two, cases["two"]["x"].detach(), rng)
        save(name, {f"{case}.{key}": v for case, arrays in cases.items() for key, v in arrays.items()})
    save("losses", losses(np.random.default_rng([1986, 10])))
    save("optim", optim(np.random.default_rng([1986, 11])))
    both = {name: bidirectional(name, np.random.default_rng([1997, k])) for k, name in enumerate(MODULES)}
    save("bidirectional", {f"{name}.{key}": v for name, of in both.items() for key, v in of.items()})
    save("tied", tied(np.random.default_rng([2017])))


if __name__ == "__main__":
    main()
