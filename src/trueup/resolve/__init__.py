"""The full dependency set for a target (resolver), and what becomes of each distribution on it (forecast).

Nothing is imported here: a run whose forecasts are remembered (`trueup.forecasts`) needs none of what resolving takes.
"""
