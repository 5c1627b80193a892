'use strict'
// The session code of createCookieSessionStorage. See oracle.js.
const load = require('../react_router/load.js')
const { keys, note, serve } = require('./oracle.js')

load().then(({ createCookieSessionStorage }) => {
  const storage = createCookieSessionStorage({
    cookie: { name: '__session', secrets: keys, httpOnly: true }
  })
  serve(async (one) => {
    const session = await storage.getSession(one.req.headers.cookie)
    one.session = note(session.data)
    for (const [key, value] of one.set) session.set(key, value)
    for (const [key, value] of one.flash) session.flash(key, value)
    if (one.touch) session.set('touched', 1)
    if (JSON.stringify(note(session.data)) !== JSON.stringify(one.session)) {
      one.res.setHeader('Set-Cookie', await storage.commitSession(session))
    }
  })
})
