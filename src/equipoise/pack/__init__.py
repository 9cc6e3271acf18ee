"""The month's artefacts: the S&OP family sheet and its chart, made from the same numbers as every screen.

A family sheet (Wallace & Stahl, Sales & Operations Planning: The How-To Handbook) puts demand, production and inventory
of one family under each other: what was planned, what happened, what is planned now, and the difference, cumulated. Its
identity ties the three: stock misses its plan by what production missed less what sales missed (`kpi.variance`).

    inventory variance = Σ (made − planned) − Σ (sold − planned)

Every chart is one function that draws what another one tells: page, notebook and file show the same, the title is the
finding, and `table()` says the marks in numbers. In a notebook the chart is the last line of a cell; `write_chart`
makes a file of it, and so does `equipoise chart`.

| chart | told by | drawn by |
|---|---|---|
| S&OP chart of a family | `family_sheet.family_sheet` | `charts.sop_chart` |
| bridge between two plans | `bridges.bridge_plans` | `bridge_chart.bridge_chart` |
| forecast with its fan, error by lag | `explain.forecast` | `forecast_chart.forecast_chart`, `lag_chart` |
| what moves one plan from another | `tornado.demand_tornado`, `margin_tornado` | `tornado_chart.tornado_chart` |
| what margin is sensitive to | `sensitivity.sensitivity` | `tornado_chart.tornado_chart` |
| load, bias and error by node and bucket | `heat.load_map`, `error_map` | `heat_chart.heat_chart` |
| families beside last year and budget | `families.family_panels` | `family_chart.family_chart` |

    tornado_chart(sensitivity(plan, by=5), width=700)
    heat_chart(error_map(forecast_performance(plan, ("family", "bucket"))), width=900)
    write_chart(family_chart(family_panels(plan), width=1080), "families.svg")

>>> from equipoise.pack.differences import cumulative, differences
>>> import numpy as np
>>> sold = differences(np.array([210.0, 190.0, 250.0]), np.array([200.0, 200.0, 220.0]))
>>> made = differences(np.array([195.0, 210.0, 215.0]), np.array([200.0, 210.0, 220.0]))
>>> (cumulative(made) - cumulative(sold)).tolist()
[-15.0, -5.0, -40.0]
"""
