"""CONTRIBUTING.md's recipe for a distortion, followed in a copy: three places, and the whole app has it."""

import shutil
import subprocess
import sys

import pytest

from tests.visitor import ROOT

PLACES = {
    "dae_core/distortions/strengths.py": [
        ("    cutout: int = 0\n", "    cutout: int = 0\n    blackout: float = 0.0\n"),
        (
            "    SALT_PEPPER: Kind(",
            '    "blackout": Kind(title="Blackout", short="dark", strength="Part of the light", bounds=(0.1, 1.0), '
            'preset=0.5, form="{:.0%}"),\n    SALT_PEPPER: Kind(',
        ),
    ],
    "dae_core/distortions/apply.py": [
        (
            "    count, side = ",
            '    if name == "blackout":\n        part = 1 - corruption.blackout\n'
            "        return albumentations.RandomBrightnessContrast((-part, -part), (0, 0), p=1)\n    count, side = ",
        )
    ],
    "ui/controls/distortions.py": [("SLIDERS = {", 'SLIDERS = {\n    "blackout": Slider("blackout_part", "percent"),')],
}
TRIED = """
import sys
import numpy as np
from streamlit.testing.v1 import AppTest
from dae_core.distortions.apply import _seed, corrupt
from dae_core.distortions.strengths import REPORT_CORRUPTION, Corruption
from dae_core.pictures.samples import load_sample
from dae_core.telling.lessons import load_lesson
from ui.parts.lesson import PLACES

cat = load_sample("cat-chelsea")
known = np.load(sys.argv[1])
assert np.array_equal(corrupt(cat, REPORT_CORRUPTION, 7), known), "the other distortions draw as they did"
assert not np.array_equal(corrupt(cat, Corruption(blackout=0.5), 7), cat)
assert len({_seed(name, seed) for name in ("blackout", "gaussian_noise", "cutout") for seed in range(300)}) == 900
assert load_lesson("denoising", PLACES).steps
for page in ("app.py", "pages/3_Distortions.py", "pages/6_Lesson.py"):
    app = AppTest.from_file("app.py", default_timeout=60)
    if page != "app.py":
        app.switch_page(page)
    app.query_params = {"answers": "0"}  # The lesson shows its controls after an answer.
    app.run()
    assert not app.exception, page
    before = [image.proto.imgs[0].url for image in app.get("image")]
    app.toggle(key="blackout").set_value(True).run()
    assert not app.exception, page
    assert app.slider(key="blackout_part").value == 0.5
    assert [image.proto.imgs[0].url for image in app.get("image")] != before, page
"""


def test_a_distortion_takes_three_places_and_is_everywhere(house, tmp_path_factory):
    import numpy as np

    from dae_core.distortions.apply import corrupt
    from dae_core.distortions.strengths import REPORT_CORRUPTION
    from dae_core.pictures.samples import load_sample

    known = tmp_path_factory.mktemp("known") / "distorted.npy"
    np.save(known, corrupt(load_sample("cat-chelsea"), REPORT_CORRUPTION, 7))
    shutil.copytree(ROOT / "lessons", house / "lessons")
    for measured in ("baselines.csv", "baselines.json"):
        shutil.copy(ROOT / "checkpoints" / measured, house / "checkpoints")
    for place, changes in PLACES.items():
        text = (house / place).read_text(encoding="utf-8")
        for before, after in changes:
            assert before in text, f"{place} has no {before!r}"
            text = text.replace(before, after, 1)
        (house / place).write_text(text, encoding="utf-8")
    tried = subprocess.run([sys.executable, "-c", TRIED, known], cwd=house, capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr[-2000:]


@pytest.mark.parametrize("place", PLACES)
def test_the_recipe_names_the_places(place):
    assert place in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
