"""Tokens for tests/golden.rs, made from section 4 of the design and not from the crate.

Regenerate with: python3 tests/golden/make.py > tests/golden/tokens.jsonl
The output is always the same. Tokens are frozen once released: add new ones at the end, never
change an old one, and raise the counts in tests/golden.rs. The standard library is all it needs.

Each line has: name (a sentence), secret_hex, cookie_name, algorithm, now, cookie_value, and expect
("valid", or the name of the Reason). A valid one also has payload (the exact JSON text), created,
issued, reseal (whether sealing the payload at `created` gives the same bytes again) and, where
JSON can say it plainly, value (the payload as Python reads it).
"""

import base64
import hashlib
import hmac
import json
import struct

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
SECRET = bytes(range(32))
OTHER_SECRET = bytes([0xFF]) * 32
NOW = 1_700_000_000
DAY = 24 * 60 * 60
IDLE = 14 * DAY
ABSOLUTE = 90 * DAY
U32_MAX = 2**32 - 1
# The id of a device-bound session, and its flags.
UNBOUND = b"device-1" + b"\0"
BOUND = b"device-1" + b"\1"
VERSIONS = {"sha1": ("1", hashlib.sha1), "sha256": ("2", hashlib.sha256)}


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def times(created, issued, binding=b""):
    return b64u(struct.pack(">II", created, issued) + binding)


def mac(signed, secret=SECRET, name="session", algorithm="sha1"):
    """The whole MAC of the text before the last dot; a token carries the first 16 bytes of it."""
    version, digest = VERSIONS[algorithm]
    context = f"axum-cookie-session v{version} {name}".encode()
    key = hmac.new(secret, context, digest).digest()
    return hmac.new(key, signed.encode(), digest).digest()


def sign(signed, **keywords):
    """The text before the last dot, whatever it is, under a good MAC."""
    return f"{signed}.{b64u(mac(signed, **keywords)[:16])}"


def token(payload, created=NOW, issued=NOW, algorithm="sha1", binding=b"", **keywords):
    data = payload if isinstance(payload, bytes) else payload.encode()
    version, _ = VERSIONS[algorithm]
    signed = f"{version}.{b64u(data)}.{times(created, issued, binding)}"
    return sign(signed, algorithm=algorithm, **keywords)


def loosened(text):
    """The same bytes in another spelling: the spare bits of the last character set."""
    spare = {2: 15, 3: 3}[len(text) % 4]
    index = ALPHABET.index(text[-1])
    assert index & spare == 0
    return text[:-1] + ALPHABET[index | spare]


def line(name, cookie_value, expect, **fields):
    head = {
        "name": name,
        "secret_hex": fields.pop("secret", SECRET).hex(),
        "cookie_name": fields.pop("cookie_name", "session"),
        "algorithm": fields.pop("algorithm", "sha1"),
        "now": fields.pop("now", NOW),
        "cookie_value": cookie_value,
        "expect": expect,
    }
    print(json.dumps(head | fields))


def plainly(payload):
    """The payload as Python reads it, where JSON can hold that and other readers agree."""
    value = json.loads(payload)
    text = json.dumps(value, ensure_ascii=False)
    surrogate = any("\ud800" <= char <= "\udfff" for char in text)
    deep = "[" * 100 in text
    # Python's integers have no -0.
    if surrogate or deep or "Infinity" in text or "-0}" in payload:
        return {}
    return {"value": value}


def valid(name, payload, created=NOW, issued=NOW, reseal=None, **config):
    secret = config.get("secret", SECRET)
    algorithm = config.get("algorithm", "sha1")
    cookie_name = config.get("cookie_name", "session")
    binding = config.pop("binding", b"")
    value = token(
        payload, created, issued, algorithm, binding, secret=secret, name=cookie_name
    )
    if reseal is None:
        reseal = created == issued and not binding
    if binding:
        config["binding_hex"] = binding.hex()
    assert not reseal or created == issued
    line(
        name,
        value,
        "valid",
        **config,
        payload=payload,
        created=created,
        issued=issued,
        reseal=reseal,
        **plainly(payload),
    )


def rejected(name, cookie_value, reason, **config):
    line(name, cookie_value, reason, **config)


def of_size(size):
    """A JSON object of so many bytes."""
    text = '{"essay":"' + "x" * (size - 12) + '"}'
    assert len(text) == size
    return text


