"""Opens tokens that the crate wrote, with section 4 of the design and the package `cryptography`.

Reads one token a line: secret_hex, cookie_name, algorithm ("sha1", "sha256" or "aes256"),
cookie_value, created, issued, and payload, the exact JSON text. `cargo run -p interop -- native`
makes them. Prints what was opened; fails at the first one that it cannot open.
"""

import base64
import collections
import hmac
import json
import struct
import sys
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

import make
from encrypted import key


def unb64u(text):
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert make.b64u(data) == text, "no canonical base64"
    return data


def open_token(token):
    secret, name = bytes.fromhex(token["secret_hex"]), token["cookie_name"]
    value, algorithm = token["cookie_value"], token["algorithm"]
    assert len(name) + len(value) <= 4096, "too long"
    version, payload, times, tag = value.split(".")
    assert version == make.VERSIONS[algorithm][0], "another version"
    expected = make.mac(value.rsplit(".", 1)[0], secret, name, algorithm)[:16]
    assert hmac.compare_digest(unb64u(tag), expected), "a wrong MAC"
    created, issued = struct.unpack(">II", unb64u(times))
    kind = "plain"
    if version == "3":
        kind = "encrypted"
        data = unb64u(payload)
        assert len(data) >= 48 and len(data) % 32 == 16, "a length between two steps"
        cipher = Cipher(algorithms.AES256(key(secret, name)), modes.CTR(data[:16]))
        decryptor = cipher.decryptor()
        padded = decryptor.update(data[16:]) + decryptor.finalize()
        text = padded.rstrip(b" ")
        assert len(padded) - len(text) < 32, "more blanks than it takes"
    elif payload.startswith("~"):
        kind = "compressed"
        stream = zlib.decompressobj(-15)
        text = stream.decompress(unb64u(payload[1:]), 16 * 1024 + 1)
        assert stream.eof and not stream.unused_data, "no whole stream"
        assert 256 <= len(text) <= 16 * 1024, "too short or too long for compression"
    else:
        text = unb64u(payload)
    return kind, text.decode(), created, issued


def main():
    opened = collections.Counter()
    vectors = set()
    for line in sys.stdin:
        token = json.loads(line)
        kind, text, created, issued = open_token(token)
        assert text == token["payload"], f"{text!r} is not {token['payload']!r}"
        assert (created, issued) == (token["created"], token["issued"]), "other times"
        assert isinstance(json.loads(text), dict), "no object"
        opened[token["algorithm"], kind] += 1
        if kind == "encrypted":
            vector = token["cookie_value"].split(".")[1][:20]
            assert vector not in vectors, "an initialization vector twice"
            vectors.add(vector)
    for (algorithm, kind), count in sorted(opened.items()):
        print(f"{algorithm}, {kind}: {count} opened")
    assert opened, "no token"


if __name__ == "__main__":
    main()
