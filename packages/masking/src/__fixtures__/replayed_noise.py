"""The fixed noise of the parity fixtures: a congruential generator that replayed-rng.ts draws from as well."""
import math


class ReplayedNoise:
    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        """Uniform in [0, 1)."""
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return self.state / 2**32

    def between(self, low, high):
        return low + (high - low) * self.uniform()

    def integer(self, bound):
        """Uniform in {0, ..., bound - 1}."""
        return int(self.uniform() * bound)

    def normal(self):
        """Standard normal, by Box and Muller."""
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        return radius * math.cos(2 * math.pi * self.uniform())

    def sample(self, length, count):
        """`count` different numbers below `length`, by Floyd's method, which draws the smaller side."""
        if 2 * count > length:
            left_out = self.sample(length, length - count)
            return [value for value in range(length) if value not in left_out]
        drawn = set()
        for last in range(length - count, length):
            value = self.integer(last + 1)
            drawn.add(last if value in drawn else value)
        return sorted(drawn)


def hex_of(hidden):
    """Four patches a hexadecimal digit, row by row, the first in the highest bit."""
    bits = [int(value) for value in hidden.flatten()]
    bits += [0] * (-len(bits) % 4)
    return "".join(f"{int(''.join(map(str, bits[i:i + 4])), 2):x}" for i in range(0, len(bits), 4))
