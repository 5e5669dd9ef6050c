"""The JSON of `trueup matrix`, version 1. Its schema is schema/matrix-1.json."""

from __future__ import annotations

import json
from typing import Any

from trueup import __version__
from trueup.model.distribution import PackageForecast
from trueup.model.matrix import Lane, Matrix, MatrixColumn, MatrixRow, MatrixTable
from trueup.reports._evidence import evidence_list
from trueup.reports._outlook import outlook


def render_matrix_json(matrix: Matrix) -> str:
    """The matrix as one JSON object, indented."""
    return json.dumps(matrix_object(matrix), indent=2, ensure_ascii=False) + "\n"


def matrix_object(matrix: Matrix) -> dict[str, Any]:
    """The whole answer of `trueup matrix --format json`."""
    return {
        "schema": "trueup/matrix/1",
        "trueup": __version__,
        "on": matrix.on,
        "tables": [_table(table) for table in matrix.tables],
        "notes": list(matrix.notes),
    }


def _table(table: MatrixTable) -> dict[str, Any]:
    return {
        "files": list(table.files),
        "lanes": [_lane(table, lane) for lane in table.lanes],
        "pythons": [_column(column) for column in table.columns],
        "packages": [_row(row, table.minors) for row in table.rows],
    }


def _lane(table: MatrixTable, lane: Lane) -> dict[str, Any]:
    told = outlook(table, lane)
    return {
        "platform": lane.platform,
        "builder": lane.builder,
        "services": list(lane.services),
        "current": lane.is_today,
        "image": lane.image,
        "python": lane.python,
        "decided_by": "default" if lane.is_default else "project",
        "evidence": evidence_list(lane.evidence),
        "forecast": {
            "python": told.after,
            "on": told.on,
            "breaks": [f"{package.name} {package.version}" for package in told.breaks],
            "text": told.sentence,
        },
    }


def _column(column: MatrixColumn) -> dict[str, Any]:
    target = column.target
    return {
        "minor": column.minor,
        "python": target.python,
        "arch": target.arch,
        "libc": target.libc,
        "libc_version": target.libc_version,
        "conflicts": [{"name": item.name, "reason": item.reason} for item in column.conflicts],
        "unresolved": [
            {"name": item.name, "reason": item.reason, "transient": item.transient} for item in column.unresolved
        ],
    }


def _row(row: MatrixRow, minors: tuple[str, ...]) -> dict[str, Any]:
    return {
        "name": row.name,
        "direct": row.direct,
        "pythons": {minor: _cell(cell) if cell else None for minor, cell in zip(minors, row.cells, strict=True)},
    }


def _cell(cell: PackageForecast) -> dict[str, Any]:
    return {
        "version": cell.version,
        "outcome": cell.outcome.value,
        "file": cell.file,
        "reason": cell.reason,
        "fixed_in": cell.fixed_in,
        "required_by": list(cell.required_by),
    }
