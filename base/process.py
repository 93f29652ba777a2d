"""Starting processes so that none is ever left behind, and what long-running ones do first."""

import ctypes
import gc
import os
import signal
import sys
from typing import Callable, Optional

PR_SET_PDEATHSIG = 1


def die_with_parent() -> Optional[Callable[[], None]]:
    """What a child runs before its program (`preexec_fn`), so that the kernel kills it when this process ends.

    Linux only; elsewhere `None`, and a killed parent leaves its children running.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before we asked
            os.kill(os.getpid(), signal.SIGKILL)

    return ask_the_kernel


def keep_for_good() -> None:
    """What a process has loaded stays until its end: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


def give_memory_back() -> None:
    """Return to the kernel what was freed in pieces. glibc only; elsewhere the allocator decides by itself."""
    if sys.platform.startswith("linux") and hasattr(ctypes.CDLL(None), "malloc_trim"):
        ctypes.CDLL(None).malloc_trim(0)
