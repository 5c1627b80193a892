'use strict'
// Koa with koa-session, which keeps the session in the cookie. Environment: see ../peer.js.
const Koa = require('koa')
const koaSession = require('koa-session')
const { keys, maxAge, signed, named, listen, own } = require('../peer.js')

const app = new Koa()
app.keys = keys
// Before version 7, the package is the function itself.
const createSession = koaSession.createSession || koaSession
app.use(createSession({ ...named('key'), maxAge, signed }, app))

const routes = {
  'POST /login': (ctx) => {
    ctx.session.user = ctx.query.user
    return 'ok'
  },
  'GET /whoami': (ctx) => ctx.session.user || '',
  'GET /count': (ctx) => {
    ctx.session.counter = (ctx.session.counter || 0) + 1
    return String(ctx.session.counter)
  },
  'GET /get': (ctx) => JSON.stringify(own(ctx.session, ctx.query.key)),
  'POST /set': (ctx) => {
    ctx.session[ctx.query.key] = JSON.parse(ctx.query.value)
    return 'ok'
  },
  'GET /dump': (ctx) => JSON.stringify(ctx.session),
  'POST /logout': (ctx) => {
    ctx.session = null
    return 'ok'
  }
}
app.use((ctx) => {
  const route = routes[`${ctx.method} ${ctx.path}`]
  if (route) ctx.body = route(ctx)
})

listen(app)
