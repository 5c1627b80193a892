# frozen_string_literal: true

# The session code of Rails: its cookie store, its flash and the tokens of its forms. See oracle.js.
require_relative '../rails_app'
require 'rack/mock'

PeerApp.config.logger.level = Logger::FATAL

# A question, and what is noted.
class Visit
  attr_reader :session, :cookies

  def initialize(question)
    @question = question
  end

  def set = @question['set'].map { |key, value| [key, read(value)] }

  def flash = @question['flash'].map { |key, value| [key, read(value)] }

  def take = @question['take']

  def touch = @question['touch']

  # Notes the session as it was opened.
  def see(session)
    @session = note(session.to_hash)
  end

  def env
    env = Rack::MockRequest.env_for('http://localhost/', 'HTTP_COOKIE' => @question['cookies'], 'visit' => self)
    PeerApp.env_config.merge(env)
  end
end

class VisitController < PeerController
  def visit
    one = request.env['visit']
    one.see(session)
    one.set.each { |key, value| session[key] = value }
    one.flash.each { |key, value| flash[key] = value }
    # Rails drops what was shown.
    flash.to_hash if one.take
    if one.touch
      form_authenticity_token
      session['touched'] = 1
    end
    head :ok
  end
end

def read(noted)
  case noted
  when Array then noted.map { |item| read(item) }
  when Hash then noted.fetch('d').to_h { |key, value| [key, read(value)] }
  else noted
  end
end

def note(value)
  case value
  when Array then value.map { |item| note(item) }
  when Hash then { 'd' => value.map { |key, item| [key, note(item)] } }
  else value
  end
end

store = ActionDispatch::Session::CookieStore.new(VisitController.action(:visit), key: '_peer_session')
app = ActionDispatch::Cookies.new(store)

answers = $stdout.dup
$stdout.reopen($stderr)
$stdin.each_line do |line|
  one = nil
  begin
    one = Visit.new(JSON.parse(line, max_nesting: false))
    _, headers, = app.call(one.env)
    cookies = [headers['Set-Cookie'] || headers['set-cookie']].flatten.compact.flat_map(&:lines).map(&:chomp)
    answer = { session: one.session, flashes: { d: [] }, cookies: cookies }
    answer = JSON.generate(answer, max_nesting: false)
  rescue StandardError => e
    cannot = one && !one.session ? 'cannot_open' : 'cannot_write'
    answer = JSON.generate(cannot => "#{e.class}: #{e.message}")
  end
  answers.puts(answer)
  answers.flush
end
