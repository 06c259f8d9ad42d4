"""What portals, and whoever stands behind them, do to a crawler: one file for each kind of hazard, a function for each."""
