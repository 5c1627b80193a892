"""What the Python peers share: their settings, their clock, and how they start and stop.

Environment: SECRET; optional PORT (0: any free one), FALLBACKS (comma separated, oldest first),
COOKIE, LIFETIME (seconds), CLOCK (seconds that the clock is ahead), VARIANT (a setting that
makes sessions which we refuse), STOP_WITH_STDIN.
"""
import os
import socket
import sys
import threading
import time

SECRET = os.environ["SECRET"]
FALLBACKS = [secret for secret in os.environ.get("FALLBACKS", "").split(",") if secret]
COOKIE = os.environ.get("COOKIE")
VARIANT = os.environ.get("VARIANT", "")
LIFETIME = int(os.environ.get("LIFETIME", 14 * 24 * 60 * 60))
PORT = int(os.environ.get("PORT", 0))

if clock := int(os.environ.get("CLOCK", 0)):
    true_time = time.time
    time.time = lambda: true_time() + clock


def stop_with_stdin():
    """Ends this process when whoever started it is gone, however it went."""
    sys.stdin.read()
    os._exit(0)


if os.environ.get("STOP_WITH_STDIN"):
    threading.Thread(target=stop_with_stdin, daemon=True).start()


def announce(port):
    print(f"listening on 127.0.0.1:{port}", flush=True)


def listen():
    """A listening socket, for servers that take one."""
    listener = socket.create_server(("127.0.0.1", PORT))
    announce(listener.getsockname()[1])
    return listener
