'use strict'
// Shared by the Node oracles, which read one JSON question a line, and answer in one line.
//
// A question is a visit: the session is opened from the Cookie header, noted, changed as the
// question says, and written. Values travel as JSON in which each object has one key, the name of
// a type.
const http = require('http')
const net = require('net')
const readline = require('readline')

exports.keys = [process.env.SECRET]
// Names of fields of the package's own.
exports.internal = []

const socket = new net.Socket()

class Visit {
  constructor (question) {
    this.expiry = question.expiry
    this.set = question.set.map(([key, value]) => [key, read(value)])
    this.flash = question.flash.map(([key, value]) => [key, read(value)])
    this.touch = question.touch
    this.req = new http.IncomingMessage(socket)
    this.req.method = 'GET'
    this.req.url = '/'
    this.req.headers = { host: 'localhost', cookie: question.cookies }
    this.res = new http.ServerResponse(this.req)
  }

  // Notes the session as it was opened.
  see (session) {
    this.session = {
      d: Object.keys(session)
        .filter((key) => !isInternal(key, session[key]))
        .map((key) => [key, note(session[key])])
    }
  }

  change (session) {
    for (const [key, value] of this.set) session[key] = value
    if (this.touch) session.touched = 1
  }

  cookies () {
    return [this.res.getHeader('set-cookie') || []].flat()
  }
}

// The packages' own fields in the session, most of which JSON could not have.
function isInternal (key, value) {
  if (key === 'isNew' || exports.internal.includes(key) || value === undefined) return true
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false
  return Object.getPrototypeOf(value) !== Object.prototype
}

function read (noted) {
  if (Array.isArray(noted)) return noted.map(read)
  if (noted === null || typeof noted !== 'object') return noted
  const object = {}
  for (const [key, value] of noted.d) {
    // An assignment to __proto__ would not make a key.
    Object.defineProperty(object, key, {
      value: read(value), configurable: true, enumerable: true, writable: true
    })
  }
  return object
}

function note (value) {
  if (Array.isArray(value)) return value.map(note)
  if (value === null || typeof value !== 'object') return value
  return { d: Object.keys(value).map((key) => [key, note(value[key])]) }
}

exports.note = note

// `visit` makes a visit.
exports.serve = async (visit) => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let one
    let answer
    try {
      one = new Visit(JSON.parse(line))
      await visit(one)
      answer = { session: one.session, flashes: { d: [] }, cookies: one.cookies() }
    } catch (error) {
      const cannot = one && !one.session ? 'cannot_open' : 'cannot_write'
      answer = { [cannot]: String(error) }
    }
    process.stdout.write(JSON.stringify(answer) + '\n')
  }
}
