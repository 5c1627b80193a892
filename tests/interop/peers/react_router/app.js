'use strict'
// React Router, or Remix, with createCookieSessionStorage. Environment: see ../peer.js.
const http = require('http')
const { keys, signed, listen } = require('../peer.js')
const load = require('./load.js')

const routes = {
  '/login': (session, query) => session.set('user', query.get('user')),
  '/whoami': (session) => session.get('user') || '',
  '/count': (session) => {
    session.set('counter', (session.get('counter') || 0) + 1)
    return String(session.get('counter'))
  },
  '/get': (session, query) => JSON.stringify(own(session.data, query.get('key'))),
  '/set': (session, query) => session.set(query.get('key'), JSON.parse(query.get('value'))),
  '/dump': (session) => JSON.stringify(session.data),
  '/flash': (session, query) => session.flash(query.get('category'), query.get('message')),
  // What `flash` left is shown once.
  '/take': (session, query) => JSON.stringify(session.get(query.get('key')) ?? null)
}
const own = (data, key) => (Object.hasOwn(data, key) ? data[key] : null)

load().then(({ createCookieSessionStorage }) => {
  const storage = createCookieSessionStorage({
    cookie: { name: process.env.COOKIE || '__session', secrets: signed ? keys : [], httpOnly: true }
  })
  const server = http.createServer(async (req, res) => {
    const url = new URL(req.url, 'http://localhost')
    const session = await storage.getSession(req.headers.cookie)
    if (url.pathname === '/logout') {
      res.setHeader('Set-Cookie', await storage.destroySession(session))
      return res.end('ok')
    }
    const before = JSON.stringify(session.data)
    const body = routes[url.pathname](session, url.searchParams)
    if (JSON.stringify(session.data) !== before) {
      res.setHeader('Set-Cookie', await storage.commitSession(session))
    }
    res.end(body ?? 'ok')
  })
  listen(server)
})
