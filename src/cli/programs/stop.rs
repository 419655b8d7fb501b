//! Stopping a program with everything that it started, also when this program is stopped itself.
//!
//! A program is started as the head of a process group. That takes it out of the group that a terminal or a supervisor
//! interrupts, so an interruption of this program is handed on.

use std::process::{Child, Command, ExitStatus};

/// A running program and the processes it started.
pub(in crate::cli) struct Group {
    child: Child,
    is_over: bool,
}

/// Starts a program.
pub(in crate::cli) fn spawn(command: &mut Command) -> std::io::Result<Group> {
    Ok(Group { child: system::spawn(command)?, is_over: false })
}

impl Group {
    pub(in crate::cli) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    pub(in crate::cli) fn try_wait(&mut self) -> std::io::Result<Option<ExitStatus>> {
        let status = self.child.try_wait()?;
        if status.is_some() && !self.is_over {
            self.is_over = true;
            system::forget(&self.child);
        }
        Ok(status)
    }

    /// Stops it if it still runs.
    pub(in crate::cli) fn stop(&mut self) {
        if !self.is_over {
            self.is_over = true;
            system::stop(&mut self.child);
            system::forget(&self.child);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(unix)]
mod system {
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;
    use std::collections::BTreeSet;
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command};
    use std::sync::{Mutex, Once, PoisonError};
    use std::time::Duration;

    /// How long a program has to end in good order, and how often it is looked at meanwhile.
    const GRACE: Duration = Duration::from_secs(2);
    const GRACE_TURNS: u32 = 100;

    /// The groups that run.
    static GROUPS: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

    pub(super) fn spawn(command: &mut Command) -> std::io::Result<Child> {
        static HAND_ON: Once = Once::new();
        HAND_ON.call_once(hand_on_interruptions);
        // Held over both, so that an interruption finds every program that was started.
        let mut groups = GROUPS.lock().unwrap_or_else(PoisonError::into_inner);
        let child = command.process_group(0).spawn()?;
        groups.insert(child.id());
        Ok(child)
    }

    pub(super) fn forget(child: &Child) {
        GROUPS.lock().unwrap_or_else(PoisonError::into_inner).remove(&child.id());
    }

    /// First asks, so that `docker run` can stop its container and a temporary file is removed; then insists.
    #[allow(clippy::disallowed_methods, reason = "a moment to end in good order")]
    pub(super) fn stop(child: &mut Child) {
        let group = Pid::from_child(child);
        // These fail only if nobody is there any more. The number cannot belong to others: it is free only once the head
        // was waited for, and that happens at the end.
        let _ = kill_process_group(group, Signal::TERM);
        for _ in 0..GRACE_TURNS {
            let ended = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
            if !matches!(waitid(WaitId::Pid(group), ended), Ok(None)) {
                break;
            }
            std::thread::sleep(GRACE / GRACE_TURNS);
        }
        let _ = kill_process_group(group, Signal::KILL);
        let _ = child.wait();
    }

    /// Asks all groups to stop when this program is asked to, and then does so.
    fn hand_on_interruptions() {
        let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
        let work = move || {
            for signal in signals.forever() {
                let groups = GROUPS.lock().unwrap_or_else(PoisonError::into_inner);
                for group in groups.iter().filter_map(|&id| Pid::from_raw(i32::try_from(id).ok()?)) {
                    let _ = kill_process_group(group, Signal::TERM);
                }
                let _ = emulate_default_handler(signal);
            }
        };
        let _ = std::thread::Builder::new().spawn(work);
    }
}

#[cfg(not(unix))]
mod system {
    use std::process::{Child, Command};

    pub(super) fn spawn(command: &mut Command) -> std::io::Result<Child> {
        command.spawn()
    }

    pub(super) fn forget(_child: &Child) {}

    pub(super) fn stop(child: &mut Child) {
        let _ = child.kill();
        let _ = child.wait();
    }
}
