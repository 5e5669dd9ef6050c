"""Broken manifests, through everything but the index; see mutate.py for many more of them."""

from __future__ import annotations

import os

import pytest

from tests.robustness.mutate import LONGEST, run

IN_CI = 20_000
ELSEWHERE = 1_000
SHARDS = 8
"""The tests among which the mutations are shared, so that processors can share them too."""


@pytest.mark.parametrize("shard", range(SHARDS))
def test_broken_manifests_end_in_a_report(shard: int) -> None:
    """`TRUEUP_MUTATIONS` sets how many are tried, `TRUEUP_MUTATION_SEED` which; a CI tries 20,000."""
    count = int(os.environ.get("TRUEUP_MUTATIONS") or (IN_CI if os.environ.get("CI") else ELSEWHERE))
    found = run(count // SHARDS, int(os.environ.get("TRUEUP_MUTATION_SEED", "20261120")) + shard)
    assert not found.failures, "\n".join(found.failures.values())
    seconds, mutation = found.slowest
    assert seconds < LONGEST, f"{seconds:.1f} s: {mutation}"
