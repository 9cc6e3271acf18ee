"""The month's artefacts: the S&OP family sheet and its chart, made from the same numbers as every screen.

A family sheet (Wallace & Stahl, Sales & Operations Planning: The How-To Handbook) puts demand, production and inventory
of one family under each other: what was planned, what happened, what is planned now, and the difference, cumulated. Its
identity ties the three: stock misses its plan by what production missed less what sales missed (`kpi.variance`).

    inventory variance = Σ (made − planned) − Σ (sold − planned)

>>> from equipoise.pack.differences import cumulative, differences
>>> import numpy as np
>>> sold = differences(np.array([210.0, 190.0, 250.0]), np.array([200.0, 200.0, 220.0]))
>>> made = differences(np.array([195.0, 210.0, 215.0]), np.array([200.0, 210.0, 220.0]))
>>> (cumulative(made) - cumulative(sold)).tolist()
[-15.0, -5.0, -40.0]
"""
