"""Everything recorded about the use of generative tools in a production, gathered for a report. Changes nothing.

::

    asked      what a report is to be about, and for whom
    rows       what a report consists of, as frozen values
    vouching   whose word counts, and what stands behind it: the one place that is asked
    along      rows of several questions, read along with each other
    items      one generated file with all there is to say of it
    tallies    what is counted on the way: approvals of each use, files of each channel
    uses       each use that was told, and how it stands
    classes    the highest class of use in each channel
    openings   what is open, with whom, and the command that closes it
    redaction  what of it may leave the house
    gathering  all of it together
    matter     what belongs to a dispute about one file or record
"""
