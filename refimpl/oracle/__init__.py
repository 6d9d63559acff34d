"""Golden cases, and judging other implementations by them.

Data travel one way: fixture -> case -> task -> room -> certificate -> score -> report.

    values      numbers as text in nested lists, and back
    tasks       what may be asked: the input, parameters and results of every task
    case        one golden case as a file
    store       where the cases lie
    catalogue   which cases there are, and why
    solve       expected values and certificates
    reference   the rooms as a peer, with as many certified digits as are asked for
    attainable  the digits that binary64 can be asked for
    generate    the catalogue, solved and written
    recheck     certificates, checked without solving
    conventions what a peer may declare
    truth       what is right under the conventions that it declares
    reading     a peer's answer as exact numbers
    match       its clusters matched with those of an outcome
    digits      digits of agreement
    applicable  which cases apply to a peer
    score       one answer held against one case
    peers       the implementations that are judged: programs, adapters, and the protocol between us
    verify      a peer held against all cases
    exchange    cases and answers as files
    journal     scores and answers, on disk
    report      what came of it, for people and for machines
    show        one case, printed as the notes print it
"""
