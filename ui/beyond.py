"""The steps beyond the report: what each idea buys, what it costs, and where it fails."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from dae_core import figures, tables
from dae_core.baselines import BASELINES
from dae_core.corruption import REPORT_CORRUPTION, corrupt_batch
from dae_core.data import DATA_FOLDER, SAMPLES, as_float
from dae_core.evaluation import DAMAGED_INPUT
from dae_core.frequencies import fine_detail, sharpness
from dae_core.goals import goals
from dae_core.ladder import ALL_DAMAGE, BOTTLENECK, BOTTLENECK_RIVALS, LADDER, RECOMMENDED
from dae_core.metrics import mse
from ui import cache, controls, methods, tiles
from ui.controls import Scene
from ui.exhibits import show_table, trained


def _there(*names: str) -> list[str]:
    """Those of the names that are trained; `ladder` says which are not."""
    return [name for name in names if name in cache.checkpoints()[0]]


def _denoise(name: str, pictures: np.ndarray) -> np.ndarray:
    return cache.denoiser(cache.checkpoints()[0][name]).reconstruct(pictures)


def _parameters(name: str) -> int:
    return cache.checkpoints()[0][name].manifest["parameters"]["trainable"]


def ladder(scene: Scene) -> dict[str, np.ndarray]:
    """One picture through every step that is trained, as a film strip; the results by experiment."""
    rebuilt = {name: _denoise(name, scene.distorted) for name in trained([*LADDER, BOTTLENECK]) if name in LADDER}
    strip = [("Distorted", scene.distorted, tiles.mse_line(scene.distorted, scene.original))]
    for name, picture in rebuilt.items():
        cost = f"{_parameters(name) / 1000:,.0f} k, {cache.milliseconds(name):.1f} ms"
        strip.append((LADDER[name].title, picture, f"{tiles.mse_line(picture, scene.original)}  \n{cost}"))
    tiles.strip([*strip, ("Original", scene.original, scene.title)])
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
        return
    titles = [LADDER[name].title for name in before]
    title = controls.one_of("What one idea changes", titles, titles[-1], "idea", wrap=True)
    name = list(before)[titles.index(title)]
    st.markdown(f"**{title}.** {LADDER[name].idea}")
    tiles.wipe(rebuilt[before[name]], rebuilt[name], LADDER[before[name]].title, title)


def gains() -> None:
    """What each step reaches on the test set, and what it costs, beside the report's networks and the classical."""
    st.subheader("What each buys, and what it costs")
    usable, _ = cache.checkpoints()
    titles = {"distortion-all": "Network 1", **{name: step.title for name, step in LADDER.items()}}
    titles = {name: titles[name] for name in _there(*titles)} | {name: methods.method_title(name) for name in BASELINES}
    table = tables.all_damage(titles, usable, cache.metric_rows(), cache.repeats())
    points: dict[str, list[tuple[str, int, float, float]]] = {
        "Networks of the report": [],
        "Beyond the report": [],
        "Classical": [],
    }
    for name, line in table.items():
        milliseconds = cache.milliseconds(name)
        line["Milliseconds"] = f"{milliseconds:.{1 if milliseconds >= 1 else 2}f}"
        series = list(points)[2 if name in BASELINES else name.startswith("beyond-")]
        parameters = 0 if name in BASELINES else _parameters(name)
        points[series].append((titles[name], parameters, milliseconds, float(line["MSE"])))
    show_table(list(table.values()))
    cost = controls.one_of("Error against", ("Milliseconds", "Parameters"), "Milliseconds", "cost")
    st.plotly_chart(
        figures.error_by_cost(points, cost),
        key="costs",
        alt=f"Test error against {cost.lower()} of every way of denoising",
    )
    st.caption("984 test pictures with the report's three distortions; times as measured on this server just now.")


