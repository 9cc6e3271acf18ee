"""A view of the planning grid: which rows, which measures, where, over what time, in what unit. Its query is its link.

>>> GridView.of_query({"rows": "region,family", "measures": "demand_consensus_qty", "item": "Laundry care"}).query
'rows=region%2Cfamily&measures=demand_consensus_qty&item=Laundry+care'
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args
from urllib.parse import urlencode

from equipoise.core.axes import Axes
from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise.demand.measures import FUNCTION_MEASURES
from equipoise_web.access import Access, Right

DIMENSIONS = ("item", "market", "location", "resource")
CONSENSUS = "demand_consensus_qty"
PRODUCTION = "production_qty"
LOAD_PCT, LOAD_HOURS, MONEY = "demand_load_pct", "demand_load_hours", "demand_consensus_amount"
"""Lines that the grid works out itself: load of the tightest resource, standing hours, consensus × net price."""

Time = Literal["bucket", "fiscal_quarter", "fiscal_year"]
Unit = Literal["base", "volume", "money", "hours"]
MOST_LEVELS, MOST_MEASURES, MOST_OPENED = 4, 12, 200


@dataclass(frozen=True)
class Level:
    """A level of a dimension: `family` of `item`."""

    dimension: str
    name: str


@dataclass(frozen=True)
class GridView:
    """Rows are levels from the top down; measures stand stacked in each row, the consensus also where it is shut.

    `nodes` narrows the rows to what lies below one node per dimension. `against` is the digest of another plan, which
    is set beside this one.
    """

    rows: tuple[str, ...] = ("family", "item")
    measures: tuple[str, ...] = (CONSENSUS,)
    nodes: tuple[tuple[str, str], ...] = ()
    time: Time = "bucket"
    unit: Unit = "base"
    against: str = ""
    past: bool = False
    """Closed buckets stand left of those ahead, where columns are buckets."""
    quarters: bool = False
    """The buckets of each quarter are followed by its total, where columns are buckets."""
    opened: tuple[str, ...] = ()
    """Rows by their keys of which a reader has the children, where there are more than a page bears; `500@tools` begins
    with the child of that number, `500@all` with that row of the top."""

    @staticmethod
    def of_query(query: Mapping[str, str], default: "GridView | None" = None) -> "GridView":
        """The view that a query asks for; what it does not name is as in `default`. UnknownName for what is unknown."""
        base = default or GridView()
        nodes = {**dict(base.nodes), **{name: query[name] for name in DIMENSIONS if name in query}}
        view = GridView(
            rows=_names(query, "rows", base.rows),
            measures=_names(query, "measures", base.measures),
            nodes=tuple((name, nodes[name]) for name in DIMENSIONS if nodes.get(name)),
            time=cast(Time, _one_of(query, "time", get_args(Time), base.time)),
            unit=cast(Unit, _one_of(query, "unit", get_args(Unit), base.unit)),
            against=query.get("against", base.against),
            past=query["past"] == "1" if "past" in query else base.past,
            quarters=query["quarters"] == "1" if "quarters" in query else base.quarters,
            opened=_lines(query, "opened", base.opened),
        )
        if not 1 <= len(view.rows) <= MOST_LEVELS or not 1 <= len(view.measures) <= MOST_MEASURES:
            raise UnknownName(f"a view has 1 to {MOST_LEVELS} levels and 1 to {MOST_MEASURES} measures")
        return view

    @property
    def query(self) -> str:
        """The view as the query of its link."""
        plain = GridView()
        asked = {"rows": ",".join(self.rows), "measures": ",".join(self.measures), **dict(self.nodes)}
        asked |= {"time": self.time} if self.time != plain.time else {}
        asked |= {"unit": self.unit} if self.unit != plain.unit else {}
        asked |= {"against": self.against} if self.against else {}
        asked |= {"past": "1"} if self.past else {}
        asked |= {"quarters": "1"} if self.quarters else {}
        asked |= {"opened": "\n".join(self.opened)} if self.opened else {}
        return urlencode(asked)

    def levels(self, axes: Axes) -> tuple[Level, ...]:
        """The levels of its rows. UnknownName for one that there is not, or that stands above its own dimension's."""
        found = tuple(level_named(axes, name) for name in self.rows)
        for dimension in {level.dimension for level in found}:
            order = [axes.hierarchy(dimension).levels.index(lv.name) for lv in found if lv.dimension == dimension]
            if order != sorted(set(order), reverse=True):
                raise UnknownName(f"levels of {dimension} must go from the top down: {', '.join(self.rows)}")
        return found


