//! nginx in front of the instances, each in turn.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tokio::time::sleep;

/// Debian's is where only root's PATH leads.
const PLACES: [&str; 3] = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"];

fn program() -> Option<PathBuf> {
    PLACES
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.is_file())
}

/// Installs it where it is missing.
pub(crate) fn see_to_it() -> Result<()> {
    if program().is_some() {
        return Ok(());
    }
    for arguments in [["update", "-qq", "-y"], ["install", "-y", "nginx-light"]] {
        let mut apt = Command::new("apt-get");
        let apt = apt.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        let status = apt.stdout(Stdio::null()).status();
        let status = status.context("nginx is missing, and there is no apt-get")?;
        ensure!(
            status.success(),
            "apt-get {}: {status}",
            arguments.join(" ")
        );
    }
    ensure!(
        program().is_some(),
        "the package nginx-light brought no nginx"
    );
    Ok(())
}

pub(crate) struct Nginx(Child);

impl Nginx {
    pub(crate) async fn start(dir: &Path, port: u16, instances: &[u16]) -> Result<Self> {
        let configuration = dir.join("nginx.conf");
        fs::write(&configuration, configure(dir, port, instances)?)?;
        let log = File::create(dir.join("nginx.log"))?;
        let process = Command::new(program().context("nginx is missing")?)
            .arg("-c")
            .arg(&configuration)
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let mut nginx = Self(process);
        for _ in 0..500 {
            if let Some(status) = nginx.0.try_wait()? {
                let log = fs::read_to_string(dir.join("nginx.log"))?;
                bail!("nginx ended with {status}: {log}");
            }
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(nginx);
            }
            sleep(Duration::from_millis(10)).await;
        }
        bail!("nginx does not listen on port {port}")
    }
}

/// A request that an instance did not answer goes to the next one. Counting may be repeated: the
/// count is in the visitor's cookie, and changes only when an answer arrives.
fn configure(dir: &Path, port: u16, instances: &[u16]) -> Result<String> {
    let dir = dir.display();
    let mut servers = String::new();
    for instance in instances {
        writeln!(servers, "        server 127.0.0.1:{instance} max_fails=0;")?;
    }
    Ok(format!(
        "daemon off;
master_process off;
pid {dir}/nginx.pid;
error_log {dir}/error.log crit;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
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

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
