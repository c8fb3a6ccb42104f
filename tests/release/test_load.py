"""Many at once, over the server's own protocol; how fast, benchmarks/load.py says."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.load import Student, class_of


def run(coroutine: Coroutine) -> Any:
    """Its result; in a thread of its own, for the browser of other tests keeps a loop in this one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def test_twenty_students_click_at_once_and_everybody_sees_their_own_pictures(address):
    everybody = run(class_of(20, address, seconds=10))
    assert [error for student in everybody for error in student.errors + student.mistaken()] == []
    assert all(student.waited for student in everybody)


def test_somebody_elses_pictures_would_be_noticed(address):
    student = Student(1)
    run(student.attend(address, clicks=1))
    assert not student.errors and not student.mistaken()
    settings, tiles = student.seen[-1]
    student.seen.append((settings | {"seed": settings["seed"] + 1}, tiles))
    assert len(student.mistaken()) == 1
