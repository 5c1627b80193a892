# frozen_string_literal: true

# Makes rails.jsonl and rails_sha1.jsonl with the real middleware:
# RAILS=SOURCE ruby rails.rb >> rails.jsonl, for the source of 7.0, 7.1 and 7.2, and
# ruby rails.rb > rails_sha1.jsonl for Debian's Rails 6.1. The initialization vectors are random.
source = ENV['RAILS']
%w[activesupport actionview actionpack].each { |gem| $LOAD_PATH.unshift("#{source}/#{gem}/lib") } if source
require 'logger'
require 'active_support'
require 'active_support/all'
require 'active_support/json'
require 'active_support/messages/rotation_configuration'
require 'action_dispatch'
require 'json'

SECRET = 'QSr!IxFy7,ag~kWg#t/}.4.oJx+7e_xlQSr!IxFy7,ag~kWg#t/}.4.oJx+7e_xl'
OLD = 'an ümlaut in the old secret, which is long enough for anyone, as it should be'
NAME = '_shop_session'
NOW = 1_700_000_000
ISSUED = NOW - 100
SHA1 = ActionPack::VERSION::MAJOR < 7
DIGEST = SHA1 ? 'sha1' : 'sha256'
ActiveSupport::JSON::Encoding.use_standard_json_time_format = true

$now = NOW
class << Time
  alias true_now now
  def now(**) = $now ? at($now) : true_now
end

def generator(secret)
  options = SHA1 ? {} : { hash_digest_class: OpenSSL::Digest::SHA256 }
  ActiveSupport::KeyGenerator.new(secret, iterations: 1000, **options)
end

def encryptor(secret, **options)
  key = generator(secret).generate_key('authenticated encrypted cookie', 32)
  ActiveSupport::MessageEncryptor.new(key, cipher: 'aes-256-gcm', serializer: ActiveSupport::MessageEncryptor::NullSerializer, **options)
end

# A request to an application: the session that it sees, and what it sets.
def visit(cookie, keys: [SECRET], name: NAME, expire_after: nil, serializer: :json, metadata: true, data: nil)
  seen = nil
  app = lambda do |env|
    session = ActionDispatch::Request.new(env).session
    seen = session.to_hash
    data&.each { |key, value| session[key] = value }
    [200, {}, []]
  end
  options = { key: name }
  options[:expire_after] = expire_after if expire_after
  stack = ActionDispatch::Cookies.new(ActionDispatch::Session::CookieStore.new(app, options))
  rotations = ActiveSupport::Messages::RotationConfiguration.new
  keys.drop(1).each { |key| rotations.rotate(:encrypted, generator(key).generate_key('authenticated encrypted cookie', 32)) }
  env = Rack::MockRequest.env_for(
    '/', 'HTTP_COOKIE' => cookie, 'action_dispatch.key_generator' => generator(keys[0]),
    'action_dispatch.secret_key_base' => keys[0], 'action_dispatch.use_authenticated_cookie_encryption' => true,
    'action_dispatch.authenticated_encrypted_cookie_salt' => 'authenticated encrypted cookie',
    'action_dispatch.cookies_serializer' => serializer, 'action_dispatch.cookies_rotations' => rotations,
    'action_dispatch.use_cookies_with_metadata' => metadata, 'action_dispatch.signed_cookie_salt' => 'signed cookie'
  )
  _, headers, = stack.call(env)
  [seen, Array(headers['Set-Cookie'] || headers['set-cookie']).flat_map { |line| line.split("\n") }]
end

$number = 0
def row(**fields)
  fields = { secret: fields[:options][:keys][0], issued_at: nil, now: nil, cookie_name: NAME, cookie_value: nil, payload_json: nil, byte_exact: false, strict_may_reject: false }.merge(fields)
  puts JSON.generate({ system: 'rails', version: "rails #{ActionPack.version}", **fields, id: "rails-#{ActionPack::VERSION::MAJOR}.#{ActionPack::VERSION::MINOR}-#{format('%03d', $number += 1)}" }, script_safe: true, ascii_only: true)
end

# What is inside a token.
def payload(token, secret, name)
  text = encryptor(secret).decrypt_and_verify(token, purpose: "cookie.#{name}")
  text = text&.dup&.force_encoding('UTF-8')
  text if text&.valid_encoding? && text.start_with?('{')
rescue ActiveSupport::MessageEncryptor::InvalidMessage
  nil
end

