"""Every page of the application, who it is made for, and how to come there: for pictures and for tests of all pages."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from . import scenes

NOBODY = ""
SECURED = "finance"
"""The one who has a second factor."""
GRID = "#grid[data-ready] [data-testid^='cell:']"
"""There once the numbers of the planning grid are."""


@dataclass(frozen=True)
class Shot:
    """A page in one state: the name of its picture, who looks, and its address with `{things}` of the month."""

    name: str
    who: str
    address: str
    ready: str = "h1"
    """What is there once the page is."""
    act: Callable[[Page, dict], None] | None = None
    """What is done there before it is looked at."""
    after: Callable[[Page, dict], None] | None = None
    """What is done once it was."""
    status: int = 200
    is_before_data: bool = False
    """In a home in which nothing was ever delivered."""
    is_ours: bool = True
    """False where a library draws it."""


PAGES: dict[str, tuple[Shot, ...]] = {
    "account_login": (
        Shot("sign-in", NOBODY, "/sign-in/"),
        Shot("sign-in-refused", NOBODY, "/sign-in/", ".field-error", scenes.sign_in_wrongly),
    ),
    "mfa_authenticate": (Shot("two-factor-asked", NOBODY, "/sign-in/", "#id_code", scenes.sign_in_halfway),),
    "people:join": (
        Shot("invitation", NOBODY, "/join/{secret}/"),
        Shot("invitation-gone", NOBODY, "/join/not-a-link/", status=404),
    ),
    "account_signup": (Shot("sign-up-closed", NOBODY, "/account/sign-up/"),),
    "account_inactive": (Shot("inactive", NOBODY, "/account/inactive/"),),
    "frame:home": (
        Shot("home", "planner", "/"),
        Shot("home-coordinator", "coordinator", "/"),
        Shot("home-sales", "sales", "/"),
        Shot("home-executive", "executive", "/"),
        Shot("home-auditor", "auditor", "/"),
        Shot("home-administrator", "admin", "/"),
        Shot("home-stranger", "stranger", "/"),
        Shot("home-before-data-coordinator", "coordinator", "/", is_before_data=True),
        Shot("home-before-data-sales", "sales", "/", is_before_data=True),
        Shot("home-before-data-administrator", "admin", "/", is_before_data=True),
        Shot("not-found", "planner", "/no-such-page/", status=404),
        Shot("not-allowed", "sales", "/audit/", status=403),
        Shot("fault", "planner", "/", act=scenes.show_fault, status=500),
    ),
    "frame:administration": (Shot("administration", "admin", "/administration/"),),
    "sheet:show": (
        Shot("sheet-all", "planner", "/plan/{digest}/", "#sheet-title"),
        Shot("sheet-family", "planner", "/plan/{digest}/?family=Laundry care", "#sheet-title"),
        Shot("sheet", "planner", "/plan/{digest}/?family=Laundry care", "#sheet-title", scenes.ask_why),
        Shot("sheet-money", "planner", "/plan/{digest}/?family=Laundry care&unit=amount", "#sheet-title"),
        Shot("sheet-sales", "sales", "/plan/{digest}/?family=Laundry care", "#sheet-title"),
    ),
    "grid:show": (
        Shot("grid", "planner", "/grid/", GRID),
        Shot("grid-cell", "planner", "/grid/", GRID, scenes.choose_cell),
        Shot("grid-sales", "sales", "/grid/", GRID),
    ),
    "grid:plan": (Shot("grid-of-plan", "planner", "/plan/{digest}/grid/", GRID),),
    "grid:table": (
        Shot("grid-table", "planner", "/grid/table/"),
        Shot("grid-table-sales", "sales", "/grid/table/"),
        Shot(
            "grid-table-cell",
            "planner",
            "/grid/table/?row=Laundry care&line=demand_consensus_qty&at=4",
            "[data-testid=side-value]",
        ),
    ),
    "workbook:upload": (
        Shot("workbook", "planner", "/grid/workbook/?rows=family,item&measures=demand_consensus_qty"),
        Shot("workbook-sales", "sales", "/grid/workbook/"),
        Shot(
            "workbook-refused",
            "planner",
            "/grid/workbook/",
            ".refusal",
            scenes.bring_back_no_workbook,
            status=422,
        ),
        Shot("workbook-before-data", "coordinator", "/grid/workbook/", is_before_data=True),
    ),
    "workbook:diff": (
        Shot("workbook-compared", "planner", "/grid/workbook/", "table.differences", scenes.bring_workbook_back),
        Shot("workbook-gone", "planner", "/grid/workbook/none/", ".refusal", status=404),
    ),
    "explain:show": (
        Shot("why", "planner", "/plan/{digest}/explain/?measure=demand_consensus_qty&family=Laundry care&bucket=2"),
        Shot(
            "why-nothing",
            "planner",
            "/plan/{digest}/explain/?measure=demand_consensus_qty&family=None&bucket=2",
            status=404,
        ),
    ),
    "forecast:list": (
        Shot("forecasts", "planner", "/forecast/", "table.forecasts"),
        Shot("forecasts-all", "planner", "/forecast/?shown=all&sort=amount", "table.forecasts"),
        Shot("forecasts-touchless", "planner", "/forecast/?shown=touchless"),
        Shot("forecasts-touchless-sales", "planner", "/forecast/?shown=touchless&who=sales&cls=A", "table.forecasts"),
        Shot("forecasts-none", "planner", "/forecast/?shown=all&words=no such item", ".empty"),
        Shot("forecasts-sales", "sales", "/forecast/?shown=worse"),
    ),
    "forecast:show": (
        Shot("forecast", "planner", "/forecast/{digest}/?item=SU-01&market=north-grocery", "#chart-title"),
        Shot("forecast-family", "planner", "/forecast/{digest}/?item=family:Laundry care", "#chart-title"),
        Shot("forecast-outlier", "planner", "/forecast/{digest}/?item=LA-04&market=south-wholesale", "#changes-title"),
        Shot("forecast-launch", "planner", "/forecast/{digest}/?item=LA-REFILL&market=north-drug", "#chart-title"),
        Shot("forecast-all", "coordinator", "/forecast/{digest}/", "#chart-title"),
        Shot("forecast-sales", "sales", "/forecast/{digest}/?item=LA-01&market=north-grocery", "#chart-title"),
    ),
    "capacity:heat": (
        Shot("capacity", "supply", "/capacity/", "table.heat"),
        Shot("capacity-planned", "executive", "/capacity/?method=plan", "table.heat"),
        Shot("capacity-quarters", "supply", "/capacity/?method=factors&time=quarter&site=plant-west", "table.heat"),
        Shot("capacity-no-site", "supply", "/capacity/?site=none", ".empty"),
        Shot("capacity-sales", "sales", "/capacity/", ".empty", status=403),
    ),
    "risk:show": (
        Shot("risk", "supply", "/risk/", "table.risks"),
        Shot("risk-family", "executive", "/risk/?family=Laundry+care&least=0", "table.risks"),
        Shot("risk-nothing", "analyst", "/risk/?least=9000000", ".empty"),
        Shot("risk-sales", "sales", "/risk/", ".empty", status=403),
    ),
    "capacity:show": (
        Shot("resource", "supply", "/capacity/capsule-line/?bucket=2", "svg.load"),
        Shot("resource-slider", "supply", "/capacity/capsule-line/?bucket=2&percent=-10", "#exact .badge.done"),
        Shot("resource-crew", "executive", "/capacity/west-packing/", "svg.load"),
        Shot("resource-idle", "analyst", "/capacity/dish-mixing/?bucket=0", "svg.load"),
    ),
    "supply:constraints": (
        Shot("supply", "supply", "/supply/", "table.limits"),
        Shot("supply-lane", "planner", "/supply/?kind=purchasing", "table.limits"),
        Shot("supply-refused", "sales", "/supply/", status=403),
    ),
    "supply:shortages": (
        Shot("shortages", "supply", "/supply/shortages/", "table.shortages"),
        Shot("shortages-none", "planner", "/supply/shortages/?state=closed", ".empty"),
    ),
    "supply:network": (
        Shot("network", "supply", "/supply/network/", "svg .node"),
        Shot("network-family", "planner", "/supply/network/?family=Laundry care&first=2&last=4", "svg .node"),
    ),
    "supply:grid": (
        Shot("supply-grid", "supply", "/supply/grid/sites/", GRID),
        Shot("supply-grid-lines", "supply", "/supply/grid/lines/", GRID),
    ),
    "supply:shortage": (
        Shot("shortage-supply", "supply", "/supply/shortage/?{short}", "#chain-title"),
        Shot("shortage-demand", "planner", "/supply/shortage/?{short}", "[data-testid='offer']"),
    ),
    "findings:show": (
        Shot("findings", "planner", "/plan/{digest}/findings/"),
        Shot("findings-warnings", "planner", "/plan/{digest}/findings/?severity=warning"),
    ),
    "adjust:list": (
        Shot("adjustments", "planner", "/adjustments/"),
        Shot("adjustments-sales", "sales", "/adjustments/"),
        Shot("adjustments-before-data", "coordinator", "/adjustments/", is_before_data=True),
    ),
    "adjust:kinds": (Shot("kinds", "coordinator", "/adjustments/new/"),),
    "adjust:new": (
        Shot("form", "marketing", "/adjustments/new/promotion/"),
        Shot("form-estimate", "marketing", "/adjustments/new/demand_input/", act=scenes.fill_form),
        Shot("form-exact", "marketing", "/adjustments/new/demand_input/", act=scenes.preview_exactly),
        Shot("form-wrong", "marketing", "/adjustments/new/demand_input/", act=scenes.propose_nothing, status=422),
        Shot("form-supply", "supply", "/adjustments/new/overtime/"),
        Shot("form-strategy", "supply", "/adjustments/new/production_strategy/"),
        Shot("form-hold-history", "planner", "/adjustments/new/history_hold/?item=LA-04&first=2025-10-01"),
        Shot("form-pin", "planner", "/adjustments/new/forecast_method/?item=SU-01&market=north-grocery"),
    ),
    "adjust:preview": (Shot("preview", "marketing", "/adjustments/previews/{effect}/"),),
    "adjust:one": (
        Shot("adjustment", "planner", "/adjustments/{adjustment}/"),
        Shot("adjustment-rejected", "sales", "/adjustments/{rejected}/"),
        Shot("adjustment-accepted", "marketing", "/adjustments/{mine}/"),
    ),
    "scenarios:list": (
        Shot("scenarios", "coordinator", "/scenarios/"),
        Shot("scenarios-sales", "sales", "/scenarios/"),
        Shot("scenarios-before-data", "coordinator", "/scenarios/", is_before_data=True),
    ),
    "scenarios:new": (Shot("scenario-new", "coordinator", "/scenarios/new/?parent={root}"),),
    "scenarios:cases": (Shot("scenario-cases", "planner", "/scenarios/cases/"),),
    "scenarios:one": (
        Shot("scenario", "coordinator", "/scenarios/{branch}/"),
        Shot("scenario-root", "executive", "/scenarios/{root}/"),
    ),
    "scenarios:merge": (Shot("scenario-conflict", "coordinator", "/scenarios/{branch}/merge/{root}/"),),
    "scenarios:compare": (
        Shot("scenarios-choose", "analyst", "/scenarios/compare/"),
        Shot(
            "scenarios-compared",
            "coordinator",
            "/scenarios/compare/?with={root}&with={branch}",
            "table.lenses",
            scenes.wait_for_plans,
        ),
    ),
    "exceptions:list": (
        Shot("exceptions", "coordinator", "/exceptions/"),
        Shot("exceptions-all", "supply", "/exceptions/?state=all&least=0"),
    ),
    "versions:compare": (
        Shot("plans-choose", "finance", "/compare/"),
        Shot("plans-compared", "finance", "/compare/", "[id=came]", scenes.compare_first_with_last),
    ),
    "jobs:list": (
        Shot("runs", "coordinator", "/jobs/"),
        Shot("runs-before-data", "coordinator", "/jobs/", is_before_data=True),
    ),
    "jobs:show": (
        Shot("run", "coordinator", "/jobs/{done}/"),
        Shot("run-under-way", "coordinator", "/jobs/", act=scenes.freeze_run, after=scenes.thaw_run),
        Shot("run-failed", "coordinator", "/jobs/{failed}/"),
    ),
    "gathering:board": (
        Shot("data", "coordinator", "/data/"),
        Shot("data-before-data", "coordinator", "/data/", is_before_data=True),
    ),
    "gathering:upload": (Shot("deliver", "coordinator", "/data/upload/"),),
    "gathering:job": (
        Shot("delivery-preview", "coordinator", "/data/jobs/{preview_job}/"),
        Shot("delivery-refused", "coordinator", "/data/jobs/{refused}/"),
    ),
    "gathering:quarantine": (Shot("left-out", "coordinator", "/data/left-out/"),),
    "gathering:findings": (Shot("data-findings", "coordinator", "/data/findings/"),),
    "gathering:corrections": (Shot("corrections", "coordinator", "/data/corrections/"),),
    "gathering:seal": (
        Shot("seal", "coordinator", "/data/seal/"),
        Shot("seal-planner", "planner", "/data/seal/"),
    ),
    "gathering:snapshots": (Shot("snapshots", "coordinator", "/data/snapshots/"),),
    "people:list": (Shot("people", "admin", "/people/"),),
    "people:show": (
        Shot("person", "admin", "/people/{person}/"),
        Shot("person-gone", "admin", "/people/{gone}/"),
    ),
    "people:invite": (
        Shot("invite", "admin", "/people/invite/"),
        Shot("invite-link", "admin", "/people/invite/", "[data-testid=link]", scenes.make_link),
    ),
    "people:account": (
        Shot("account", "planner", "/account/"),
        Shot("account-token", "planner", "/account/", "[data-testid=secret]", scenes.make_token),
        Shot("account-stranger", "stranger", "/account/"),
    ),
    "account_change_password": (Shot("password", "planner", "/account/password/"),),
    "account_reauthenticate": (Shot("reauthenticate", "planner", "/account/reauthenticate/"),),
    "mfa_activate_totp": (
        Shot("two-factor-activate", "planner", "/account/two-factor/totp/activate/", "#id_code", scenes.confirm),
    ),
    "mfa_index": (
        Shot("two-factor", SECURED, "/account/two-factor/"),
        Shot("two-factor-none", "planner", "/account/two-factor/"),
    ),
    "mfa_deactivate_totp": (
        Shot("two-factor-deactivate", SECURED, "/account/two-factor/totp/deactivate/", ".btn-danger", scenes.confirm),
    ),
    "mfa_view_recovery_codes": (
        Shot("recovery-codes", SECURED, "/account/two-factor/recovery-codes/", ".codes", scenes.confirm),
    ),
    "mfa_generate_recovery_codes": (
        Shot("recovery-codes-anew", SECURED, "/account/two-factor/recovery-codes/generate/", act=scenes.confirm),
    ),
    "mfa_reauthenticate": (Shot("two-factor-again", SECURED, "/account/two-factor/reauthenticate/"),),
    "audit:show": (Shot("audit", "auditor", "/audit/"), Shot("audit-administrator", "admin", "/audit/")),
    "api:openapi-view": (Shot("api-docs", "planner", "/api/v1/docs", ".swagger-ui .info", is_ours=False),),
    "account_logout": (Shot("sign-out", "planner", "/sign-out/"),),
}
"""By the name of the route."""

NO_PAGES = {
    "frame:health": "a word for a proxy",
    "adjust:running": "a part of the list of adjustments",
    "adjust:nodes": "options of a field",
    "scenarios:running": "a part of the page of a scenario",
    "gathering:progress": "a part of the page of the job",
    "capacity:effect": "the figures beside the slider",
    "capacity:exact_state": "the exact figures beside the slider",
    "grid:numbers": "the numbers of the grid",
    "grid:changes": "what is new in the grid",
    "grid:cell": "the panel beside the grid",
    "grid:plan_numbers": "the numbers of the grid of a plan",
    "workbook:download": "a workbook",
    "workbook:download_plan": "a workbook",
    "gathering:template": "a workbook",
    "gathering:left_out_csv": "a file",
    "audit:export": "a file",
    "mfa_download_recovery_codes": "a file",
}
"""What answers GET and is no page, and what it is."""
