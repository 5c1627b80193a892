'use strict'
// The session code of koa-session. See oracle.js.
const Koa = require('koa')
const koaSession = require('koa-session')
const oracle = require('./oracle.js')

oracle.internal.push('_requireSave')
const app = new Koa()
app.keys = oracle.keys
// Before version 7, the package is the function itself.
const createSession = koaSession.createSession || koaSession
const open = createSession({}, app)

oracle.serve(async (one) => {
  const ctx = app.createContext(one.req, one.res)
  await open(ctx, async () => {
    one.see(ctx.session)
    if (one.expiry) ctx.session.maxAge = one.expiry.number
    one.change(ctx.session)
  })
})
