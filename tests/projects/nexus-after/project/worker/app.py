"""The Celery application of worker and beat: `celery -A worker.app worker`."""

from celery import Celery
from celery.schedules import crontab

from core.settings import get_settings

settings = get_settings()
app = Celery("nexus", broker=settings.redis_url, backend=settings.redis_url, include=["worker.tasks"])
app.conf.update(task_track_started=True, timezone="UTC", broker_connection_retry_on_startup=True)
app.conf.beat_schedule = {
    "heartbeat": {"task": "worker.tasks.heartbeat", "schedule": 30.0},
    "digest": {"task": "worker.tasks.digest", "schedule": crontab(hour=6, minute=0)},
}
