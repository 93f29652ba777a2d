"""The engine process: `python -m engine`. Listens on loopback only; leaves with one line when it cannot work."""

import asyncio
import os
import socket
import sys
from functools import partial
from pathlib import Path

from base.layers import data_layers
from base.process import keep_for_good
from base.settings import ROOT, Settings, SettingsError, load_settings
from engine.fingerprints import code_fingerprint
from engine.logs import configure_logs
from engine.models import ModelError, ModelInfo
from engine.service import model_to_serve

HOST = "127.0.0.1"
ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SANIC_WORKERS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    # A message's products are small: a second thread only waits, and does so at full speed, for 25 ms each time.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class PortTaken(Exception):
    """Somebody else listens there."""


def main() -> None:
    """Serve until a signal comes."""
    try:
        settings = load_settings()
        listener = listen(settings.engine_port)
        model = model_to_serve(settings.models, settings.engine_secret)  # whatever data/ says now
    except (SettingsError, ModelError, PortTaken) as error:
        sys.exit(f"engine: {error}")
    prepare(settings)
    serve(settings, model, listener, ROOT)


def listen(port: int) -> socket.socket:
    """Take the port first: that it is busy is found out before ten seconds of imports.

    Raises:
        PortTaken: it cannot be had.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        raise PortTaken(f"port {port}: {error.strerror}") from error
    return listener


def prepare(settings: Settings) -> None:
    """What must be there before Rasa is imported, or before it reads `endpoints.yml`."""
    os.environ.update(
        ENVIRONMENT, SPORTELLO_ACTIONS_PORT=str(settings.actions_port), SPORTELLO_REGISTER=settings.register.value
    )
    configure_logs(settings.log_level)
    sys.modules.setdefault("jax", None)  # TensorFlow tries it and does without; it takes two seconds


def serve(settings: Settings, model: ModelInfo, listener: socket.socket, configuration: Path) -> None:
    """Load everything heavy, make sure of it, then answer on `listener`.

    Args:
        settings: of this process.
        model: the trained model.
        listener: socket that has its port.
        configuration: folder of `endpoints.yml` and `credentials.yml`.
    """
    from rasa.core.run import create_http_input_channels
    from rasa.core.utils import AvailableEndpoints

    from engine.app import build_app, load_agent, load_beside
    from engine.loaded import checked_archive
    from engine.selfcheck import EngineMisbuilt, check
    from engine.swapping import Swapping
    from engine.turns import Turns

    endpoints = AvailableEndpoints.read_endpoints(str(configuration / "endpoints.yml"))
    channels = create_http_input_channels(None, str(configuration / "credentials.yml"))
    code = code_fingerprint(data_layers())
    try:
        with checked_archive(model, settings.engine_secret) as archive:
            agent = load_agent(archive, endpoints, settings)
        asyncio.run(check(agent, channels, settings.actions))
    except (EngineMisbuilt, ModelError) as error:
        sys.exit(f"engine: {error}")
    turns = Turns(agent)
    load = partial(load_beside, agent, secret=settings.engine_secret)
    swapping = Swapping(turns, model, settings.models, code, load, settings.engine_secret)
    keep_for_good()
    build_app(agent, swapping, turns, channels).run(sock=listener, workers=1, access_log=False, motd=False)


if __name__ == "__main__":
    main()
