"""The steps beyond the report: each has its place, and a goal is reached only by the numbers."""

import numpy as np

from dae_core.baselines import BASELINES
from dae_core.checkpoints import list_checkpoints
from dae_core.evaluation import CORRUPTIONS, baseline_rows
from dae_core.experiments import EXPERIMENTS
from dae_core.figures import error_by_cost, error_by_epochs
from dae_core.goals import goals
from dae_core.ladder import ALL_DAMAGE, BOTTLENECK, BOTTLENECK_RIVALS, LADDER, RECOMMENDED
from dae_core.tables import mean_of, metric_rows

BY_NAME = {experiment.name: experiment for experiment in EXPERIMENTS}
CHECKPOINTS = list_checkpoints()[0]
ROWS = [row for row in metric_rows(CHECKPOINTS) if not row["experiment"].startswith("beyond-")] + baseline_rows()


AHEAD = "Ahead of every classical denoiser on each distortion and combination, also of one that is told where"


def test_every_experiment_beyond_the_report_is_a_step_or_the_bottleneck():
    beyond = {name for name in BY_NAME if name.startswith("beyond-")}
    assert beyond == {*LADDER, BOTTLENECK} - {"convolutional-all"}
    names = list(LADDER)
    for name, step in LADDER.items():
        assert step.title and step.idea.endswith(".")
        assert name == names[0] or names.index(step.after) < names.index(name)


def test_a_step_differs_from_the_one_before_in_one_thing():
    """The recipe of training, too, is the same unless it is the idea."""
    for name, step in LADDER.items():
        if step.after:
            own, before = vars(BY_NAME[name]), vars(BY_NAME[step.after])
            longer = {"epochs", "learning_rate_decay"} if "trained for longer" in step.idea else set()
            assert len({key for key in own if own[key] != before[key]} - {"name"} - longer) == 1, name


def test_the_rivals_of_the_bottleneck_have_as_many_numbers():
    sizes = {BY_NAME[name].model.latent_size for name in (BOTTLENECK, *BOTTLENECK_RIVALS.values())}
    assert sizes == {1000}


def judged(factor: float, milliseconds: float = 10.0, worst_clean: float = 0.0001) -> dict[str, tuple[str, str]]:
    """The goals, were the recommended network and the bottleneck so much better than what they are measured by."""
    rows = list(ROWS)
    for damage in CORRUPTIONS:
        best = min(mean_of(ROWS, name, damage) for name in [*BASELINES, "convolutional-all"])
        rows.append(row_for(RECOMMENDED, damage, factor * best))
    for damage, rival in BOTTLENECK_RIVALS.items():
        rows.append(row_for(BOTTLENECK, damage, factor * mean_of(ROWS, rival, damage)))
    checkpoints = CHECKPOINTS | {RECOMMENDED: CHECKPOINTS["convolutional-all"]}
    table = goals(checkpoints, rows, milliseconds, np.array([0.00001, worst_clean]))
    return {line["Goal"]: (line["Measured"], line["Reached"]) for line in table}


def row_for(name: str, damage: str, error: float) -> dict[str, str]:
    return {"experiment": name, "corruption": damage, "animals": "all", "metric": "mse", "mean": f"{error}"}


def test_goals_that_are_reached():
    found = judged(0.5)
    assert len(found) == 7 and {reached for _, reached in found.values()} == {"yes"}
    assert found[AHEAD][0] == "on 7 of 7"
    assert found["No clean picture made worse than 40 dB"][0].startswith("40.0 dB at worst; 100% of 2 pictures")
    assert found["At most 2,000,000 parameters"][0] == "134,403"


def test_goals_that_are_missed():
    found = judged(1.01, milliseconds=26, worst_clean=0.00011)
    missed = {goal for goal, (_, reached) in found.items() if reached == "no"}
    assert missed == found.keys() - {"At most 2,000,000 parameters"}
    assert found[AHEAD][0].startswith("on 3 of 7, not on Gaussian noise; Salt and pepper; Cutout; ")
    assert found["At most 25 ms a picture"][0] == "26.0 ms, here and now"


def test_what_is_not_trained_is_not_judged():
    checkpoints = CHECKPOINTS | {RECOMMENDED: CHECKPOINTS["convolutional-all"]}
    rows = [*ROWS, *(row_for(RECOMMENDED, damage, 0.001) for damage in CORRUPTIONS)]
    assert len(goals(checkpoints, rows, 10.0, np.zeros(1))) == 5
    assert mean_of(rows, BOTTLENECK, ALL_DAMAGE) is None


COSTS = {
    "Networks": [("a", 900, 2.0, 0.01), ("b", 900, 2.0, 0.009), ("c", 900, 2.0, 0.008)],
    "Classical": [("d", 0, 0.1, 0.03), ("e", 0, 0.2, 0.02)],
}


def test_the_classical_have_no_parameters_to_be_drawn_at():
    for cost, drawn in {"Milliseconds": "abcde", "Parameters": "abc"}.items():
        figure = error_by_cost(COSTS, cost)
        assert [title for trace in figure.data for title in trace.hovertext] == list(drawn)
        assert all(len(trace.x) == len(trace.y) == len(trace.hovertext) for trace in figure.data)


def test_titles_of_networks_above_each_other_alternate_and_the_best_classical_has_one():
    networks, classical = error_by_cost(COSTS, "Milliseconds").data
    assert networks.textposition == ("middle right", "middle left", "middle right")
    assert networks.text == ("a", "b", "c") and classical.text == ("", "e")


def test_another_seed_is_tied_to_the_first():
    figure = error_by_epochs({"First": [("a", 3, 0.02), ("b", 9, 0.01)], "Another seed": [("b", 5, 0.015)]})
    line, first, second = figure.data
    assert (line.x, line.y) == ((9, 5), (0.01, 0.015))
    assert first.mode == "markers+text" and second.mode == "markers" and tuple(second.y) == (0.015,)
