'use strict'
// React Router, or Remix: whichever is installed.
const fs = require('fs')
const path = require('path')
const { pathToFileURL } = require('url')

const modules = process.env.NODE_PATH
const isRemix = fs.existsSync(path.join(modules, '@remix-run/node'))

module.exports = async () => {
  try {
    return require(isRemix ? '@remix-run/node' : 'react-router')
  } catch {
    // React Router 8 has no CommonJS.
    return import(pathToFileURL(path.join(modules, 'react-router/dist/development/index.js')))
  }
}