# A session that Rails writes, and then reads at `NOW`.
def issue(reason, data, read: nil, before: nil, **more)
  fields = more.slice(:strict_may_reject)
  how = more.except(:strict_may_reject)
  $now = before || NOW
  _, set_cookie = visit('', data: data, **how)
  $now = NOW
  header = set_cookie.last.split(';')[0]
  keys = read || how.fetch(:keys, [SECRET])
  seen, = visit(header, **how, keys: keys)
  name = how.fetch(:name, NAME)
  $now = before || NOW
  json = payload(Rack::Utils.unescape(header.split('=', 2)[1]), how.fetch(:keys, [SECRET])[0], name) || payload(Rack::Utils.unescape(header.split('=', 2)[1]), how.fetch(:keys, [SECRET])[0], nil)
  $now = NOW
  row(reason: reason, options: { keys: keys, digest: DIGEST, max_age: how[:expire_after] }, issued_at: before, now: NOW,
      payload_json: json, cookie_name: name, cookie_value: header.split('=', 2)[1], cookie_header: header, set_cookie: set_cookie, valid: !seen.empty?, **fields)
end

# A header that Rails judges.
def judge(reason, header, json = nil, **fields)
  seen = begin
    visit(header)[0]
  rescue StandardError => error
    fields[:outcome] = "server_error: #{error.class}"
    {}
  end
  row(reason: reason, options: { keys: [SECRET], digest: DIGEST }, now: NOW, cookie_header: header, set_cookie: [], payload_json: json, valid: !seen.empty?, **fields)
end

issue 'login', { 'user' => 'dmitri', 'counter' => 58 }
issue 'the empty session', { 'session_id' => 'x' }
issue 'unicode', { 'name' => 'café', 'naïve' => '日本語', 'emoji' => '😀👩‍🚀', 'rtl' => 'שלום', 'ls' => "\u2028\u2029" }
issue 'control characters, quotes and backslashes', { 'a"b' => "\u0000\u0001\u001f\t\r\n\b\f\u007f\"\\/" }
issue 'characters of HTML', { '<k>' => '<b>&amp;</b>' }
issue 'numbers', { 'a' => 1.0, 'b' => -0.0, 'c' => 1e21, 'd' => 1e-7, 'e' => 0.1, 'f' => 2**53, 'g' => 10**30, 'h' => 5e-324 }
issue 'nesting', { 'a' => [1, [2, [3, { 'b' => nil }]], true, false, '', [], {}] }
issue 'symbols and times', { 'role' => :admin, 'when' => Time.at(0).utc }
issue 'flash', { 'user' => 'dmitri', 'flash' => { 'discard' => [], 'flashes' => { 'notice' => 'Saved ✓' } } }
issue 'a CSRF token', { 'user' => 'dmitri', '_csrf_token' => 'Q0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0M=' }
issue 'a long session', { 'text' => 'long ' * 300 }
issue 'a key of the envelope', { '_rails' => { 'message' => 'x' }, 'a' => '"_rails"' }
issue 'another name', { 'user' => 'dmitri' }, name: 'another'
issue 'a secret with other characters', { 'user' => 'dmitri' }, keys: [OLD]
issue 'the first of two secrets encrypts', { 'user' => 'dmitri' }, keys: [SECRET, OLD]
issue 'the old secret decrypts', { 'user' => 'dmitri' }, keys: [OLD], read: [SECRET, OLD]
issue 'a secret that was dropped', { 'user' => 'dmitri' }, keys: [OLD], read: [SECRET]
issue 'expire_after, in time', { 'user' => 'dmitri' }, expire_after: 101, before: ISSUED
issue 'expire_after, at its end', { 'user' => 'dmitri' }, expire_after: 100, before: ISSUED
issue 'expire_after, too late', { 'user' => 'dmitri' }, expire_after: 99, before: ISSUED
issue 'without metadata', { 'user' => 'dmitri' }, metadata: false
issue 'without metadata, with expire_after, too late', { 'user' => 'dmitri' }, metadata: false, expire_after: 99, before: ISSUED
issue 'Marshal', { 'user' => 'dmitri' }, serializer: :marshal, strict_may_reject: true
issue 'Marshal, without metadata', { 'user' => 'dmitri' }, serializer: :marshal, metadata: false, strict_may_reject: true