def check_the_vector_of_the_design():
    name = b"axum-cookie-session v1 session"
    key = hmac.new(SECRET, name, hashlib.sha1).digest()
    assert key.hex() == "23e7e5f1418457dad8abb434e6f2a8afa364e245"
    vector = "1.eyJ2aXNpdHMiOjF9.ZVPxAGVT8Tw.u23t_5_4MO1TTAiK1piIzw"
    assert token('{"visits":1}', 1_700_000_000, 1_700_000_060) == vector


def valid_payloads():
    valid("the vector of the design", '{"visits":1}', NOW, NOW + 60, now=NOW + 60)
    valid("an object without keys", "{}")
    valid("one key", '{"visits":1}')
    valid("all kinds of values", '{"a":null,"b":true,"c":false,"d":0,"e":"","f":[],"g":{}}')
    valid("keys in an order of their own", '{"z":1,"a":2,"m":3,"":4}')
    valid("raw UTF-8", '{"name":"Zoë","Ключ":"значение","🦀":"日本語"}')
    valid("escaped values", '{"a":"\\u00e9\\ud83e\\udd80\\/\\b\\f\\n\\r\\t\\"\\\\"}')
    valid("escapes as short as they get", '{"a\\"b\\\\c":"\\u0000\\u001f\\n\\t\\"\\\\/\x7f"}')
    valid("escaped keys", '{"\\u0061":1,"\\u00e9t\\u00e9":2,"\\/":3}', reseal=False)
    valid("a lone surrogate in a value", '{"a":"\\ud800","b":1}')
    valid("nested objects and arrays", '{"user":{"id":7,"roles":["admin",{"of":[[],{}]}]},"n":[1]}')
    valid("an array nested 200 deep", '{"a":' + "[" * 200 + "]" * 200 + ',"b":1}')
    valid("the largest integer of 64 bits", '{"n":18446744073709551615}')
    valid("the smallest integer of 64 bits", '{"n":-9223372036854775808}')
    valid("an integer of 71 bits", '{"n":1180591620717411303424}')
    valid("whole floats", '{"a":1.0,"b":1e300,"c":1E2,"d":2.50}')
    valid("negative zero", '{"a":-0.0,"b":-0}')
    valid("the smallest float", '{"n":5e-324}')
    valid("a number beyond every float", '{"n":1e400,"m":1}')
    valid("spaces between the parts", ' {\t"a" : 1 ,\r\n "b":[ 1, 2 ] } ', reseal=False)
    valid("a repeated key", '{"a":1,"b":2,"a":3}', reseal=False)
    valid("a key repeated in another spelling", '{"a":1,"\\u0061":[2]}', reseal=False)
    valid("a payload whose base64 has both - and _", '{"a":"~~~???>>>"}')


def valid_sizes():
    valid(
        "3033 bytes of JSON with the name __Host-session",
        of_size(3033),
        cookie_name="__Host-session",
    )
    valid(
        "name and value of exactly 4096 bytes",
        of_size(3033),
        cookie_name="__Host-sessions",
    )


def valid_times():
    valid("exactly at the idle timeout", '{"a":1}', now=NOW + IDLE)
    valid("exactly at the absolute timeout", '{"a":1}', NOW, NOW + ABSOLUTE - 9, now=NOW + ABSOLUTE)
    valid("issued exactly 60 s ahead", '{"a":1}', NOW - 5, NOW + 60)
    valid("created and issued 60 s ahead", '{"a":1}', NOW + 60, NOW + 60)
    valid("the first second that fits", '{"a":1}', 0, 0, now=0)
    valid("the last second that fits", '{"a":1}', U32_MAX, U32_MAX, now=U32_MAX)
    valid("a clock beyond 32 bits", '{"a":1}', U32_MAX - 7, U32_MAX, now=U32_MAX + 1000)


def valid_configs():
    odd = "!#$%&'*+-.^_`|~09azAZ"
    valid("a name of every kind of character", '{"a":1}', cookie_name=odd)
    valid("a secret of one byte", '{"a":1}', secret=b"x")
    valid("a secret as long as a block", '{"a":1}', secret=bytes(range(64)))
    valid("a secret longer than a block", '{"a":1}', secret=bytes(range(65)))
    valid("version 2, one key", '{"visits":1}', algorithm="sha256")
    valid("version 2, no keys", "{}", algorithm="sha256")
    valid("version 2, issued later", '{"a":[1]}', NOW - DAY, NOW - 60, algorithm="sha256")
    valid(
        "version 2, a secret longer than a block",
        '{"a":"é"}',
        secret=bytes(range(65)),
        algorithm="sha256",
    )
    valid(
        "version 2, 3033 bytes of JSON with the name __Host-session",
        of_size(3033),
        cookie_name="__Host-session",
        algorithm="sha256",
    )


