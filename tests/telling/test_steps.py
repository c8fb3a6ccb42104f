"""The steps beyond the report: each has its place, and a goal is reached only by the numbers."""

from dataclasses import replace

import numpy as np
import pytest

from dae_core.distortions.strengths import ALL_DAMAGE, CORRUPTIONS
from dae_core.experiments import EXPERIMENTS, TITLES
from dae_core.scores.repeats import Repeat
from dae_core.scores.rows import DAMAGED_INPUT, Rows, read_rows
from dae_core.serving.classical import BASELINES
from dae_core.telling.placeholders import NOTHING
from dae_core.telling.steps import BOTTLENECK, BOTTLENECK_RIVALS, LADDER, RECOMMENDED, before
from dae_core.telling.targets import CLASSICAL, CLEAN, ERROR, GOALS, MILLISECONDS, PARAMETERS, goals, of_network_1
from dae_core.telling.texts import read_texts, tell
from tests.sampled import COMMITTED
from ui.charts.scatters import Dot, error_and_cost, error_by_epochs

BY_NAME = {experiment.name: experiment for experiment in EXPERIMENTS}


def row_for(name: str, damage: str, error: float) -> dict[str, str]:
    return {"experiment": name, "corruption": damage, "animals": "all", "metric": "mse", "mean": f"{error}"}


# The classical denoisers are worse than the convolutional network, but for one kind of damage.
ROWS = Rows(
    row_for(name, damage, 0.02 if name in BASELINES and damage != "cutout" else 0.01)
    for name in [*BASELINES, "convolutional-all", *BOTTLENECK_RIVALS.values()]
    for damage in CORRUPTIONS
)


def test_every_experiment_beyond_the_report_is_a_step_or_the_bottleneck():
    beyond = {name for name in BY_NAME if name.startswith("beyond-")}
    assert beyond == {*LADDER, BOTTLENECK} - {"convolutional-all"}
    names = list(LADDER)
    for name, after in LADDER.items():
        assert TITLES[name] == BY_NAME[name].title
        assert name == names[0] or names.index(after) < names.index(name)


def test_a_step_is_compared_with_the_nearest_before_it_that_is_trained():
    assert before("beyond-unet", list(LADDER)) == "beyond-correction"
    assert before("beyond-unet", ["beyond-unet", "convolutional-all"]) == "convolutional-all"
    assert before("beyond-unet", ["beyond-unet"]) is None


def test_a_step_differs_from_the_one_before_in_one_thing():
    """The rest of the recipe, too, is the same unless the idea says that it is not. Precision: the page says it."""
    words = {"trained for longer": {"epochs", "learning_rate_decay"}, "asked twice": {"self_ensemble"}}
    for name, after in LADDER.items():
        if after:
            own, earlier = vars(BY_NAME[name]), vars(BY_NAME[after])
            idea = " ".join(part.text for part in read_texts("steps").entries[name])
            said = {"name", "precision"}.union(*(keys for phrase, keys in words.items() if phrase in idea))
            assert len({key for key in own if own[key] != earlier[key]} - said) == 1, name


def test_the_rivals_of_the_bottleneck_have_as_many_numbers():
    sizes = {BY_NAME[name].model.latent_size for name in (BOTTLENECK, *BOTTLENECK_RIVALS.values())}
    assert sizes == {1000}


def judged(factor: float, milliseconds: float = 10.0, worst_clean: float = 0.0001, again=()) -> dict[str, str]:
    """What is said of the recommended network, were it so much better than what it is measured by."""
    measured = list(ROWS)
    for damage in CORRUPTIONS:
        best = min(ROWS.mean(name, damage) for name in [*BASELINES, "convolutional-all"])
        measured.append(row_for(RECOMMENDED, damage, factor * best))
    checkpoints = COMMITTED | {RECOMMENDED: COMMITTED["convolutional-all"]}
    clean = {RECOMMENDED: np.array([0.00001, worst_clean])}
    aims, line = goals([RECOMMENDED], checkpoints, Rows(measured), again, {RECOMMENDED: milliseconds}, clean)
    assert aims == {"Network": "Goal", **GOALS} and line.keys() == aims.keys()
    return line


def second_seed(part: float) -> Repeat:
    """Of the recommended network, with such a part of the error of the fully convolutional one."""
    own = COMMITTED["convolutional-all"].experiment
    error = part * ROWS.mean("convolutional-all", ALL_DAMAGE)
    return Repeat(
        RECOMMENDED, 2024, own.patience, 100, 99, 0.003, 0.003, error, "keras 3", own.precision, own.batch_size
    )


def test_goals_that_are_reached():
    found = judged(0.5)
    assert all(" ✓" in found[goal] for goal in GOALS)
    assert found[ERROR] == "0.500 ✓ (one seed)" and found[CLASSICAL] == "7 of 7 ✓"
    assert found[CLEAN] == "40.00 dB; 2 of 2 ✓" and found[PARAMETERS] == "134,403 ✓"


