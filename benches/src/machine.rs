//! This machine: its cores, the CPU time of its processes, and whether it was idle.

use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::sysinfo::sysinfo;
use nix::time::{clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;

/// The calling thread.
const THIS: Pid = Pid::from_raw(0);

/// Two cores that this process may use.
pub(crate) fn two_cores() -> Result<[usize; 2]> {
    let all = sched_getaffinity(THIS)?;
    let mut cores = (0..CpuSet::count()).filter(|core| all.is_set(*core) == Ok(true));
    let two = cores.next().zip(cores.next());
    let (first, second) = two.context("this takes a machine of two cores")?;
    Ok([first, second])
}

/// Keeps the calling thread on one core.
pub(crate) fn stay_on(core: usize) -> Result<()> {
    let mut only = CpuSet::new();
    only.set(core)?;
    Ok(sched_setaffinity(THIS, &only)?)
}

/// Starts a program on one core, where its threads and children stay too.
pub(crate) fn spawn_on(core: usize, command: &mut Command) -> Result<Child> {
    let all = sched_getaffinity(THIS)?;
    stay_on(core)?;
    let child = command.spawn();
    sched_setaffinity(THIS, &all)?;
    child.with_context(|| format!("cannot run {}", command.get_program().display()))
}

/// User and system time of a process so far, for all its threads. The kernel counts in ns; `/proc`
/// rounds to 10 ms.
pub(crate) fn cpu_time(pid: u32) -> Result<Duration> {
    let clock = clock_getcpuclockid(Pid::from_raw(pid.try_into()?));
    let clock = clock.with_context(|| format!("process {pid} has ended"))?;
    Ok(clock_gettime(clock)?.into())
}

/// How busy the machine was during the last minute.
#[derive(Clone, Copy)]
pub(crate) struct LoadAverage(f64);

impl LoadAverage {
    pub(crate) fn now() -> Result<Self> {
        let (minute, _, _) = sysinfo()?.load_average();
        ensure!(minute.is_finite(), "the load average is no number");
        Ok(Self(minute))
    }

    pub(crate) fn value(self) -> f64 {
        self.0
    }

    /// A paragraph, if the machine was not idle.
    pub(crate) fn warning(self) -> String {
        if self.0 <= 0.5 {
            return String::new();
        }
        format!(
            "\n**The load average was {:.2} at the start. The machine was not idle: these times \
            are no claim.**\n",
            self.0
        )
    }
}
