"""Tables, before anybody draws them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """A title, the names of columns, and rows: a name and a cell for each column."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add_row(self, name: str, *cells: str) -> None:
        self.rows.append((name, *cells))


def table(title: str, *columns: str) -> Table:
    return Table(title, columns)
