"""A worker with a schedule."""

import os

from celery import Celery

app = Celery("jobs", broker=os.environ["BROKER_URL"])
app.conf.beat_schedule = {"tidy": {"task": "jobs.tidy", "schedule": 60.0}}


@app.task
def tidy() -> None:
    """Nothing yet."""
