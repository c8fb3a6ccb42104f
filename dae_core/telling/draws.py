"""What the draws of a sampler are like, as tables."""

from dae_core.scores.draws import AVERAGED, DRAWN, OTHER_STEPS, Drawn
from dae_core.serving.sampling import STEPS, Solver
from dae_core.telling.placeholders import show
from dae_core.telling.tables import Table


def averages_table(drawn: Drawn, others: dict[str, float]) -> Table:
    """Error and fine detail of one draw and of means of more, and the errors of other networks by their titles."""
    lines = []
    for averaged in AVERAGED:
        mse, detail, distance = (drawn["euler", STEPS, averaged, name] for name in ("mse", "sharpness", "spectrum"))
        lines.append(
            {
                "Answer": "One draw" if averaged == 1 else f"Mean of {averaged} draws",
                "MSE": f"{mse:.5f}",
                "Fine detail, of the original's": show("{:.0%}", detail),
                "Spectrum": f"{distance:.3f}",
            }
        )
    return lines + [
        {"Answer": title, "MSE": f"{mse:.5f}"} | dict.fromkeys([*lines[0]][2:], "") for title, mse in others.items()
    ]


def ways_table(drawn: Drawn) -> Table:
    """What fewer and more steps, and another solver, change; the fastest first."""
    ways: list[tuple[Solver, int]] = sorted([("euler", STEPS), *OTHER_STEPS], key=lambda way: (asked(*way), way))
    return [
        {
            "Solver": solver.capitalize(),
            "Steps": str(steps),
            "Network asked": f"{asked(solver, steps)} times",
            "MSE, one draw": f"{drawn[solver, steps, 1, 'mse']:.5f}",
            f"MSE, mean of {DRAWN}": f"{drawn[solver, steps, DRAWN, 'mse']:.5f}",
            "Fine detail, one draw": show("{:.0%}", drawn[solver, steps, 1, "sharpness"]),
        }
        for solver, steps in ways
    ]


def asked(solver: Solver, steps: int) -> int:
    """How many times a draw asks the network."""
    return steps if solver == "euler" else 2 * steps - 1
