"""The machine's own fp32 matrix product, by PyTorch and by NumPy: the peer of benchmarks/engine-matmul.ts.

Install: pip install torch numpy; either alone will do. Prints GFLOP/s by library for every --shapes MxKxN.
"""

import argparse
import json
import statistics
import sys
import time


def rate(product, m, k, n, seconds):
    """Median GFLOP/s of `product()`, repeated for `seconds` after one call."""
    product()
    durations = []
    end = time.perf_counter() + seconds
    while not durations or time.perf_counter() < end:
        start = time.perf_counter()
        product()
        durations.append(time.perf_counter() - start)
    return 2e-9 * m * k * n / statistics.median(durations)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--shapes", required=True)
    parser.add_argument("--seconds", type=float, default=0.5)
    arguments = parser.parse_args()
    libraries = {}
    try:
        import torch

        torch.set_num_threads(arguments.threads)
        libraries[f"PyTorch {torch.__version__}"] = lambda m, k, n: (torch.randn(m, k), torch.randn(k, n), torch.empty(m, n), torch.mm)
    except ImportError:
        pass
    try:
        import numpy

        def arrays(m, k, n):
            rng = numpy.random.default_rng(1)
            random = lambda *shape: rng.standard_normal(shape, dtype=numpy.float32)
            return random(m, k), random(k, n), numpy.empty((m, n), numpy.float32), numpy.matmul

        libraries[f"NumPy {numpy.__version__}"] = arrays
    except ImportError:
        pass
    if not libraries:
        print("matmul.py: skipped, neither torch nor numpy is here; pip install torch numpy", file=sys.stderr)
        sys.exit(3)
    rates = {}
    for shape in arguments.shapes.split(","):
        m, k, n = map(int, shape.split("x"))
        for library, make in libraries.items():
            left, right, out, multiply = make(m, k, n)
            rates.setdefault(library, {})[shape] = round(rate(lambda: multiply(left, right, out=out), m, k, n, arguments.seconds), 1)
    print(json.dumps({"unit": "GFLOP/s", "value": max(max(own.values()) for own in rates.values()), "rates": rates}), flush=True)


main()
