"""The last step beyond the report: a network that draws, instead of averaging."""

import streamlit as st

from dae_core.experiments import TITLES
from dae_core.scores.draws import DRAWN, EVERY
from dae_core.serving.sampling import STEPS
from dae_core.telling.draws import averages_table, ways_table
from dae_core.telling.steps import RECOMMENDED
from ui.parts.trained import there
from ui.shelf import networks, scores
from ui.shelf.texts import say
from ui.widgets.tables import show_table


def draws() -> None:
    """What one draw and means of several are like, beside the best network for the MSE, and what the steps cost."""
    sampler = networks.sampler_checkpoint()
    if sampler is None:
        return
    st.header("Sharp and right on average: draw")
    measured = scores.draws(sampler)
    many, few = measured[max(measured)], measured[min(measured)]
    # The restorer's errors of the very same pictures.
    best = {name: float(scores.errors(name, "test")[::EVERY].mean()) for name in there(RECOMMENDED)}
    show_table(averages_table(many, {TITLES[name]: error for name, error in best.items()}))
    usual = {metric: many["euler", STEPS, DRAWN, metric] for metric in ("mse", "rank_correlation")}
    spread = many["euler", STEPS, DRAWN, "spread_hidden"] / many["euler", STEPS, DRAWN, "spread_elsewhere"]
    error = best.get(RECOMMENDED)
    st.markdown(
        say(
            "beyond",
            "draws",
            measured=max(measured),
            one_draw=many["euler", STEPS, 1, "mse"] / error if error else None,
            mean_draw=usual["mse"] / error if error else None,
            spread=spread,
            agreement=usual["rank_correlation"],
        )
    )
    st.page_link("pages/9_Blur.py", label="Draw them yourself", icon=":material/arrow_forward:")
    with st.expander("How many steps, and of which solver?"):
        show_table(ways_table(few))
        st.caption(say("beyond", "draws_steps", measured=min(measured), steps=STEPS))
