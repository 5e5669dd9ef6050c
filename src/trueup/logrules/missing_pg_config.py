"""psycopg2 is built and finds no pg_config.

What it means:
    psycopg2 has no Linux wheels; building it asks `pg_config`, which PostgreSQL's development package brings.

Why:
    Installing psycopg2 (or a psycopg2-binary without a wheel for this Python) always compiles.

Example:
    Error: pg_config executable not found.

What to do:
    Depend on psycopg2-binary or psycopg[binary] in a version that has a wheel for this Python, or install libpq-dev
    and a compiler.

Sources:
    psycopg2's setup.py; psycopg_c's build script; own recordings; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="missing-pg-config",
    title="pg_config is missing",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern("pg_config", r"pg_config executable not found"),
        pattern("pg_config", r"(?:couldn't run|No such file or directory:|unable to (?:run|execute)) ['\"]?pg_config"),
        pattern("pg_config", r"(?:^|[\s:/])pg_config: (?:command )?not found", lead=-1),
        pattern("pg_config is required to build psycopg2 from source", lead=-1),
    ),
    explanation=(
        "Building {package} needs PostgreSQL's pg_config, and the environment does not have it.",
        "psycopg2 itself never has wheels for Linux; psycopg2-binary and psycopg[binary] do.",
    ),
    remedies=(
        (
            "Replace psycopg2 by psycopg2-binary (or psycopg[binary]) in a version that has a wheel for the Python in"
            " use."
        ),
        (
            "If the source build is wanted: install libpq-dev, the Python headers and a compiler for the build, and"
            " libpq5 for running."
        ),
    ),
    examples=(
        (
            "      running egg_info\n      Error: pg_config executable not found.\n      pg_config is required to"
            " build psycopg2 from source.  Please add the directory"
        ),
        "      error: couldn't run 'pg_config' --includedir: [Errno 2] No such file or directory: 'pg_config'",
    ),
    counter_examples=("using pg_config from /usr/bin/pg_config", "PG_CONFIG=/usr/bin/pg_config"),
    effect_of=frozenset({"missing-compiler"}),
)
