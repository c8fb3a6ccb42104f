"""Table 2, in numbers and as a chart."""

from dae_core.scores.rows import DAMAGED_INPUT
from dae_core.serving.classical import BASELINES
from dae_core.telling import report_numbers, tables
from ui.charts import figures
from ui.shelf import networks, scores
from ui.widgets.chart.chart import chart
from ui.widgets.tables import show_table


def table_2_bars() -> None:
    """Table 2 as a chart, with what doing nothing and the best classical denoiser of each line leave."""
    rows = scores.metric_rows()
    groups: dict[str, dict[str, float]] = {figures.NOTHING: {}, "Report": {}, "Ours": {}, "Best classical": {}}
    for name, published in report_numbers.TABLE_2.items():
        damage = tables.own_corruption(name)
        title = tables.damage_title(damage)
        groups["Report"][title] = published
        classical = [rows.mean(method, damage) for method in BASELINES if not BASELINES[method].has_help]
        found = {
            figures.NOTHING: rows.mean(DAMAGED_INPUT, damage),
            "Ours": rows.mean(name, damage),
            "Best classical": min((error for error in classical if error is not None), default=None),
        }
        for group, error in found.items():
            if error is not None:
                groups[group][title] = error
    chart(
        figures.table_2_bars(groups),
        key="table_2_bars",
        alt="Test error for each distortion: doing nothing, the report's network, ours, the best classical denoiser",
    )


def second_table(all_seeds: bool = True) -> None:
    """Table 2, in numbers and as a chart; what all seeds give is for those who check."""
    lines = tables.table_2(networks.checkpoints()[0], scores.metric_rows(), scores.repeats())
    show_table(lines, hidden="" if all_seeds else tables.ALL_SEEDS)
    table_2_bars()
