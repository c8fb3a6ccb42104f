"""The last step beyond the report: a network that draws, instead of averaging."""

import streamlit as st

from dae_core.checkpoints import Checkpoint
from dae_core.experiments import TITLES
from dae_core.scores.draws import DRAWN, EVERY
from dae_core.serving.sampling import STEPS
from dae_core.telling.draws import averages_table, ways_table
from dae_core.telling.steps import RECOMMENDED
from ui.controls import address
from ui.frame import page
from ui.parts.trained import there
from ui.shelf import networks, scores
from ui.shelf.texts import say
from ui.widgets.tables import show_table


def draws() -> None:
    """What one draw and means of several are like, beside the best network for the MSE, and what the steps cost."""
    sampler = networks.sampler_checkpoint()
    if sampler is None:
        return
    st.header("A network that draws instead of averaging")
    measured = scores.draws(sampler)
    many, few = measured[max(measured)], measured[min(measured)]
    best = _error_of_best(sampler, max(measured))
    st.markdown(say("beyond", "draws_instead"))
    show_table(averages_table(many, {} if best is None else {TITLES[RECOMMENDED]: best}))
    st.caption(say("beyond", "draws_measured", measured=max(measured)))
    usual = {metric: value for (solver, steps, averaged, metric), value in many.items() if averaged == DRAWN}
    st.markdown(
        say(
            "beyond",
            "draws",
            drawn=DRAWN,
            one_draw=many["euler", STEPS, 1, "mse"] / best if best else None,
            mean_draw=usual["mse"] / best if best else None,
            ideal=1 + 1 / DRAWN,
            fine_one=many["euler", STEPS, 1, "sharpness"],
            fine_mean=usual["sharpness"],
            spread=usual["spread_hidden"] / usual["spread_elsewhere"],
            agreement=usual["rank_correlation"],
        )
    )
    params = address.params_of(page.BLUR)
    st.page_link(page.BLUR, label="Draw them yourself", icon=":material/arrow_forward:", query_params=params)
    with st.expander("How many steps, and of which solver?"):
        show_table(ways_table(few))
        fine = {steps: few["euler", steps, 1, "sharpness"] for steps in (4, STEPS)}
        st.caption(
            say(
                "beyond",
                "draws_steps",
                measured=min(measured),
                steps=STEPS,
                fine_few=fine[4],
                fine_many=fine[STEPS],
            )
        )


def _error_of_best(sampler: Checkpoint, measured: int) -> float | None:
    """The recommended network's mean error of the very pictures that the draws are of; None if it is of others."""
    for name in there(RECOMMENDED):
        errors = scores.errors(name, "test")[::EVERY]
        same = networks.checkpoint(name).manifest["data"]["test"] == sampler.manifest["data"]["test"]
        if same and len(errors) == measured:
            return float(errors.mean())
    return None
