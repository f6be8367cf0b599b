"""The review page: an interpreter looks at the picks on a log, decides on each, draws what is missing, and keeps it.

``state`` is what is known of the picks after any sequence of ``edits``; the ``journal`` has these on the disk, each
before it is applied; ``review`` holds both together. ``tiles`` are the image, ``saving`` the files that come of it, and
a ``session`` is all of that for one log, which the ``server`` gives to one page on this machine.
"""
