"""A process for the supervisor's tests: answers /health, and behaves badly in the way its first argument names.

fake_child.py good PORT          answers, and ends on SIGTERM
fake_child.py stubborn PORT      answers, and ignores SIGTERM
fake_child.py crashing PORT      writes a line and ends at once
fake_child.py mute PORT          stops answering when /hang was asked for
fake_child.py parent PORT FILE   starts another process and writes its id into FILE
"""

import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def main() -> None:
    behaviour, port = sys.argv[1], int(sys.argv[2])
    print(f"{behaviour} starts", flush=True)
    if behaviour == "crashing":
        sys.exit("una riga che spiega")
    signal.signal(signal.SIGTERM, signal.SIG_IGN if behaviour == "stubborn" else signal.SIG_DFL)
    if behaviour == "parent":
        sleeper = subprocess.Popen(["sleep", "1000"])
        Path(sys.argv[3]).write_text(str(sleeper.pid))
    serve(port)


def serve(port: int) -> None:
    hanging = threading.Event()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if hanging.is_set():
                threading.Event().wait()
            if self.path == "/hang":
                hanging.set()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"ready": true}')

        def log_message(self, *_: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Answers).serve_forever()


if __name__ == "__main__":
    main()
