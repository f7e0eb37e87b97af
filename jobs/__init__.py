"""Time, thin: one flow call, log what changed. `timetable.py` shows every job on one screen."""
