"""A small installation for the commands that put models into service, with models that are none."""

import hashlib
import json
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable, Optional

from base.layers import data_layers
from bench.processes import free_ports
from engine.fingerprints import code_fingerprint, fingerprint
from engine.models import ModelInfo, sealed, write_current
from engine.service import Service, read_service
from evaluation.verdict import Verdict, verdict_folder, write_verdict

AT = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)


class Installation:
    """`env` is what its commands find in the environment."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.var, self.models = folder / "var", folder / "models"
        for made in (self.var, self.models):
            made.mkdir()
        self.port, front = free_ports(2)
        self.env = {
            "DATABASE_URL": database_url,
            "SPORTELLO_SECRET": "s" * 32,
            "SPORTELLO_ENGINE_SECRET": "e" * 32,
            "SPORTELLO_ENGINE_PORT": str(self.port),
            "SPORTELLO_PORT": str(front),
            "SPORTELLO_VAR": str(self.var),
            "SPORTELLO_MODELS": str(self.models),
        }

    @property
    def secret(self) -> str:
        return self.env["SPORTELLO_ENGINE_SECRET"]

    def model(self, name: str, code: Optional[str] = None, trained_from: Optional[str] = None) -> ModelInfo:
        """A model as a training would have left it; it is the last one."""
        archive = self.models / f"sportello-{name}.tar.gz"
        archive.write_bytes(name.encode())
        code = code_fingerprint(data_layers()) if code is None else code
        trained_from = fingerprint(data_layers()) if trained_from is None else trained_from
        digest = hashlib.sha256(name.encode()).hexdigest()
        info = sealed(ModelInfo(trained_from, archive, digest, AT, code), self.secret)
        write_current(self.models, info)
        return info

    def tested(self, model: ModelInfo, beside: Optional[ModelInfo], *reasons: str) -> None:
        """What `sportello test` leaves: it passed where there are no reasons against it."""
        figures = {"intent_accuracy": 0.941, "ms_p50": 3.0}
        verdict = Verdict(
            model_sha256=model.sha256,
            compared_sha256=beside.sha256 if beside else None,
            made_at=AT,
            passed=not reasons,
            reasons=reasons,
            figures=figures,
            compared_figures=None,
            better=3,
            worse=1,
            conversations=40,
            conversations_failed=(),
            differing=(),
        )
        write_verdict(verdict_folder(self.var, model.sha256), verdict)

    @property
    def service(self) -> Service:
        service = read_service(self.models)
        assert service is not None
        return service


class EngineDouble:
    """Speaks the engine's routes on the installation's port and keeps what it was asked.

    Args:
        answer: status and JSON for the route `swap` and its body.
    """

    def __init__(self, port: int, answer: Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                route = self.path.rpartition("/")[2]
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                double.asked.append((route, body))
                status, said = answer(body) if route == "swap" else (200, {})
                written = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(written)))
                self.end_headers()
                self.wfile.write(written)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "EngineDouble":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
