"""The steps beyond the report: what each idea buys, what it costs, and where it fails."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from dae_core.distortions.strengths import ALL_DAMAGE, REPORT_CORRUPTION
from dae_core.scores.repeats import recomputed
from dae_core.serving.classical import BASELINES
from dae_core.serving.frequencies import fine_detail, sharpness
from dae_core.telling import tables
from dae_core.telling.steps import BOTTLENECK, BOTTLENECK_RIVALS, LADDER, RECOMMENDED
from dae_core.telling.targets import BOTTLENECK_GOAL, TRIED, goals, of_network_1
from ui.charts import scatters
from ui.controls.choice import one_of
from ui.controls.scene import Scene
from ui.parts import denoisers
from ui.parts.failures import _shipped
from ui.parts.trained import there, trained
from ui.shelf import networks, scores
from ui.widgets import tiles
from ui.widgets.tables import show_table
from ui.widgets.wipe import wipe


def ladder(scene: Scene) -> dict[str, np.ndarray]:
    """One picture through every step that is trained, as a film strip; the results by experiment."""
    rebuilt = {
        name: networks.reconstructed(name, scene.distorted) for name in trained([*LADDER, BOTTLENECK]) if name in LADDER
    }
    strip = [("Distorted", scene.distorted, tiles.mse_line(scene.distorted, scene.original))]
    for name, picture in rebuilt.items():
        cost = f"{networks.checkpoint(name).parameters / 1000:,.0f} k, {scores.milliseconds(name):.1f} ms"
        strip.append((LADDER[name].title, picture, f"{tiles.mse_line(picture, scene.original)}  \n{cost}"))
    tiles.strip([*strip, ("Original", scene.original, scene.title)], narrowest=85)
    st.caption("MSE: less is better. Below it: thousands of parameters, and the time that one picture takes here.")
    return rebuilt


def one_idea(rebuilt: Mapping[str, np.ndarray]) -> None:
    """A step against the one that it was made of, or what comes before that if it is not trained."""
    before = {}
    for name in rebuilt:
        earlier = LADDER[name].after
        while earlier and earlier not in rebuilt:
            earlier = LADDER[earlier].after
        if earlier:
            before[name] = earlier
    if not before:
        st.markdown(
            "Here is no step to compare with the one before it: `python train_models.py 'beyond-*'` trains them."
        )
        return
    titles = [LADDER[name].title for name in before]
    title = one_of("What one idea changes", titles, titles[-1], key="idea", wrap=True)
    name = list(before)[titles.index(title)]
    gap = "" if before[name] == LADDER[name].after else " What lies between these two is not trained here."
    st.markdown(f"**{title}.** {LADDER[name].idea}{gap}{_asked_once(name)}{_other_precision(name, before[name])}")
    wipe.wipe(rebuilt[before[name]], rebuilt[name], LADDER[before[name]].title, title)


def _asked_once(name: str) -> str:
    """What of its score a network owes to its self-ensemble, as a sentence; empty if it has none."""
    once, twice = (scores.errors(name, split) for split in ("once", "test"))
    if not len(once):
        return ""
    of_convolution = ""
    if there("convolutional-all"):
        reference = networks.checkpoint("convolutional-all").manifest["test_mse"]["onnx"]
        of_convolution = f", {once.mean() / reference:.3f} and {twice.mean() / reference:.3f} of Convolution's"
    return f" Asked once, its test MSE is {once.mean():.5f}, and twice {twice.mean():.5f}{of_convolution}."


def _other_precision(name: str, before: str) -> str:
    """Said of a step that differs from the one before in more than its idea."""
    own, earlier = (networks.checkpoint(one).experiment.precision for one in (name, before))
    return f" Trained in {_short(own)}, not in {_short(earlier)} as the one before." if own != earlier else ""


def _short(precision: str) -> str:
    return precision.removeprefix("mixed_")


def gains() -> None:
    """What each step reaches on the test set, and what it costs, beside the report's networks and the classical."""
    st.subheader("What each buys, and what it costs")
    usable, _ = networks.checkpoints()
    titles = {name: title for name, title in tables.STEPS.items() if name in usable}
    titles |= {name: denoisers.method_title(name) for name in BASELINES}
    table = tables.all_damage(titles, usable, scores.metric_rows(), scores.repeats())
    points: dict[str, list[tuple[str, int, float, float]]] = {"The report's": [], "Beyond": [], "Classical": []}
    for name, line in table.items():
        milliseconds = scores.milliseconds(name)
        line["Milliseconds"] = f"{milliseconds:.{1 if milliseconds >= 1 else 2}f}"
        series = "Classical" if name in BASELINES else "Beyond" if name.startswith("beyond-") else "The report's"
        parameters = 0 if name in BASELINES else networks.checkpoint(name).parameters
        points[series].append((titles[name], parameters, milliseconds, float(line["MSE"])))
    show_table(list(table.values()))
    errors = {titles[name]: float(line["MSE"]) for name, line in table.items() if name not in BASELINES}
    st.caption(
        f"Lowest error first: {tables.ranking(errors)}; ≈ stands between two that are less than 5 % apart. The test "
        "pictures with the report's three distortions; Undamaged: without any. Times as measured on this server."
        + _precision({name: titles[name] for name in titles if name in usable})
    )
    cost = one_of("Error against", ("Milliseconds", "Parameters"), "Milliseconds", key="cost")
    st.plotly_chart(
        scatters.error_by_cost(points, cost),
        key="costs",
        alt=f"Test error against {cost.lower()} of every way of denoising",
    )


