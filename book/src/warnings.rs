//! mdBook tells its warnings to `tracing`, and to nobody if nobody listens.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Runs `work` and returns what it returns, with the warnings and errors that this thread logged meanwhile.
pub fn during<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    let heard = Arc::<Mutex<Vec<String>>>::default();
    let result = tracing::subscriber::with_default(Listener(Arc::clone(&heard)), work);
    let heard =
        std::mem::take(&mut *heard.lock().unwrap_or_else(PoisonError::into_inner));
    (result, heard)
}

struct Listener(Arc<Mutex<Vec<String>>>);

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // What it says of includes is known: the check has found it, with its line.
        *metadata.level() <= Level::WARN && !metadata.target().ends_with("::links")
    }

    fn event(&self, event: &Event<'_>) {
        let mut message = Message::default();
        event.record(&mut message);
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.push(message.0.replace('\n', " "));
    }

    // Spans, which are of no interest here.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // Writing into a `String` can't fail.
            let _ = write!(self.0, "{value:?}");
        }
    }
}
