"""Why the digits are right: proofs that do not run the algorithm which produced them.

margin        by how much a nearest center was nearest, and whether binary64 can see it
lloyd         a K-means run, held against its defining equations step by step
identities    means, covariances, correlations and seeding laws, held against theirs
partition     the global optimum of the distortion, by enumeration and by dynamic programming
coins         the EM map of two coins and its derivative, written another way and enclosed in balls
mixture       the EM map of any mixture by moments, and its derivative; `gaussians` and `tosses` are its families
jets          numbers that carry their derivatives
krawczyk      existence and uniqueness of a fixed point in a box, and convergence to it
sensitivity   how many digits a backward-stable binary64 implementation can be asked for
"""
