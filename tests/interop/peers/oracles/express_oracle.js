'use strict'
// The session code of cookie-session for Express. See oracle.js.
const cookieSession = require('cookie-session')
const { keys, serve } = require('./oracle.js')

const open = cookieSession({ keys })

serve(async (one) => {
  await new Promise((resolve) => open(one.req, one.res, resolve))
  one.see(one.req.session)
  one.change(one.req.session)
  one.res.writeHead(200)
})
