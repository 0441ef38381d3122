"""A network as a picture needs it: nodes, the edges between them, and what flows out of them."""

from __future__ import annotations

from typing import Any

from engine.cells import CellSpec, Node
from engine.network import HEAD_VALUES, Architecture


def graph(architecture: Architecture) -> dict[str, Any]:
    """The network's structure as plain data, all names those of the trace.

    layers: one entry a layer, with the cell's nodes in order of computation
    heads:  what reads the last layer's output
    edges:  between time steps, layers and heads: {from, to, layer, direction, dt}, `layer` and `dt` being
            the distance travelled; a recurrence is an edge with dt = −1
    """
    spec = architecture.spec
    layers = [_layer(spec, k, architecture) for k in range(architecture.layers)]
    heads = [
        {"name": name, "value": HEAD_VALUES.get(name, name), "size": size}
        for name, size in architecture.heads.items()
    ]
    return {"layers": layers, "heads": heads, "edges": _edges(spec, architecture)}


def _layer(spec: CellSpec, k: int, architecture: Architecture) -> dict[str, Any]:
    return {
        "name": f"layers.{k}",
        "cell": spec.name,
        "direction": "forward",
        "inputs": architecture.width(k),
        "hidden": architecture.hidden,
        "gates": list(spec.gates),
        "states": list(spec.states),
        "output": spec.output,
        "nodes": [_node(node) for node in spec.nodes],
        "rows": {name: list(parameter.gates) for name, parameter in spec.parameters.items()},
        "formulas": {name: spec.formula(name) for name in spec.equations},
    }


def _node(node: Node) -> dict[str, Any]:
    return {
        "id": node.id,
        "op": node.op,
        "inputs": list(node.inputs),
        "parameters": [[rows.parameter, rows.gate] for rows in node.parameters],
        "role": node.role,
        "size": node.size,
        "formula": node.formula,
    }


def _edges(spec: CellSpec, architecture: Architecture) -> list[dict[str, Any]]:
    def edge(start: str, end: str, layer: int = 0, dt: int = 0) -> dict[str, Any]:
        return {"from": start, "to": end, "layer": layer, "direction": "forward", "dt": dt}

    edges = [edge("x", "layers.0.x")]
    for k in range(architecture.layers):
        edges += [edge(f"layers.{k}.{s}", f"layers.{k}.{s}_prev", dt=-1) for s in spec.states]
        if k:
            edges.append(edge(f"layers.{k - 1}.{spec.output}", f"layers.{k}.x", layer=1))
    top = f"layers.{architecture.layers - 1}.{spec.output}"
    edges += [edge(top, HEAD_VALUES.get(head, head)) for head in architecture.heads]
    return edges
