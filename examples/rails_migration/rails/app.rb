# frozen_string_literal: true

# The Rails site that moves to axum. Environment: SECRET_KEY_BASE, RAILS_ENV, PORT.
require 'logger'
require 'action_controller/railtie'
require 'rack/handler/webrick'

class Site < Rails::Application
  config.load_defaults 6.1
  config.root = __dir__
  config.eager_load = false
  config.logger = Logger.new($stderr)
  config.secret_key_base = ENV.fetch('SECRET_KEY_BASE')
  # As the other side writes the cookie: a browser keeps one cookie for both.
  config.session_store :cookie_store, key: '_site_session', secure: Rails.env.production?, same_site: :lax
  # The other side does not read Marshal.
  config.action_dispatch.cookies_serializer = :json
end

class SiteController < ActionController::Base
  PAGE = <<~ERB
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <title>A site</title>
    <% flash.each do |_, message| %><p role="status"><%= message %></p><% end %>
    <% if session[:user] %>
    <h1>Hello, <%= session[:user] %></h1>
    <p id="theme"><%= session[:theme] %></p>
    <p><a href="/new/settings">Settings</a></p>
    <%= button_to 'Sign out', '/logout', id: 'logout' %>
    <% else %>
    <h1>Hello, stranger</h1>
    <%= form_with url: '/login' do %>
    <input name="user" required><button id="login">Sign in</button>
    <% end %>
    <% end %>
  ERB

  def start = render(inline: PAGE)

  def login
    # A stand-in for a password check.
    reset_session
    session[:user] = params[:user]
    session[:theme] = 'light'
    redirect_to '/new/settings', notice: 'You are signed in.'
  end

  def logout
    reset_session
    redirect_to '/'
  end
end

Site.initialize!
Site.routes.draw do
  get '/' => 'site#start'
  get '/login' => 'site#start'
  post '/login' => 'site#login'
  post '/logout' => 'site#logout'
end

Rack::Handler::WEBrick.run(Site, Host: '127.0.0.1', Port: ENV.fetch('PORT', 5000).to_i)
