"""What a machine is taken to compute fast."""

from dataclasses import replace

import pytest

from dae_core.experiments import EXPERIMENTS
from dae_core.training.hardware import has_bfloat16, in_float32_if_slow

ROUGH = [replace(EXPERIMENTS[0], precision=precision) for precision in ("float32", "mixed_bfloat16")]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [("fpu avx512_bf16 amx_tile", True), ("amx_bf16", True), ("avx512f avx512_bf16x avx2", False), ("", False)],
)
def test_a_processor_without_instructions_for_bfloat16_trains_in_float32(flags, expected, tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor\t: 0\nmodel name\t: avx\nflags\t\t: {flags}\n")
    assert has_bfloat16(cpuinfo) == expected
    exact = [replace(one, precision="float32") for one in ROUGH]
    assert in_float32_if_slow(ROUGH, cpuinfo) == (ROUGH if expected else exact)


def test_where_there_is_no_cpuinfo_there_is_no_bfloat16(tmp_path):
    assert not has_bfloat16(tmp_path / "nowhere")
    exact = [replace(one, precision="float32") for one in EXPERIMENTS]
    assert in_float32_if_slow(exact, tmp_path / "nowhere") is exact
