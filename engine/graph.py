"""A network as a picture needs it: nodes, the edges between them, and what flows out of them."""

from __future__ import annotations

from typing import Any

from engine.architecture import HEAD_VALUES, Architecture, Direction
from engine.cells import CellSpec, Node


def graph(architecture: Architecture) -> dict[str, Any]:
    """The network's structure as plain data, all names those of the trace.

    layers: one entry a layer and direction, in order of computation, with the cell's nodes in theirs
    heads:  what reads the last layer's outputs
    read:   "all" where the heads read every time step, "last" where only each direction's end
    edges:  between time steps, layers and heads: {from, to, layer, direction, dt}, `layer` and `dt` being
            the distance travelled. A recurrence is an edge with dt = −1; where a direction runs from the last
            step to the first, dt = +1. What several edges bring to one `x` stands in it in their order
    """
    spec = architecture.spec
    heads = [
        {"name": name, "value": HEAD_VALUES.get(name, name), "size": size}
        for name, size in architecture.heads.items()
    ]
    return {
        "layers": [_layer(spec, direction, architecture.hidden) for direction in architecture.directions],
        "heads": heads,
        "read": architecture.read,
        "edges": _edges(spec, architecture),
    }


def _layer(spec: CellSpec, direction: Direction, hidden: int) -> dict[str, Any]:
    return {
        "name": direction.name,
        "layer": direction.layer,
        "cell": spec.name,
        "direction": _way(direction),
        "inputs": direction.inputs,
        "hidden": hidden,
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
    edges = []
    for here in architecture.directions:
        way = _way(here)
        if here.layer == 0:
            edges.append(_edge("x", f"{here.name}.x", way))
        for below in architecture.directions:
            if below.layer == here.layer - 1:
                edges.append(_edge(f"{below.name}.{spec.output}", f"{here.name}.x", way, layer=1))
        back = 1 if here.reverse else -1
        edges += [_edge(f"{here.name}.{s}", f"{here.name}.{s}_prev", way, dt=back) for s in spec.states]
    for here in architecture.directions:
        if here.layer == architecture.layers - 1:
            edges += [
                _edge(f"{here.name}.{spec.output}", HEAD_VALUES.get(head, head), _way(here))
                for head in architecture.heads
            ]
    return edges


def _way(direction: Direction) -> str:
    return "reverse" if direction.reverse else "forward"


def _edge(start: str, end: str, direction: str, layer: int = 0, dt: int = 0) -> dict[str, Any]:
    return {"from": start, "to": end, "layer": layer, "direction": direction, "dt": dt}
