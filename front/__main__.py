"""The front process: `python -m front`. Leaves with one line when it cannot work."""

import sys

from base.logs import configure_logging
from base.process import keep_for_good
from base.settings import SettingsError, load_settings
from front.app import create_app
from front.look import LookUnreadable
from switchboard.texts import TextMissing, TextsUnreadable


def main() -> None:
    """Serve until a signal comes."""
    try:
        settings = load_settings()
        configure_logging(settings.log_level)
        app = create_app(settings)
    except (SettingsError, TextMissing, TextsUnreadable, LookUnreadable) as error:
        sys.exit(f"front: {error}")
    keep_for_good()
    app.run(host=settings.host, port=settings.port, access_log=False, motd=False, debug=False)


if __name__ == "__main__":
    main()
