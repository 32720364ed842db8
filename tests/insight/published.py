"""The public example of five channels for 500 returned units, made again from its description.

https://github.com/mghnasiri/MathematicalModeling docs/applications/returns-management-retail.html
with its default inputs: quality is beta distributed (mean 0.65, deviation 0.20), drawn as a ratio
of gamma variates (Marsaglia and Tsang 2000) from the Mulberry32 generator, seed 42.
"""

from __future__ import annotations

import math

import numpy as np

from xl_returns.insight.channels import IMPOSSIBLE

MICRO = 10**6
_WORD = 2**32
_MEAN, _DEVIATION, _PRICE, _THRESHOLD = 0.65, 0.20, 80, 0.70


def recoveries(count=500, seed=42):
    """Main, outlet, liquidate, recycle, dispose for each unit, in millionths of a dollar."""
    draw = _mulberry32(seed)
    spread = _MEAN * (1 - _MEAN) / _DEVIATION**2 - 1
    lines = []
    for _ in range(count):
        good, bad = _gamma(_MEAN * spread, draw), _gamma((1 - _MEAN) * spread, draw)
        lines.append(_line(good / (good + bad)))
    return np.array(lines, dtype=np.int64)


def _line(quality):
    main = _micro(_PRICE * quality - 6) if quality >= _THRESHOLD else IMPOSSIBLE
    outlet = _micro(_PRICE * 0.55 * quality - 7)
    return [main, outlet, _micro(_PRICE * 0.20 - 1.50), _micro(1), _micro(-3)]


def _micro(dollars):
    return round(dollars * MICRO)


def _mulberry32(seed):
    state = seed

    def draw():
        nonlocal state
        state = (state + 0x6D2B79F5) % _WORD
        mixed = (state ^ state >> 15) * (state | 1) % _WORD
        mixed ^= (mixed + (mixed ^ mixed >> 7) * (mixed | 61)) % _WORD
        return (mixed ^ mixed >> 14) / _WORD

    return draw


def _gamma(shape, draw):
    base = shape - 1 / 3
    while True:
        normal = math.sqrt(-2 * math.log(draw())) * math.cos(2 * math.pi * draw())
        cube = (1 + normal / math.sqrt(9 * base)) ** 3
        if cube <= 0:
            continue
        chance = draw()
        squeezed = chance < 1 - 0.0331 * normal**4
        if squeezed or math.log(chance) < normal**2 / 2 + base * (1 - cube + math.log(cube)):
            return base * cube
