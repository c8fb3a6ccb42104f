"""A class clicks at once: how long thirty students wait, and whether anybody sees another's picture.

`python benchmarks/load.py` drives the server's own protocol, a websocket per student, without browsers: these would
need more of the machine than the server. `--soak` opens and closes sessions instead, and watches the memory.
"""

import argparse
import asyncio
import random
import statistics
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.page import serve  # noqa: E402
from dae_core.distortions.apply import corrupt  # noqa: E402
from dae_core.distortions.strengths import REPORT_CORRUPTION, Corruption  # noqa: E402
from dae_core.pictures.samples import SAMPLES, load_sample  # noqa: E402
from dae_core.pictures.writing import data_url  # noqa: E402

CLASSES = (10, 30, 60, 100)  # Each class has so many students.
SECONDS = 40  # Each class clicks for so long.
PAUSE = 2.0  # A student clicks after so many seconds, as long as the answers come in time.
PATIENCE = 60  # After so many seconds, a student gives up: an error.
KEPT = 2  # A browser keeps a large message for so many runs, to be spared from having it sent again.
# The soak test has so many visits: two hours of a class of thirty that comes back every ten minutes.
LESSONS, AT_ONCE = 400, 8


@dataclass
class Student:
    """Somebody on the Playground, who clicks; `settings` is what their controls say, and so what they should see."""

    number: int
    settings: dict[str, bool | int | str] = field(default_factory=dict)
    waited: list[float] = field(default_factory=list)  # Each click waited so many seconds.
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.number)
        self.settings = {
            "gaussian_noise": True,
            "cutout": True,
            "salt_and_pepper": True,
            "seed": self.number,
            "image": self.dice.choice(list(SAMPLES)),
        }
        self.query = urlencode({"seed": self.number, "image": self.settings["image"]})
        self.page, self.touched, self.kept, self.seen = "", {}, {}, []

    async def attend(self, address: str, clicks: int | None = None, until: float = 0) -> None:
        """Opens the Playground, clicks so often, or once and on until `time.monotonic()` is so late, closes the tab."""
        stream = address.replace("http", "ws", 1) + "/_stcore/stream"
        try:
            async with connect(
                stream, subprotocols=["streamlit"], max_size=None, compression=None, open_timeout=PATIENCE
            ) as self.socket:
                await self.rerun()
                count = 0
                while (count < clicks) if clicks is not None else (not count or time.monotonic() < until):
                    if clicks is None:  # Nobody waits for the others.
                        await asyncio.sleep(self.dice.uniform(0.5, 1.5) * PAUSE)
                    start = time.monotonic()
                    await self.click()
                    self.waited.append(time.monotonic() - start)
                    count += 1
        except (OSError, WebSocketException, TimeoutError) as error:
            self.errors.append(repr(error))

    async def click(self) -> None:
        """Changes one control, waits for the page, and looks at it."""
        key = self.dice.choice(list(self.settings))
        if key == "seed":
            self.settings[key] = self.dice.randrange(1_000_000)
        elif key == "image":
            self.settings[key] = self.dice.choice(list(SAMPLES))
        else:
            self.settings[key] = not self.settings[key]
        self.touched[key] = self.settings[key]
        await self.rerun()

    async def rerun(self) -> None:
        """Asks for a run of the page with all that was touched, and takes in what comes until it has finished."""
        self.kept = {key: (age + 1, kept) for key, (age, kept) in self.kept.items() if age < KEPT}
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash = self.query, self.page
        state.cached_message_hashes.extend(self.kept)
        state.widget_states.widgets.extend(widget_state(self.ids[key], value) for key, value in self.touched.items())
        await self.socket.send(message.SerializeToString())
        self.ids: dict[str, str] = {}
        self.tiles: dict[str, int] = {}
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = ForwardMsg.FromString(await self.socket.recv())
                if answer.WhichOneof("type") == "ref_hash":
                    answer.CopyFrom(self.kept[answer.ref_hash][1])
                if answer.metadata.cacheable:
                    self.kept[answer.hash] = (0, answer)
                if self.take_in(answer):
                    break
        self.seen.append((dict(self.settings), self.tiles))

    def take_in(self, message: ForwardMsg) -> bool:
        """Notes what the page says; whether it has said everything."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.page = message.new_session.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta":
            element = message.delta.new_element
            name = element.WhichOneof("type")
            if name == "exception":
                self.errors.append(element.exception.message)
            elif name == "imgs":
                self.look(element.imgs.imgs[0].alt, element.imgs.imgs[0].url)
            elif name in ("checkbox", "number_input", "selectbox"):
                widget = getattr(element, name).id  # It ends in the control's key.
                self.ids.update({key: widget for key in self.settings if widget.endswith(f"-{key}")})
        return kind == "script_finished"

    def look(self, description: str, address: str) -> None:
        for key, words in {"distorted": ", distorted: ", "original": ", the original"}.items():
            if words in description:
                self.tiles[key] = hash(address)

    def mistaken(self) -> list[str]:
        """What this student saw that was not theirs; found out at the end, for it takes as long as a page."""
        return [
            f"saw other pictures than those of {settings}"
            for settings, tiles in self.seen
            if tiles != expected(settings)
        ]


def widget_state(widget: str, value: bool | int | str) -> WidgetState:
    """What a browser says about a control."""
    kind = {bool: "bool_value", int: "int_value", str: "string_value"}[type(value)]
    return WidgetState(id=widget, **{kind: value})


def expected(settings: dict) -> dict[str, int]:
    """What the tiles Distorted and Original of these settings have to show, by the same functions as the page."""
    on = {key: getattr(REPORT_CORRUPTION, key) for key in ("gaussian_noise", "salt_and_pepper", "cutout")}
    corruption = Corruption(**{key: value for key, value in on.items() if settings[key]})
    original = load_sample(settings["image"])
    pictures = {"distorted": corrupt(original, corruption, settings["seed"]), "original": original}
    return {key: hash(data_url(picture)) for key, picture in pictures.items()}


def percentile(values: Iterable[float], part: float) -> float:
    return statistics.quantiles(values, n=1000, method="inclusive")[round(1000 * part) - 1]


async def class_of(students: int, address: str, seconds: float) -> list[Student]:
    """That many students who come in at once and click, all of this for so long."""
    everybody = [Student(number) for number in range(students)]
    until = time.monotonic() + seconds
    await asyncio.gather(*(student.attend(address, until=until) for student in everybody))
    return everybody


def main() -> None:
    """A line per class, or per tenth of the soak test."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, nargs="+", default=CLASSES)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--soak", action="store_true")
    options = parser.parse_args()
    with serve(ROOT / "app.py") as (address, process):
        asyncio.run(class_of(1, address, 5))  # This loads what everybody shares.
        if options.soak:
            soak(address, process)
            return
        print(
            f"{'students':>8}{'clicks':>8}{'median, s':>11}{'95 %, s':>9}{'worst, s':>10}{'CPU, %':>8}{'MB':>6}  errors"
        )
        for students in options.students:
            process.cpu_percent()
            everybody = asyncio.run(class_of(students, address, options.seconds))
            cpu, memory = process.cpu_percent(), process.memory_info().rss / 1e6
            waited = [seconds for student in everybody for seconds in student.waited]
            errors = [error for student in everybody for error in student.errors + student.mistaken()]
            print(
                f"{students:8}{len(waited):8}{statistics.median(waited):11.2f}{percentile(waited, 0.95):9.2f}"
                f"{max(waited):10.2f}{cpu:8.0f}{memory:6.0f}  {len(errors)} {' '.join(errors[:1])}",
                flush=True,
            )


def soak(address: str, process: psutil.Process) -> None:
    """Opens and closes sessions, and says what the server takes after each tenth of them."""

    async def some(numbers: Iterable[int]) -> list[str]:
        students = [Student(number) for number in numbers]
        for first in range(0, len(students), AT_ONCE):
            await asyncio.gather(*(one.attend(address, clicks=5) for one in students[first : first + AT_ONCE]))
        return [error for student in students for error in student.errors + student.mistaken()]

    print(f"{'sessions':>8}{'MB':>8}  errors")
    tenth = LESSONS // 10
    for part in range(10):
        errors = asyncio.run(some(range(part * tenth, (part + 1) * tenth)))
        print(f"{(part + 1) * tenth:8}{process.memory_info().rss / 1e6:8.1f}  {len(errors)}", flush=True)


if __name__ == "__main__":
    main()