def too_long():
    host = "__Host-session"
    long = token(of_size(3034), name=host)
    assert len(host) + len(long) == 4097
    rejected("3034 bytes of JSON with the name __Host-session", long, "TooLong", cookie_name=host)
    name = "__Host-sessions!"
    long = token(of_size(3033), name=name)
    assert len(name) + len(long) == 4097
    rejected("3033 bytes of JSON with a longer name", long, "TooLong", cookie_name=name)
    rejected("4097 bytes of no token", "x" * (4097 - len("session")), "TooLong")
    rejected("4096 bytes of no token", "x" * (4096 - len("session")), "Malformed")
    rejected("4097 bytes of another version", "3.a.b." + "c" * 4084, "TooLong")


def wrong_times():
    rejected("one second past the idle timeout", token("{}"), "IdleTimeout", now=NOW + IDLE + 1)
    late = token("{}", NOW, NOW + ABSOLUTE)
    rejected("one second past the absolute timeout", late, "AbsoluteTimeout", now=NOW + ABSOLUTE + 1)
    rejected("past both timeouts", token("{}"), "IdleTimeout", now=NOW + ABSOLUTE + 1)
    rejected("issued 61 s ahead", token("{}", NOW, NOW + 61), "IssuedInFuture")
    rejected("created and issued 61 s ahead", token("{}", NOW + 61, NOW + 61), "IssuedInFuture")
    rejected("created after it was issued", token("{}", NOW, NOW - 1), "Malformed")
    rejected("created ahead, issued now", token("{}", NOW + 1, NOW), "Malformed")
    rejected("past the idle timeout and no object", token("[]"), "IdleTimeout", now=NOW + IDLE + 1)
    canonical = times(NOW, NOW)
    for name, spelling in [
        ("times with spare bits", loosened(canonical)),
        ("times of 7 bytes", b64u(struct.pack(">II", NOW, NOW)[:7])),
        ("times of 9 bytes", b64u(struct.pack(">II", NOW, NOW) + b"\0")),
        ("times of 6 bytes and a half", canonical[:-2]),
        ("no times", ""),
        ("padded times", canonical + "="),
        ("times that are no base64", "*" * 11),
        ("times in decimal", f"{NOW}"),
    ]:
        rejected(f"{name} under a good MAC", sign(f"1.e30.{spelling}"), "Malformed")
    rejected("wrong times and a wrong payload", sign(f"1.e3.{canonical}="), "Malformed")


def wrong_shapes():
    good = token('{"visits":1}')
    rejected("a value without parts", "x", "Malformed")
    rejected("an empty value", "", "Malformed")
    rejected("dots alone", "...", "Malformed")
    rejected("three parts", good.rsplit(".", 1)[0], "Malformed")
    rejected("three parts under a good MAC", sign("1.e30"), "Malformed")
    rejected("five parts", good + ".x", "Malformed")
    rejected("five parts under a good MAC", sign(f"1.e30.e30.{times(NOW, NOW)}"), "Malformed")
    rejected("a dot at the end", good + ".", "Malformed")
    rejected("quotes around the token", f'"{good}"', "Malformed")
    rejected("a percent-encoded token", good.replace(".", "%2E"), "Malformed")
    rest = good[1:]
    for version, reason in [
        ("", "Malformed"),
        ("x", "Malformed"),
        ("v1", "Malformed"),
        ("+1", "Malformed"),
        ("-1", "Malformed"),
        ("0", "UnknownVersion"),
        ("3", "UnknownVersion"),
        ("01", "UnknownVersion"),
        ("10", "UnknownVersion"),
        ("99999999999999999999999", "UnknownVersion"),
    ]:
        signed = version + rest.rsplit(".", 1)[0]
        rejected(f'version "{version}" under a good MAC', sign(signed), reason)
    second = token("{}", algorithm="sha256")
    rejected("version 2 where version 1 is written", second, "UnknownVersion")
    rejected("version 1 where version 2 is written", good, "UnknownVersion", algorithm="sha256")
    mixed = sign(second.rsplit(".", 1)[0])
    rejected("version 2 under the MAC of version 1", mixed, "UnknownVersion")
    rejected("three parts of a version that is not ours", "2.a.b", "Malformed")


