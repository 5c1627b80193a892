'use strict'
// Express with cookie-session. Environment: see ../peer.js.
const cookieSession = require('cookie-session')
const express = require('express')
const { keys, maxAge, signed, named, listen, own } = require('../peer.js')

const app = express()
app.use(cookieSession({ ...named('name'), keys, maxAge, signed }))

app.post('/login', (req, res) => {
  req.session.user = req.query.user
  res.send('ok')
})
app.get('/whoami', (req, res) => {
  res.send(req.session.user || '')
})
app.get('/count', (req, res) => {
  req.session.counter = (req.session.counter || 0) + 1
  res.send(String(req.session.counter))
})
app.get('/get', (req, res) => {
  res.json(own(req.session, req.query.key))
})
app.post('/set', (req, res) => {
  req.session[req.query.key] = JSON.parse(req.query.value)
  res.send('ok')
})
app.get('/dump', (req, res) => {
  res.json(req.session)
})
app.post('/logout', (req, res) => {
  req.session = null
  res.send('ok')
})

listen(app)
