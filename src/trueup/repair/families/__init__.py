"""Families of repairs: one file each. A family proposes; `trueup.repair.verify` decides."""
