"""Bad input, a failing index, interruptions: what must never give a traceback or a false statement."""
