"""Why a file is not finished, as words: light to import, since questions and answers about files carry them."""

from enum import Enum


class Wait(Enum):
    """Why a file is not finished."""

    CHANGING = "changing"
    """It changed while it was looked at. Changes between two looks are seen by comparing them."""
    WRITER = "writer"
    """Somebody on this host, or another client of this host's server, has it open for writing."""
    HOLES = "holes"
    """Room was set aside that nothing was written to. Some files are meant to have holes."""
    NAME = "name"
    """It has a name that its maker gives to what is not finished."""
    DISGUISE = "disguise"
    """It is named as AppleDouble and is none."""
    CUT_SHORT = "cut-short"
    """Its own structure says that more must follow."""
    UNREADABLE = "unreadable"
    """It could not be looked at, and that is never the same as nothing being wrong with it."""