def test_goals_that_are_missed():
    found = judged(1.01, milliseconds=26, worst_clean=0.00011)
    assert [goal for goal, said in found.items() if "✓" in said] == [PARAMETERS]
    assert found[CLASSICAL] == "6 of 7 (not Cutout)"
    assert judged(3)[CLASSICAL] == "0 of 7"
    assert found[CLEAN] == "39.59 dB; 1 of 2" and found[MILLISECONDS] == "26.0"


def test_hardly_ahead_is_not_ahead():
    assert judged(0.97)[CLASSICAL] == "7 of 7 (Cutout ≈)"


def test_a_goal_that_the_second_seed_misses_is_missed():
    assert judged(0.55, again=[second_seed(0.58)])[ERROR] == "0.550, 0.580 ✓"
    assert judged(0.55, again=[second_seed(0.601)])[ERROR] == "0.550, 0.601"


def test_what_was_not_measured_is_not_judged():
    checkpoints = COMMITTED | {RECOMMENDED: COMMITTED["convolutional-all"]}
    rows = Rows(row for row in ROWS if row["experiment"] != "convolutional-all")
    _, line = goals([RECOMMENDED], checkpoints, rows, [], {RECOMMENDED: 1.0}, {RECOMMENDED: np.zeros(0)})
    assert line[ERROR] == line[CLEAN] == "not measured" and line[CLASSICAL].startswith("0 of 7")
    assert of_network_1(ROWS, "clean") is None
    assert (
        goals([RECOMMENDED], checkpoints, rows, [], {}, {RECOMMENDED: np.zeros(0)})[1][MILLISECONDS] == "not measured"
    )


def test_the_bottleneck_is_measured_by_network_1():
    rival = ROWS.mean(BOTTLENECK_RIVALS["clean"], "clean")
    part = of_network_1(Rows([*ROWS, row_for(BOTTLENECK, "clean", 0.74 * rival)]), "clean")
    assert part == pytest.approx(0.74)
    reached = tell("beyond", "bottleneck_goal", goal=0.75, of_clean=0.75, of_distorted=0.76)
    assert "On clean pictures, the better bottleneck has 0.750 of it ✓. On distorted ones, it has 0.760. " in reached


def test_the_recommended_network_is_the_best_of_those_that_know_any_strength():
    rows = read_rows(COMMITTED)
    blind = [name for name in LADDER if name in COMMITTED and BY_NAME[name].blind]
    assert len(blind) > 2
    assert min(blind, key=lambda name: rows.mean(name, ALL_DAMAGE)) == RECOMMENDED


def test_a_step_says_of_its_outcome_what_was_measured():
    def told(name: str, error: float, on_cutout: float) -> str:
        measured = {("convolutional-all", ALL_DAMAGE): 0.005, (name, ALL_DAMAGE): error, (name, "cutout"): on_cutout}
        measured |= {(name, "gaussian_noise"): 0.0095, (DAMAGED_INPUT, "cutout"): 0.03}
        measured |= {(DAMAGED_INPUT, "gaussian_noise"): 0.01}
        rows = Rows(row_for(*key, error) for key, error in measured.items())
        return tell("steps", name, lambda: replace(NOTHING, rows=rows))

    assert "it did not help" in told("beyond-residual", 0.006, 0.0)
    assert "it did not help" not in told("beyond-residual", 0.004, 0.0)
    assert "fills the squares well, but leaves the noise" in told("beyond-correction", 0.0, 0.005)
    assert "fills the squares well" not in told("beyond-correction", 0.0, 0.007)


DOTS = [
    Dot("a", "Networks", 0.0090, 900),
    Dot("b", "Networks", 0.0080, 9000),
    Dot("c", "Classical", 0.03, None),
    Dot("d", "Networks", 0.0085, 0.1),
]


def test_the_least_error_is_on_top_and_what_has_no_cost_has_no_point_there():
    figure = error_and_cost(DOTS, "Parameters")
    assert figure.layout.yaxis.categoryarray == ("c", "a", "d", "b")  # Plotly begins at the bottom.
    points = [(trace.xaxis, *point) for trace in figure.data for point in zip(trace.y, trace.x, strict=True)]
    assert ("x", "b", 0.008) in points and ("x2", "b", 9000) in points and ("x2", "c", None) in points
    assert {(trace.name, trace.marker.color) for trace in figure.data} == {
        ("Networks", "#0072B2"),
        ("Classical", "#E69F00"),
    }
    ticks = dict(zip(figure.layout.xaxis2.tickvals, figure.layout.xaxis2.ticktext, strict=True))
    assert (ticks[0.1], ticks[1000], ticks[10**4], ticks[10**6]) == ("0.1", "1,000", "10 k", "1 M")


def test_another_seed_is_tied_to_the_first():
    figure = error_by_epochs({"First": [("a", 3, 0.02), ("b", 9, 0.01)], "Another seed": [("b", 5, 0.015)]})
    line, first, second = figure.data
    assert (line.x, line.y) == ((9, 5), (0.01, 0.015))
    assert first.mode == "markers+text" and second.mode == "markers" and tuple(second.y) == (0.015,)
