//! The recorder of conversations: plays scenarios and records what happens, at three depths on one clock: the programs' calls, the
//! segments on the wire, the states of the sockets. `README.md` of this crate describes the result and the rules.
//!
//! The result is a [`recording`], which the book shows. Recording takes Linux; a recording can be read anywhere.

pub mod recording;
pub mod scratch;
pub mod signals;

cfg_if::cfg_if! {
    if #[cfg(target_os = "linux")] {
        mod capture;
        mod compare;
        mod lines;
        mod merge;
        mod namespace;
        mod record;
        mod states;
        mod strace;
        mod tools;
        mod tracing;
        mod wire;

        #[cfg(test)]
        mod any_input;

        pub use record::run;
    } else {
        /// Only Linux shows a program's calls, the wire and the states on one clock.
        pub async fn run(
            _root: &std::path::Path,
            _target: &std::path::Path,
            _args: &[String],
            _signals: &mut signals::Signals,
        ) -> anyhow::Result<()> {
            anyhow::bail!("can't record here: it takes Linux (strace, tcpdump and tracefs)")
        }
    }
}
