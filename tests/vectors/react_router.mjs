// Makes react_router.jsonl with the real packages: node react_router.mjs NODE_MODULES > react_router.jsonl
//
// In NODE_MODULES: rr8@npm:react-router@8, rr7@npm:react-router@7, @remix-run/node@2.
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const modules = resolve(process.argv[2])
const version = (name) => JSON.parse(readFileSync(join(modules, name, 'package.json'))).version
const require = createRequire(join(modules, 'x.js'))
const development = (name, file) =>
  import(pathToFileURL(join(modules, name, 'dist/development', file)))
const systems = {
  'react-router-8': [`react-router ${version('rr8')}`, await development('rr8', 'index.js')],
  'react-router-7': [`react-router ${version('rr7')}`, await development('rr7', 'index.mjs')],
  'remix-2': [`@remix-run/node ${version('@remix-run/node')}`, require('@remix-run/node')]
}
console.warn = () => {}

const SECRET = 'QSr!IxFy7,ag~kWg#t/}.4.oJx+7e_xl'
const OLD = 'an ümlaut in the old secret'
const hmac = (payload, secret = SECRET) =>
  createHmac('sha256', secret).update(payload).digest('base64').replace(/=+$/, '')
const b64 = (text) => Buffer.from(text).toString('base64')
const signed = (json, secret) => { const p = b64(json); return `${p}.${hmac(p, secret)}` }
const enc = encodeURIComponent
const LOGIN = '{"user":"dmitri","counter":58}'
const good = signed(LOGIN)

// Sessions that the package writes: reason, data, and more.
const issued = [
  ['login', { user: 'dmitri', counter: 58 }],
  ['the empty session', {}],
  ['unicode', { name: 'café', naïve: '日本語', emoji: '😀👩‍🚀', rtl: 'שלום', ls: '\u2028\u2029' }],
  ['control characters, quotes and backslashes', { 'a"b': '\u0000\u0001\u001f\t\r\n\b\f\u007f"\\/' }],
  ['a lone surrogate', { s: '\ud800', '\udfff': 1 }],
  ['numbers', { a: 1.0, b: -0, c: 1e21, d: 1e-7, e: 0.1, f: 2 ** 53, g: NaN, h: 5e-324 }],
  ['array indices come first', { b: 1, 10: 2, 9: 3, a: { z: 1, 2: 2, 1: 3 } }],
  ['nesting', { a: [1, [2, [3, { b: null }]], true, false, '', [], {}] }],
  ['a date', { when: new Date(0) }],
  ['names of the prototype', JSON.parse('{"__proto__":1,"constructor":2,"toString":3,"toJSON":4}')],
  ['plus signs and slashes in the base64', { p: '>>>???>>>???', q: '\u00ff\u00fe~~~' }],
  ['flash', { user: 'dmitri' }, { flash: { notice: 'Saved ✓', error: { code: 7 } } }],
  ['a long session', { text: 'long '.repeat(500) }],
  ['another name', { user: 'dmitri' }, { name: '_session' }],
  ['a name with a prefix', { user: 'dmitri' }, { name: '__Host-session' }],
  ['a secret with other characters', { user: 'dmitri' }, { keys: [OLD] }],
  ['a short secret', { user: 'dmitri' }, { keys: ['s3cr3t'] }],
  ['the first of two secrets signs', { user: 'dmitri' }, { keys: [SECRET, OLD] }],
  ['the old secret verifies', { user: 'dmitri' }, { keys: [OLD], read: [SECRET, OLD] }],
  ['a secret that was dropped', { user: 'dmitri' }, { keys: [OLD], read: [SECRET] }]
]
// Headers that the package judges: reason, header, payload, and more.
const strict = { strict_may_reject: true }
const flipped = (text, at) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
const judged = [
  ['not percent-encoded', `__session=${good}`, LOGIN],
  ['lower-case escapes', `__session=${enc(good).replace(/%../g, (e) => e.toLowerCase())}`, LOGIN],
  ['everything escaped', `__session=${[...good].map((c) => '%' + c.charCodeAt(0).toString(16).toUpperCase()).join('')}`, LOGIN],
  ['in double quotes', `__session="${enc(good)}"`, LOGIN],
  ['white space around it', `a=1;  __session=${enc(good)}  ; b=2`, LOGIN],
  ['a space in the JSON', `__session=${enc(signed('{ "user": "dmitri" }'))}`, '{ "user": "dmitri" }'],
  ['escapes in the JSON', `__session=${enc(signed('{"n\\u0061me":"caf\\u00e9"}'))}`, '{"n\\u0061me":"caf\\u00e9"}'],
  ['a repeated key', `__session=${enc(signed('{"a":1,"b":2,"a":3}'))}`, '{"a":1,"b":2,"a":3}'],
  ['null', `__session=${enc(signed('null'))}`, 'null'],
  ['an array', `__session=${enc(signed('[1,2]'))}`, '[1,2]', strict],
  ['a string', `__session=${enc(signed('"ab"'))}`, '"ab"', strict],
  ['a number', `__session=${enc(signed('7'))}`, '7'],
  ['broken JSON', `__session=${enc(signed('{"a":'))}`, null],
  ['invalid UTF-8', `__session=${enc(signed(Buffer.from([0x22, 0xff, 0x22])))}`, null],
  ['a payload that is not base64', `__session=${enc('a!b.' + hmac('a!b'))}`, null],
  ['a payload signed without its padding', (() => { const p = b64(LOGIN + ' ').replace(/=+$/, ''); return `__session=${enc(`${p}.${hmac(p)}`)}` })(), LOGIN + ' ', strict],
  ['the payload changed', `__session=${enc(flipped(good, 3))}`, null],
  ['the signature changed', `__session=${enc(flipped(good, good.length - 5))}`, null],
  ['the last bits of the signature changed', `__session=${enc(good.slice(0, -1) + 'BCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/A'['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(good.at(-1))])}`, LOGIN, strict],
  ['the signature padded', `__session=${enc(good + '=')}`, LOGIN, strict],
  ['the signature cut', `__session=${enc(good.slice(0, -2))}`, null],
  ['the signature in hexadecimal', `__session=${enc(`${b64(LOGIN)}.${createHmac('sha256', SECRET).update(b64(LOGIN)).digest('hex')}`)}`, null],
  ['the signature of SHA-1', `__session=${enc(`${b64(LOGIN)}.${createHmac('sha1', SECRET).update(b64(LOGIN)).digest('base64').replace(/=+$/, '')}`)}`, null],
  ['signed over the encoded value', (() => { const p = enc(b64('{"a":1} ')); return `__session=${p}.${enc(hmac(p))}` })(), null],
  ['no signature', `__session=${enc(b64(LOGIN))}`, null],
  ['an empty signature', `__session=${enc(b64(LOGIN))}.`, null],
  ['another secret', `__session=${enc(signed(LOGIN, 'another secret'))}`, null],
  ['an empty value', '__session=', null],
  ['a dot', '__session=.', null],
  ['a broken escape', `__session=${enc(good)}%`, null],
  ['an escape that is not UTF-8', `__session=${enc(good)}%FF`, null],
  ['the name of another cookie', `session=${enc(good)}`, null],
  ['the good one first', `__session=${enc(good)}; __session=${enc(signed('{"user":"eve"}'))}`, LOGIN],
  ['a forged one first', `__session=${enc(flipped(good, 3))}; __session=${enc(good)}`, LOGIN],
  ['no cookie', 'a=1', null]
]