def wrong_macs():
    good = token('{"visits":1}')
    signed, tag = good.rsplit(".", 1)
    full = mac(signed)
    other = mac(signed, secret=OTHER_SECRET)
    rejected("signed for another name", token("{}", name="other"), "BadSignature")
    rejected("signed for a name that begins the same", token("{}", name="sessio"), "BadSignature")
    rejected("signed for the name in capitals", token("{}", name="SESSION"), "BadSignature")
    rejected("signed with another key", f"{signed}.{b64u(other[:16])}", "BadSignature")
    plain = hmac.new(SECRET, signed.encode(), hashlib.sha1).digest()
    rejected("signed with the secret itself", f"{signed}.{b64u(plain[:16])}", "BadSignature")
    rejected("a MAC with spare bits", f"{signed}.{loosened(tag)}", "BadSignature")
    rejected("a padded MAC", f"{good}==", "BadSignature")
    rejected("a MAC of all 20 bytes", f"{signed}.{b64u(full)}", "BadSignature")
    rejected("a MAC of 17 bytes", f"{signed}.{b64u(full[:17])}", "BadSignature")
    rejected("a MAC of 15 bytes", f"{signed}.{b64u(full[:15])}", "BadSignature")
    rejected("a MAC of one byte", f"{signed}.{b64u(full[:1])}", "BadSignature")
    rejected("no MAC", f"{signed}.", "BadSignature")
    rejected("the last 16 bytes of the MAC", f"{signed}.{b64u(full[-16:])}", "BadSignature")
    rejected("a MAC in hexadecimal", f"{signed}.{full[:16].hex()}", "BadSignature")
    flipped = bytes([full[0] ^ 0x80]) + full[1:16]
    rejected("a MAC with its first bit flipped", f"{signed}.{b64u(flipped)}", "BadSignature")
    flipped = full[:15] + bytes([full[15] ^ 1])
    rejected("a MAC with its last bit flipped", f"{signed}.{b64u(flipped)}", "BadSignature")
    version, payload, when, _ = good.split(".")
    changed = b64u(b'{"visits":2}')
    rejected("a changed payload", f"{version}.{changed}.{when}.{tag}", "BadSignature")
    later = times(NOW, NOW + 1)
    rejected("changed times", f"{version}.{payload}.{later}.{tag}", "BadSignature")
    loose = f"1.{payload}.{loosened(when)}.{tag}"
    rejected("times with spare bits, signed without", loose, "BadSignature")
    forged = f"1.{changed}.{when}.{tag}"
    rejected("forged, and past the idle timeout", forged, "BadSignature", now=NOW + IDLE + 1)


def wrong_second_version():
    second = {"algorithm": "sha256"}
    good = token("{}", **second)
    signed = good.rsplit(".", 1)[0]
    whole = f"{signed}.{b64u(mac(signed, **second))}"
    rejected("version 2, signed with HMAC-SHA1", sign(signed), "BadSignature", **second)
    rejected("version 2, a MAC of all 32 bytes", whole, "BadSignature", **second)
    other = token("{}", name="other", **second)
    rejected("version 2, signed for another name", other, "BadSignature", **second)
    other = token("{}", secret=OTHER_SECRET, **second)
    rejected("version 2, signed with another key", other, "BadSignature", **second)
    late = NOW + IDLE + 1
    rejected("version 2, one second past the idle timeout", good, "IdleTimeout", now=late, **second)
    rejected("version 2, no object", token("[]", **second), "InvalidPayload", **second)


def wrong_base64():
    def spelt(payload):
        return sign(f"1.{payload}.{times(NOW, NOW)}")

    short = b64u(b'{"a":12}')
    long = b64u(of_size(1000).encode())
    risky = b64u(b'{"a":"~~~???>>>"}')
    assert "-" in risky and "_" in risky
    inside = b64u(('{"a":"' + "~~~???>>>" * 20 + '"}').encode())
    for name, payload in [
        ("spare bits", loosened(short)),
        ("spare bits after 1000 bytes", loosened(long)),
        ("padding", short + "="),
        ("too much padding", b64u(b'{"a":123}') + "===="),
        ("the standard alphabet", risky.replace("-", "+").replace("_", "/")),
        ("a plus in a long payload", inside.replace("-", "+", 1)),
        ("a slash in a long payload", inside.replace("_", "/", 1)),
        ("a space inside", short[:4] + " " + short[4:]),
        ("one character too many", b64u(b'{"a":123}') + "A"),
        ("no base64 at all", "*"),
    ]:
        rejected(f"payload with {name} under a good MAC", spelt(payload), "InvalidPayload")


