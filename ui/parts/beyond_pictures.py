"""Two comparisons that need pictures: right or sharp, and everything through 1,000 numbers."""

import numpy as np
import streamlit as st

from dae_core.distortions.strengths import ALL_DAMAGE
from dae_core.experiments import TITLES
from dae_core.scores.metrics import METRICS
from dae_core.serving.frequencies import fine_detail, sharpness
from dae_core.telling import tables
from dae_core.telling.comparison import compare
from dae_core.telling.placeholders import show
from dae_core.telling.steps import BOTTLENECK, BOTTLENECK_RIVALS, RECOMMENDED
from dae_core.telling.targets import BOTTLENECK_GOAL, of_network_1
from ui.controls.scene import Scene
from ui.parts import denoisers
from ui.parts.failures import shipped
from ui.parts.trained import there
from ui.shelf import networks, scores
from ui.shelf.texts import say
from ui.widgets import tiles
from ui.widgets.tables import show_table


def sharp_or_right(scene: Scene) -> None:
    """The blind network with both losses, and their fine detail."""
    names = there("beyond-blind", "beyond-sharp")
    if len(names) < 2:
        return
    st.header("Right or sharp?")
    usable, _ = networks.checkpoints()
    compared = compare({name: TITLES[name] for name in names}, usable, scores.metric_rows(), [])
    originals, _ = shipped()
    strip, kept = [], []
    for name, one in compared.items():
        picture = networks.reconstructed(name, scene.distorted)
        repaired = networks.repaired_samples(usable[name])
        kept.append(float(np.mean([sharpness(*pair) for pair in zip(repaired, originals, strict=True)])))
        mse, ssim = (METRICS[metric].cell(one.scores[metric]) for metric in ("mse", "ssim"))
        strip.append((one.title, picture, f"Test MSE {mse}  \nTest SSIM {ssim}"))
        own = sharpness(picture, scene.original)
        strip.append(
            (
                "Its fine detail",
                fine_detail(picture),
                show("{:.0%}", own) + show(", all shipped pictures {:.0%}", kept[-1]),
            )
        )
    strip += [("Original", scene.original, ""), ("Its fine detail", fine_detail(scene.original), show("{:.0%}", 1))]
    tiles.strip(strip, scale=4)
    st.markdown(say("beyond", "right_or_sharp", fine_before=kept[0], fine_sharp=kept[1]))
    errors = {one.title: one.scores["mse"] for one in compared.values()}
    st.caption(say("beyond", "right_or_sharp_order", order=tables.ranking(errors)))


def any_strength() -> None:
    """Error against strength: a network that knows one, and those that know all."""
    names = there("beyond-unet", "beyond-blind", RECOMMENDED)
    if not names:
        return
    st.header("Any strength")
    compared = {TITLES[name]: name for name in names}
    denoisers.strength(compared, networks.checkpoint(names[0]).experiment, key="kind", others="report")
    st.markdown(say("beyond", "any_strength"))


def bottleneck(scene: Scene) -> None:
    """Decoder 1 and the best with as many numbers, on the picture and on the test set."""
    if not there(BOTTLENECK):
        return
    rows, strip, table = scores.metric_rows(), [], []
    for name in there(*BOTTLENECK_RIVALS.values(), BOTTLENECK):
        picture, checkpoint = networks.reconstructed(name, scene.distorted), networks.checkpoint(name)
        strip.append((checkpoint.experiment.title, picture, tiles.mse_line(picture, scene.original)))
        line = {"Network": checkpoint.experiment.title, "Parameters": f"{checkpoint.parameters:,}"}
        for damage, heading in {"clean": "MSE, clean", ALL_DAMAGE: "MSE, all three distortions"}.items():
            error = rows.mean(name, damage)
            line[heading] = "" if error is None else f"{error:.5f}"
        table.append(line)
    st.header("And with only 1,000 numbers?")
    tiles.strip([("Distorted", scene.distorted, ""), *strip, ("Original", scene.original, scene.title)], scale=4)
    show_table(table)
    fixed = networks.checkpoint(BOTTLENECK).manifest["parameters"].get("fixed")
    st.markdown(say("beyond", "bottleneck", alone=scores.component_errors().get(1000), fixed=fixed))
    st.caption(
        say(
            "beyond",
            "bottleneck_goal",
            goal=BOTTLENECK_GOAL,
            of_clean=of_network_1(rows, "clean"),
            of_distorted=of_network_1(rows, ALL_DAMAGE),
        )
    )