def sharp_or_right(scene: Scene) -> None:
    """The blind network with both losses, and their fine detail."""
    names = _there("beyond-blind", "beyond-sharp")
    if not names:
        return
    st.subheader("Right or sharp?")
    rows, strip = cache.metric_rows(), []
    for name in names:
        picture = _denoise(name, scene.distorted)
        error, ssim = (tables.mean_of(rows, name, ALL_DAMAGE, metric=metric) for metric in ("mse", "ssim"))
        line = f"Test set: MSE {error:.5f}, SSIM {ssim:.3f}  \nThis picture: {sharpness(picture, scene.original):.0%}"
        strip += [(LADDER[name].title, picture, line), ("Its fine detail", fine_detail(picture), "four times enlarged")]
    strip += [("Original", scene.original, "100 %"), ("Its fine detail", fine_detail(scene.original), "")]
    tiles.strip(strip, scale=4)
    st.markdown(
        "The square of an error is least for the mean of all that might be under a square, and that is blurred. "
        "Another loss asks for sharper pictures, and pays with a larger error. The percentage is how strong the fine "
        "detail is, right or wrong, compared with the original's."
    )


def strengths() -> None:
    """Error against strength: networks that know one strength, and those that know all."""
    names = _there("beyond-unet", "beyond-blind", RECOMMENDED)
    if names:
        st.subheader("Any strength")
        compared = {"Doing nothing": DAMAGED_INPUT} | {LADDER[name].title: name for name in names}
        methods.strength(compared, cache.checkpoints()[0][names[0]].experiment, "slider")


def bottleneck(scene: Scene) -> None:
    """Network 1 and the best through as many numbers, on the picture and on the test set."""
    rows, strip, table = cache.metric_rows(), [], []
    for name in _there(*BOTTLENECK_RIVALS.values(), BOTTLENECK):
        picture = _denoise(name, scene.distorted)
        strip.append((name, picture, tiles.mse_line(picture, scene.original)))
        line = {"": name, "Parameters": f"{_parameters(name):,}"}
        for damage in BOTTLENECK_RIVALS:
            line[f"MSE, {'all damage' if damage == ALL_DAMAGE else damage}"] = (
                f"{tables.mean_of(rows, name, damage) or float('nan'):.5f}"
            )
        table.append(line)
    if strip:
        st.subheader("And through 1000 numbers?")
        tiles.strip([("Distorted", scene.distorted, ""), *strip, ("Original", scene.original, scene.title)], scale=4)
        show_table(table)


def failures() -> None:
    """What the recommended network is worst at: among the test pictures, and among those that are shipped."""
    if not _there(RECOMMENDED):
        return
    st.subheader("Where it fails")
    originals = np.stack([cache.sample(sample) for sample in SAMPLES])
    damaged = corrupt_batch(originals, REPORT_CORRUPTION, np.arange(len(originals)))
    rebuilt = _denoise(RECOMMENDED, damaged)
    errors = mse(rebuilt, originals)
    order = np.argsort(-errors)
    tiles.film_strip([damaged[order], rebuilt[order], originals[order]], [f"{errors[i]:.4f}" for i in order])
    st.caption("The shipped pictures, the worst first, with their MSE.")
    errors = cache.errors(RECOMMENDED, "test")
    worst = np.argsort(-errors)[:10]
    if (DATA_FOLDER / "test").is_dir():
        pictures = as_float(cache.test_split().pictures[worst])
        damaged = corrupt_batch(pictures, REPORT_CORRUPTION, worst)
        tiles.film_strip([damaged, _denoise(RECOMMENDED, damaged), pictures], [f"{i}: {errors[i]:.4f}" for i in worst])
        st.caption("The worst ten of the 984 test pictures, with their number and MSE.")
    else:
        show_table([{"Test picture": str(i), "MSE": f"{errors[i]:.5f}"} for i in worst])
        st.caption(
            f"The worst ten of 984; their mean is {errors.mean():.5f}. With the data folder, they are shown here."
        )


def aims() -> None:
    """The goals that were set before, and what was reached."""
    if _there(RECOMMENDED):
        st.subheader("The goals, and what was reached")
        usable, _ = cache.checkpoints()
        clean = cache.errors(RECOMMENDED, "clean")
        show_table(goals(usable, cache.metric_rows(), cache.milliseconds(RECOMMENDED), clean))
