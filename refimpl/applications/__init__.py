"""The rooms at work on pictures: faces that anybody can draw again, their eigenfaces, and three ways to represent one.

`faces` and `portrait` make the pictures, `eigenfaces` is the principal components of pictures with proofs,
`representations` sets a nearest centre, principal components and non-negative factors side by side.
"""
