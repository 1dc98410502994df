"""Content credentials: read, judged for what they are worth, and written. The only room that knows the C2PA SDK.

`read` gives one of the seven states with the marks of AI origin inside (`origin`); `codes` is the published table
behind the states; `trust` is who may be believed; `keys` and `sign` write credentials of our own. `sdk` alone imports
`c2pa`, and only when it is called: nothing here is heavy to import.
"""
