//! A few things at the same time, for what waits most of its time.

use crate::mutex::lock;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;

/// Begins to do `work` with each item, so many at a time. The receivers, in the order of the items, get what it gives.
pub fn side_by_side<T: Send + 'static, R: Send + 'static>(
    at_once: usize,
    items: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> R + Send + Sync + 'static,
) -> Vec<Receiver<R>> {
    let with_channel = |item| {
        let (sender, receiver) = mpsc::channel();
        ((item, sender), receiver)
    };
    let (queue, receivers): (Vec<_>, Vec<_>) =
        items.into_iter().map(with_channel).unzip();
    let shared = Arc::new((Mutex::new(queue.into_iter()), work));
    for _ in 0..at_once {
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            let (queue, work) = &*shared;
            let next = || lock(queue).next();
            while let Some((item, sender)) = next() {
                // It may be too late for anybody to be interested.
                _ = sender.send(work(item));
            }
        });
    }
    receivers
}