def wrong_json():
    for name, payload in [
        ("an array", "[1]"),
        ("an array with an object", '[{"a":1}]'),
        ("null", "null"),
        ("a text", '"x"'),
        ("a number", "1"),
        ("a letter after the object", '{"a":1}x'),
        ("two objects", '{"a":1}{}'),
        ("a trailing comma", '{"a":1,}'),
        ("no text at all", ""),
        ("spaces alone", "  "),
        ("half an object", '{"a":1'),
        ("a key without quotes", "{a:1}"),
        ("a key that is a number", "{1:1}"),
        ("single quotes", "{'a':1}"),
        ("a comment", '{"a":1/**/}'),
        ("NaN", '{"a":NaN}'),
        ("Infinity", '{"a":-Infinity}'),
        ("a leading zero", '{"a":01}'),
        ("a bare point", '{"a":1.}'),
        ("a raw line feed in a text", '{"a":"\n"}'),
        ("an unknown escape", '{"a":"\\x41"}'),
        ("an unknown escape in a key", '{"\\x41":1}'),
        ("a wrong value in the second key", '{"a":1,"b":tru}'),
        ("a wrong value deep inside", '{"a":[[{"b":[1,]}]]}'),
        ("a byte order mark", "\ufeff{}"),
        ("a NUL after the object", "{}\0"),
    ]:
        rejected(f"payload is {name} under a good MAC", token(payload), "InvalidPayload")
    for name, payload in [
        ("a byte that is no UTF-8", b'{"a":"\xff"}'),
        ("Latin-1", '{"a":"é"}'.encode("latin-1")),
        ("a surrogate as UTF-8", b'{"a":"\xed\xa0\x80"}'),
        ("an overlong slash", b'{"a":"\xc0\xaf"}'),
        ("a character cut short", b'{"a":"\xe2\x82"}'),
        ("UTF-16", "{}".encode("utf-16")),
        ("a key that is no UTF-8", b'{"\xff":1}'),
    ]:
        rejected(f"payload has {name} under a good MAC", token(payload), "InvalidPayload")


def bindings():
    valid("a session that can be bound", '{"visits":1}', NOW, NOW + 60, now=NOW + 60, binding=UNBOUND)
    valid("a bound session", '{"visits":1}', NOW, NOW + 60, now=NOW + 60, binding=BOUND)
    valid("a bound session without keys", "{}", binding=BOUND)
    valid("an id of zeros", '{"a":1}', binding=bytes(9))
    valid("an id of ones", '{"a":1}', binding=b"\xff" * 8 + b"\1")
    host = "__Host-session"
    valid("3024 bytes of JSON in a bound session", of_size(3024), cookie_name=host, binding=BOUND)
    second = {"algorithm": "sha256"}
    valid("version 2, a bound session", '{"visits":1}', binding=BOUND, **second)
    for flags in [2, 3, 0x80, 0xFE, 0xFF]:
        unknown = token("{}", binding=b"device-1" + bytes([flags]))
        rejected(f"flags {flags:#04x} of a binding", unknown, "Malformed")
    canonical = times(NOW, NOW, BOUND)
    for name, spelling in [
        ("a binding with spare bits", loosened(canonical)),
        ("a binding without flags", times(NOW, NOW, BOUND[:8])),
        ("a binding of 10 bytes", times(NOW, NOW, BOUND + b"\0")),
        ("a padded binding", canonical + "="),
        ("a binding without times", b64u(BOUND)),
    ]:
        rejected(f"{name} under a good MAC", sign(f"1.e30.{spelling}"), "Malformed")
    late = token("{}", binding=BOUND)
    rejected("bound, past the idle timeout", late, "IdleTimeout", now=NOW + IDLE + 1)
    version, payload, _, tag = token("{}", binding=UNBOUND).split(".")
    changed = f"{version}.{payload}.{canonical}.{tag}"
    rejected("an unbound session with the bit set", changed, "BadSignature")
    rejected("a bound session with no binding", f"1.e30.{times(NOW, NOW)}.{late[-22:]}", "BadSignature")
    both = token("{}", binding=bytes(8) + b"\2", **second)
    rejected("version 2, flags of a binding", both, "Malformed", **second)


if __name__ == "__main__":
    check_the_vector_of_the_design()
    valid_payloads()
    valid_sizes()
    valid_times()
    valid_configs()
    too_long()
    wrong_times()
    wrong_shapes()
    wrong_macs()
    wrong_second_version()
    wrong_base64()
    wrong_json()
    bindings()