def _precision(titles: Mapping[str, str]) -> str:
    """Which of these checkpoints were trained in bfloat16, and what that cost where both were tried."""
    usable, _ = networks.checkpoints()
    rough = [title for name, title in titles.items() if usable[name].experiment.precision != "float32"]
    tried = [
        f" {titles[one.experiment]} in {_short(one.precision)} instead of "
        f"{_short(usable[one.experiment].experiment.precision)}: MSE {one.test_mse:.5f}."
        for one in recomputed(scores.repeats(), usable)
        if one.experiment in titles
    ]
    return f" Trained in bfloat16, which is faster and coarser: {', '.join(rough)}.{''.join(tried)}" if rough else ""


def sharp_or_right(scene: Scene) -> None:
    """The blind network with both losses, and their fine detail."""
    names = there("beyond-blind", "beyond-sharp")
    if len(names) < 2:
        return
    st.subheader("Right or sharp?")
    lines = tables.all_damage(
        {name: LADDER[name].title for name in names}, networks.checkpoints()[0], scores.metric_rows(), []
    )
    strip, left = [], {}
    originals, _ = _shipped()
    for name, line in lines.items():
        picture = networks.reconstructed(name, scene.distorted)
        strip.append((line[""], picture, f"Test MSE {line['MSE']}  \nTest SSIM {line['SSIM']}"))
        own = sharpness(picture, scene.original)
        mean = np.mean(
            [
                sharpness(*pair)
                for pair in zip(networks.repaired_samples(networks.checkpoint(name)), originals, strict=True)
            ]
        )
        strip.append(("Its fine detail", fine_detail(picture), f"{own:.0%}, all shipped pictures {mean:.0%}"))
        left[line[""]] = float(mean)
    strip += [("Original", scene.original, ""), ("Its fine detail", fine_detail(scene.original), "100%")]
    tiles.strip(strip, scale=4)
    st.markdown(
        "The mean squared error is least for the average of all that might have been there, and an average is "
        "blurred. The other loss forgives more of a bold mistake and asks for structure. Fine detail is shown four "
        "times as strong, and the percentage is how strong it is beside the original's, right or wrong: what is left "
        f"of the noise counts, too, so a larger one need not be better. {_sharper(left)}"
    )
    errors = {line[""]: float(line["MSE"]) for line in lines.values()}
    st.caption(
        f"Lowest MSE first, with one training each: {tables.ranking(errors)}; ≈ stands between two that are less than "
        "5 % apart, where another seed may turn them around: their SSIM, too."
    )


def _sharper(left: Mapping[str, float]) -> str:
    """What became of the promise, in a sentence; of both networks, the one with the other loss last."""
    (plain, first), (other, second) = left.items()
    return f"Here, {other} keeps {'more' if second > first else 'no more'} of it than {plain}."


