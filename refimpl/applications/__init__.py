"""The rooms at work on pictures: faces that anybody can draw again, their eigenfaces, and three ways to represent one.

`faces` makes the pictures (with `measures` and `portrait`), `eigenfaces` finds and proves their principal components,
`recognition` tells people apart by them, `representations` sets a nearest centre, eigenfaces and parts without negative
numbers side by side, `picture_files` reads and writes pictures.
"""
