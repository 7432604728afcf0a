"""The Python peers: tasks come as JSON lines, times go back as JSON lines.

Every task is a function of the request that returns another function, which
does the work once and returns the result: what is prepared is not timed.
"""
import json
import sys
import time

versions = {}
try:
    import numpy as np
    versions["NumPy"] = np.__version__
except ImportError:
    print("{}", flush=True)
    sys.exit()
try:
    import cv2
    versions["OpenCV"] = cv2.__version__
    opencv_threads = cv2.getNumThreads()
except ImportError:
    pass
try:
    import scipy
    import scipy.ndimage
    import scipy.signal
    versions["SciPy"] = scipy.__version__
except ImportError:
    pass
try:
    import torch
    versions["PyTorch"] = torch.__version__
    torch_threads = torch.get_num_threads()
except ImportError:
    pass


def opencv(r):
    cv2.setNumThreads(r["threads"] or opencv_threads)


def valid(y, k):
    """What of a same-size result has seen no border."""
    top, left = (k.shape[0]) // 2, (k.shape[1]) // 2
    return y[top:top + y.shape[0] - k.shape[0] + 1, left:left + y.shape[1] - k.shape[1] + 1]


def filter2d(r, x, k):
    opencv(r)
    return lambda: cv2.filter2D(x, -1, k), lambda y: valid(y, k)


def filter2d_into(r, x, k):
    opencv(r)
    y = np.empty_like(x)
    return lambda: cv2.filter2D(x, -1, k, dst=y), lambda y: valid(y, k)


def gaussian_blur(r, x, k):
    opencv(r)
    y = np.empty_like(x)
    n = r["size"]
    return lambda: cv2.GaussianBlur(x, (n, n), n / 6, dst=y), lambda y: valid(y, k)


def fftconvolve(r, x, k):
    flipped = k[::-1, ::-1].copy()
    return lambda: scipy.signal.fftconvolve(x, flipped, mode="valid"), None


def ndimage(r, x, k):
    y = np.empty_like(x)
    return lambda: scipy.ndimage.correlate(x, k, output=y), lambda _: valid(y, k)


def conv2d(r, x, k):
    torch.set_num_threads(r["threads"] or torch_threads)
    a = torch.from_numpy(x).reshape((1, -1) + x.shape[-2:])
    w = torch.from_numpy(k).reshape(k.shape if k.ndim == 4 else (1, 1) + k.shape)
    def work():
        with torch.no_grad():
            return torch.conv2d(a, w)
    return work, lambda y: y.numpy().reshape(y.shape[-3:] if k.ndim == 4 else y.shape[-2:])


def unrolled(x, n):
    windows = np.lib.stride_tricks.sliding_window_view(x, (n, n))
    return windows.reshape(-1, n * n)


def lstsq(r, x, y):
    n = r["size"]
    return lambda: np.linalg.lstsq(unrolled(x, n), y.ravel(), rcond=None)[0].reshape(n, n), None


def normal(r, x, y):
    n = r["size"]
    def work():
        a = unrolled(x, n)
        return np.linalg.solve(a.T @ a, a.T @ y.ravel()).reshape(n, n)
    return work, None


def train_loop(r, x, y):
    """Ten epochs of the textbook's loop with torch.optim.SGD."""
    torch.set_num_threads(r["threads"] or torch_threads)
    n = r["size"]
    a, b = (torch.from_numpy(v).float()[None, None] for v in (x, y))
    def work():
        conv = torch.nn.Conv2d(1, 1, (n, n), bias=False)
        sgd = torch.optim.SGD(conv.parameters(), lr=r["rate"])
        for _ in range(10):
            sgd.zero_grad()
            loss = ((conv(a) - b) ** 2).sum()
            loss.backward()
            sgd.step()
        return None
    return work, None


tasks = {f.__name__: f for f in (filter2d, filter2d_into, gaussian_blur, fftconvolve, ndimage, conv2d, lstsq, normal, train_loop)}
arrays = {}


def load(path):
    if path not in arrays:
        if len(arrays) > 4:
            arrays.clear()
        arrays[path] = np.load(path)
    return arrays[path]


print(json.dumps(versions), flush=True)
for line in sys.stdin:
    r = json.loads(line)
    try:
        work, crop = tasks[r["task"]](r, load(r["x"]), load(r["k"] if "k" in r else r["y"]))
        start = time.perf_counter()
        for _ in range(r["repeat"]):
            result = work()
        seconds = (time.perf_counter() - start) / r["repeat"]
        if "save" in r and result is not None:
            np.save(r["save"], crop(result) if crop else result)
        answer = {"seconds": seconds}
    except Exception as e:
        answer = {"error": repr(e)}
    print(json.dumps(answer), flush=True)
