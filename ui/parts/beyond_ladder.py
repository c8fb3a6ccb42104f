"""The steps beyond the report on the picture, and what one idea changes."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from dae_core.experiments import TITLES
from dae_core.telling.steps import BOTTLENECK, LADDER, before
from ui.controls.choice import one_of
from ui.controls.scene import Scene
from ui.parts.trained import trained
from ui.shelf import networks, scores
from ui.shelf.texts import say
from ui.widgets import tiles
from ui.widgets.wipe import wipe


def ladder(scene: Scene) -> dict[str, np.ndarray]:
    """What every step that is trained makes of one picture, by experiment."""
    names = [name for name in trained([*LADDER, BOTTLENECK]) if name in LADDER]
    return {name: networks.reconstructed(name, scene.distorted) for name in names}


def film_strip(rebuilt: Mapping[str, np.ndarray], scene: Scene) -> None:
    """These results as a film strip, with what each step costs."""
    times = scores.times()
    strip = [("Distorted", scene.distorted, tiles.mse_line(scene.distorted, scene.original))]
    for name, picture in rebuilt.items():
        cost = f"{networks.checkpoint(name).parameters / 1000:,.0f} k"
        cost += f", {times[name]:.1f} ms" if name in times else ""
        strip.append((TITLES[name], picture, f"{tiles.mse_line(picture, scene.original)}  \n{cost}"))
    tiles.strip([*strip, ("Original", scene.original, scene.title)], narrowest=85)
    st.caption(say("beyond", "film_strip"))


def one_idea(rebuilt: Mapping[str, np.ndarray]) -> None:
    """A step against the one that it was made of, or what comes before that if it is not trained."""
    pairs = {name: earlier for name in rebuilt if (earlier := before(name, list(rebuilt)))}
    if not pairs:
        st.markdown(say("beyond", "nothing_to_compare"))
        return
    titles = {TITLES[name]: name for name in pairs}
    name = titles[one_of("What one idea changes", list(titles), list(titles)[-1], key="idea", wrap=True)]
    earlier = pairs[name]
    precisions = [networks.checkpoint(one).experiment.precision.removeprefix("mixed_") for one in (name, earlier)]
    once, twice = (scores.errors(name, split) for split in ("once", "test"))
    st.markdown(
        say(
            "beyond",
            "one_idea",
            title=TITLES[name],
            idea=say("steps", name),
            skipped=int(earlier != LADDER[name]),
            once=float(once.mean()) if len(once) else None,
            twice=float(twice.mean()),
            precision=precisions[0] if len(set(precisions)) > 1 else None,
            precision_before=precisions[1],
        )
    )
    wipe.wipe(rebuilt[earlier], rebuilt[name], TITLES[earlier], TITLES[name])
