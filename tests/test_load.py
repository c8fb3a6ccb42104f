"""Many at once, over the server's own protocol; how fast, benchmarks/load.py says."""

import asyncio

from benchmarks.load import Student, class_of


def test_twenty_students_click_at_once_and_everybody_sees_their_own_pictures(address):
    everybody = asyncio.run(class_of(20, address, seconds=5))
    assert [error for student in everybody for error in student.errors + student.mistaken()] == []
    assert all(student.waited for student in everybody)


def test_somebody_elses_pictures_would_be_noticed(address):
    student = Student(1)
    asyncio.run(student.attend(address, clicks=1))
    assert not student.errors and not student.mistaken()
    settings, tiles = student.seen[-1]
    student.seen.append((settings | {"seed": settings["seed"] + 1}, tiles))
    assert len(student.mistaken()) == 1
