"""A process for the supervisor's tests: answers /health, and behaves badly in the way its first argument names.

fake_child.py good PORT          answers, and ends on SIGTERM
fake_child.py stubborn PORT      answers, and ignores SIGTERM
fake_child.py crashing PORT      writes a line and ends at once
fake_child.py mute PORT          stops answering when /hang was asked for
fake_child.py late PORT          answers 503 ten times before it answers 200
fake_child.py ill PORT           answers 200 once, 503 twenty times, then nothing
fake_child.py needing PORT URL   says at SIGTERM whether URL answers, and ends
fake_child.py parent PORT FILE   starts another process and writes its id into FILE
"""

import os
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from pathlib import Path
from typing import Iterator
from urllib.request import urlopen

ALWAYS = repeat(200)
STATUSES = {"late": chain([503] * 10, ALWAYS), "ill": chain([200], [503] * 20)}


def main() -> None:
    behaviour, port = sys.argv[1], int(sys.argv[2])
    print(f"{behaviour} starts", flush=True)
    if behaviour == "crashing":
        sys.exit("una riga che spiega")
    signal.signal(signal.SIGTERM, signal.SIG_IGN if behaviour == "stubborn" else signal.SIG_DFL)
    if behaviour == "needing":
        signal.signal(signal.SIGTERM, lambda *_: end_asking(sys.argv[3]))
    if behaviour == "parent":
        sleeper = subprocess.Popen(["sleep", "1000"])
        Path(sys.argv[3]).write_text(str(sleeper.pid))
    serve(port, STATUSES.get(behaviour, ALWAYS))


def end_asking(url: str) -> None:
    try:
        urlopen(url, timeout=5).close()
        print("the other one answers", flush=True)
    except OSError:
        print("the other one has gone", flush=True)
    os._exit(0)


def serve(port: int, statuses: Iterator[int]) -> None:
    """Answer with one status after the other; with none left, or after /hang, not at all."""
    hanging = threading.Event()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = next(statuses, None)
            if hanging.is_set() or status is None:
                threading.Event().wait()
            if self.path == "/hang":
                hanging.set()
            print(f"answers {status}", flush=True)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Answers).serve_forever()


if __name__ == "__main__":
    main()