def strengths() -> None:
    """Error against strength: networks that know one strength, and those that know all."""
    names = there("beyond-unet", "beyond-blind", RECOMMENDED)
    if not names:
        return
    st.subheader("Any strength")
    compared = {LADDER[name].title: name for name in names}
    known = networks.checkpoint(names[0]).experiment
    denoisers.strength(compared, known, key="kind", others=REPORT_CORRUPTION)
    st.markdown(
        "A network that was trained with one strength changes a picture as if it were there, even where less or more "
        "is. Blind ones have met them all; what that costs, and what it saves where nothing is damaged, stands in the "
        "table above, under MSE and under Undamaged."
    )


def bottleneck(scene: Scene) -> None:
    """Network 1 and the best through as many numbers, on the picture and on the test set."""
    if not there(BOTTLENECK):
        return
    rows, strip, table = scores.metric_rows(), [], []
    for name in there(*BOTTLENECK_RIVALS.values(), BOTTLENECK):
        picture = networks.reconstructed(name, scene.distorted)
        strip.append((name, picture, tiles.mse_line(picture, scene.original)))
        line = {"": name, "Parameters": f"{networks.checkpoint(name).parameters:,}"}
        for damage in BOTTLENECK_RIVALS:
            line[f"MSE, {'all damage' if damage == ALL_DAMAGE else damage}"] = (
                f"{rows.mean(name, damage) or float('nan'):.5f}"
            )
        table.append(line)
    st.subheader("And through 1000 numbers?")
    tiles.strip([("Distorted", scene.distorted, ""), *strip, ("Original", scene.original, scene.title)], scale=4)
    show_table(table)
    st.markdown(
        "Network 1 squeezes a picture into 1000 numbers; *bottleneck-1000* learned that on clean pictures, "
        "*distortion-all* on damaged ones. In *beyond-bottleneck* a U-Net repairs the picture first, the 1000 numbers "
        "are the strengths of the principal components of the training pictures in it, which a linear map finds, and "
        f"another U-Net finishes what they give. {_why_better(table)}"
    )
    reached = {
        "on clean pictures": of_network_1(rows, "clean"),
        "with all damage": of_network_1(rows, ALL_DAMAGE),
    }
    parts = [f"{part} {where}" for where, part in reached.items() if part]
    st.caption(
        f"The goal was at most {BOTTLENECK_GOAL} of network 1's error on the test set. "
        + (f"Reached: {', '.join(parts)}. " if parts else "")
        + "Nothing goes around the 1000 numbers; the U-Nets before and behind them have skip connections of their own."
    )


def _why_better(table: tables.Table) -> str:
    """What else differs from network 1 than the idea: said, lest the idea get all the credit."""
    said = []
    if (alone := scores.component_errors().get(1000)) is not None:
        said.append(f"The components alone have an MSE of {alone:.5f}, on clean validation pictures.")
    fixed = networks.checkpoint(BOTTLENECK).manifest["parameters"].get("fixed", 0)
    said.append(f"They are {fixed:,} of the parameters, and fixed.")
    epochs = [f"{line['']} {networks.checkpoint(line['']).manifest['epochs_run']}" for line in table]
    said.append(f"Epochs that training ran, with the report's patience of 3 or with 10: {', '.join(epochs)}.")
    said.append(f"*{BOTTLENECK}* met any strength of damage, and its learning rate fell from epoch to epoch.")
    return " ".join(said)


def aims() -> None:
    """The goals that were set before, and how far each step got."""
    names = there(*(name for name in LADDER if name != "convolutional-all"))
    if names:
        st.subheader("The goals, and how far each got")
        times = {name: scores.milliseconds(name) for name in names}
        clean = {name: scores.errors(name, "clean") for name in names}
        show_table(goals(names, networks.checkpoints()[0], scores.metric_rows(), scores.repeats(), times, clean))
        st.caption(
            f"Set for {LADDER[RECOMMENDED].title}, before any of these was trained to its end, on the test pictures "
            "with all damage; the other lines are what else was tried. ✓: reached, by the error with another seed as "
            "well, where there is one. Ahead of all classical: on how many of the seven combinations of damage a "
            "network has less error than every classical denoiser, inpainting included, which is told where; ≈: by "
            "less than 5 %. Undamaged: the worst PSNR, and how many pictures stay at 40 dB or better; measured of "
            "blind networks only."
        )
        with st.expander("Tried and left"):
            st.markdown("\n".join(f"- {one}" for one in TRIED))
            st.caption("Told from notes: these networks were not kept, and their scores cannot be measured again.")
