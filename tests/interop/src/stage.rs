//! The two sides that a scenario plays between.

use std::cell::RefCell;
use std::rc::Rc;

use anyhow::Result;
use tokio::runtime::Runtime;

use crate::peer::Peer;
use crate::server::{Server, Settings};
use crate::setup::Tools;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Our server.
    Here,
    /// The peer's.
    There,
}

/// A peer and us. Servers are started when they are first asked for and run until the end.
pub(crate) struct Stage<'a> {
    pub(crate) peer: &'static Peer,
    /// Whether a second server of the peer plays our part.
    pub(crate) peers_only: bool,
    tools: &'a Tools,
    runtime: &'a Runtime,
    running: RefCell<Vec<(Side, Settings, Rc<Server>)>>,
}

impl<'a> Stage<'a> {
    pub(crate) fn new(
        peer: &'static Peer,
        tools: &'a Tools,
        runtime: &'a Runtime,
        peers_only: bool,
    ) -> Self {
        Self {
            peer,
            peers_only,
            tools,
            runtime,
            running: RefCell::default(),
        }
    }

    /// The server of a side that runs with these settings.
    pub(crate) fn server(&self, side: Side, settings: Settings) -> Result<Rc<Server>> {
        let mut running = self.running.borrow_mut();
        let known = running
            .iter()
            .find(|(at, with, _)| (*at, *with) == (side, settings));
        if let Some((_, _, server)) = known {
            return Ok(server.clone());
        }
        let server = Rc::new(match side {
            Side::Here if !self.peers_only => Server::here(self.peer, settings, self.runtime)?,
            _ => {
                let log = format!("{}-{}.log", self.peer.name, running.len());
                Server::there(
                    self.peer,
                    settings,
                    self.tools,
                    &self.tools.folder.join(log),
                )?
            }
        });
        running.push((side, settings, server.clone()));
        Ok(server)
    }
}
