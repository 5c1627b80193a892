//! What the members share that start real programs. See README.md.

mod apache;
mod debian;
mod nginx;
mod outcomes;
mod ports;
mod process;
mod redis;

pub use apache::Apache;
pub use debian::need;
pub use nginx::Nginx;
pub use outcomes::Outcomes;
pub use ports::free_ports;
pub use process::Process;
pub use redis::{Keeps, Redis};
