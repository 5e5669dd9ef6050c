"""uvicorn finds no module or no application object under the name it was given.

What it means:
    `uvicorn module:attribute` names a module that cannot be imported from the working folder, or an attribute that the
    module does not have.

Why:
    The application lies in a subfolder, or the object has another name.

Example:
    ERROR:    Error loading ASGI app. Could not import module "main".

What to do:
    Name the module as it is imported from the folder where the command runs.

Sources:
    uvicorn/importer.py; hypercorn and daphne; own recordings; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="asgi-app-not-found",
    title="The ASGI application is not found",
    group=Group.START,
    phase="start",
    patterns=(
        pattern("Error loading ASGI app", r"Error loading ASGI app\. Could not import module \"(?P<module>[^\"]+)\""),
        pattern(
            "Error loading ASGI app",
            r"Error loading ASGI app\. Attribute \"(?P<attribute>[^\"]+)\" not found in module"
            r" \"(?P<module>[^\"]+)\"",
        ),
        pattern(
            "Error loading ASGI app",
            r"Error loading ASGI app\. Import string \"(?P<module>[^\"]+)\" must be in format",
        ),
        pattern('Could not import module "', r"Could not import module \"(?P<module>[^\"]+)\"", lead=-1),
        pattern("Could not find FastAPI app in module", r"Could not find FastAPI app in module"),
        pattern("NoAppError", r"NoAppError: Cannot load application from '(?P<module>[^']+)'"),
        pattern("Path does not exist", r"FastAPICLIException: Path does not exist (?P<module>\S+)"),
        pattern("Could not find a default file to run", lead=-1),
        pattern("ASGI_APPLICATION", r"Cannot import ASGI_APPLICATION module '(?P<module>[^']+)'"),
    ),
    explanation=(
        (
            "The start command names `{attribute}` in the module {module}, which has no such object. | The start"
            " command names the module {module}, which cannot be imported from the folder where it runs. | The start"
            " command names no application that can be imported."
        ),
    ),
    remedies=(
        (
            "Name the module as seen from the folder where the command runs (for backend/main.py: `backend.main:app`,"
            " or set the root directory to backend, or `--app-dir backend`)."
        ),
        (
            "Name the object as the module calls it (`main:application` for `application = FastAPI()`); with a"
            " factory add `--factory`."
        ),
    ),
    examples=(
        'ERROR:    Error loading ASGI app. Could not import module "main".',
        'ERROR:    Error loading ASGI app. Attribute "app" not found in module "main".',
    ),
    counter_examples=("INFO:     Application startup complete.",),
    about_a_package=False,
)
