'use strict'
// What the Node peers share: their settings, their clock, and how they start and stop.
//
// Environment: SECRET; optional PORT (0: any free one), FALLBACKS (comma separated), COOKIE,
// LIFETIME (seconds), CLOCK (seconds that the clock is ahead), VARIANT (a setting that makes
// sessions which we refuse), STOP_WITH_STDIN.

const env = process.env

exports.keys = [env.SECRET, ...(env.FALLBACKS || '').split(',').filter(Boolean)]
// The option for the cookie's name; without COOKIE, the package's default applies.
exports.named = (option) => (env.COOKIE ? { [option]: env.COOKIE } : {})
exports.signed = env.VARIANT !== 'unsigned'
exports.maxAge = Number(env.LIFETIME || 24 * 60 * 60) * 1000

const clock = Number(env.CLOCK || 0) * 1000
const trueNow = Date.now
Date.now = () => trueNow() + clock

// Ends this process when whoever started it is gone, however it went.
if (env.STOP_WITH_STDIN) process.stdin.resume().on('end', () => process.exit())

exports.listen = (app) => {
  const server = app.listen(Number(env.PORT || 0), '127.0.0.1', () => {
    console.log(`listening on 127.0.0.1:${server.address().port}`)
  })
}

exports.own = (session, key) => (Object.hasOwn(session, key) ? session[key] : null)
