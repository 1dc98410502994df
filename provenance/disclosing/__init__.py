"""Telling of an intended use: what was filled in, however it came, and what becomes of it.

::

    draft       what somebody told, before names are put away; and the record made of it
    vocabulary  which keys a form has, and what may stand under each
    reading     from a form, options or answers to a draft; everything that is wrong with it at once
    writing     the empty form
    answering   what whoever told it is answered
"""
