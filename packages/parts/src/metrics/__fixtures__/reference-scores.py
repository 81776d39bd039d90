"""Writes reference-scores.json: part scores of random labelings by scikit-learn and SciPy, and of huge counts in exact arithmetic.

    python reference-scores.py > reference-scores.json      (scikit-learn 1.9.1, SciPy 1.17.1, NumPy 2.4.6)
"""

import json
from decimal import Decimal, getcontext
from fractions import Fraction

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, jaccard_score, normalized_mutual_info_score, roc_auc_score

random = np.random.default_rng(7)
getcontext().prec = 60


def labeling(samples, predicted_count, true_count, agreement):
    truth = random.integers(0, true_count, samples)
    predicted = np.where(random.random(samples) < agreement, truth % predicted_count, random.integers(0, predicted_count, samples))
    iou = [[jaccard_score(truth == t, predicted == p, zero_division=0) for t in np.unique(truth)] for p in np.unique(predicted)]
    rows, columns = linear_sum_assignment(iou, maximize=True)
    return {
        "predicted": predicted.tolist(),
        "truth": truth.tolist(),
        "nmi": normalized_mutual_info_score(truth, predicted),
        "ari": adjusted_rand_score(truth, predicted),
        "miou": float(np.array(iou)[rows, columns].sum() / len(np.unique(truth))),
    }


def pairs(count):
    return Fraction(count * (count - 1), 2)


def entropy(counts, total):
    return -sum(Decimal(c) / total * (Decimal(c) / total).ln() for c in counts if c)


def huge(rows, columns, least, most):
    table = [[int(random.integers(least, most)) for _ in range(columns)] for _ in range(rows)]
    row_sums, column_sums = [sum(row) for row in table], [sum(column) for column in zip(*table)]
    total = sum(row_sums)
    index = sum(pairs(c) for row in table for c in row)
    a, b = sum(map(pairs, row_sums)), sum(map(pairs, column_sums))
    expected = a * b / pairs(total)
    h_rows, h_columns = entropy(row_sums, total), entropy(column_sums, total)
    information = h_rows + h_columns - entropy([c for row in table for c in row], total)
    return {
        "table": table,
        "nmi": float(2 * information / (h_rows + h_columns)),
        "ari": float((index - expected) / ((a + b) / 2 - expected)),
    }


def assignment(rows, columns):
    costs = random.normal(size=(rows, columns)).round(3)
    chosen = linear_sum_assignment(costs)
    return {"costs": costs.tolist(), "total": float(costs[chosen].sum())}


def ranking(samples, distinct):
    scores = random.integers(0, distinct, samples)
    truth = (random.random(samples) < 0.2 + 0.6 * scores / distinct).astype(int)
    return {"scores": scores.tolist(), "truth": truth.tolist(), "auc": roc_auc_score(truth, scores)}


print(
    json.dumps(
        {
            "labelings": [
                labeling(int(random.integers(20, 120)), p, t, agreement)
                for p, t, agreement in [(2, 2, 0.5), (3, 5, 0.9), (7, 3, 0.7), (5, 5, 0), (6, 13, 0.3), (11, 2, 0.8), (4, 4, 1), (1, 3, 0)]
            ],
            "huge": [huge(3, 5, 0, 10**9), huge(7, 2, 10**6, 10**14), huge(2, 2, 10**14, 2 * 10**15)],
            "assignments": [assignment(r, c) for r, c in [(1, 1), (3, 3), (2, 7), (7, 2), (13, 11), (29, 29), (5, 31)]],
            "rankings": [ranking(61, 7), ranking(53, 1000), ranking(47, 2)],
        }
    )
)
