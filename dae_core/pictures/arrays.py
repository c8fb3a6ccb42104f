"""The arrays that everything here is computed with, by what their numbers are; docstrings give shapes and ranges.

`Floats` are pictures in [0, 1], latents and activations; `Bytes` are pictures in [0, 255], as a file has them;
`Doubles` are what was measured.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Doubles = NDArray[np.float64]
Seeds = NDArray[np.int64]
Flags = NDArray[np.bool_]
Words = NDArray[np.str_]
