"""Tokens of version 3 for tests/golden.rs, made from section 4 of the design and with the package
`cryptography`, not with the crate.

Regenerate with: python3 tests/golden/encrypted.py > tests/golden/encrypted.jsonl
The initialization vectors are fixed, so the output is always the same. make.py says the rest: the
fields of a line, and that a token never changes once it is released.
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

import make
from make import ABSOLUTE, BOUND, IDLE, NOW, OTHER_SECRET, SECRET, UNBOUND
from make import b64u, line, loosened, of_size, plainly, times

make.VERSIONS["aes256"] = ("3", hashlib.sha256)
IV = bytes(range(0xA0, 0xB0))
V3 = {"algorithm": "aes256"}


def key(secret=SECRET, name="session"):
    context = f"axum-cookie-session v3 encryption {name}".encode()
    return hmac.new(secret, context, hashlib.sha256).digest()


def encrypt(text, iv=IV, **keywords):
    encryptor = Cipher(algorithms.AES256(key(**keywords)), modes.CTR(iv)).encryptor()
    return iv + encryptor.update(text) + encryptor.finalize()


def padded(payload):
    data = payload if isinstance(payload, bytes) else payload.encode()
    return data + b" " * (-len(data) % 32)


def sign(payload, created=NOW, issued=NOW, version="3", binding=b"", **keywords):
    """A payload, whatever it is, under a good MAC."""
    signed = f"{version}.{payload}.{times(created, issued, binding)}"
    return make.sign(signed, **({"algorithm": "aes256"} | keywords))


def token(payload, created=NOW, issued=NOW, iv=IV, binding=b"", **keywords):
    encrypted = b64u(encrypt(padded(payload), iv, **keywords))
    return sign(encrypted, created, issued, binding=binding, **keywords)


def valid(name, payload, created=NOW, issued=NOW, iv=IV, blanks=None, binding=b"", **config):
    """`blanks` is what stands behind the payload, if not the blanks up to the next step."""
    secret = config.get("secret", SECRET)
    cookie_name = config.get("cookie_name", "session")
    text = padded(payload) if blanks is None else payload.encode() + blanks
    encrypted = b64u(encrypt(text, iv, secret=secret, name=cookie_name))
    value = sign(encrypted, created, issued, binding=binding, secret=secret, name=cookie_name)
    if binding:
        config["binding_hex"] = binding.hex()
    line(
        f"version 3, {name}",
        value,
        "valid",
        **V3,
        **config,
        payload=payload,
        created=created,
        issued=issued,
        reseal=False,
        **plainly(payload),
    )


def rejected(name, cookie_value, reason, **config):
    line(f"version 3, {name}", cookie_value, reason, **(V3 | config))


def check_the_vector_of_the_design():
    context = b"axum-cookie-session v3 session"
    mac_key = hmac.new(SECRET, context, hashlib.sha256).digest()
    assert mac_key.hex() == "41d181abacfd5f353969aa6b2502db289f58e5a9a4e63c7b00245c7100d598be"
    assert key().hex() == "301248735101656437dfa3f57cd90f27f1a0ca95ad7dd66ef08a223f22b54d31"
    vector = (
        "3.oKGio6SlpqeoqaqrrK2urxjTS20zIR9FuSOxmh9jYfk_Y8vTZpt3K0fPGcIlxNUm"
        ".ZVPxAGVT8Tw.i86iBX4nHIGJ6GVXstHLmg"
    )
    assert token('{"visits":1}', NOW, NOW + 60) == vector


def valid_payloads():
    valid("the vector of the design", '{"visits":1}', NOW, NOW + 60, now=NOW + 60)
    valid("an object without keys", "{}")
    for size in [31, 32, 33, 63, 64, 65]:
        valid(f"{size} bytes of JSON", of_size(size))
    valid("raw UTF-8", '{"name":"Zoë","Ключ":"значение","🦀":"日本語"}')
    valid("a character across two steps", '{"a":"' + "x" * 25 + 'é"}')
    valid("all kinds of values", '{"a":null,"b":true,"c":false,"d":0,"e":"","f":[],"g":{}}')
    valid("a text that ends in blanks", '{"a":"   "}')
    valid("a blank before the object", ' {"a":1}')
    valid("a step of blanks more than it takes", '{"a":1}', blanks=b" " * 57)
    valid("a blank in the last step alone", of_size(32), blanks=b" " * 32)
    valid("line feeds for blanks", '{"a":1}', blanks=b"\n" * 25)
    valid("3008 bytes of JSON with the name __Host-session", of_size(3008), cookie_name="__Host-session")


def valid_vectors():
    json = of_size(200)
    valid("a vector of zeros", json, iv=bytes(16))
    valid("a counter that wraps at once", json, iv=b"\xff" * 16)
    valid("a counter that wraps in the second step", json, iv=b"\xff" * 15 + b"\xfd")
    valid("a counter with a carry out of 32 bits", json, iv=bytes(12) + b"\xff" * 4)
    valid("a counter with a carry out of 64 bits", json, iv=bytes(8) + b"\xff" * 8)


def valid_configs():
    valid("a name of every kind of character", '{"a":1}', cookie_name="!#$%&'*+-.^_`|~09azAZ")
    valid("a secret of one byte", '{"a":1}', secret=b"x")
    valid("a secret as long as a block", '{"a":1}', secret=bytes(range(64)))
    valid("a secret longer than a block", '{"a":1}', secret=bytes(range(65)))
    valid("exactly at the idle timeout", '{"a":1}', now=NOW + IDLE)
    valid("issued exactly 60 s ahead", '{"a":1}', NOW - 5, NOW + 60)


def wrong_texts():
    for name, payload in [
        ("blanks alone", b" " * 32),
        ("two steps of blanks", b" " * 64),
        ("a byte that is no UTF-8", b'{"a":"\xff"}'),
        ("a surrogate as UTF-8", b'{"a":"\xed\xa0\x80"}'),
        ("an array", "[1]"),
        ("null", "null"),
        ("a text", '"x"'),
        ("two objects", '{"a":1}{}'),
        ("half an object", '{"a":1'),
        ("a blank inside a number", '{"a":1 2}'),
        ("zeros for blanks", b'{"a":1}' + bytes(25)),
        ("a byte order mark", "\ufeff{}"),
    ]:
        rejected(f"{name} under a good MAC", token(payload), "InvalidPayload")


def wrong_lengths():
    whole = encrypt(padded(of_size(64)))
    for size in [0, 1, 15, 16, 17, 31, 32, 47, 49, 64, 79]:
        payload = b64u(whole[:size])
        rejected(f"{size} bytes under a good MAC", sign(payload), "InvalidPayload")
    for size in [12, 31, 33]:
        payload = b64u(encrypt(b'{"a":1}' + b" " * (size - 7)))
        rejected(f"{size} encrypted bytes under a good MAC", sign(payload), "InvalidPayload")
    host = "__Host-session"
    long = token(of_size(3009), name=host)
    rejected("3009 bytes of JSON with the name __Host-session", long, "TooLong", cookie_name=host)


def wrong_base64():
    payload = b64u(encrypt(padded(of_size(60))))
    loose = b64u(encrypt(padded(of_size(30))) + b"x")
    risky = b64u(encrypt(padded(of_size(2000))))
    assert "-" in risky and "_" in risky
    for name, spelling in [
        ("spare bits", loosened(loose)),
        ("padding", payload + "="),
        ("the standard alphabet", risky.replace("-", "+").replace("_", "/")),
        ("a blank inside", payload[:4] + " " + payload[4:]),
        ("one character too many", payload + "A"),
        ("a tilde before it", "~" + payload),
        ("nothing but a tilde", "~"),
        ("no base64 at all", "*" * 64),
    ]:
        rejected(f"payload with {name} under a good MAC", sign(spelling), "InvalidPayload")


def wrong_keys():
    """Under a good MAC, so that nothing but the key of the cipher is wrong."""
    text = padded(of_size(60))
    mac_key = hmac.new(SECRET, b"axum-cookie-session v3 session", hashlib.sha256).digest()
    encryptor = Cipher(algorithms.AES256(mac_key), modes.CTR(IV)).encryptor()
    for name, encrypted in [
        ("another name's key", encrypt(text, name="other")),
        ("another secret's key", encrypt(text, secret=OTHER_SECRET)),
        ("the key of the MAC", IV + encryptor.update(text)),
        ("no key", IV + text),
    ]:
        rejected(f"encrypted with {name}", sign(b64u(encrypted)), "InvalidPayload")
    other = IV[::-1] + encrypt(text)[16:]
    rejected("another vector under a good MAC", sign(b64u(other)), "InvalidPayload")
    plain = b64u(of_size(80).encode())
    rejected("a plain payload under a good MAC", sign(plain), "InvalidPayload")


def wrong_versions():
    good = token('{"visits":1}')
    first = make.token('{"visits":1}')
    second = make.token('{"visits":1}', algorithm="sha256")
    rejected("version 1 where version 3 is written", first, "UnknownVersion")
    rejected("version 2 where version 3 is written", second, "UnknownVersion")
    rejected("where version 1 is written", good, "UnknownVersion", algorithm="sha1")
    rejected("where version 2 is written", good, "UnknownVersion", algorithm="sha256")
    for version, algorithm in [("1", "sha1"), ("2", "sha256")]:
        renamed = version + good[1:]
        name = f"called version {version}"
        rejected(f"{name}, under the MAC of version 3", renamed, "BadSignature", algorithm=algorithm)
        payload = good.split(".")[1]
        signed = sign(payload, version=version, algorithm=algorithm)
        rejected(f"{name}, under a good MAC of it", signed, "InvalidPayload", algorithm=algorithm)
        renamed = "3" + {"1": first, "2": second}[version][1:]
        rejected(f"in truth version {version}", renamed, "BadSignature")


def wrong_macs():
    good = token('{"visits":1}')
    signed, tag = good.rsplit(".", 1)
    full = make.mac(signed, **V3)
    rejected("signed for another name", token("{}", name="other"), "BadSignature")
    rejected("signed with another key", token("{}", secret=OTHER_SECRET), "BadSignature")
    rejected("signed with HMAC-SHA1", make.sign(signed), "BadSignature")
    second = make.sign(signed, algorithm="sha256")
    rejected("signed with the key of version 2", second, "BadSignature")
    by_cipher_key = hmac.new(key(), signed.encode(), hashlib.sha256).digest()[:16]
    rejected("signed with the cipher's key", f"{signed}.{b64u(by_cipher_key)}", "BadSignature")
    rejected("a MAC of all 32 bytes", f"{signed}.{b64u(full)}", "BadSignature")
    rejected("a MAC with spare bits", f"{signed}.{loosened(tag)}", "BadSignature")
    rejected("no MAC", f"{signed}.", "BadSignature")
    _, payload, when, _ = good.split(".")
    for at, what in [(0, "the vector"), (30, "the encrypted text"), (len(payload) - 1, "the last blank")]:
        digit = "A" if payload[at] != "A" else "B"
        changed = payload[:at] + digit + payload[at + 1 :]
        rejected(f"{what} changed", f"3.{changed}.{when}.{tag}", "BadSignature")
    later = f"3.{payload}.{times(NOW, NOW + 1)}.{tag}"
    rejected("changed times", later, "BadSignature")


def wrong_times():
    rejected("one second past the idle timeout", token("{}"), "IdleTimeout", now=NOW + IDLE + 1)
    late = token("{}", NOW, NOW + ABSOLUTE)
    rejected("one second past the absolute timeout", late, "AbsoluteTimeout", now=NOW + ABSOLUTE + 1)
    rejected("issued 61 s ahead", token("{}", NOW, NOW + 61), "IssuedInFuture")
    rejected("created after it was issued", token("{}", NOW, NOW - 1), "Malformed")
    rejected("past the idle timeout and blanks alone", token(b" " * 32), "IdleTimeout", now=NOW + IDLE + 1)


def bindings():
    valid("a session that can be bound", '{"visits":1}', NOW, NOW + 60, now=NOW + 60, binding=UNBOUND)
    valid("a bound session", '{"visits":1}', NOW, NOW + 60, now=NOW + 60, binding=BOUND)
    valid("a bound session without keys", "{}", binding=BOUND)
    rejected("flags 0x02 of a binding", token("{}", binding=b"device-1\2"), "Malformed")
    rejected("a binding without its flags", token("{}", binding=b"device-1"), "Malformed")
    version, payload, _, tag = token("{}", binding=UNBOUND).split(".")
    bound = f"{version}.{payload}.{times(NOW, NOW, BOUND)}.{tag}"
    rejected("a binding that was changed to bound", bound, "BadSignature")
    bare = f"{version}.{payload}.{times(NOW, NOW)}.{tag}"
    rejected("a binding that was cut off", bare, "BadSignature")


if __name__ == "__main__":
    check_the_vector_of_the_design()
    valid_payloads()
    valid_vectors()
    valid_configs()
    wrong_texts()
    wrong_lengths()
    wrong_base64()
    wrong_keys()
    wrong_versions()
    wrong_macs()
    wrong_times()
    bindings()
