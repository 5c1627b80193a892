//! Ports for programs that do not pick one themselves.

use std::net::TcpListener;

use anyhow::{Context, Result};

/// Ports of 127.0.0.1 on which no program listens. Between this and the program's own bind another one
/// may take one: the program then ends, and says so.
pub fn free_ports<const N: usize>() -> Result<[u16; N]> {
    let mut ports = [0; N];
    // All are held until the last one is found.
    let mut listeners = Vec::new();
    for port in &mut ports {
        let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
        *port = listener.local_addr()?.port();
        listeners.push(listener);
    }
    Ok(ports)
}
