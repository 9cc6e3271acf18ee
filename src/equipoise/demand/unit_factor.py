"""How many base units of one item stand for one base unit of another, by table uoms."""

from collections.abc import Mapping

import polars as pl

from equipoise.core.hierarchy import Hierarchy


class UnitFactors:
    """Factors between items of different base units; the most specific row of table uoms wins."""

    def __init__(self, items: pl.DataFrame, uoms: pl.DataFrame, hierarchy: Hierarchy) -> None:
        """Read both tables."""
        self.base: Mapping[str, str] = dict(items.select("item", "uom").iter_rows())
        self._hierarchy = hierarchy
        rows = uoms.filter(pl.col("factor").is_not_null()).select("item", "uom", "factor").sort("item").iter_rows()
        self._rows = [row for row in rows if hierarchy.knows(row[0])]

    def between(self, old: str, new: str) -> float | None:
        """Base units of `new` for one base unit of `old`; None where no row says.

        >>> tree = Hierarchy.build("item", ("item",), [("can",), ("crate",)])
        >>> items = pl.DataFrame({"item": ["can", "crate"], "uom": ["piece", "case"]})
        >>> uoms = pl.DataFrame({"item": ["can"], "uom": ["case"], "factor": [24.0]})
        >>> factors = UnitFactors(items, uoms, tree)
        >>> factors.between("crate", "can"), round(factors.between("can", "crate") or 0.0, 4)
        (24.0, 0.0417)
        """
        have, want = self.base.get(old, ""), self.base.get(new, "")
        if have == want:
            return 1.0
        ahead = self._factor(new, have)  # one `have` is so many base units of the new item
        if ahead is not None:
            return ahead
        back = self._factor(old, want)
        return None if not back else 1.0 / back

    def _factor(self, item: str, uom: str) -> float | None:
        place = self._hierarchy.position[item]
        path = dict(zip(self._hierarchy.levels, self._hierarchy.paths[place], strict=True))
        found = [
            (self._hierarchy.specificity(node), factor)
            for node, unit, factor in self._rows
            if unit == uom and (node == "" or path[self._hierarchy.level_of(node)] == node.rpartition(":")[2])
        ]
        return max(found)[1] if found else None
