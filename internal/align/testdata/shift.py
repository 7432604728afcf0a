"""The sign of scikit-image's shifts, which sign_test.go holds align to: prints [ 3. -5.]"""
import numpy as np
from skimage.registration import phase_cross_correlation

a = np.random.default_rng(1).random((64, 64))
print(phase_cross_correlation(a, np.roll(a, (-3, 5), (0, 1)))[0])