let number = 0
const row = (system, version, fields) => console.log(JSON.stringify({
  system, version, issued_at: null, now: null, ...fields,
  id: `react_router-${String(++number).padStart(3, '0')}`
}))

for (const [system, [version, { createCookieSessionStorage }]] of Object.entries(systems)) {
  const storage = (name, secrets) => createCookieSessionStorage({ cookie: { name, secrets, secure: true } })
  for (const [reason, data, more = {}] of issued) {
    const { name = '__session', keys = [SECRET], read = keys, flash = {} } = more
    const writer = storage(name, keys)
    const session = await writer.getSession()
    for (const [key, value] of Object.entries(data)) session.set(key, value)
    for (const [key, value] of Object.entries(flash)) session.flash(key, value)
    const set_cookie = await writer.commitSession(session)
    const cookie_header = set_cookie.split(';')[0]
    const seen = await storage(name, read).getSession(cookie_header)
    const payload_json = JSON.stringify(session.data)
    row(system, version, {
      reason, secret: read[0], options: { keys: read }, payload_json, cookie_name: name,
      cookie_value: cookie_header.slice(name.length + 1), cookie_header, set_cookie: [set_cookie],
      byte_exact: true, valid: Object.keys(seen.data).length > 0, strict_may_reject: false
    })
  }
  for (const [reason, cookie_header, payload_json, more = {}] of judged) {
    const seen = await storage('__session', [SECRET]).getSession(cookie_header)
    row(system, version, {
      reason, secret: SECRET, options: { keys: [SECRET] }, payload_json, cookie_name: '__session',
      cookie_value: null, cookie_header, set_cookie: [], byte_exact: false,
      valid: Object.keys(seen.data).length > 0, strict_may_reject: false, ...more
    })
  }
}
