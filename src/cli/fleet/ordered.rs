//! Work on a list by several threads, with results in the order of the list.
//!
//! Each thread has a state of its own (a session). Entries are handed out in order, a few at a time, so that neighbours,
//! which tend to include the same bases, meet the same session. A thread does not start an entry while too much waits for
//! earlier ones.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes that may wait for an earlier result.
const WAITING_BYTES_MAX: usize = 8 << 20;
/// Entries handed out at a time.
const CHUNK_MAX: usize = 16;

/// What threads do, and what becomes of it.
pub(super) struct Work<M, W, B> {
    /// Makes the state of a thread.
    pub(super) state: M,
    /// Does one entry.
    pub(super) entry: W,
    /// Returns how many bytes a result holds.
    pub(super) n_bytes: B,
}

struct Shared<T> {
    /// The first entry that is not handed out.
    next: usize,
    /// The entry whose result goes out next.
    due: usize,
    waiting: BTreeMap<usize, T>,
    n_waiting_bytes: usize,
    n_running: usize,
    is_stopped: bool,
}

/// Runs the work for every entry of a list of `n`; `take` gets the results in order, and may end it all.
pub(super) fn run<S, T: Send, M, W, B>(
    n: usize,
    n_threads: usize,
    work: &Work<M, W, B>,
    mut take: impl FnMut(usize, T) -> ControlFlow<()>,
) where
    M: Fn() -> S + Sync,
    W: Fn(&mut S, usize) -> T + Sync,
    B: Fn(&T) -> usize + Sync,
{
    if n_threads <= 1 {
        let mut state = (work.state)();
        for index in 0..n {
            if take(index, (work.entry)(&mut state, index)).is_break() {
                return;
            }
        }
        return;
    }
    let shared = Mutex::new(Shared {
        next: 0,
        due: 0,
        waiting: BTreeMap::new(),
        n_waiting_bytes: 0,
        n_running: n_threads,
        is_stopped: false,
    });
    let changed = Condvar::new();
    let chunk = (n / (n_threads * 8)).clamp(1, CHUNK_MAX);
    std::thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                // Also when it panics, so that nobody waits for it.
                let _ended = Ended { shared: &shared, changed: &changed };
                let mut state = (work.state)();
                loop {
                    let start = {
                        let mut shared = lock(&shared);
                        let start = shared.next;
                        shared.next = (start + chunk).min(n);
                        start
                    };
                    for index in start..(start + chunk).min(n) {
                        let mut guard = lock(&shared);
                        while index != guard.due && guard.n_waiting_bytes > WAITING_BYTES_MAX && !guard.is_stopped {
                            guard = changed.wait(guard).unwrap_or_else(PoisonError::into_inner);
                        }
                        if guard.is_stopped {
                            return;
                        }
                        drop(guard);
                        let result = (work.entry)(&mut state, index);
                        let n_bytes = (work.n_bytes)(&result);
                        let mut guard = lock(&shared);
                        guard.n_waiting_bytes += n_bytes;
                        guard.waiting.insert(index, result);
                        if index == guard.due {
                            changed.notify_all();
                        }
                    }
                    if start >= n {
                        return;
                    }
                }
            });
        }
        let mut guard = lock(&shared);
        while guard.due < n {
            let due = guard.due;
            if let Some(result) = guard.waiting.remove(&due) {
                drop(guard);
                let n_bytes = (work.n_bytes)(&result);
                let is_over = take(due, result).is_break();
                guard = lock(&shared);
                guard.due += 1;
                guard.n_waiting_bytes -= n_bytes;
                guard.is_stopped |= is_over;
                changed.notify_all();
                if is_over {
                    return;
                }
            } else if guard.n_running == 0 {
                return;
            } else {
                guard = changed.wait(guard).unwrap_or_else(PoisonError::into_inner);
            }
        }
    });
}

fn lock<T>(shared: &Mutex<Shared<T>>) -> MutexGuard<'_, Shared<T>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Ended<'a, T> {
    shared: &'a Mutex<Shared<T>>,
    changed: &'a Condvar,
}

impl<T> Drop for Ended<'_, T> {
    fn drop(&mut self) {
        lock(self.shared).n_running -= 1;
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(n: usize, n_threads: usize, size: usize, until: usize) -> Vec<usize> {
        let mut taken = Vec::new();
        // Work of uneven length.
        let entry =
            |_: &mut (), index: usize| (0..(index * 7919) % 1000).fold(index, |sum, _| std::hint::black_box(sum));
        run(n, n_threads, &Work { state: || (), entry, n_bytes: |_: &usize| size }, |index, result| {
            assert_eq!(index, result);
            taken.push(result);
            if taken.len() == until { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        taken
    }

    #[test]
    fn results_come_in_order_whatever_waits() {
        for n_threads in [1, 2, 3, 8] {
            for size in [0, WAITING_BYTES_MAX / 3, WAITING_BYTES_MAX + 1] {
                for n in [0, 1, 2, 100, 777] {
                    assert_eq!(results(n, n_threads, size, usize::MAX), (0..n).collect::<Vec<_>>());
                }
                assert_eq!(results(500, n_threads, size, 7), (0..7).collect::<Vec<_>>());
            }
        }
    }
}
