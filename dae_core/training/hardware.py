"""What this machine computes fast."""

from dataclasses import replace
from pathlib import Path

from dae_core.experiments import Experiment

CPUINFO = Path("/proc/cpuinfo")
BFLOAT16 = {"avx512_bf16", "amx_bf16"}


def has_bfloat16(cpuinfo: Path = CPUINFO) -> bool:
    """Whether the processor has instructions for bfloat16, as far as Linux says; elsewhere it is taken to have none.

    Without them, a training in bfloat16 takes ten times as long as one in float32.
    """
    try:
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return not BFLOAT16.isdisjoint(text.split())


def in_float32_if_slow(experiments: list[Experiment], cpuinfo: Path = CPUINFO) -> list[Experiment]:
    """The same experiments; in float32, where bfloat16 would be far slower.

    Keras's backend, ten seconds, is only asked for a graphics processor if the processor is no good for bfloat16.
    """
    if all(one.precision == "float32" for one in experiments) or has_bfloat16(cpuinfo):
        return experiments
    from dae_core.training.fast_layers import has_gpu

    return experiments if has_gpu() else [replace(one, precision="float32") for one in experiments]
