"""There is no current event loop.

What it means:
    Code calls asyncio.get_event_loop() in a thread, or on Python 3.14 anywhere, where no loop runs.

Why:
    Python 3.14 no longer makes a loop there; 3.10 to 3.13 warned. In other threads there never was one.

Example:
    RuntimeError: There is no current event loop in thread 'MainThread'.

What to do:
    Use asyncio.run, or raise the library.

Sources:
    What's New in Python 3.14 (asyncio); own recording; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="event-loop-missing",
    title="No current event loop",
    group=Group.START,
    phase="start",
    patterns=(
        pattern(
            "There is no current event loop in thread",
            r"There is no current event loop in thread '(?P<thread>[^']+)'",
        ),
        pattern("no running event loop", r"RuntimeError: no running event loop"),
        pattern("There is no current event loop", lead=-1),
    ),
    explanation=(
        (
            "Code asks for the current event loop in {thread}, and there is none (Python 3.14 no longer makes one). |"
            " Code asks for the running event loop where none runs."
        ),
    ),
    remedies=(
        (
            "Start the program with `asyncio.run(main())`, or make a loop (`asyncio.new_event_loop()` and"
            " `asyncio.set_event_loop(...)`) in the thread that uses it."
        ),
        "If it is a library that asks: raise it to a version for Python {python}, or pin Python 3.13.",
    ),
    examples=("RuntimeError: There is no current event loop in thread 'MainThread'.",),
    counter_examples=("DeprecationWarning: asyncio.get_event_loop is deprecated",),
    about_a_package=False,
)
