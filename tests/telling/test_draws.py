"""The tables of a sampler's draws."""

from dae_core.scores.draws import AVERAGED, DRAWN, METRICS_OF_DRAWS, OTHER_STEPS
from dae_core.serving.sampling import STEPS
from dae_core.telling.draws import averages_table, ways_table

MADE_UP = {
    (solver, steps, averaged, metric): (0.5 + 1 / averaged) / steps
    for solver, steps in (("euler", STEPS), *OTHER_STEPS)
    for averaged in AVERAGED
    for metric in METRICS_OF_DRAWS
}


def test_one_draw_comes_first_then_means_of_more_and_last_the_others():
    table = averages_table(MADE_UP, {"Restorer": 0.0031})
    assert [line["Answer"] for line in table] == [
        "One draw",
        *(f"Mean of {averaged} draws" for averaged in AVERAGED[1:]),
        "Restorer",
    ]
    assert table[0]["MSE"] == f"{1.5 / STEPS:.5f}" and table[-1]["MSE"] == "0.00310"
    assert all(line.keys() == table[0].keys() for line in table)


def test_ways_are_listed_by_how_often_they_ask_the_network():
    table = ways_table(MADE_UP)
    assert len(table) == 1 + len(OTHER_STEPS)
    asked = [int(line["Network asked"].split()[0]) for line in table]
    assert asked == sorted(asked)
    (heun,) = (line for line in table if (line["Solver"], line["Steps"]) == ("Heun", "8"))
    assert heun["Network asked"] == "15 times" and heun[f"MSE, mean of {DRAWN}"] == f"{(0.5 + 1 / DRAWN) / 8:.5f}"
