"""What plain `python FILE` starts: a file that serves nothing, or one whose imports nothing installs."""

from __future__ import annotations

import pytest

from tests.checks._contexts import context_of, findings
from trueup.checks import server_not_required, start_not_listening
from trueup.model.finding import Confidence

STREAMLIT = 'import streamlit as st\n\nst.title("x")\n'
FASTAPI = "from fastapi import FastAPI\n\napp = FastAPI()\n"


def never_listening(code: str, **more: str | bytes) -> list[tuple[str, Confidence]]:
    texts: dict[str, str | bytes] = {"requirements.txt": "flask\n", "app.py": code, **more}
    context = context_of({".python-version": "3.13\n", "Procfile": "web: python app.py\n", **texts})
    found = findings(start_not_listening.CHECK, context)
    return [(item.message.partition(":")[0], item.confidence) for item in found if "plain python" in item.message]


@pytest.mark.parametrize(
    ("code", "confidence"),
    [
        (STREAMLIT, Confidence.HIGH),
        (f"{STREAMLIT}\n\ndef main():\n    st.write(1)\n\n\nmain()\n", Confidence.HIGH),
        (FASTAPI, Confidence.MEDIUM),
        (
            "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get('/')\ndef index():\n    return ''\n",
            Confidence.MEDIUM,
        ),
    ],
)
def test_a_file_that_starts_no_server_ends_at_once(code: str, confidence: Confidence) -> None:
    assert never_listening(code) == [("app.py", confidence)]


@pytest.mark.parametrize(
    "code",
    [
        f"import sys\nfrom streamlit.web import cli\n{STREAMLIT}sys.exit(cli.main())\n",
        f"import os\n{STREAMLIT}os.system('streamlit run ui.py')\n",
        f"{FASTAPI}\nimport uvicorn\nuvicorn.run(app, host='0.0.0.0', port=8000)\n",
        f"{FASTAPI}\nif __name__ == '__main__':\n    serve(app)\n",
        f"{FASTAPI}\nfrom helper import begin\n",
        f"{FASTAPI}\nwhile True:\n    pass\n",
        "import time\n\nwhile True:\n    time.sleep(5)\n",
        "def make():\n    from flask import Flask\n    return Flask(__name__)\n",
    ],
)
def test_nothing_is_said_of_a_file_that_may_serve(code: str) -> None:
    assert never_listening(code, **{"helper.py": "import server\n\nserver.serve_forever()\n"}) == []


def test_the_program_of_a_server_is_no_plain_python() -> None:
    assert never_listening(STREAMLIT, Procfile="web: streamlit run app.py --server.port $PORT\n") == []


def missing(texts: dict[str, str | bytes], builder: str = "railpack") -> list[tuple[str, str]]:
    found = findings(server_not_required.CHECK, context_of({".python-version": "3.13\n", **texts}, builder=builder))
    return [(item.subject, item.message) for item in found]


PYPROJECT = '[project]\nname = "x"\nversion = "1"\ndependencies = ["flask", "gunicorn"]\n'


def test_a_pyproject_without_a_lockfile_installs_nothing_with_railpack() -> None:
    """Railpack's start command asks for gunicorn, and nothing has brought it; Nixpacks installs the project."""
    texts: dict[str, str | bytes] = {"pyproject.toml": PYPROJECT, "main.py": "from flask import Flask\n"}
    ((subject, message),) = missing(texts)
    assert subject == "gunicorn"
    assert "the build installs nothing: railpack installs from requirements.txt" in message
    assert missing(texts, "nixpacks") == []
    assert missing({**texts, "Procfile": "web: pip install . && gunicorn main:app\n"}) == []


@pytest.mark.parametrize("builder", ["railpack", "nixpacks"])
def test_a_started_file_needs_what_it_imports(builder: str) -> None:
    code = (
        "import os\nimport helper\nfrom flask import Flask\n\ntry:\n    import uvloop\nexcept ImportError:\n    pass\n"
    )
    ((subject, message),) = missing({"main.py": code, "helper.py": ""}, builder)
    assert subject == "flask"
    assert "main.py:3 imports it" in message
    ((_, message),) = missing(
        {f"api/{name}": text for name, text in {"main.py": code, "helper.py": ""}.items()}, builder
    )
    assert "api/main.py:3 imports it" in message
    assert missing({"main.py": "import json\nimport helper\n", "helper.py": ""}, builder) == []
    assert missing({"main.py": code, "helper.py": "", "requirements.txt": "requests\n"}, builder) == []
