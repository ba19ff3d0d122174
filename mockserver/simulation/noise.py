"""Smooth noise that is a function of time: any instant can be asked for, in any order.

Value noise: hashed values on a lattice of instants, and a curve with two smooth derivatives between them.
"""

import numpy as np

from mockserver.simulation.chance import Floats, Ints, Keys, normal_at

__all__ = ["smooth_noise"]

# The mean over a cell of w**2 + (1 - w)**2 for the blend below is 181/231; dividing by its root gives
# variance 1. The literal is that root to seven digits.
_VARIANCE_REPAIR = 1.0 / 0.8851835


def smooth_noise(keys: Keys | int, t_ms: Ints, period_ms: Ints | int) -> Floats:
    """Noise with mean 0 and variance 1 that changes over about `period_ms`.

    Args:
        keys: One key, or one for each instant (broadcast): which curve is meant.
        t_ms: Instants in ms; any origin.
        period_ms: Distance of the lattice's instants in ms, > 0.
    """
    t = np.asarray(t_ms, dtype=np.int64)
    cell = t // period_ms
    x = (t - cell * period_ms).astype(np.float64) / period_ms
    before, after = normal_at(keys, cell), normal_at(keys, cell + 1)
    w = x * x * x * (x * (x * 6.0 - 15.0) + 10.0)
    return (before + (after - before) * w) * _VARIANCE_REPAIR
