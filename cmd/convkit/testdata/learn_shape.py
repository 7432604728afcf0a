"""Independent answers for script/learn_shape.txtar: python3 learn_shape.py >> script/learn_shape.txtar

Small matrices of whole numbers, the windows unrolled, and SciPy's solvers."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.linalg import lstsq, null_space
from scipy.optimize import nnls

rng = np.random.default_rng(4)
X = rng.integers(0, 10, (9, 10)).astype(float)
K = np.array([[0.3, -0.2, 0.1], [0.5, 0.4, -0.1], [0.0, 0.3, 0.2]])
W = sliding_window_view(X, (3, 3)).reshape(-1, 9)
Y = np.round(W @ K.ravel() + rng.normal(size=len(W)), 2)


def show(name, matrix, digits):
    print(f"-- {name} --")
    for row in matrix:
        print(",".join(f"{v + 0:.{digits}f}" for v in row))


def subspace(S):
    return S @ lstsq(W @ S, Y)[0]


L = np.zeros((9, 9))
for u in range(3):
    for v in range(3):
        for a, b in ((u - 1, v), (u + 1, v), (u, v - 1), (u, v + 1)):
            if 0 <= a < 3 and 0 <= b < 3:
                L[3 * u + v, 3 * u + v] += 1
                L[3 * u + v, 3 * a + b] -= 1
G, c = W.T @ W, W.T @ Y
ones = np.ones(9)
# sum 1: k = 1/9 + N z
N = null_space(ones[None])
with_sum = ones / 9 + N @ lstsq(W @ N, Y - W @ (ones / 9))[0]
# nonnegative and sum 1: the best over all sets of taps that are not at zero
best, simplex = np.inf, None
for mask in range(1, 512):
    free = [i for i in range(9) if mask >> i & 1]
    k = np.zeros(9)
    A, n = W[:, free], len(free)
    kkt = np.block([[A.T @ A, np.ones((n, 1))], [np.ones((1, n)), np.zeros((1, 1))]])
    k[free] = np.linalg.solve(kkt, np.append(A.T @ Y, 1))[:n]
    if k.min() >= 0 and (loss := ((W @ k - Y) ** 2).sum()) < best:
        best, simplex = loss, k


def orbit_basis(images):
    S = []
    for u in range(3):
        for v in range(3):
            col = np.zeros(9)
            for a, b in images(u, v):
                col[3 * a + b] = 1
            if not any((col == s).all() for s in S):
                S.append(col)
    return np.array(S).T


even = orbit_basis(lambda u, v: [(u, v), (u, 2 - v)])
turn = orbit_basis(lambda u, v: [(u, v), (v, 2 - u), (2 - u, 2 - v), (2 - v, u)])
show("x.csv", X, 0)
show("y.csv", Y.reshape(7, 8), 2)
show("ridge.csv", np.linalg.solve(G + 50 * np.eye(9), c).reshape(3, 3), 7)
show("smooth.csv", np.linalg.solve(G + 20 * L.T @ L, c).reshape(3, 3), 7)
show("sum.csv", with_sum.reshape(3, 3), 7)
show("nonnegative.csv", nnls(W, Y)[0].reshape(3, 3), 7)
show("simplex.csv", simplex.reshape(3, 3), 7)
show("even-x.csv", subspace(even).reshape(3, 3), 7)
show("rotation.csv", subspace(turn).reshape(3, 3), 7)
