//! nginx in front of the instances, each in turn.

use std::fmt::{self, Write as _};

/// A request that an instance did not answer goes to the next one. Counting may be repeated: the
/// count is in the visitor's cookie, and changes only when an answer arrives.
pub(crate) fn config(port: u16, instances: &[u16]) -> Result<String, fmt::Error> {
    let mut servers = String::new();
    for instance in instances {
        writeln!(servers, "        server 127.0.0.1:{instance} max_fails=0;")?;
    }
    Ok(format!(
        "daemon off;
pid nginx.pid;
error_log stderr notice;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    upstream fleet {{
{servers}    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://fleet;
            proxy_next_upstream error timeout;
            add_header Tried $upstream_addr;
        }}
    }}
}}
"
    ))
}
