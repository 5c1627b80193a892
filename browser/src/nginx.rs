//! An nginx in front of other servers.

use std::fs;
use std::process::Command;

use anyhow::Result;

use crate::process::Process;
use crate::stage::Stage;

/// Starts nginx with a configuration that logs its notices to stderr.
pub(crate) fn start(stage: &Stage, config: &str) -> Result<Process> {
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
    let ready = |written: &str| written.contains("using the").then_some(());
    Ok(Process::start(&mut command, &stage.file("nginx.log"), ready)?.0)
}
