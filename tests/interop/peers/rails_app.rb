# frozen_string_literal: true

# Rails with its cookie store.
#
# Environment: SECRET; optional PORT (0: any free one), FALLBACKS (comma separated), COOKIE,
# LIFETIME (seconds), CLOCK (seconds that the clock is ahead), VARIANT (a setting that makes sessions
# which we refuse), STOP_WITH_STDIN, RAILS (a folder with the source of another Rails than Debian's).
source = ENV['RAILS']
%w[activesupport activemodel actionview actionpack railties].each { |gem| $LOAD_PATH.unshift("#{source}/#{gem}/lib") } if source
require 'logger'
require 'rails/version'
if Rails::VERSION::STRING >= '7.1'
  # Debian's sanitizer is older than this Rails, which knows it by other names.
  require 'rails-html-sanitizer'
  %i[HTML HTML4].each { |name| Rails.const_set(name, Rails::Html) unless Rails.const_defined?(name, false) }
  Rails::Html::Sanitizer.define_singleton_method(:best_supported_vendor) { self }
end
require 'action_controller/railtie'
require 'rack/handler/webrick'

# The clock, also of what Rails compares with it.
class << Time
  AHEAD = ENV.fetch('CLOCK', '0').to_i
  alias true_now now
  def now(...) = true_now(...) + AHEAD
end

VERSION = Rails::VERSION::STRING
DEFAULTS = "#{Rails::VERSION::MAJOR}.#{Rails::VERSION::MINOR}"

class PeerApp < Rails::Application
  config.load_defaults DEFAULTS
  config.root = __dir__
  config.eager_load = false
  config.consider_all_requests_local = true
  config.secret_key_base = ENV.fetch('SECRET')
  config.hosts.clear if config.respond_to?(:hosts)
  config.logger = Logger.new($stderr)
  config.action_dispatch.cookies_serializer = ENV['VARIANT'] == 'marshal' ? :marshal : :json
  config.action_controller.allow_forgery_protection = false
  options = { key: ENV.fetch('COOKIE', '_peer_session') }
  options[:expire_after] = ENV['LIFETIME'].to_i if ENV['LIFETIME']
  config.session_store :cookie_store, **options
  ENV.fetch('FALLBACKS', '').split(',').each do |secret|
    sha = DEFAULTS >= '7.0' ? { hash_digest_class: OpenSSL::Digest::SHA256 } : {}
    generator = ActiveSupport::KeyGenerator.new(secret, iterations: 1000, **sha)
    key = generator.generate_key('authenticated encrypted cookie', 32)
    config.action_dispatch.cookies_rotations.tap { |rotations| rotations.rotate(:encrypted, key) }
  end
end

class PeerController < ActionController::Base
  def login
    session[:user] = params[:user]
    render plain: 'ok'
  end

  def whoami = render(plain: session[:user].to_s)

  def count
    session[:counter] = (session[:counter] || 0) + 1
    render plain: session[:counter].to_s
  end

  def value = render(json: JSON.generate(session[params[:key]]))

  def set
    session[params[:key]] = JSON.parse(params[:value])
    render plain: 'ok'
  end

  def dump = render(json: JSON.generate(session.to_hash.except('session_id', '_csrf_token')))

  def logout
    reset_session
    render plain: 'ok'
  end

  def note
    flash[params[:category]] = params[:message]
    render plain: 'ok'
  end

  def notes = render(json: JSON.generate(flash.to_hash.to_a))

  # A token of a form, whose secret is in the session.
  def form = render(plain: form_authenticity_token)
end

PeerApp.initialize!
PeerApp.routes.draw do
  post '/login' => 'peer#login'
  get '/whoami' => 'peer#whoami'
  get '/count' => 'peer#count'
  get '/get' => 'peer#value'
  post '/set' => 'peer#set'
  get '/dump' => 'peer#dump'
  post '/logout' => 'peer#logout'
  post '/flash' => 'peer#note'
  get '/flashes' => 'peer#notes'
  get '/form' => 'peer#form'
end

return if $PROGRAM_NAME != __FILE__

# Ends this process when whoever started it is gone, however it went.
Thread.new { $stdin.read; exit! } if ENV['STOP_WITH_STDIN']

# The scenarios send values in the query.
WEBrick::HTTPRequest.send(:remove_const, :MAX_URI_LENGTH)
WEBrick::HTTPRequest::MAX_URI_LENGTH = 65_536

log = WEBrick::Log.new($stderr, WEBrick::Log::WARN)
server = WEBrick::HTTPServer.new(BindAddress: '127.0.0.1', Port: ENV.fetch('PORT', '0').to_i, Logger: log, AccessLog: [])
server.mount '/', Rack::Handler::WEBrick, PeerApp
puts "listening on 127.0.0.1:#{server.listeners.first.addr[1]}"
$stdout.flush
server.start