LOGIN = '{"session_id":"00112233445566778899aabbccddeeff","user":"dmitri"}'
def token(text, secret = SECRET, **options) = encryptor(secret).encrypt_and_sign(text, **options)
def ours(json, **options) = token(json, purpose: "cookie.#{NAME}", **options)
def pair(token) = "#{NAME}=#{Rack::Utils.escape(token)}"
def flipped(text, at) = text.dup.tap { |copy| copy[at] = copy[at] == 'A' ? 'B' : 'A' }
# One with all the characters that are escaped.
good = ours(LOGIN) until good&.include?('+') && good.include?('/')
text, iv, tag = good.split('--')
envelope = ->(fields) { token(JSON.generate('_rails' => fields)) }
message = Base64.strict_encode64(LOGIN)
purpose = "cookie.#{NAME}"

judge 'as it should be', pair(good), LOGIN
judge 'not percent-encoded, with a plus sign', "#{NAME}=#{good}"
judge 'not percent-encoded but for plus signs', "#{NAME}=#{good.gsub('+', '%2B')}", LOGIN
judge 'lower-case escapes', pair(good).gsub(/%../, &:downcase), LOGIN
judge 'everything escaped', "#{NAME}=#{good.bytes.map { |byte| format('%%%02X', byte) }.join}", LOGIN
judge 'in double quotes', "#{NAME}=\"#{Rack::Utils.escape(good)}\"", LOGIN
judge 'white space around it', "a=1;  #{pair(good)} ; b=2", LOGIN
judge 'the ciphertext changed', pair(flipped(good, 3))
judge 'the IV changed', pair([text, flipped(iv, 3), tag].join('--'))
judge 'the tag changed', pair([text, iv, flipped(tag, 3)].join('--'))
judge 'the tag cut', pair([text, iv, Base64.strict_encode64(Base64.decode64(tag)[0, 12])].join('--'))
judge 'no tag', pair([text, iv].join('--'))
judge 'no IV and no tag', pair(text)
judge 'a part too many', pair("#{good}--AAAA"), LOGIN, strict_may_reject: true
judge 'a longer IV', pair([text, Base64.strict_encode64(Base64.decode64(iv) + 'x'), tag].join('--'))
judge 'an empty IV', pair([text, '', tag].join('--'))
judge 'URL-safe base64', pair(good.tr('+/', '-_'))
judge 'base64 without padding', pair([text, iv, tag.delete('=')].join('--'))
judge 'another secret', pair(token(LOGIN, OLD, purpose: purpose))
judge 'the purpose of another cookie', pair(token(LOGIN, purpose: 'cookie.another'))
judge 'no purpose', pair(token(LOGIN)), LOGIN
judge 'no purpose, but an end to come', pair(token(LOGIN, expires_at: Time.at(NOW + 1))), LOGIN
judge 'an end to come', pair(ours(LOGIN, expires_at: Time.at(NOW + 1))), LOGIN
judge 'an end a millisecond ahead', pair(ours(LOGIN, expires_at: Time.at(NOW, 1, :millisecond))), LOGIN
judge 'an end now', pair(ours(LOGIN, expires_at: Time.at(NOW)))
judge 'an end that is no time', pair(envelope.call('message' => message, 'exp' => 'soon', 'pur' => purpose))
judge 'an end in another time zone', pair(envelope.call('message' => message, 'exp' => '2023-11-14T23:13:21+01:00', 'pur' => purpose)), nil
judge 'an envelope without exp', pair(envelope.call('message' => message, 'pur' => purpose)), LOGIN
judge 'an envelope with white space', pair(token(JSON.pretty_generate('_rails' => { 'message' => message, 'exp' => nil, 'pur' => purpose }))), LOGIN, strict_may_reject: true
judge 'an envelope whose message is not base64', pair(envelope.call('message' => '%%%', 'exp' => nil, 'pur' => purpose))
judge 'broken JSON', pair(ours('{"a":'))
judge 'no JSON', pair(ours('hello'))
judge 'invalid UTF-8', pair(ours("{\"a\":\"\xff\"}".b))
judge 'null', pair(ours('null'))
judge 'an array', pair(ours('[1,2]'))
judge 'a session without an id', pair(ours('{"user":"dmitri"}'))
judge 'white space and escapes in the JSON', pair(ours('{ "session_id" : "0", "us\\u0065r" : "caf\\u00e9" }')), '{ "session_id" : "0", "us\\u0065r" : "caf\\u00e9" }'
judge 'an empty value', "#{NAME}="
judge 'a broken escape', "#{pair(good)}%"
judge 'the name of another cookie', "another=#{Rack::Utils.escape(good)}"
judge 'the good one first', "#{pair(good)}; #{pair(ours('{"user":"eve"}'))}", LOGIN
judge 'a forged one first', "#{pair(flipped(good, 3))}; #{pair(good)}", LOGIN
judge 'no cookie', 'a=1'
