//! An nginx in front of other servers.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::process::Process;
use crate::stage::Stage;

/// A process that is killed when this is dropped.
pub(crate) struct Nginx {
    log: PathBuf,
    _process: Process,
}

/// Starts nginx with a configuration that logs its notices to stderr.
pub(crate) fn start(stage: &Stage, config: &str) -> Result<Nginx> {
    let file = stage.file("nginx.conf");
    fs::write(&file, config)?;
    let mut command = Command::new(&stage.tools.nginx);
    command
        .arg("-p")
        .arg(&stage.dir)
        .arg("-c")
        .arg(file)
        .args(["-e", "stderr"]);
    // One process, so that nothing is left when it is killed.
    command.args(["-g", "master_process off;"]);
    let log = stage.file("nginx.log");
    let ready = |written: &str| written.contains("using the").then_some(());
    Ok(Nginx {
        _process: Process::start(&mut command, &log, ready)?.0,
        log,
    })
}

impl Nginx {
    pub(crate) fn has_logged(&self, text: &str) -> Result<bool> {
        Ok(fs::read_to_string(&self.log)?.contains(text))
    }
}
