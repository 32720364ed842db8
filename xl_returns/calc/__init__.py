"""LibreOffice Calc as a host: the same functions and commands, in an extension of its own.

`office` is what runs inside LibreOffice, under whatever Python that has; everything else runs
under ours: in LibreOffice's own process where the versions match, in a helper process otherwise.
"""
