"""Storage that does not answer: `python tests/hanging.py FOLDER` puts it over a folder until its standard input ends.

A FUSE file system whose server never says a word. Whoever touches it sleeps in the kernel, as with a share whose
server is gone. Needs root; meant for a mount namespace of its own.
"""

import ctypes
import os
import sys

MNT_DETACH = 2
"""Of umount2(2)."""


def main(folder: bytes) -> None:
    """Mount, say so, and unmount at the end of standard input. Whoever still waits is answered with an error then."""
    libc = ctypes.CDLL(None, use_errno=True)
    server = os.open("/dev/fuse", os.O_RDWR)
    options = b"fd=%d,rootmode=40000,user_id=0,group_id=0" % server
    if libc.mount(b"hanging", folder, b"fuse", 0, options):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    sys.stdout.write("mounted\n")
    sys.stdout.flush()
    sys.stdin.read()
    if libc.umount2(folder, MNT_DETACH):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    os.close(server)


if __name__ == "__main__":
    main(os.fsencode(sys.argv[1]))
