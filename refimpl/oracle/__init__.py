"""Golden cases, and judging other implementations by them.

Data travel one way: fixture -> case -> task -> room -> certificate -> score -> report.

    values      numbers as text in nested lists, and back
    tasks       what may be asked: the input, parameters and results of every task
    case        one golden case as a file
    store       where the cases lie
    catalogue   which cases there are, and why
    solve       expected values and certificates
    attainable  the digits that binary64 can be asked for
    generate    the catalogue, solved and written
    recheck     certificates, checked without solving
    reading     a peer's answer as exact numbers
    match       its clusters matched with those of an outcome
    digits      digits of agreement
    score       one answer held against one case
    peers       the implementations that are judged
    verify      a peer held against all cases
    report      what came of it, for people and for machines
    show        one case, printed as the notes print it
"""