def level_named(axes: Axes, name: str) -> Level:
    """`family`, or `location.region` where a level of that name stands in more than one dimension."""
    dimension, _, level = name.rpartition(".")
    for each in (dimension,) if dimension else DIMENSIONS:
        if each in DIMENSIONS and level in axes.hierarchy(each).levels:
            return Level(each, level)
    raise UnknownName(f"there is no level {name!r} to group rows by")


SUPPLY_VIEW = GridView(
    rows=("location", "family", "item"),
    measures=(
        "demand_sourced_qty",
        "production_qty",
        "purchase_qty",
        "subcontract_qty",
        "receipt_scheduled_qty",
        "inventory_closing_qty",
        "inventory_safety_qty",
        "inventory_target_qty",
        "inventory_cover_days",
    ),
)
"""What is asked of each site, made, bought, under way and kept, by family and item."""


def default_view(who: Access) -> GridView:
    """What a person's role looks at first: planners the functions beside the consensus, sales its own numbers, supply
    each site's items."""
    own = [FUNCTION_MEASURES[name] for name in who.functions if name in FUNCTION_MEASURES]
    if own and CONSENSUS not in editable_measures(who):
        lines = ["demand_baseline_qty", *own, CONSENSUS, "demand_orders_qty"]
    elif {"supply", "operations", "procurement"} & set(who.functions) and "demand" not in who.functions:
        if who.may(Right.SEE_POOLED):
            return SUPPLY_VIEW
        lines = [CONSENSUS, "demand_required_qty", "unmet_qty"]
    else:
        functions = [FUNCTION_MEASURES[name] for name in ("sales", "marketing", "product")]
        lines = ["demand_baseline_qty", *functions, CONSENSUS, "demand_orders_qty"]
    return GridView(measures=(*lines, LOAD_PCT) if who.may(Right.SEE_POOLED) else tuple(lines))


def editable_measures(who: Access) -> dict[str, str]:
    """Kind of adjustment by measure that the person may type in: a function's own line, the consensus for who signs it,
    production for who plans it.

    >>> editable_measures(Access(0, "nobody"))
    {}
    """
    found = {}
    for held in who.held:
        if held.gives(Right.PROPOSE, kind="demand_input") and held.role.function in FUNCTION_MEASURES:
            found[FUNCTION_MEASURES[held.role.function]] = "demand_input"
        if held.gives(Right.PROPOSE, kind="demand_override"):
            found[CONSENSUS] = "demand_override"
        if held.gives(Right.PROPOSE, kind="production_override"):
            found[PRODUCTION] = "production_override"
    return found if who.may(Right.PROPOSE) else {}


def grain_typed(measure: str) -> Grain:
    """The grain of the cells that what is typed in a line moves."""
    return Grain.MAKE if measure == PRODUCTION else Grain.DEMAND


def dimensions_typed(measure: str) -> tuple[str, ...]:
    """Dimensions in which what is typed in a line has a place."""
    return ("item", "location", "resource") if measure == PRODUCTION else Grain.DEMAND.dimensions


def function_of(measure: str) -> str:
    """The function whose line a measure is; blank for the consensus."""
    return next((name for name, line in FUNCTION_MEASURES.items() if line == measure), "")


def _names(query: Mapping[str, str], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    if name not in query:
        return default
    return tuple(dict.fromkeys(word.strip() for word in query[name].split(",") if word.strip()))


def _lines(query: Mapping[str, str], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    """Keys hold codes, in which a comma may stand: they are parted by line ends."""
    if name not in query:
        return default
    return tuple(dict.fromkeys(line for line in query[name].splitlines() if line))[:MOST_OPENED]


def _one_of(query: Mapping[str, str], name: str, known: tuple[str, ...], default: str) -> str:
    given = query.get(name, default)
    if given not in known:
        raise UnknownName(f"{name} {given!r} must be one of {', '.join(known)}")
    return given
