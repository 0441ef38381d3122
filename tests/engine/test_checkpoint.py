"""One file holds a network, its task and its card, to the bit; any other file is refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from engine.architecture import Architecture
from engine.cells import CELLS
from engine.checkpoint import Checkpoint, load
from engine.errors import CheckpointError, InputError
from engine.network import Network, initialise
from engine.vocabulary import UNKNOWN, Vocabulary

HEADS = {"readout": 8, "displacement": 2}
CARD = {
    "command": "python -m engine train ball",
    "note": "σ ⊙ 球",
    "figures": {"accuracy": 0.5, "by_frame": [0.1]},
}


def a_network(cell: str = "gru", layers: int = 1, dtype: type = np.float32) -> Network:
    return initialise(Architecture(cell, 3, 5, HEADS, layers), np.random.default_rng(1), dtype)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some" / "net.safetensors"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("cell", CELLS)
def test_round_trip_to_the_bit(cell: str, dtype: type, path: Path) -> None:
    checkpoint = Checkpoint(a_network(cell, layers=2, dtype=dtype), "ball", CARD)
    checkpoint.save(path)
    again = load(path)
    assert again.network.architecture == checkpoint.network.architecture
    assert (again.task, again.card, again.digest) == ("ball", CARD, checkpoint.digest)
    assert set(again.network.parameters) == set(checkpoint.network.parameters)
    for name, p in checkpoint.network.parameters.items():
        assert again.network.parameters[name].dtype == dtype
        assert again.network.parameters[name].tobytes() == p.tobytes(), name
    x = np.random.default_rng(2).standard_normal((4, 2, 3)).astype(dtype)
    for name, values in checkpoint.network.forward(x).values.items():
        np.testing.assert_array_equal(again.network.forward(x).values[name], values, err_msg=name)
    assert again.to_bytes() == path.read_bytes()


def test_a_loaded_network_can_be_trained_further(path: Path) -> None:
    Checkpoint(a_network(), "ball", {}).save(path)
    assert all(p.flags.writeable for p in load(path).network.parameters.values())


def test_the_digest_is_that_of_the_weights_alone(path: Path) -> None:
    network = a_network()
    digest = Checkpoint(network, "ball", CARD).digest
    assert len(digest) == 8 and int(digest, 16) >= 0
    assert Checkpoint(network, "other", {}).digest == digest
    assert Checkpoint(a_network(), "ball", CARD).digest == digest
    for name, p in network.parameters.items():
        before = p.flat[-1]
        p.flat[-1] = np.nextafter(before, np.float32(9))  # one bit of one weight
        assert Checkpoint(network, "ball", CARD).digest != digest, name
        p.flat[-1] = before
    assert Checkpoint(network, "ball", CARD).digest == digest
    assert Checkpoint(network.astype(np.float64), "ball", CARD).digest != digest


def test_the_plain_safetensors_reader_finds_our_names(path: Path) -> None:
    network = a_network()
    Checkpoint(network, "ball", CARD).save(path)
    tensors = safetensors.numpy.load_file(path)
    assert set(tensors) == {
        *(f"layers.0.{p}" for p in ("W_ih", "b_ih", "W_hh", "b_hh")),
        *("readout.W", "readout.b", "displacement.W", "displacement.b"),
    }
    assert tensors["layers.0.W_hh"].shape == (15, 5)
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(tensor, network.parameters[name])


def refusal(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        load(path)
    assert caught.value.code == "bad_checkpoint"
    return caught.value.detail


def written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


UNREADABLE = "net.safetensors is not a readable .safetensors file: "


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + bytes(200), b"\xff" * 64])
def test_a_file_of_another_kind(path: Path, content: bytes) -> None:
    assert refusal(written(path, content)).startswith(UNREADABLE)


@pytest.mark.parametrize("kept", [4, 100, -1])
def test_a_file_that_was_cut_off(path: Path, kept: int) -> None:
    whole = Checkpoint(a_network(), "ball", CARD).to_bytes()
    assert refusal(written(path, whole[:kept])).startswith(UNREADABLE)


def test_no_file_at_all(path: Path) -> None:
    assert refusal(path).startswith(f"{UNREADABLE}No such file or directory")
    path.mkdir(parents=True)
    assert refusal(path).startswith(UNREADABLE)


def test_a_type_of_number_that_numpy_has_not(path: Path) -> None:
    table = json.dumps({"readout.b": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}).encode()
    assert refusal(written(path, len(table).to_bytes(8, "little") + table + bytes(4))).startswith(UNREADABLE)


def test_tensors_without_our_header(path: Path) -> None:
    plain = safetensors.numpy.save(a_network().parameters)
    assert refusal(written(path, plain)) == (
        "net.safetensors is a .safetensors file without our header, so its architecture is unknown."
    )


def with_header(path: Path, header: Any, tensors: dict[str, Any] | None = None) -> Path:
    text = header if isinstance(header, str) else json.dumps(header)
    return written(path, safetensors.numpy.save(tensors or a_network().parameters, {"unrolled": text}))


ARCHITECTURE = a_network().architecture.as_dict()
GOOD = {"version": 1, "architecture": ARCHITECTURE, "task": "ball", "card": CARD}


def test_the_header_that_the_next_tests_spoil_is_good(path: Path) -> None:
    assert load(with_header(path, GOOD)).card == CARD


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (
            GOOD | {"architecture": ARCHITECTURE | {"hidden": 6}},
            "The network needs layers.0.W_ih of shape (18, 3); (15, 3) came.",
        ),
        (
            GOOD | {"architecture": ARCHITECTURE | {"layers": 2}},
            "The network needs layers.1.W_ih of shape (15, 5); nothing came.",
        ),
        (
            GOOD | {"architecture": ARCHITECTURE | {"layers": 10**15}},
            "1000000000000000 layers cannot come from 8 tensors.",
        ),
        (
            GOOD | {"architecture": ARCHITECTURE | {"heads": {"readout": 8}}},
            "The network has no parameters called displacement.W, displacement.b.",
        ),
        (
            GOOD | {"architecture": ARCHITECTURE | {"cell": "elman"}},
            "There is no cell called 'elman'. Known are: bag, gru,",
        ),
        (
            GOOD | {"architecture": ARCHITECTURE | {"hidden": "5"}},
            "hidden has to be a whole number, 1 or more; '5' came.",
        ),
        (
            GOOD | {"architecture": ARCHITECTURE | {"hidden": 5.0}},
            "hidden has to be a whole number, 1 or more; 5.0 came.",
        ),
        (
            GOOD | {"architecture": ARCHITECTURE | {"layers": 0}},
            "layers has to be a whole number, 1 or more; 0 came.",
        ),
        (
            GOOD | {"architecture": ARCHITECTURE | {"heads": {"readout": -8}}},
            "readout has to be a whole number, 1 or more; -8 came.",
        ),
        (GOOD | {"architecture": ARCHITECTURE | {"heads": [8]}}, "'list' object is not a mapping"),
        (GOOD | {"architecture": ARCHITECTURE | {"cell": ["gru"]}}, ""),
        (GOOD | {"architecture": []}, ""),
        (GOOD | {"version": 2}, "version 2 is not the 1 that this program reads."),
        (GOOD | {"card": None}, ""),
        ({"version": 1, "architecture": ARCHITECTURE}, "'task' is missing."),
        ({}, "'version' is missing."),
        ([], ""),
        ("{", ""),
        ("[" * 100_000, ""),
    ],
)
def test_a_header_that_does_not_fit(path: Path, header: Any, why: str) -> None:
    expected = f"The header of net.safetensors does not fit its tensors: {why}"
    assert refusal(with_header(path, header)).startswith(expected)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (np.full(8, np.nan, np.float32), "some of the weights are infinite or not a number."),
        (np.full(8, np.inf, np.float32), "some of the weights are infinite or not a number."),
        (np.zeros(8, np.int32), "float32 or float64 numbers are needed; int32 came."),
    ],
)
def test_tensors_that_are_not_weights(path: Path, value: Any, why: str) -> None:
    with_header(path, GOOD, a_network().parameters | {"readout.b": value})
    assert refusal(path) == f"The header of net.safetensors does not fit its tensors: {why}"


# Symbols


def a_reader(symbols: int = 4, vocabulary: int = 4) -> Checkpoint:
    made = Architecture("gru", 3, 5, {"readout": 2}, vocabulary=symbols)
    words = Vocabulary([UNKNOWN, "naïve", "n't", "“"][:vocabulary])
    return Checkpoint(initialise(made, np.random.default_rng(1)), "review", CARD, words)


def test_the_vocabulary_comes_back(path: Path) -> None:
    a_reader().save(path)
    words = load(path).vocabulary
    assert words.symbols == (UNKNOWN, "naïve", "n't", "“")
    assert words.encode(["n't", "what", UNKNOWN]).tolist() == [2, 0, 0]
    assert words.unknown(["n't", "what", UNKNOWN]) == [1, 2]


@pytest.mark.parametrize("vocabulary", [0, 3])
def test_a_vocabulary_of_another_size_is_refused(vocabulary: int, path: Path) -> None:
    a_reader(vocabulary=vocabulary).save(path)
    with pytest.raises(CheckpointError, match=f"4 different symbols are needed; {vocabulary} came"):
        load(path)


def test_half_the_bits_hold_weights_that_were_rounded(path: Path) -> None:
    reader = a_reader()
    rounded = Checkpoint(
        reader.network.astype(np.float16).astype(np.float32), "review", CARD, reader.vocabulary
    )
    rounded.save(path)
    whole = path.stat().st_size
    rounded.save(path, half=True)
    found = load(path)
    assert path.stat().st_size < whole
    assert found.digest == rounded.digest != reader.digest
    for name, p in found.network.parameters.items():
        assert p.dtype == np.float32
        np.testing.assert_array_equal(p, rounded.network.parameters[name])
        np.testing.assert_allclose(p, reader.network.parameters[name], rtol=1e-3, atol=1e-6)


def test_a_symbol_that_nobody_stands_for_is_refused() -> None:
    letters = Vocabulary("abc")
    with pytest.raises(InputError, match="This network knows no 'd'"):
        letters.encode("ad")
