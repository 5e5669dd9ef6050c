"""What a proof costs beside the same steps typed by hand.

Both sides run the plan's install command for an environment that is there already (a proof verifies and takes it), copy
the project, start PostgreSQL, start the service, ask its health path until it answers, and stop everything; the hand's
side is a shell script with the same programs. Warm, the ratio of the medians must be at most 1.3.

    ./dev python -m bench.prove_cost [--runs 5]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from trueup.prove.interpreters import find_interpreter
from trueup.prove.obtaining import kinds

LIMIT = 1.3
REQUIREMENTS = "fastapi==0.115.0\nuvicorn==0.32.0\nasyncpg==0.30.0\n"
SERVER = '''"""Answers when its database does."""
import os
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1)
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)


@app.get("/health")
async def health():
    return {"answer": await app.state.pool.fetchval("select 42")}
'''
BLUEPRINT = """services:
  - type: web
    name: cost
    runtime: python
    plan: free
    buildCommand: pip install -r requirements.txt
    startCommand: uvicorn server:app --host 0.0.0.0 --port $PORT
    healthCheckPath: /health
    envVars:
      - {key: DATABASE_URL, sync: false}
"""
BY_HAND = """set -e
work=$(mktemp -d)
{own}
cp -r "$PROJECT" "$work/app"
cd "$work/app"
"$ENVIRONMENT/bin/pip" install -r requirements.txt
{as_user} "$INITDB" -D "$work/data" -U postgres -A trust -E UTF8 --no-sync --locale=C >"$work/log" 2>&1
{as_user} "$POSTGRES" -D "$work/data" -p 31999 -k "$work" -c listen_addresses=127.0.0.1 -c fsync=off >"$work/pg" 2>&1 &
postgres=$!
until (exec 3<>/dev/tcp/127.0.0.1/31999) 2>/dev/null; do sleep 0.05; done
export PATH="$ENVIRONMENT/bin:$PATH" DATABASE_URL=postgresql://postgres@127.0.0.1:31999/postgres PORT=31998
"$ENVIRONMENT/bin/uvicorn" server:app --host 0.0.0.0 --port $PORT >"$work/web" 2>&1 &
web=$!
until curl -fsS http://127.0.0.1:31998/health >/dev/null 2>&1; do sleep 0.05; done
kill -TERM $web; wait $web || true
kill -INT $postgres; wait $postgres || true
rm -rf "$work"
"""


def project(folder: Path, minor: str) -> Path:
    """The project that both sides build."""
    folder.mkdir()
    (folder / "requirements.txt").write_text(REQUIREMENTS)
    (folder / "server.py").write_text(SERVER)
    (folder / "render.yaml").write_text(BLUEPRINT)
    (folder / ".python-version").write_text(f"{minor}\n")
    return folder


def prove(folder: Path, cache: Path) -> tuple[float, dict[str, object]]:
    """One proof by the command line; its seconds and its record."""
    began = time.monotonic()
    words = [sys.executable, "-m", "trueup", "prove", str(folder), "--yes", "--quiet", "--format", "json"]
    environment = os.environ | {"TRUEUP_CACHE_DIR": str(cache), "PYTHONPYCACHEPREFIX": str(cache / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as a person's shell has it
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    record: dict[str, object] = json.loads(done.stdout)
    assert record["verdict"] == "proved", done.stdout + done.stderr
    return seconds, record


def by_hand(folder: Path, environment: Path) -> float:
    """The same steps in a shell; its seconds."""
    found = kinds()["postgresql"].find()
    assert found is not None, "needs PostgreSQL's server"
    is_root = os.getuid() == 0
    own = 'chmod 755 "$work"; mkdir "$work/data"; chown nobody "$work" "$work/data"' if is_root else ""
    script = BY_HAND.format(own=own, as_user="setpriv --reuid nobody --clear-groups" if is_root else "")
    variables = {"PROJECT": str(folder), "ENVIRONMENT": str(environment)}
    variables |= {"INITDB": str(found["initdb"]), "POSTGRES": str(found["postgres"])}
    began = time.monotonic()
    subprocess.run(["bash", "-c", script], env=os.environ | variables, check=True, capture_output=True)
    return time.monotonic() - began


def main() -> int:
    """Measure both sides in turn and compare the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--python", default="3.12")
    arguments = parser.parse_args()
    if find_interpreter(arguments.python) is None or shutil.which("curl") is None:
        print(f"needs CPython {arguments.python} and curl")
        return 0
    with tempfile.TemporaryDirectory(prefix="prove-cost-") as name:
        folder, cache = project(Path(name) / "cost", arguments.python), Path(name) / "cache"
        cold, _ = prove(folder, cache)
        environment = next((cache / "environments").glob("*/environment"))
        ours, hand = [], []
        for _ in range(arguments.runs):
            ours.append(prove(folder, cache)[0])
            hand.append(by_hand(folder, environment))
    ratio = statistics.median(ours) / statistics.median(hand)
    print(f"cold {cold:.1f} s; warm {statistics.median(ours):.2f} s, by hand {statistics.median(hand):.2f} s")
    print(f"ratio {ratio:.2f} (at most {LIMIT})")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
