"""`python -m front`: the process that customers and agents talk to."""

from base.logs import configure_logging
from base.settings import load_settings
from front.app import create_app


def main() -> None:
    """Serve until told to stop."""
    settings = load_settings()
    configure_logging(settings.log_level)
    app = create_app(settings)
    app.run(host=settings.host, port=settings.port, access_log=False, motd=False, debug=False)


if __name__ == "__main__":
    main()
