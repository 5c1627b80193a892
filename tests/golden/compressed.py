"""Compressed tokens of versions 1 and 2 for tests/golden.rs, made with Python's zlib and not with
the crate.

Regenerate with: python3 tests/golden/compressed.py > tests/golden/compressed.jsonl
make.py says the rest: the fields of a line, and that a token never changes once it is released.
A stream has many spellings, so none of these tokens is made again by encoding its payload.
"""

import zlib

import make
from make import IDLE, NOW, b64u, line, loosened, of_size, plainly, times


def deflate(data, level=6, strategy=zlib.Z_DEFAULT_STRATEGY):
    data = data if isinstance(data, bytes) else data.encode()
    compressor = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    return compressor.compress(data) + compressor.flush()


def sign(payload, algorithm="sha1", **keywords):
    """A payload, whatever it is, under a good MAC."""
    version, _ = make.VERSIONS[algorithm]
    return make.sign(f"{version}.{payload}.{times(NOW, NOW)}", algorithm=algorithm, **keywords)


def token(stream, **keywords):
    return sign("~" + b64u(stream), **keywords)


def valid(name, payload, stream=None, **config):
    algorithm = config.get("algorithm", "sha1")
    cookie_name = config.get("cookie_name", "session")
    value = token(stream or deflate(payload), algorithm=algorithm, name=cookie_name)
    line(
        f"compressed, {name}",
        value,
        "valid",
        **config,
        payload=payload,
        created=NOW,
        issued=NOW,
        reseal=False,
        **plainly(payload),
    )


def rejected(name, cookie_value, reason="InvalidPayload", **config):
    line(f"compressed, {name}", cookie_value, reason, **config)


def valid_streams():
    cart = '{"cart":[' + ",".join(f'{{"id":{n},"count":1}}' for n in range(60)) + "]}"
    valid("a cart", cart)
    valid("a cart, version 2", cart, algorithm="sha256")
    valid("level 9", cart, deflate(cart, 9))
    valid("level 1", cart, deflate(cart, 1))
    valid("literals alone", cart, deflate(cart, strategy=zlib.Z_HUFFMAN_ONLY))
    valid("fixed codes", cart, deflate(cart, strategy=zlib.Z_FIXED))
    valid("a stored block", of_size(300), deflate(of_size(300), 0))
    valid("a stored block that is longer than the JSON", "{}", deflate("{}", 0))
    valid("fewer than 256 bytes", of_size(100))
    valid("16384 bytes of JSON", of_size(16384))
    compressor = zlib.compressobj(6, zlib.DEFLATED, -15)
    blocks = compressor.compress(cart[:500].encode()) + compressor.flush(zlib.Z_FULL_FLUSH)
    blocks += compressor.compress(cart[500:].encode()) + compressor.flush()
    valid("several blocks", cart, blocks)
    empty = b"\x00\x00\x00\xff\xff"
    valid("empty stored blocks", cart, empty * 3 + deflate(cart))
    valid("raw UTF-8", '{"name":"Zoë","Ключ":"' + "значение" * 50 + '","🦀":"日本語"}')


def too_much():
    rejected("16385 bytes of JSON", token(deflate(of_size(16385))))
    rejected("64 KiB of JSON", token(deflate(of_size(65536))))
    bomb = token(deflate(of_size(2 * 1024 * 1024)))
    assert 2000 < len(bomb) < 4000
    rejected("a bomb of 2 MiB", bomb)
    rejected("a bomb of 2 MiB, past the idle timeout", bomb, "IdleTimeout", now=NOW + IDLE + 1)
    rejected("a bomb of 2 MiB, changed", bomb[:-1] + "A", "BadSignature")
    blanks = '{"a":1}' + " " * 20000
    rejected("16 KiB of blanks behind the object", token(deflate(blanks)))
    empty = b"\x00\x00\x00\xff\xff"
    rejected("500 empty blocks and no end", token(empty * 500))


def wrong_streams():
    stream = deflate(of_size(400))
    for name, changed in [
        ("a byte behind the end", stream + b"\0"),
        ("two streams", stream + stream),
        ("a blank behind the end", stream + b" "),
        ("cut by a byte", stream[:-1]),
        ("cut in half", stream[: len(stream) // 2]),
        ("nothing", b""),
        ("a stored block cut short", deflate(of_size(300), 0)[:-1]),
        ("a stored block with a wrong length", b"\x01\x02\x00\xfd\xfe{}"),
        ("a block that is not the last one", b"\x00\x02\x00\xfd\xff{}"),
        ("a block of the fourth kind", b"\x07" + stream),
        ("a copy from before the beginning", b"\x4b\x04\x32\x00"),
        ("zlib's frame", zlib.compress(of_size(400).encode())),
        ("gzip's frame", zlib.compress(of_size(400).encode(), wbits=31)),
        ("JSON as it is", of_size(400).encode()),
    ]:
        rejected(f"{name} under a good MAC", token(changed))


def wrong_texts():
    for name, payload in [
        ("an array", "[" + "1," * 200 + "1]"),
        ("no text at all", ""),
        ("two objects", '{"a":1}{}'),
        ("a byte that is no UTF-8", b'{"a":"\xff"}'),
        ("a stream", deflate(of_size(300))),
    ]:
        rejected(f"{name} under a good MAC", token(deflate(payload)))


def wrong_spellings():
    payload = b64u(deflate("{" + of_size(400)[1:-2] + "yz\"}"))
    assert len(payload) % 4
    for name, spelling in [
        ("no tilde", payload),
        ("two tildes", "~~" + payload),
        ("a tilde behind", payload + "~"),
        ("a tilde alone", "~"),
        ("spare bits", "~" + loosened(payload)),
        ("padding", "~" + payload + "="),
        ("a tilde before plain base64", "~" + b64u(of_size(400).encode())),
    ]:
        rejected(f"{name} under a good MAC", sign(spelling))


if __name__ == "__main__":
    valid_streams()
    too_much()
    wrong_streams()
    wrong_texts()
    wrong_spellings()
